"""What is asked often is answered by an index alone, however many articles there are (as SQLite plans it)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from db import library, members, migrate, summaries
from db.engine import Database
from db.models import MemberState
from tests import make

Question = Callable[[AsyncSession], Awaitable[object]]


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'loa.db'}")
    await migrate.upgrade(database)
    yield database
    await database.close()


async def explain(database: Database, question: Question) -> str:
    """The plan of the first SELECT that the question makes."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.read() as session:
        await question(session)
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        statement, values = next(one for one in asked if one[0].startswith("SELECT"))
        connection = await session.connection()
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("question", "indexes"),
    [
        (lambda session: library.get_latest(session, limit=5), ["ix_articles_listed"]),
        (
            lambda session: library.get_latest(session, limit=5, topic_id=1),
            ["ix_articles_listed_of", "COVERING INDEX ix_carriages_source_id_published_at"],
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
    ids=["latest", "latest of a topic", "next to read", "members", "pending", "how many"],
)
async def test_an_index_serves(sqlite: Database, question: Question, indexes: list[str]) -> None:
    plan = await explain(sqlite, question)
    assert all(index in plan for index in indexes), plan
    assert "SCAN members" not in plan
    assert "ix_articles_same_as_id" not in plan
