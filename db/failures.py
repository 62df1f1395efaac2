"""What could not be delivered, chat by chat, and another try of it. It sends nothing."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import folding
from db.models import Chat, ChatState, Delivery, DeliveryState, Member, Rank
from db.outbox import open_lanes
from db.statements import execute_count

#: What was owed longer ago is not told any more, and not sent again.
TOLD = timedelta(days=30)
_FAILED = (DeliveryState.DROPPED, DeliveryState.UNKNOWN)


class Failure(NamedTuple):
    """A chat that something did not reach. `since` is when the oldest of it was owed, or the chat was lost.

    `waiting` still waits for the chat, if that one cannot be reached; `reason` is why it cannot, or why the last of
    what was given up was refused.
    """

    chat_id: int
    channel: str
    name: str
    is_parked: bool
    reason: str
    since: datetime
    waiting: int
    dropped: int
    unsure: int


async def count_failures(session: AsyncSession, now: datetime) -> int:
    """How many chats."""
    return await session.scalar(select(func.count()).select_from(_select_chats(now).subquery())) or 0


async def list_failures(session: AsyncSession, now: datetime, *, offset: int, limit: int) -> list[Failure]:
    """Those that were lost last come first."""
    failed = _select_chats(now).subquery()
    pending = select(func.count()).where(Delivery.chat_id == failed.c.id, folding.is_pending(Delivery))
    reason = select(Delivery.reason).where(Delivery.chat_id == failed.c.id, _is_failed(now), Delivery.reason != "")
    latest = reason.order_by(Delivery.id.desc()).limit(1)
    columns = (*failed.c, pending.scalar_subquery().label("waiting"), latest.scalar_subquery().label("last_reason"))
    rows = await session.execute(
        select(*columns).order_by(failed.c.since.desc(), failed.c.id).offset(offset).limit(limit)
    )
    return [_build(row) for row in rows]


def _build(row: Any) -> Failure:
    is_parked = row.state is ChatState.PARKED
    reason = (row.reason if is_parked else row.last_reason) or ""
    waiting = row.waiting if is_parked else 0
    name = row.member or row.title or row.address
    return Failure(row.id, row.channel, name, is_parked, reason, row.since, waiting, row.dropped or 0, row.unsure or 0)


def _select_chats(now: datetime) -> Select[Any]:
    """The chats that cannot be reached, and those that something was not delivered to."""
    is_dropped = Delivery.state == DeliveryState.DROPPED
    debts = (
        select(
            Delivery.chat_id,
            func.sum(case((is_dropped, 1), else_=0)).label("dropped"),
            func.sum(case((is_dropped, 0), else_=1)).label("unsure"),
            func.min(Delivery.created_at).label("since"),
        )
        .where(_is_failed(now))
        .group_by(Delivery.chat_id)
        .subquery()
    )
    is_parked = and_(Chat.state == ChatState.PARKED, Chat.parked_at.is_not(None))
    since = case((is_parked, Chat.parked_at), else_=debts.c.since)
    return (
        select(
            *(Chat.id, Chat.channel, Chat.title, Chat.address, Chat.state, Chat.reason, Member.name.label("member")),
            *(debts.c.dropped, debts.c.unsure, since.label("since")),
        )
        .outerjoin(debts, debts.c.chat_id == Chat.id)
        .outerjoin(Member, Member.id == Chat.member_id)
        .where(or_(is_parked, debts.c.chat_id.is_not(None)))
    )


def _is_failed(now: datetime) -> Any:
    """With the states written out, or the databases would not see that the index of failed debts serves."""
    states = bindparam(None, _FAILED, Delivery.state.type, expanding=True, literal_execute=True)
    return and_(Delivery.state.in_(states), Delivery.created_at > now - TOLD)


async def retry(session: AsyncSession, chat_id: int, now: datetime) -> int:
    """Try the chat again, and all that did not reach it; how many messages that is. What may have arrived is counted
    as a repeat.
    """
    chat = Chat.id == chat_id
    await open_lanes(session, chat, Rank.NEWS, now)
    back = update(Chat).where(chat, Chat.state == ChatState.PARKED)
    await execute_count(session, back.values(state=ChatState.ACTIVE, reason="", parked_at=None))
    failed = update(Delivery).where(Delivery.chat_id == chat_id, _is_failed(now))
    is_unsure = Delivery.state == DeliveryState.UNKNOWN
    await execute_count(
        session,
        failed.values(
            repeats=Delivery.repeats + case((is_unsure, 1), else_=0),
            state=DeliveryState.OWED,
            attempts=0,
            due_at=now,
            reason="",
            folded_into_id=None,
        ),
    )
    pending = select(func.count()).where(Delivery.chat_id == chat_id, folding.is_pending(Delivery))
    return await session.scalar(pending) or 0
