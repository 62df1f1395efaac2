"""Messages of an admin's own to all chats: kept while they are looked at, owed to everybody on a yes, taken back."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import outbox
from db.models import Broadcast, Chat, ChatKind, ChatState, Delivery, DeliveryState, Lane, Member, MemberState, Rank
from db.statements import execute_count, is_postgresql

NOTICE = "broadcast"


def _is_reached() -> ColumnElement[bool]:
    """A chat that gets news: a group or channel, or the private one of a person who is in."""
    members = select(Member.id).where(Member.state == MemberState.ACCEPTED)
    is_open = or_(Chat.kind != ChatKind.PRIVATE, Chat.member_id.in_(members))
    return and_(Chat.state == ChatState.ACTIVE, is_open)


async def add_broadcast(session: AsyncSession, chat_id: int, words: str, now: datetime) -> Broadcast:
    broadcast = Broadcast(chat_id=chat_id, words=words, written_at=now)
    session.add(broadcast)
    await session.flush()
    return broadcast


async def get_broadcast(session: AsyncSession, broadcast_id: int, chat_id: int) -> Broadcast | None:
    """What was written in this chat."""
    broadcast = await session.get(Broadcast, broadcast_id)
    return broadcast if broadcast is not None and broadcast.chat_id == chat_id else None


async def count_receivers(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Chat).where(_is_reached())) or 0


async def send(session: AsyncSession, broadcast: Broadcast, now: datetime) -> int | None:
    """Owe it to every chat, in the same commit; None when that was done before (by two presses at once: one wins)."""
    unsent = update(Broadcast).where(Broadcast.id == broadcast.id, Broadcast.sent_at.is_(None))
    if await execute_count(session, unsent.values(sent_at=now)) != 1:
        return None
    chats = select(Chat.id).where(_is_reached())
    data = {"words": broadcast.words}
    name = _get_name(broadcast)
    return await outbox.owe_notice(session, chats, notice=NOTICE, key=name, data=data, now=now, rank=Rank.NEWS)


async def recall(session: AsyncSession, broadcast: Broadcast) -> int:
    """Take back what was not sent yet; returns in how many chats."""
    is_waiting = and_(Delivery.key == _get_key(broadcast), Delivery.state == DeliveryState.OWED)
    if is_postgresql(session):
        chats = select(Delivery.chat_id).where(is_waiting)
        lanes = select(Lane.chat_id).where(Lane.chat_id.in_(chats)).order_by(Lane.chat_id)
        await session.execute(lanes.with_for_update(key_share=True))
    return await execute_count(session, delete(Delivery).where(is_waiting))


async def count_sent(session: AsyncSession, broadcast: Broadcast) -> int:
    """In how many chats it arrived."""
    sent = select(func.count()).select_from(Delivery).where(Delivery.key == _get_key(broadcast))
    return await session.scalar(sent.where(Delivery.state == DeliveryState.SENT)) or 0


def _get_key(broadcast: Broadcast) -> str:
    return f"notice:{NOTICE}:{_get_name(broadcast)}"


def _get_name(broadcast: Broadcast) -> str:
    """The number alone might be given again, once whoever wrote it was forgotten with all they wrote."""
    return f"{broadcast.id}:{broadcast.written_at:%Y%m%d%H%M%S}"
