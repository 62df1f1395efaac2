"""The things SQLAlchemy leaves to the dialect or to its untyped results, written once."""

from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, Table, TableClause, bindparam, column, func, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def get_table(kind: type[DeclarativeBase]) -> Table:
    """For statements that are made once and run often, past the session's objects: they cost half as much."""
    return cast(Table, kind.__table__)


def get_bare_table(kind: type[DeclarativeBase]) -> TableClause:
    """The same for inserts: what is not given the database fills in, and not SQLAlchemy, row by row."""
    whole = get_table(kind)
    return table(whole.name, *(column(one.name, one.type) for one in whole.columns))


def insert(session: AsyncSession, table: Any) -> Any:
    """The dialect's own insert, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return _INSERTS[session.get_bind().dialect.name](table)


def make_insert_if_new(table: TableClause) -> dict[str, Any]:
    """For each dialect, by its name, the insert that leaves alone what is there."""
    return {name: insert(table).on_conflict_do_nothing() for name, insert in _INSERTS.items()}


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


def is_postgresql(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"
