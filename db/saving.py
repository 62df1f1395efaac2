"""Articles that people put aside for themselves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.library import ArticleRow, get_articles
from db.models import Article, Saved
from db.statements import execute_count, insert


async def save(session: AsyncSession, member_id: int, article_id: int, now: datetime) -> bool | None:
    """False when it was saved before, None when there is no such article."""
    if await session.get(Article, article_id) is None:
        return None
    values = {"member_id": member_id, "article_id": article_id, "saved_at": now}
    return await execute_count(session, insert(session, Saved).values(values).on_conflict_do_nothing()) == 1


async def unsave(session: AsyncSession, member_id: int, article_id: int) -> None:
    await session.execute(delete(Saved).where(Saved.member_id == member_id, Saved.article_id == article_id))


async def count_saved(session: AsyncSession, member_id: int) -> int:
    return await session.scalar(select(func.count()).select_from(Saved).where(Saved.member_id == member_id)) or 0


async def list_saved(session: AsyncSession, member_id: int, *, offset: int, limit: int) -> list[ArticleRow]:
    """What was saved last comes first."""
    newest = (Saved.saved_at.desc(), Saved.article_id.desc())
    saved = select(Saved.article_id).where(Saved.member_id == member_id).order_by(*newest).offset(offset).limit(limit)
    ids: Sequence[int] = (await session.scalars(saved)).all()
    return await get_articles(session, ids)
