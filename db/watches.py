"""The words that chats watch, and which articles have them. It owes nothing: `db.outbox` does, in the same commit."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.aliases import get_aliases
from db.models import Article, Chat, Watch, WatchHit
from db.statements import execute_count, insert
from db.text import nfc
from db.watchwords import Page, make_key, make_token, parse_watch

#: So many watches one chat has at most, of so many letters each.
MOST, LONGEST = 50, 120
#: So many tokens are asked for in one statement, within every database's limits.
_ASKED = 10_000


async def add_watch(session: AsyncSession, chat_id: int, words: str, now: datetime, *, is_urgent: bool) -> bool:
    """Watch words, or say of those watched already how urgent they are; false when there are too many.

    Raises ValueError for what are no words.
    """
    phrases, words = parse_watch(words), " ".join(nfc(words).split())
    if len(words) > LONGEST:
        raise ValueError("too long")
    values = {"chat_id": chat_id, "words": words, "key": make_key(phrases), "token": make_token(phrases)}
    known = update(Watch).where(Watch.chat_id == chat_id, Watch.key == values["key"])
    if await execute_count(session, known.values(words=words, is_urgent=is_urgent)):
        return True
    if (await session.scalar(select(func.count()).where(Watch.chat_id == chat_id)) or 0) >= MOST:
        return False
    adding = insert(session, Watch).values(is_urgent=is_urgent, created_at=now, **values)
    await session.execute(adding.on_conflict_do_nothing())
    return True


async def list_watches(session: AsyncSession, chat_id: int) -> Sequence[Watch]:
    return (await session.scalars(select(Watch).where(Watch.chat_id == chat_id).order_by(Watch.words, Watch.id))).all()


async def get_watch(session: AsyncSession, chat_id: int, watch_id: int) -> Watch | None:
    """None when it is another chat's."""
    return (await session.scalars(select(Watch).where(Watch.id == watch_id, Watch.chat_id == chat_id))).one_or_none()


async def move_watches(session: AsyncSession, chat_id: int, target_id: int) -> None:
    """Of a chat that is merged into another one."""
    there = select(Watch.key).where(Watch.chat_id == target_id)
    moving = update(Watch).where(Watch.chat_id == chat_id, Watch.key.not_in(there))
    await execute_count(session, moving.values(chat_id=target_id))


async def note_hits(session: AsyncSession, article_id: int, now: datetime) -> bool:
    """Note which chats watch for what the article says; whether any of them does so urgently."""
    if (await session.scalars(select(Watch.id).limit(1))).first() is None:
        return False
    article = await session.get_one(Article, article_id)
    page = Page(article.title, article.text or article.description, await get_aliases(session))
    hits: dict[int, dict[str, Any]] = {}
    for row in await _list_hits(session, page):
        hit = {"article_id": article_id, "chat_id": row.chat_id, "words": row.words, "is_urgent": row.is_urgent}
        if row.is_urgent or row.chat_id not in hits:
            hits[row.chat_id] = hit | {"found_at": now}
    if hits:
        adding = insert(session, WatchHit).on_conflict_do_nothing()
        await session.execute(adding, [hits[chat_id] for chat_id in sorted(hits)])
    return any(hit["is_urgent"] for hit in hits.values())


async def _list_hits(session: AsyncSession, page: Page) -> list[Any]:
    """The watches whose words the page has; words that many watch are looked for once."""
    found: dict[str, bool] = {}
    hits = []
    tokens = iter(page.list_tokens())
    while some := list(islice(tokens, _ASKED)):
        columns = (Watch.chat_id, Watch.words, Watch.key, Watch.is_urgent)
        for row in await session.execute(select(*columns).where(Watch.token.in_(some))):
            if row.key not in found:
                found[row.key] = page.has(parse_watch(row.words))
            if found[row.key]:
                hits.append(row)
    return hits


def has_hit(article_id: int, *, is_urgent: bool = False) -> ColumnElement[bool]:
    """Of a chat: whether it watches for what the article says."""
    hits = select(WatchHit.chat_id).where(WatchHit.article_id == article_id)
    return Chat.id.in_(hits.where(WatchHit.is_urgent) if is_urgent else hits)


async def get_hit(session: AsyncSession, chat_id: int, article_id: int) -> WatchHit | None:
    return await session.get(WatchHit, (article_id, chat_id))


async def forget_hits(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(WatchHit).where(WatchHit.found_at < before))
