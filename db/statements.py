"""The things SQLAlchemy leaves to the dialect or to its untyped results, written once."""

from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession


def insert(session: AsyncSession, table: Any) -> Any:
    """The dialect's own insert, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    kinds = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    return kinds[session.get_bind().dialect.name](table)


def is_written(column: Any, value: Any) -> ColumnElement[bool]:
    """`column = value` with the value written out, or the databases would not see that a partial index serves."""
    comparison: ColumnElement[bool] = column == bindparam(None, value, column.type, literal_execute=True)
    return comparison


async def execute_count(session: AsyncSession, statement: Executable) -> int:
    """Run an INSERT or UPDATE past the session's objects; returns how many rows it touched."""
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result: Any = await session.execute(statement, execution_options=options)
    return int(result.rowcount)


async def wait_in_line(session: AsyncSession, line: str) -> None:
    """Until the end of the transaction nobody else gets past this call; on SQLite writers stand in line anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(line))))
