"""Urgent news that its own chat does not get goes to the same person's chat on another platform. It sends nothing.

The one debt ends in the commit in which the other begins: whatever comes back later, the news is told once.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.lanes import is_pending
from db.models import Chat, ChatKind, ChatState, Delivery, DeliveryState, Lane, Member, MemberState, Rank
from db.outbox import open_lanes
from db.statements import execute_count, insert

#: What is urgent, was tried and was not told for so long goes another way; what nobody tried may only stand in line.
PATIENCE = timedelta(minutes=2)
LONGER_PATIENCE = timedelta(minutes=5)
#: So many go there at once.
_BATCH = 100


async def is_waiting(session: AsyncSession, channel: str, others: Collection[str], now: datetime) -> bool:
    """Whether other channels owe urgent news, and have for too long, to people who have a chat on this one."""
    return (await session.execute(_select_stuck(channel, others, now).limit(1))).first() is not None


async def take_over(session: AsyncSession, channel: str, others: Collection[str], now: datetime) -> int:
    """Owe it on this channel instead; returns how many. What is on its way at this moment stays where it is."""
    found = (await session.execute(_select_stuck(channel, others, now).order_by(Delivery.id).limit(_BATCH))).all()
    if not found:
        return 0
    chats = {chat_id for row in found for chat_id in (row.chat_id, row.target)}
    await open_lanes(session, Chat.id.in_(chats), Rank.URGENT, now)
    still = select(Delivery.id).where(Delivery.id.in_([row.id for row in found]), Delivery.state == DeliveryState.OWED)
    owed = set(await session.scalars(still.with_for_update(key_share=True)))
    taken = [row.id for row in found if row.id in owed and await _owe_instead(session, row, channel, now)]
    ended = {"state": DeliveryState.CARRIED, "reason": channel, "leased_until": None}
    await execute_count(session, update(Delivery).where(Delivery.id.in_(taken)).values(**ended))
    return len(taken)


def _select_stuck(channel: str, others: Collection[str], now: datetime) -> Any:
    """Each with the chat that it could go to, unless that one was told the article anyway."""
    there, told = aliased(Chat), aliased(Delivery)
    is_told = and_(told.chat_id == there.id, told.key == Delivery.key, ~_is_patient(told))
    return (
        select(Delivery.id, Delivery.chat_id, Delivery.channel, Delivery.article_id, there.id.label("target"))
        .join(Lane, Lane.chat_id == Delivery.chat_id)
        .join(Chat, Chat.id == Delivery.chat_id)
        .join(there, and_(there.member_id == Chat.member_id, there.id != Chat.id))
        .join(Member, Member.id == Chat.member_id)
        .where(Lane.channel.in_(others), Lane.rank == Rank.URGENT, is_pending(Delivery))
        .where(Delivery.rank == Rank.URGENT, Delivery.state == DeliveryState.OWED, Delivery.notice.is_(None))
        .where(Delivery.article_id.is_not(None), _is_late(now))
        .where(Chat.kind == ChatKind.PRIVATE, Chat.state.in_([ChatState.ACTIVE, ChatState.PARKED]))
        .where(there.kind == ChatKind.PRIVATE, there.state == ChatState.ACTIVE, there.channel == channel)
        .where(Member.state == MemberState.ACCEPTED, ~select(told.id).where(is_told).exists())
    )


def _is_late(now: datetime) -> ColumnElement[bool]:
    was_tried = and_(Delivery.attempts > 0, Delivery.created_at <= now - PATIENCE)
    return or_(was_tried, Delivery.created_at <= now - LONGER_PATIENCE)


def _is_patient(debt: Any) -> Any:
    """News that nobody hurries with, as what waits for a digest."""
    return and_(debt.state == DeliveryState.OWED, debt.rank > Rank.URGENT)


async def _owe_instead(session: AsyncSession, stuck: Any, channel: str, now: datetime) -> bool:
    """What the chat is owed without hurry becomes urgent."""
    values = {
        "chat_id": stuck.target,
        "channel": channel,
        "key": f"article:{stuck.article_id}",
        "article_id": stuck.article_id,
        "data": {"instead_of": stuck.channel},
        "rank": Rank.URGENT,
        "state": DeliveryState.OWED,
        "due_at": now,
        "created_at": now,
    }
    owing = insert(session, Delivery).values(values)
    hurry = {"rank": owing.excluded.rank, "data": owing.excluded.data, "due_at": owing.excluded.due_at}
    return (
        await execute_count(
            session,
            owing.on_conflict_do_update(index_elements=["chat_id", "key"], set_=hurry, where=_is_patient(Delivery)),
        )
        == 1
    )
