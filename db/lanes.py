"""A lane for each chat: takes the first debts of the chats that bear a message now. It settles none.

It looks at lanes, not at debts: a chat that waits costs nothing, however much it is owed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, case, delete, func, literal, or_, select, true, union_all
from sqlalchemy import update as update_table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db import folding
from db.folding import PENDING as PENDING
from db.folding import is_pending as is_pending
from db.models import Article, Chat, ChatKind, ChatState, Delivery, DeliveryState, Lane, Rank, Source, Topic
from db.statements import execute_count, is_postgresql, is_written
from db.stories import list_other_tellers

#: The kind of a summary that a language model wrote.
BY_MACHINE = "llm"
#: After so many tries a debt lets later ones of its chat pass.
OVERTAKEN = 10
#: News that waited for longer lets fresher news of other chats go first.
FRESH = timedelta(minutes=10)
#: So many lanes that have rested are cleared away at once.
_CLEARED = 500


class News(NamedTuple):
    """What a push shows of an article; `also` are the other sources that tell its story.

    `by_machine` is whether a language model wrote the summary.
    """

    article_id: int
    title: str
    summary: str
    url: str
    published_at: datetime
    source: str
    section: str
    topic_id: int
    topic: str
    also: tuple[str, ...] = ()
    by_machine: bool = False
    found_at: datetime | None = None


class Due(NamedTuple):
    """A claimed debt with all that its message needs: an article's news, or a notice and its data.

    `folded` are the articles that its message tells together, its own first, when they are many. `paced_until` is when
    its chat has rested from what it was sent before.
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


async def claim(
    session: AsyncSession,
    channel: str,
    now: datetime,
    *,
    lease: timedelta,
    limit: int,
    in_flight: Collection[int] = (),
    fold_over: int | None = None,
) -> list[Due]:
    """Lease the first debt of each chat that bears a message now, at most `limit`: urgent ones, then fresh, then old.

    A debt whose lease ran out was in flight when its sender died: it is claimed again and counted as a repeat, unless
    this process knows by `in_flight` that it is sending it still. Of more than `fold_over` articles the first is
    claimed with those after it folded into it.
    """
    await _clear(session, channel, now)
    heads: list[Any] = []
    while (room := limit - len(heads)) > 0:
        chats = await _lock_due(session, channel, now, room)
        heads += await _claim_heads(session, chats, now, lease, in_flight)
        if len(chats) < room:
            break
    if fold_over is not None:
        await folding.fold(session, [head.id for head in heads if head.attempts == 0], fold_over)
    return await _describe(session, heads)


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


async def _lock_due(session: AsyncSession, channel: str, now: datetime, limit: int) -> Sequence[int]:
    """The chats whose lanes are to be looked at now, held until the commit; those that another sender holds are not."""
    found = (await session.scalars(_select_due(channel, now, limit))).all()
    if not found or not is_postgresql(session):
        return found
    due = select(Lane.chat_id).where(Lane.chat_id.in_(found), Lane.due_at <= now)
    return (await session.scalars(due.with_for_update(skip_locked=True, key_share=True))).all()


def _select_due(channel: str, now: datetime, limit: int) -> Select[int]:
    """Four short walks along one index, however long the lines are."""
    fresh = Lane.due_at > now - FRESH
    tiers = [(Rank.URGENT, true()), (Rank.NEWS, fresh), (Rank.NEWS, ~fresh), (Rank.DIGEST, true())]
    walks = [
        select(Lane.chat_id, literal(number).label("tier"), Lane.due_at)
        .join(Chat, Chat.id == Lane.chat_id)
        .where(Lane.channel == channel, Lane.rank == rank, Lane.due_at <= now, condition)
        .where(Chat.state == ChatState.ACTIVE)
        .order_by(Lane.due_at, Lane.chat_id)
        .limit(limit)
        .subquery()
        for number, (rank, condition) in enumerate(tiers)
    ]
    line = union_all(*(select(walk) for walk in walks)).subquery()
    return select(line.c.chat_id).order_by(line.c.tier, line.c.due_at, line.c.chat_id).limit(limit)


