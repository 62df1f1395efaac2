"""What is asked often is answered by an index alone, however many articles there are (as SQLite plans it)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from db import library, members, migrate, polling, summaries
from db.engine import Database
from db.library import Bounds
from db.models import MemberState
from db.scan import scan
from tests import make

Question = Callable[[AsyncSession], Awaitable[object]]


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'loa.db'}")
    await migrate.upgrade(database)
    yield database
    await database.close()


async def explain(database: Database, question: Question) -> str:
    """The plans of all that the question asks."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.read() as session:
        await question(session)
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        connection = await session.connection()
        plans = [
            await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            for statement, values in asked
            if statement.startswith("SELECT")
        ]
        return "\n".join(row[3] for plan in plans for row in plan)


async def list_of_sources(session: AsyncSession, source_ids: set[int]) -> None:
    """A page, and how many there are in all."""
    connection = await session.connection()
    await connection.run_sync(lambda sync: scan(sync, [], Bounds(source_ids, newest_id=9), offset=0, limit=10))


@pytest.mark.parametrize(
    ("question", "indexes"),
    [
        (lambda session: library.get_latest(session, limit=5), ["COVERING INDEX ix_articles_listed"]),
        (
            lambda session: library.get_latest(session, limit=5, topic_id=1),
            ["COVERING INDEX ix_articles_listed_of", "COVERING INDEX ix_carriages_source_id_published_at"],
        ),
        (
            lambda session: list_of_sources(session, {1, 2}),
            ["COVERING INDEX ix_articles_listed_of", "COVERING INDEX ix_carriages_source_id_published_at"],
        ),
        (
            lambda session: polling.list_sources(session),
            ["COVERING INDEX ix_articles_source_id_published_at", "COVERING INDEX ix_articles_retold_by"],
        ),
        (
            lambda session: summaries.claim_article(session, make.NOW, timedelta(minutes=1)),
            ["ix_articles_to_read"],
        ),
        (
            lambda session: members.list_members(session, MemberState.ACCEPTED, offset=8, limit=8),
            ["ix_members_state_role_name_id"],
        ),
        (
            lambda session: members.list_members(session, MemberState.PENDING, offset=8, limit=8),
            ["ix_members_state_requested_at_id"],
        ),
        (
            lambda session: members.count_members(session, MemberState.PENDING),
            ["COVERING INDEX ix_members_state"],
        ),
    ],
    ids=["latest", "latest of a topic", "list of sources", "sources", "next to read", "members", "pending", "how many"],
)
async def test_an_index_serves(sqlite: Database, question: Question, indexes: list[str]) -> None:
    plan = await explain(sqlite, question)
    assert all(index in plan for index in indexes), plan
    assert "SCAN members" not in plan
    assert "ix_articles_same_as_id" not in plan
