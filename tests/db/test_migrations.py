"""The migrations make what the models say, on both databases."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Column, Connection, func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from db import migrate, outbox
from db.engine import Database, LinksError
from db.models import Article, ArticleChange, Base, Delivery, DeliveryState, Follow, Source
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


@pytest.fixture
def come_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From this call on loa is of a version to come, whose migration also does what it is told here."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", folder)
    known = migrate._get_config

    def get_config(connection: Connection | None = None) -> Config:
        config = known(connection)
        config.set_main_option("script_location", str(folder))
        return config

    def come_next(more: str = "") -> None:
        (folder / "versions" / "0002_next.py").write_text(NEXT.format(more=more))
        monkeypatch.setattr(migrate, "_get_config", get_config)

    return come_next


NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.create_table("pets", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("topics") as table:
        table.add_column(sa.Column("mark", sa.Text(), server_default="?", nullable=False))
        table.alter_column("slug", existing_type=sa.Text(), nullable=True)
    {more}
"""


async def test_a_database_of_the_previous_version_is_upgraded_with_its_data(
    empty_database: Database, come_next: Callable[..., None]
) -> None:
    """P7"""
    await migrate.upgrade(database := empty_database)
    async with database.write() as session:
        article = await make.article(session)
        topic_id = (await session.get_one(Source, article.source_id)).topic_id
        chat = await make.chat(session, follows=(topic_id,))
        await outbox.owe_article(session, article.id, make.NOW)
    come_next()
    assert not await migrate.is_current(database)
    await migrate.upgrade(database)
    assert await migrate.is_current(database)
    async with database.write() as session:
        assert (await session.scalars(select(Follow.chat_id))).all() == [chat.id]
        (debt,) = (await session.scalars(select(Delivery))).all()
        assert (debt.chat_id, debt.article_id, debt.state) == (chat.id, article.id, DeliveryState.OWED)
        assert (await session.scalars(text("SELECT mark FROM topics"))).all() == ["?"]
        assert (await session.get_one(Article, article.id)).title == article.title
        before = await session.scalar(select(func.max(ArticleChange.number)))
        await session.execute(update(Article).values(title="Tựa mới"))
        assert await session.scalar(select(func.max(ArticleChange.number))) > (before or 0)


async def test_an_upgrade_that_fails_changes_nothing(empty_database: Database, come_next: Callable[..., None]) -> None:
    """P2 P7"""
    await migrate.upgrade(database := empty_database)
    async with database.write() as session:
        await make.source(session)
        await make.chat(session)
    for last in ("INSERT INTO nowhere", "DELETE FROM topics"):
        come_next(f'op.execute("DELETE FROM chats")\n    op.execute("{last}")')
        with pytest.raises((DBAPIError, LinksError)):
            await migrate.upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_compare) == []
        assert (await connection.execute(text("SELECT count(*) FROM chats"))).scalar() == 1
    assert not await migrate.is_current(database)


async def test_a_database_can_be_taken_down_and_built_again(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(_downgrade)
        assert await connection.run_sync(_list_tables) == {"alembic_version"}
    await migrate.upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_compare) == []


async def test_a_database_of_a_later_version_is_left_alone(empty_database: Database) -> None:
    """P7"""
    await migrate.upgrade(database := empty_database)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerDatabaseError):
        await migrate.upgrade(database)
    with pytest.raises(migrate.NewerDatabaseError):
        await migrate.is_current(database)
