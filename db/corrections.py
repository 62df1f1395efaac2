"""Corrections of articles that were told already: owed to whoever was told, at most one in a while for each."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.lanes import CORRECTION
from db.models import Chat, ChatState, Delivery, DeliveryState, Rank
from db.outbox import open_lanes
from db.statements import execute_count, insert

#: A chat hears of one article's corrections no more often than this.
WINDOW = timedelta(minutes=10)
#: What was told longer ago nobody reads again.
CORRECTED = timedelta(days=2)

_SETTLED = (DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.DROPPED)


async def owe_correction(session: AsyncSession, article_id: int, now: datetime, *, matters: bool) -> None:
    """Owe what an article says now to every chat that was told what it said before.

    `matters` is for platforms that cannot edit: whether to tell it anew. A correction that waits is told with this one.
    The lanes are taken first, as whoever settles a correction does.
    """
    is_told = and_(
        Delivery.article_id == article_id,
        Delivery.notice.is_(None),
        _is_out(),
        Delivery.created_at > now - CORRECTED,
    )
    chats = and_(Chat.state == ChatState.ACTIVE, Chat.id.in_(select(Delivery.chat_id).where(is_told)))
    await open_lanes(session, chats, Rank.DIGEST, now)
    values = {
        "key": f"{CORRECTION}:{article_id}",
        "notice": CORRECTION,
        "article_id": article_id,
        "data": {"matters": matters},
        "rank": Rank.DIGEST,
        "state": DeliveryState.OWED,
        "due_at": now,
        "created_at": now,
    }
    row = [literal(value, Delivery.__table__.c[name].type) for name, value in values.items()]
    debts = select(Chat.id, Chat.channel, *row).where(chats)
    owing = insert(session, Delivery).from_select(["chat_id", "channel", *values], debts)
    waits = Delivery.state == DeliveryState.OWED
    is_soon = Delivery.sent_at > now - WINDOW
    again = {
        "state": DeliveryState.OWED,
        "attempts": case((waits, Delivery.attempts), else_=0),
        "due_at": case((waits, Delivery.due_at), (is_soon, now + WINDOW), else_=now),
        "created_at": now,
        "data": owing.excluded.data,
        "reason": "",
    }
    anew = Delivery.state.in_((*_SETTLED, DeliveryState.OWED) if matters else _SETTLED)
    await execute_count(session, owing.on_conflict_do_update(index_elements=["chat_id", "key"], set_=again, where=anew))


def _is_out() -> ColumnElement[bool]:
    """Sent, or on its way with what was said before, alone or in the message of another."""
    head = aliased(Delivery)
    sending = select(head.id).where(head.id == Delivery.folded_into_id, head.state == DeliveryState.SENDING)
    is_folded = and_(Delivery.state == DeliveryState.FOLDED, sending.exists())
    return or_(Delivery.state.in_([DeliveryState.SENT, DeliveryState.SENDING]), is_folded)
