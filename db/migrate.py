"""Brings a database to the form that this version of loa expects, and tells whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.engine import Database


def _get_config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


async def upgrade(database: Database) -> None:
    """Apply what is missing, in one transaction; raises SQLAlchemyError when the database cannot be had."""
    async with database.writing_engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_get_config(sync), "head"))


async def is_current(database: Database) -> bool:
    """Whether the database has this version's form. A new, empty one has not."""
    async with database.engine.connect() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current == ScriptDirectory.from_config(_get_config()).get_current_head()
