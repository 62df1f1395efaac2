"""The pictures that go along with news: which chats want them, and the few that are kept until they are sent."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ArticlePicture, Chat, ChatKind, ChatState
from db.statements import execute_count, insert

#: How long a picture is kept; what is sent later goes without.
KEPT = timedelta(days=2)


def shows_pictures(choice: bool | None, kind: ChatKind) -> bool:
    """What a chat chose; while nobody did, a person's own chat shows pictures, a group's or a channel's does not."""
    return kind is ChatKind.PRIVATE if choice is None else choice


async def is_wanted(session: AsyncSession, channels: Collection[str]) -> bool:
    """Whether any chat on these channels shows pictures."""
    is_usual = and_(Chat.pictures.is_(None), Chat.kind == ChatKind.PRIVATE)
    shows = select(Chat.id).where(Chat.channel.in_(channels), or_(Chat.pictures.is_(True), is_usual))
    return await session.scalar(shows.where(Chat.state == ChatState.ACTIVE).limit(1)) is not None


async def add(session: AsyncSession, article_id: int, url: str, content: bytes, now: datetime) -> None:
    """Its picture, unless it has one."""
    row = {"article_id": article_id, "url": url, "content": content, "created_at": now}
    await session.execute(insert(session, ArticlePicture).values(row).on_conflict_do_nothing())


async def is_kept(session: AsyncSession, url: str) -> bool:
    """Whether another article had this very picture in these days."""
    return await session.scalar(select(ArticlePicture.article_id).where(ArticlePicture.url == url).limit(1)) is not None


async def get_content(session: AsyncSession, article_id: int) -> bytes | None:
    return await session.scalar(select(ArticlePicture.content).where(ArticlePicture.article_id == article_id))


async def forget(session: AsyncSession, now: datetime) -> None:
    await execute_count(session, delete(ArticlePicture).where(ArticlePicture.created_at < now - KEPT))
