"""The pictures that go along with news: which chats want them, and the few that are kept until they are sent."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ArticlePicture, Chat, ChatKind, ChatState, PictureUse
from db.statements import execute_count, insert

#: How long a picture is kept; what is sent later goes without.
KEPT = timedelta(days=2)
#: How long it is remembered that an article had a picture, and how many of these are forgotten at once.
REMEMBERED = timedelta(days=60)
BATCH = 20_000


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


async def note_use(session: AsyncSession, url: str, now: datetime) -> None:
    """One more article has this picture."""
    noting = insert(session, PictureUse).values(mark=_make_mark(url), articles=1, seen_at=now)
    again = {"articles": PictureUse.articles + 1, "seen_at": now}
    await execute_count(session, noting.on_conflict_do_update(index_elements=["mark"], set_=again))


async def count_uses(session: AsyncSession, url: str) -> int:
    """How many articles had this picture, announced or not; what none had for `REMEMBERED` is forgotten."""
    uses = select(PictureUse.articles).where(PictureUse.mark == _make_mark(url))
    return await session.scalar(uses) or 0


async def get_content(session: AsyncSession, article_id: int) -> bytes | None:
    return await session.scalar(select(ArticlePicture.content).where(ArticlePicture.article_id == article_id))


async def forget(session: AsyncSession, now: datetime) -> None:
    """Of the uses some each night: an archive that was read at once has many."""
    await execute_count(session, delete(ArticlePicture).where(ArticlePicture.created_at < now - KEPT))
    old = select(PictureUse.mark).where(PictureUse.seen_at < now - REMEMBERED).limit(BATCH)
    await execute_count(session, delete(PictureUse).where(PictureUse.mark.in_(old)))


def _make_mark(url: str) -> int:
    return int.from_bytes(blake2b(url.encode(errors="surrogatepass"), digest_size=8).digest(), "big", signed=True)
