"""Older pages of a source's list: where the walk through them goes on, and what it left to others. It never fetches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Article, ArticleState, Source
from db.statements import execute_count


async def record_walk(session: AsyncSession, source_id: int, token: Mapping[str, Any] | None) -> None:
    """Where to go on later; None when the walk is over."""
    value = dict(token) if token else None
    await execute_count(session, update(Source).where(Source.id == source_id).values(backfill=value))


async def get_oldest_date(session: AsyncSession, source_id: int) -> datetime | None:
    """When the oldest stored article of the source was published; None when there is none."""
    dates = select(Article.published_at).where(Article.source_id == source_id)
    return await session.scalar(dates.order_by(Article.published_at).limit(1))


async def poll_soon(session: AsyncSession, source_id: int, now: datetime) -> None:
    """Make one source due: the newest of its list is announced by a poll, and not by a walk."""
    soon = update(Source).where(Source.id == source_id, Source.next_poll_at > now)
    await execute_count(session, soon.values(next_poll_at=now))


async def count_unread(session: AsyncSession, source_id: int) -> int:
    """How many of the source's articles wait to be read."""
    unread = select(func.count()).select_from(Article)
    found = unread.where(Article.source_id == source_id, Article.state == ArticleState.FOUND)
    return await session.scalar(found) or 0
