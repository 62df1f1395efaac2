"""What chats are owed: debts are written with what causes them, and settled with their outcome.

It never sends, and `db.lanes` claims. A debt is named by its key, and a chat has each key once. Whoever writes or
settles debts of several chats takes their lanes in the order of the chats: none waits for another in a circle.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db import folding, watches
from db.carriages import select_carriers
from db.lanes import CORRECTION as CORRECTION
from db.lanes import OVERTAKEN as OVERTAKEN
from db.lanes import PENDING
from db.lanes import Due as Due
from db.lanes import claim as claim
from db.models import (
    Article,
    ArticleState,
    Chat,
    ChatState,
    Delivery,
    DeliveryState,
    Follow,
    Lane,
    Rank,
    Source,
)
from db.news import BY_MACHINE as BY_MACHINE
from db.news import News as News
from db.statements import execute_count, insert, is_postgresql

#: The reason of a debt whose last sending may or may not have arrived.
UNKNOWN = "unknown outcome"
#: How long what is owed to a chat that cannot be reached, or asked for silence, waits for it to come back.
PATIENCE = timedelta(days=7)

#: How long what became of a debt is remembered; until then nothing is owed twice.
REMEMBERED = timedelta(days=60)
#: What was found longer ago is no news any more, whoever carries it now; its debts are remembered for longer.
_NEWS = timedelta(days=30)


class Delivered(NamedTuple):
    """A debt that the platform took: under which id, and when the chat bears the next one and has rested."""

    due: Due
    message_id: str
    next_send_at: datetime
    paced_until: datetime | None = None


async def owe_article(session: AsyncSession, article_id: int, now: datetime) -> int:
    """Owe an article to every active chat that follows a topic of a source carrying it; returns how many new debts.

    Who tells its story again carries it too. It is owed as well to chats that watch for words which it has; some of
    them want nothing else, and some words are urgent.
    """
    has_urgent = await watches.note_hits(session, article_id, now)
    own = select(Article.source_id).where(Article.id == article_id)
    carriers = union(own, select_carriers(article_id))
    topics = select(Source.topic_id).where(Source.id.in_(carriers))
    follows = Chat.id.in_(select(Follow.chat_id).where(Follow.topic_id.in_(topics))) & Chat.only_watched.is_(False)
    chats = or_(follows, watches.has_hit(article_id)) & _is_reachable(now)
    urgent = case((watches.has_hit(article_id, is_urgent=True), int(Rank.URGENT)), else_=int(Rank.NEWS))
    rank = urgent if has_urgent else Rank.NEWS
    return await _owe(session, chats, {"key": f"article:{article_id}", "article_id": article_id, "rank": rank}, now)


def _is_reachable(now: datetime) -> ColumnElement[bool]:
    """A chat that was lost lately is owed what comes meanwhile: one refusal unsubscribes nobody."""
    is_lost_lately = and_(Chat.state == ChatState.PARKED, Chat.parked_at > now - PATIENCE)
    return or_(Chat.state == ChatState.ACTIVE, is_lost_lately)


async def owe_announced(session: AsyncSession, article_id: int, now: datetime, *, is_news: bool = False) -> int:
    """Owe an article that another source carries now too, if it was read already and is one to be announced.

    It is from now on if it `is_news` for that source, though it was none for the source that had it first. If it
    tells another one's story, that one is owed. Whoever reads it meanwhile waits in line, and finds what was stored.
    """
    article = await session.get_one(Article, article_id, populate_existing=True, with_for_update={"key_share": True})
    article.announce = article.announce or is_news
    is_out = article.announce and article.state is ArticleState.READY and article.found_at > now - _NEWS
    return await owe_article(session, article.same_as_id or article_id, now) if is_out else 0


async def owe_notice(
    session: AsyncSession,
    chat_ids: Collection[int] | Select[int],
    *,
    notice: str,
    key: str,
    data: dict[str, Any],
    now: datetime,
    rank: Rank = Rank.URGENT,
) -> int:
    """Owe a notice to chats, once for a key; its words are made from `data` when it is sent."""
    values = {"key": f"notice:{notice}:{key}", "notice": notice, "data": data, "rank": rank}
    return await _owe(session, Chat.id.in_(chat_ids), values, now)


async def _owe(session: AsyncSession, chats: ColumnElement[bool], values: dict[str, Any], now: datetime) -> int:
    columns = {"data": {}, "state": DeliveryState.OWED, "due_at": now, "created_at": now} | values
    row = [_as_column(value, Delivery.__table__.c[name].type).label(name) for name, value in columns.items()]
    debts = select(Chat.id, Chat.channel, *row).where(chats)
    statement = insert(session, Delivery).from_select(["chat_id", "channel", *columns], debts)
    count = await execute_count(session, statement.on_conflict_do_nothing(index_elements=["chat_id", "key"]))
    if count:
        await open_lanes(session, chats, values["rank"], now)
    return count


def _as_column(value: Any, kind: Any) -> ColumnElement[Any]:
    return value if isinstance(value, ColumnElement) else literal(value, kind)


async def open_lanes(session: AsyncSession, chats: ColumnElement[bool], rank: Any, now: datetime) -> None:
    """Let chats stand in line for what they are owed; one that does already keeps its place, or gets a better one.

    One that waits for its hour goes on doing so, unless something is urgent; a correction holds nothing up.
    """
    columns = [_as_column(rank, Lane.rank.type), literal(now, Lane.due_at.type)]
    rows = select(Chat.id, Chat.channel, *columns).where(chats).order_by(Chat.id)
    opening = insert(session, Lane).from_select(["chat_id", "channel", "rank", "due_at"], rows)
    is_urgent = opening.excluded.rank == Rank.URGENT
    is_better = and_(opening.excluded.rank < Lane.rank, or_(is_urgent, Lane.rank != Rank.LATER))
    better = {
        "rank": case((is_better, opening.excluded.rank), else_=Lane.rank),
        "due_at": case((_is_held_up(opening.excluded.rank), _get_rested(now)), else_=Lane.due_at),
    }
    await execute_count(session, opening.on_conflict_do_update(index_elements=["chat_id"], set_=better))


def _is_held_up(rank: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the lane waits for nothing that holds what comes now: for its hour, or until a correction is due."""
    waits_for_hour = and_(rank == Rank.URGENT, Lane.rank == Rank.LATER)
    return or_(waits_for_hour, and_(rank < Rank.DIGEST, Lane.rank == Rank.DIGEST))


