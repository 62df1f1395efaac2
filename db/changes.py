"""Which articles changed since somebody looked last, missing none however their transactions overtook each other."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ArticleChange

#: How many changes are kept for machines that were away; one that was away for longer begins anew.
KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far somebody has read: all changes up to `number` in the database `home`.

    On PostgreSQL a lower number may be committed later. What counts there is `since`, a snapshot: all that it sees was
    read. While a long list is being read, `until` is the snapshot that bounds it, and `number` the place in it.
    """

    number: int
    home: str = ""
    since: str = ""
    until: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Changes:
    """The articles that changed, and where to read on."""

    article_ids: frozenset[int]
    cursor: Cursor


async def get_cursor(session: AsyncSession) -> Cursor:
    """Behind everything that is committed now."""
    number = await session.scalar(select(func.coalesce(func.max(ArticleChange.number), 0)))
    if _is_sqlite(session):
        return Cursor(number or 0)
    return Cursor(number or 0, await _get_home(session), await _get_snapshot(session))


async def is_known(session: AsyncSession, cursor: Cursor) -> bool:
    """Whether the cursor is of this database's history, and what follows it is all still there."""
    if not _is_sqlite(session) and cursor.home != await _get_home(session):
        return False
    if cursor.number == 0:
        return (await session.scalar(select(func.coalesce(func.max(ArticleChange.number), 0))) or 0) < KEPT
    return await session.get(ArticleChange, cursor.number) is not None


async def get_changes(session: AsyncSession, cursor: Cursor, limit: int) -> Changes:
    """At most `limit` changes behind the cursor; the new cursor is the old one when there are none."""
    if _is_sqlite(session):
        return await _get_numbered(session, cursor, limit)
    return await _get_committed(session, cursor, limit)


async def _get_numbered(session: AsyncSession, cursor: Cursor, limit: int) -> Changes:
    """SQLite lets one write at a time: numbers are committed in their order."""
    statement = select(ArticleChange.number, ArticleChange.article_id).where(ArticleChange.number > cursor.number)
    rows = (await session.execute(statement.order_by(ArticleChange.number).limit(limit))).all()
    last = rows[-1].number if rows else cursor.number
    return Changes(frozenset(row.article_id for row in rows), Cursor(last))


_COMMITTED = text(
    "SELECT number, article_id FROM article_changes"
    " WHERE xid >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))::text::bigint"
    " AND NOT pg_visible_in_snapshot(xid::text::xid8, CAST(:since AS pg_snapshot))"
    " AND pg_visible_in_snapshot(xid::text::xid8, CAST(:until AS pg_snapshot))"
    " AND number > :after ORDER BY number LIMIT :limit"
)


async def _get_committed(session: AsyncSession, cursor: Cursor, limit: int) -> Changes:
    until = cursor.until or await _get_snapshot(session)
    after = cursor.number if cursor.until else 0
    values = {"since": cursor.since, "until": until, "after": after, "limit": limit}
    rows = (await session.execute(_COMMITTED, values)).all()
    if not rows and not cursor.until:
        return Changes(frozenset(), cursor)
    number = rows[-1].number if rows else cursor.number
    is_last = len(rows) < limit
    read_on = Cursor(number, cursor.home, until) if is_last else Cursor(number, cursor.home, cursor.since, until)
    return Changes(frozenset(row.article_id for row in rows), read_on)


async def prune(session: AsyncSession) -> None:
    """Forget the oldest changes."""
    newest = await session.scalar(select(func.coalesce(func.max(ArticleChange.number), 0)))
    await session.execute(delete(ArticleChange).where(ArticleChange.number <= (newest or 0) - KEPT))


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


async def _get_snapshot(session: AsyncSession) -> str:
    return str(await session.scalar(text("SELECT pg_current_snapshot()::text")))


async def _get_home(session: AsyncSession) -> str:
    """The table's own number, which is another one where a backup was restored."""
    return str(await session.scalar(text("SELECT 'article_changes'::regclass::oid::bigint")))
