"""Alembic's way in: runs the steps on the connection it is handed, or on the address in alembic.ini."""

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from db.engine import Database
from db.models import Base


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=_render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


def _render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Types of our own are written as what they are in the database: a migration must not change with the models."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


async def run_by_address() -> None:
    database = Database(context.config.get_main_option("sqlalchemy.url") or "")
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await database.close()


_connection = context.config.attributes.get("connection")
if _connection is None:
    asyncio.run(run_by_address())
else:
    run(_connection)