def _get_rested(now: datetime) -> ColumnElement[datetime]:
    return case((Lane.paced_until > now, Lane.paced_until), else_=literal(now, Lane.due_at.type))


async def wake(session: AsyncSession, now: datetime, chat_id: int | None = None) -> None:
    """The hours have changed, of one chat or of the office: those who wait for theirs are looked at anew."""
    waiting = update(Lane).where(Lane.rank == Rank.LATER, Lane.due_at > now)
    waiting = waiting if chat_id is None else waiting.where(Lane.chat_id == chat_id)
    await execute_count(session, waiting.values(rank=Rank.NEWS, due_at=now))


async def renew(session: AsyncSession, dues: Collection[Due], until: datetime) -> None:
    """Hold claimed debts that are still being sent for longer, but for those that are being settled at this moment."""
    sending = select(Delivery.id).where(
        Delivery.id.in_([due.id for due in dues]), Delivery.state == DeliveryState.SENDING
    )
    held = update(Delivery).where(Delivery.id.in_(sending.with_for_update(skip_locked=True, key_share=True)))
    await execute_count(session, held.values(leased_until=until))


async def hold_lanes(session: AsyncSession, chat_ids: Collection[int]) -> None:
    """Take the lanes of chats whose debts are to be settled, or that are to be owed something, in this transaction.

    It is a statement of its own: one that had to wait for a lane would look for debts as they were before it waited.
    """
    if is_postgresql(session):
        lanes = select(Lane.chat_id).where(Lane.chat_id.in_(chat_ids)).order_by(Lane.chat_id)
        await session.execute(lanes.with_for_update(key_share=True))


async def record_sent(
    session: AsyncSession, due: Due, *, message_id: str, now: datetime, next_send_at: datetime
) -> None:
    await record_all_sent(session, [Delivered(due, message_id, next_send_at)], now)


async def record_all_sent(session: AsyncSession, delivered: Sequence[Delivered], now: datetime) -> None:
    """A few statements, however many were sent; what is owed while they wait for the lanes is seen."""
    await hold_lanes(session, [one.due.chat_id for one in delivered])
    rows = [
        {
            "of_debt": one.due.id,
            "of_chat": one.due.chat_id,
            "attempt": one.due.attempts,
            "message": one.message_id,
            "next_at": one.next_send_at,
            "rested_at": one.paced_until,
        }
        for one in sorted(delivered, key=lambda one: one.due.chat_id)
    ]
    connection = await session.connection()
    await connection.execute(_TAKE_NEXT, rows)
    for one in delivered:
        if one.due.folded:
            await _settle_folded(session, one.due, state=DeliveryState.SENT, message_id=one.message_id, sent_at=now)
    await connection.execute(_SETTLE_SENT, [row | {"sent_now": now} for row in rows])


def _is_held(debt: Any, debt_id: Any, attempts: Any) -> ColumnElement[bool]:
    """Only the holder of the lease settles a debt: whoever lost it meanwhile changes nothing."""
    return and_(debt.id == debt_id, debt.state == DeliveryState.SENDING, debt.attempts == attempts)


