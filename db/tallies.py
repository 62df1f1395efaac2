"""How much there is and was, for those who run loa. It only reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.folding import is_pending
from db.models import Article, Chat, ChatState, Delivery, DeliveryState, Question, Source, SourceState


class Tally(NamedTuple):
    """What is counted: all there is of it, and what came since each of some moments, by their names."""

    what: str
    all: int
    since: Mapping[str, int]


async def count_all(session: AsyncSession, since: Mapping[str, datetime]) -> list[Tally]:
    """Messages and searches are remembered for some months, so that of these `all` is what is remembered.

    A digest is one message, however many articles it tells.
    """
    is_watched, is_sent = Source.state != SourceState.REMOVED, Delivery.state == DeliveryState.SENT
    return [
        await _count(session, "sources", Source.created_at, since, is_watched),
        await _count(session, "sources that fail", Source.created_at, {}, is_watched, Source.failures > 0),
        await _count(session, "articles", Article.found_at, since),
        await _count(session, "chats", Chat.created_at, since, Chat.state == ChatState.ACTIVE),
        await _count(session, "chats out of reach", Chat.parked_at, since, Chat.state == ChatState.PARKED),
        await _count(session, "messages sent", Delivery.sent_at, since, is_sent, Delivery.folded_into_id.is_(None)),
        await _count(session, "messages owed", Delivery.created_at, {}, is_pending(Delivery)),
        await _count(session, "searches", Question.asked_at, since),
    ]


async def _count(
    session: AsyncSession, what: str, time: Any, since: Mapping[str, datetime], *conditions: ColumnElement[bool]
) -> Tally:
    periods = [func.count().filter(time >= moment) for moment in since.values()]
    row = (await session.execute(select(func.count(), *periods).select_from(time.class_).where(*conditions))).one()
    return Tally(what, row[0], dict(zip(since, row[1:], strict=True)))