async def _claim_heads(
    session: AsyncSession, chats: Sequence[int], now: datetime, lease: timedelta, in_flight: Collection[int]
) -> list[Any]:
    if not chats:
        return []
    rows = list(await session.execute(_select_heads(chats, now)))
    heads, waits, empty = [], {}, []
    for row in rows:
        if row.busy_until is not None:
            waits[row.lane_id] = row.busy_until
        elif row.id is None:
            empty.append(row.lane_id)
        elif row.due_at > now:
            waits[row.lane_id] = row.due_at
        elif row.id in in_flight:
            waits[row.lane_id] = now + lease
        else:
            heads.append(row)
    await _lease(session, heads, now + lease)
    await _postpone(session, waits | await _find_next(session, empty))
    return heads


def _select_heads(chats: Sequence[int], now: datetime) -> Any:
    """The first debt of each chat, and the end of the claim on another one, as when two chats were merged.

    One that failed `OVERTAKEN` times no longer bars the chat's other news.
    """
    debt, other = aliased(Delivery), aliased(Delivery)
    bars = or_(debt.attempts < OVERTAKEN, debt.due_at <= now)
    first = select(debt.id).where(debt.chat_id == Lane.chat_id, is_pending(debt), bars)
    first = first.order_by(debt.rank, debt.id).limit(1)
    is_sending = is_written(other.state, DeliveryState.SENDING)
    busy = select(func.max(other.leased_until)).where(
        other.chat_id == Lane.chat_id, is_sending, other.leased_until > now
    )
    return (
        select(
            Lane.chat_id.label("lane_id"),
            Lane.paced_until,
            busy.correlate(Lane).scalar_subquery().label("busy_until"),
            *(Delivery.id, Delivery.due_at, Delivery.attempts, Delivery.reason, Delivery.notice, Delivery.data),
            *(Delivery.article_id, Chat.channel, Chat.address, Chat.title, Chat.kind, Chat.language),
        )
        .join(Chat, Chat.id == Lane.chat_id)
        .outerjoin(Delivery, Delivery.id == first.correlate(Lane).scalar_subquery())
        .where(Lane.chat_id.in_(chats))
        .order_by(Delivery.rank, Delivery.id)
    )


async def _lease(session: AsyncSession, heads: Sequence[Any], until: datetime) -> None:
    if not heads:
        return
    debts = update_table(Delivery).where(Delivery.id.in_([head.id for head in heads]))
    await execute_count(
        session,
        debts.values(
            repeats=Delivery.repeats + case((Delivery.state == DeliveryState.SENDING, 1), else_=0),
            state=DeliveryState.SENDING,
            leased_until=until,
            attempts=Delivery.attempts + 1,
        ),
    )
    lanes = update_table(Lane).where(Lane.chat_id.in_([head.lane_id for head in heads]))
    await execute_count(session, lanes.values(due_at=until))


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


async def _postpone(session: AsyncSession, waits: Mapping[int, datetime]) -> None:
    for chat_id, until in waits.items():
        await execute_count(session, update_table(Lane).where(Lane.chat_id == chat_id).values(due_at=until))


async def _describe(session: AsyncSession, heads: Sequence[Any]) -> list[Due]:
    folded = await folding.list_folded(session, [head.id for head in heads if head.article_id is not None])
    own = {head.article_id for head in heads if head.article_id is not None}
    news = await _get_news(session, own.union(*folded.values()))
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
            tuple(news[one] for one in (head.article_id, *folded[head.id])) if head.id in folded else (),
        )
        for head in heads
    ]


async def _get_news(session: AsyncSession, ids: Iterable[int]) -> dict[int, News]:
    """Each article once, however many chats it goes to."""
    if not (wanted := list(ids)):
        return {}
    also = await list_other_tellers(session, wanted)
    articles = (
        select(
            *(Article.id, Article.title, Article.summary, Article.summary_kind, Article.url, Article.published_at),
            *(
                Article.found_at,
                Article.section,
                Source.name,
                Source.host,
                Topic.id.label("topic_id"),
                Topic.name.label("topic"),
            ),
        )
        .join(Source, Source.id == Article.source_id)
        .join(Topic, Topic.id == Source.topic_id)
        .where(Article.id.in_(wanted))
    )
    return {row.id: _build_news(row, also.get(row.id, ())) for row in await session.execute(articles)}


def _build_news(row: Any, also: Sequence[str]) -> News:
    name = row.name or row.host
    return News(
        row.id,
        row.title,
        row.summary,
        row.url,
        row.published_at,
        name,
        row.section,
        row.topic_id,
        row.topic,
        tuple(other for other in also if other != name),
        row.summary_kind == BY_MACHINE,
        row.found_at,
    )