_LANES, _DELIVERIES = cast(Table, Lane.__table__), cast(Table, Delivery.__table__)
_OTHER = aliased(Delivery)
_DEBT, _ATTEMPT = bindparam("of_debt", type_=Delivery.id.type), bindparam("attempt", type_=Integer)
_RANK = (
    select(_OTHER.rank)
    .where(_OTHER.chat_id == Lane.chat_id, _OTHER.id != _DEBT)
    .where(_OTHER.state.in_([literal_column(f"'{state.value}'") for state in PENDING]))
    .order_by(_OTHER.rank, _OTHER.id)
    .limit(1)
    .correlate(Lane)
    .scalar_subquery()
)
#: The lane of a chat that was sent something goes on to what else it is owed.
_TAKE_NEXT = (
    update(_LANES)
    .where(Lane.chat_id == bindparam("of_chat"), exists().where(_is_held(Delivery, _DEBT, _ATTEMPT)))
    .values(
        rank=func.coalesce(_RANK, int(Rank.NOTHING)),
        due_at=bindparam("next_at", type_=Lane.due_at.type),
        paced_until=bindparam("rested_at", type_=Lane.due_at.type),
    )
)
_SETTLE_SENT = (
    update(_DELIVERIES)
    .where(_is_held(Delivery, _DEBT, _ATTEMPT))
    .values(
        state=DeliveryState.SENT,
        message_id=bindparam("message"),
        sent_at=bindparam("sent_now", type_=Lane.due_at.type),
        reason="",
        leased_until=None,
    )
)


async def record_retry(
    session: AsyncSession, due: Due, *, due_at: datetime, reason: str, look_at: datetime | None = None
) -> None:
    """Try again at `due_at`; the chat's lane is looked at then, or earlier for what may go before."""
    await _settle(session, due, look_at or due_at, state=DeliveryState.OWED, due_at=due_at, reason=reason)


async def record_unknown(session: AsyncSession, due: Due, *, due_at: datetime) -> None:
    """The message may have arrived. It is sent once more, counted; a second time it is left at that."""
    if due.reason == UNKNOWN:
        await _settle(session, due, due.due_at, state=DeliveryState.UNKNOWN)
    else:
        values = {"due_at": due_at, "reason": UNKNOWN, "repeats": Delivery.repeats + 1}
        await _settle(session, due, due_at, state=DeliveryState.OWED, **values)


async def record_dropped(session: AsyncSession, due: Due, *, reason: str) -> None:
    await _settle(session, due, due.due_at, state=DeliveryState.DROPPED, reason=reason)


async def record_parked(session: AsyncSession, due: Due, *, now: datetime, reason: str) -> None:
    """The chat cannot be reached: it is silenced with its reason, and what it is owed waits until it speaks again.

    One that was stopped or closed while the message was on its way stays so.
    """
    await _settle(session, due, now, state=DeliveryState.OWED, due_at=now, reason=reason)
    reached = update(Chat).where(Chat.id == due.chat_id, Chat.state == ChatState.ACTIVE)
    await execute_count(session, reached.values(state=ChatState.PARKED, reason=reason, parked_at=now))


async def was_pushed(session: AsyncSession, channel: str, address: str, message_id: str) -> bool:
    """Whether a message in that chat was pushed there, and is no answer to anybody."""
    pushed = select(Delivery.id).join(Chat, Chat.id == Delivery.chat_id)
    here = pushed.where(Chat.channel == channel, Chat.address == address, Delivery.message_id == message_id)
    return await session.scalar(here.limit(1)) is not None


async def record_unfolded(session: AsyncSession, due: Due, *, now: datetime, reason: str) -> None:
    """The message that tells many articles is refused: each goes alone."""
    if await _is_ours(session, due):
        await folding.unfold(session, due.id, now)
    await _settle(session, due, now, state=DeliveryState.OWED, due_at=now, reason=reason)


async def _settle_folded(session: AsyncSession, due: Due, **values: Any) -> None:
    if await _is_ours(session, due):
        await folding.settle_folded(session, due.id, values)


async def _is_ours(session: AsyncSession, due: Due) -> bool:
    held = select(Delivery.id).where(_is_held(Delivery, due.id, due.attempts))
    return await session.scalar(held.with_for_update(key_share=True)) is not None


async def _settle(session: AsyncSession, due: Due, look_at: datetime, **values: Any) -> None:
    """The chat's lane is looked at next at `look_at`."""
    held = _is_held(Delivery, due.id, due.attempts)
    if due.folded and values["state"] is not DeliveryState.OWED:
        await _settle_folded(session, due, **values)
    lane = update(Lane).where(Lane.chat_id == due.chat_id, exists().where(held)).values(due_at=look_at)
    await execute_count(session, lane)
    await execute_count(session, update(Delivery).where(held).values(leased_until=None, **values))
