"""The migrations make what the models say, on both databases."""

from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Column, Connection, inspect, text

from db import migrate
from db.engine import Database
from db.models import Base
from tests import make


def _compare(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": _is_default_different}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def _is_default_different(
    context: MigrationContext, _there: object, column: Column[Any], found: str | None, _meant: object, said: str | None
) -> bool | None:
    """PostgreSQL cannot compare JSON, and on SQLite alembic takes an empty default for none; None leaves it to it."""
    if isinstance(column.type, JSON):
        return False
    if context.dialect.name == "sqlite":
        return (found or "").strip("()'") != (said or "") or (found is None) != (said is None)
    return None


def _list_tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _downgrade(connection: Connection) -> None:
    command.downgrade(migrate._get_config(connection), "base")


async def test_migrations_and_models_agree(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_compare) == []


async def test_an_empty_database_is_not_current_until_it_is_upgraded(empty_database: Database) -> None:
    assert not await migrate.is_current(empty_database)
    await migrate.upgrade(empty_database)
    assert await migrate.is_current(empty_database)


async def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    """P7"""
    async with database.write() as session:
        topic = await make.topic(session)
    await migrate.upgrade(database)
    async with database.read() as session:
        assert await session.get(type(topic), topic.id) is not None
    assert await migrate.is_current(database)


async def test_a_database_can_be_taken_down_and_built_again(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(_downgrade)
        assert await connection.run_sync(_list_tables) == {"alembic_version"}
    await migrate.upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_compare) == []


async def test_a_database_of_a_later_version_is_left_alone(database: Database) -> None:
    """P7"""
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerDatabaseError):
        await migrate.upgrade(database)
    with pytest.raises(migrate.NewerDatabaseError):
        await migrate.is_current(database)
