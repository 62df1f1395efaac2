"""How much waits, and for how long, for those who watch loa from outside. It only reads."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.folding import is_pending
from db.models import Article, ArticleChange, ArticleState, Chat, ChatState, Delivery, Source, SourceState

#: Nobody is late who is so little late.
_NONE = timedelta(0)


class Owed(NamedTuple):
    """What the chats of a channel in one state are owed, and since when the oldest of it."""

    channel: str
    state: ChatState
    debts: int
    oldest: datetime


class Gauges(NamedTuple):
    """What waits: debts, articles to be read, sources (how long the first one to be polled is late)."""

    owed: list[Owed]
    chats: dict[tuple[str, ChatState], int]
    to_read: int
    sources: int
    failing_sources: int
    poll_lag: timedelta
    changes: int


async def measure(session: AsyncSession, now: datetime) -> Gauges:
    """One walk along the index of what is owed; the rest are short."""
    active = Source.state == SourceState.ACTIVE
    failing = func.count().filter(Source.failures > 0)
    polled = (await session.execute(select(func.count(), failing, func.min(Source.next_poll_at)).where(active))).one()
    to_read = select(func.count()).select_from(Article).where(Article.state == ArticleState.FOUND)
    states = select(Chat.channel, Chat.state, func.count()).group_by(Chat.channel, Chat.state)
    return Gauges(
        owed=await _measure_owed(session),
        chats={(channel, state): count for channel, state, count in await session.execute(states)},
        to_read=await session.scalar(to_read) or 0,
        sources=polled[0],
        failing_sources=polled[1],
        poll_lag=max(_NONE, now - polled[2]) if polled[2] else _NONE,
        changes=await session.scalar(select(func.coalesce(func.max(ArticleChange.number), 0))) or 0,
    )


async def _measure_owed(session: AsyncSession) -> list[Owed]:
    """Debts are numbered in the order they were made: the first number is the oldest."""
    of_chat = select(Delivery.chat_id, func.count().label("number"), func.min(Delivery.id).label("first"))
    each = of_chat.where(is_pending(Delivery)).group_by(Delivery.chat_id).subquery()
    summed = (
        select(Chat.channel, Chat.state, func.sum(each.c.number).label("number"), func.min(each.c.first).label("first"))
        .join(each, each.c.chat_id == Chat.id)
        .group_by(Chat.channel, Chat.state)
        .subquery()
    )
    found = select(summed.c.channel, summed.c.state, summed.c.number, Delivery.created_at)
    rows = await session.execute(found.join(Delivery, Delivery.id == summed.c.first))
    return [Owed(channel, state, int(number), oldest) for channel, state, number, oldest in rows]
