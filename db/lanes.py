"""A lane for each chat: takes the first debts of the chats that bear a message now. It settles none.

It looks at lanes, not at debts: a chat that waits costs nothing, however much it is owed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Select, Text, bindparam, case, cast, delete, func, literal, or_, select, true, union_all
from sqlalchemy import update as update_table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db import folding, threads
from db.base import UtcDateTime
from db.folding import PENDING as PENDING
from db.folding import is_pending as is_pending
from db.hours import LATE, Office, Turn, choose_hours, find_open, find_turn
from db.models import Chat, ChatKind, ChatState, Delivery, DeliveryState, Lane, Rank
from db.news import News as News
from db.news import get_news
from db.pictures import shows_pictures
from db.statements import execute_count, is_postgresql, is_written

#: The notice that says what an article says now.
CORRECTION = "correction"
#: After so many tries a debt lets later ones of its chat pass.
OVERTAKEN = 10
#: News that waited for longer lets fresher news of other chats go first.
FRESH = timedelta(minutes=10)
#: So many lanes that have rested are cleared away at once.
_CLEARED = 500
#: Where many chats are silent, so many lanes are looked at together, and so many in all by one claim.
_TOGETHER, _MOST_LOOKED_AT = 500, 2000
#: So many lanes are put off at once where the office is silent.
_PUT_OFF = 10_000
#: What goes after news; a lane that is claimed takes its place in line as if it had news.
_AFTER_NEWS = (Rank.DIGEST, Rank.LATER)


class Due(NamedTuple):
    """A claimed debt with all that its message needs: an article's news, or a notice and its data.

    `folded` are the articles that its message tells together, its own first, when they are many. `paced_until` is when
    its chat has rested from what it was sent before. `late_since` is the chat's hour that it missed by far, if it did.
    A correction has the id of the message that it `edits`, empty if there is none; `was_told`: it was told once before.
    Its chat `shows_pictures` with the news, and wants it without a sound where it `is_silent`.
    `thread` is the topic of the chat's forum that it goes to.
    """

    id: int
    chat_id: int
    channel: str
    address: str
    title: str
    kind: ChatKind
    language: str
    due_at: datetime
    attempts: int
    reason: str
    notice: str | None
    data: dict[str, Any]
    news: News | None
    paced_until: datetime | None = None
    folded: tuple[News, ...] = ()
    late_since: datetime | None = None
    edits: str = ""
    was_told: bool = False
    shows_pictures: bool = False
    is_silent: bool = False
    thread: int | None = None

    @property
    def is_correction(self) -> bool:
        return self.notice == CORRECTION


class _Head(NamedTuple):
    """The first debt of a chat, with when it was meant to be told, and whether it waited for that."""

    row: Any
    meant_at: datetime
    has_waited: bool


_NOW, _MOST = bindparam("now", type_=UtcDateTime), bindparam("most", type_=Integer)


def _build_due() -> Select[int]:
    """A few short walks along one index, however long the lines are."""
    fresh = Lane.due_at > bindparam("stale_at", type_=UtcDateTime)
    tiers = [(Rank.URGENT, true()), (Rank.NEWS, fresh), (Rank.NEWS, ~fresh), *((rank, true()) for rank in _AFTER_NEWS)]
    walks = [
        select(Lane.chat_id, literal(number).label("tier"), Lane.due_at)
        .join(Chat, Chat.id == Lane.chat_id)
        .where(Lane.channel == bindparam("channel"), Lane.rank == rank, Lane.due_at <= _NOW, condition)
        .where(Chat.state == ChatState.ACTIVE)
        .order_by(Lane.due_at, Lane.chat_id)
        .limit(_MOST)
        .subquery()
        for number, (rank, condition) in enumerate(tiers)
    ]
    line = union_all(*(select(walk) for walk in walks)).subquery()
    return select(line.c.chat_id).order_by(line.c.tier, line.c.due_at, line.c.chat_id).limit(_MOST)


def _build_heads() -> Select[Any]:
    """The first debt of each chat, and the end of the claim on another one, as when two chats were merged.

    One that failed `OVERTAKEN` times no longer bars the chat's other news.
    """
    debt, other = aliased(Delivery), aliased(Delivery)
    bars = or_(debt.attempts < OVERTAKEN, debt.due_at <= _NOW)
    first = select(debt.id).where(debt.chat_id == Lane.chat_id, is_pending(debt), bars)
    first = first.order_by(debt.rank, debt.id).limit(1)
    is_sending = is_written(other.state, DeliveryState.SENDING)
    busy = select(func.max(other.leased_until)).where(
        other.chat_id == Lane.chat_id, is_sending, other.leased_until > _NOW
    )
    return (
        select(
            Lane.chat_id.label("lane_id"),
            Lane.paced_until,
            Lane.rank.label("lane_rank"),
            busy.correlate(Lane).scalar_subquery().label("busy_until"),
            *(Delivery.id, Delivery.due_at, Delivery.attempts, Delivery.reason, Delivery.notice, Delivery.data),
            *(Delivery.article_id, Delivery.rank, Delivery.created_at, Delivery.message_id),
            *(Chat.channel, Chat.address, Chat.title, Chat.kind, Chat.language, Chat.hours),
            *(Chat.pictures, Chat.is_silent),
        )
        .join(Chat, Chat.id == Lane.chat_id)
        .outerjoin(Delivery, Delivery.id == first.correlate(Lane).scalar_subquery())
        .where(Lane.chat_id.in_(bindparam("chats", expanding=True)))
        .order_by(Delivery.rank, Delivery.id)
    )


def _build_lock(due: Select[int]) -> Select[int]:
    """Those of them that no other sender holds."""
    lanes = select(Lane.chat_id).where(Lane.chat_id.in_(due), Lane.due_at <= _NOW)
    return lanes.with_for_update(skip_locked=True, key_share=True)


#: Made once: each claim asks for them.
_DUE, _HEADS = _build_due(), _build_heads()
_LOCK = _build_lock(_DUE)


async def claim(
    session: AsyncSession,
    channel: str,
    now: datetime,
    *,
    lease: timedelta,
    limit: int,
    in_flight: Collection[int] = (),
    fold_over: int | None = None,
    fold_most: int = folding.MOST,
    office: Office = Office(ZoneInfo("UTC")),  # noqa: B008 - a value that never changes
) -> list[Due]:
    """Lease the first debt of each chat that bears a message now, at most `limit`: urgent ones, then fresh, then old.

    A debt whose lease ran out was in flight when its sender died: it is claimed again and counted as a repeat, unless
    this process knows by `in_flight` that it is sending it still. Of more than `fold_over` articles the first is
    claimed with those after it folded into it, `fold_most` in all; of those that waited for their hour, all that fit.
    """
    await _put_off(session, channel, now, office)
    heads: list[_Head] = []
    looked_at, size = 0, limit
    while (room := limit - len(heads)) > 0 and looked_at < _MOST_LOOKED_AT:
        chats = await _lock_due(session, channel, now, size)
        heads += await _claim_heads(session, chats, now, lease, in_flight, room, office)
        looked_at += len(chats)
        if len(chats) < size:
            break
        size = _TOGETHER
    if len(heads) < limit:
        await _clear(session, channel, now)
    await _fold(session, heads, fold_over, fold_most)
    return await _describe(session, heads, now)


async def _fold(session: AsyncSession, heads: Sequence[_Head], fold_over: int | None, most: int) -> None:
    new = [head for head in heads if head.row.attempts == 0]
    await folding.fold(session, [head.row.id for head in new if head.has_waited], 1, most)
    if fold_over is not None:
        await folding.fold(session, [head.row.id for head in new if not head.has_waited], fold_over, most)


async def _clear(session: AsyncSession, channel: str, now: datetime) -> None:
    """Take away the lanes of chats that are owed nothing and have rested."""
    has_rested = or_(Lane.paced_until.is_(None), Lane.paced_until <= now)
    rested = (
        select(Lane.chat_id)
        .where(Lane.channel == channel, Lane.rank == Rank.NOTHING, Lane.due_at <= now, has_rested)
        .limit(_CLEARED)
        .with_for_update(skip_locked=True)
    )
    await execute_count(session, delete(Lane).where(Lane.chat_id.in_(rested)))


async def _put_off(session: AsyncSession, channel: str, now: datetime, office: Office) -> None:
    """Where the office is silent, the lanes of chats that chose no hours of their own: one statement for all."""
    until = find_open(office, office.hours, now)
    if until == now:
        return
    usual = cast(Chat.hours, Text) == "{}"
    silent = (
        select(Lane.chat_id)
        .join(Chat, Chat.id == Lane.chat_id)
        .where(Lane.channel == channel, Lane.rank == Rank.NEWS, Lane.due_at <= now, usual)
        .limit(_PUT_OFF)
        .with_for_update(skip_locked=True, of=Lane)
    )
    await execute_count(
        session, update_table(Lane).where(Lane.chat_id.in_(silent)).values(rank=Rank.LATER, due_at=until)
    )


async def _lock_due(session: AsyncSession, channel: str, now: datetime, limit: int) -> Sequence[int]:
    """The chats whose lanes are to be looked at now, held until the commit; those that another sender holds are not."""
    asked = {"channel": channel, "now": now, "stale_at": now - FRESH, "most": limit}
    return (await session.scalars(_LOCK if is_postgresql(session) else _DUE, asked)).all()


async def _claim_heads(
    session: AsyncSession,
    chats: Sequence[int],
    now: datetime,
    lease: timedelta,
    in_flight: Collection[int],
    room: int,
    office: Office,
) -> list[_Head]:
    if not chats:
        return []
    heads, empty = [], []
    waits: dict[int, datetime] = {}
    windows: dict[int, datetime] = {}
    later: dict[int, datetime] = {}
    for row in list(await session.execute(_HEADS, {"chats": chats, "now": now})):
        if row.busy_until is not None:
            waits[row.lane_id] = row.busy_until
        elif row.id is None:
            empty.append(row.lane_id)
        elif row.due_at > now:
            (windows if row.rank == Rank.DIGEST else waits)[row.lane_id] = row.due_at
        elif row.id in in_flight:
            waits[row.lane_id] = now + lease
        elif (turn := _find_turn(row, office, now)).at > now:
            later[row.lane_id] = turn.at
        else:
            heads.append(_Head(row, turn.meant, turn.meant > row.created_at or row.lane_rank == Rank.LATER))
    await _lease(session, heads[:room], now + lease)
    await _postpone(session, waits | await _find_next(session, empty))
    await _postpone(session, windows, rank=Rank.DIGEST)
    await _postpone(session, later, rank=Rank.LATER)
    return heads[:room]


def _find_turn(row: Any, office: Office, now: datetime) -> Turn:
    """Urgent things are told at any hour."""
    if row.rank == Rank.URGENT:
        return Turn(now, row.created_at)
    return find_turn(office, choose_hours(office, row.hours), row.created_at, now)


async def _lease(session: AsyncSession, heads: Sequence[_Head], until: datetime) -> None:
    if not heads:
        return
    debts = update_table(Delivery).where(Delivery.id.in_([head.row.id for head in heads]))
    await execute_count(
        session,
        debts.values(
            repeats=Delivery.repeats + case((Delivery.state == DeliveryState.SENDING, 1), else_=0),
            state=DeliveryState.SENDING,
            leased_until=until,
            attempts=Delivery.attempts + 1,
        ),
    )
    lanes = update_table(Lane).where(Lane.chat_id.in_([head.row.lane_id for head in heads]))
    rank = case((Lane.rank.in_(_AFTER_NEWS), int(Rank.NEWS)), else_=Lane.rank)
    await execute_count(session, lanes.values(due_at=until, rank=rank))


async def _find_next(session: AsyncSession, chats: Sequence[int]) -> dict[int, datetime]:
    """When the debts of these chats are due that have none now; the lanes of those that have none at all only rest."""
    if not chats:
        return {}
    waiting = select(Delivery.chat_id, func.min(Delivery.due_at)).where(
        Delivery.chat_id.in_(chats), is_pending(Delivery)
    )
    rows = await session.execute(waiting.group_by(Delivery.chat_id))
    found: dict[int, datetime] = {chat_id: due_at for chat_id, due_at in rows}  # noqa: C416 - rows are no pairs to mypy
    idle = [chat_id for chat_id in chats if chat_id not in found]
    if idle:
        await execute_count(session, update_table(Lane).where(Lane.chat_id.in_(idle)).values(rank=Rank.NOTHING))
    return found


async def _postpone(session: AsyncSession, waits: Mapping[int, datetime], **values: Any) -> None:
    """A statement for each time, not for each chat."""
    chats: dict[datetime, list[int]] = {}
    for chat_id, until in waits.items():
        chats.setdefault(until, []).append(chat_id)
    for until, ids in chats.items():
        await execute_count(session, update_table(Lane).where(Lane.chat_id.in_(ids)).values(due_at=until, **values))


async def _describe(session: AsyncSession, claimed: Sequence[_Head], now: datetime) -> list[Due]:
    heads = [head.row for head in claimed]
    late = {head.row.id: head.meant_at for head in claimed if head.has_waited and head.meant_at < now - LATE}
    folded = await folding.list_folded(session, [head.id for head in heads if head.article_id is not None])
    corrected = {head.id: (head.lane_id, head.article_id) for head in heads if head.notice == CORRECTION}
    told = await folding.find_told(session, corrected)
    own = {head.article_id for head in heads if head.article_id is not None}
    many = {head.id: (head.article_id, *folded[head.id]) for head in heads if head.id in folded}
    many |= {debt_id: one.article_ids for debt_id, one in told.items() if len(one.article_ids) > 1}
    news = await get_news(session, own.union(*many.values()))
    groups = [head for head in heads if head.kind is ChatKind.GROUP]
    places = await threads.find_threads(session, {head.lane_id: head.article_id for head in groups})
    return [
        Due(
            head.id,
            head.lane_id,
            head.channel,
            head.address,
            head.title,
            head.kind,
            head.language,
            head.due_at,
            head.attempts + 1,
            head.reason,
            head.notice,
            head.data,
            news.get(head.article_id),
            head.paced_until,
            tuple(news[one] for one in many.get(head.id, ()) if one in news),
            late.get(head.id) if head.notice is None else None,
            told[head.id].message_id if head.id in told else "",
            head.notice == CORRECTION and bool(head.message_id),
            shows_pictures(head.pictures, head.kind),
            head.is_silent,
            places.get(head.lane_id),
        )
        for head in heads
    ]
