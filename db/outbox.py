"""What chats are owed: debts are written with what causes them, claimed by lease, and settled with their outcome.

It never sends. A debt is named by its key, and a chat has each key once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, literal, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.models import (
    Article,
    ArticleKey,
    ArticleState,
    Chat,
    ChatKind,
    ChatState,
    Delivery,
    DeliveryState,
    Follow,
    Source,
    Topic,
)
from db.statements import execute_count, insert
from db.stories import list_other_tellers

#: The kind of a summary that a language model wrote.
BY_MACHINE = "llm"
#: The reason of a debt whose last sending may or may not have arrived.
UNKNOWN = "unknown outcome"
#: How long what is owed to a chat that cannot be reached, or asked for silence, waits for it to come back.
PATIENCE = timedelta(days=7)

#: How long what became of a debt is remembered; until then nothing is owed twice.
REMEMBERED = timedelta(days=60)
#: What was found longer ago is no news any more, whoever carries it now; its debts are remembered for longer.
_NEWS = timedelta(days=30)

#: After so many tries a debt lets later ones of its chat pass.
OVERTAKEN = 10

_PENDING = (DeliveryState.OWED, DeliveryState.SENDING)


def _is_pending(delivery: Any) -> ColumnElement[bool]:
    """With the states written out, or the databases would not see that the indexes of pending debts serve."""
    states = bindparam(None, _PENDING, Delivery.state.type, expanding=True, literal_execute=True)
    return cast(ColumnElement[bool], delivery.state.in_(states))


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


class Due(NamedTuple):
    """A claimed debt with all that its message needs: an article's news, or a notice and its data."""

    id: int
    chat_id: int
    address: str
    kind: ChatKind
    language: str
    attempts: int
    reason: str
    notice: str | None
    data: dict[str, Any]
    news: News | None


async def owe_article(session: AsyncSession, article_id: int, now: datetime) -> int:
    """Owe an article to every active chat that follows a topic of a source carrying it; returns how many new debts.

    Who tells its story again carries it too.
    """
    tellings = select(Article.id).where(or_(Article.id == article_id, Article.same_as_id == article_id))
    carriers = union(
        select(ArticleKey.source_id).where(ArticleKey.article_id.in_(tellings)),
        select(Article.source_id).where(Article.id.in_(tellings)),
    )
    topics = select(Source.topic_id).where(Source.id.in_(carriers))
    chats = select(Follow.chat_id).where(Follow.topic_id.in_(topics))
    values = {"key": f"article:{article_id}", "article_id": article_id}
    return await _owe(session, Chat.id.in_(chats) & _is_reachable(now), values, now)


def _is_reachable(now: datetime) -> ColumnElement[bool]:
    """A chat that was lost lately is owed what comes meanwhile: one refusal unsubscribes nobody."""
    is_lost_lately = and_(Chat.state == ChatState.PARKED, Chat.parked_at > now - PATIENCE)
    return or_(Chat.state == ChatState.ACTIVE, is_lost_lately)


async def owe_announced(session: AsyncSession, article_id: int, now: datetime, *, is_news: bool = False) -> int:
    """Owe an article that another source carries now too, if it was read already and is one to be announced.

    It is from now on if it `is_news` for that source, though it was none for the source that had it first. If it
    tells another one's story, that one is owed. Whoever reads it meanwhile waits in line, and finds what was stored.
    """
    article = await session.get_one(Article, article_id, populate_existing=True, with_for_update=True)
    article.announce = article.announce or is_news
    is_out = article.announce and article.state is ArticleState.READY and article.found_at > now - _NEWS
    return await owe_article(session, article.same_as_id or article_id, now) if is_out else 0


async def owe_notice(
    session: AsyncSession, chat_ids: Collection[int], *, notice: str, key: str, data: dict[str, Any], now: datetime
) -> int:
    """Owe a notice to chats, once for a key; its words are made from `data` when it is sent."""
    values = {"key": f"notice:{notice}:{key}", "notice": notice, "data": data}
    return await _owe(session, Chat.id.in_(chat_ids), values, now)


async def _owe(session: AsyncSession, chats: ColumnElement[bool], values: dict[str, Any], now: datetime) -> int:
    columns = {"data": {}, "state": DeliveryState.OWED, "due_at": now, "created_at": now} | values
    types = Delivery.__table__.c
    row = [literal(value, types[name].type).label(name) for name, value in columns.items()]
    debts = select(Chat.id, Chat.channel, *row).where(chats)
    statement = insert(session, Delivery).from_select(["chat_id", "channel", *columns], debts)
    return await execute_count(session, statement.on_conflict_do_nothing(index_elements=["chat_id", "key"]))


async def claim(
    session: AsyncSession,
    channel: str,
    now: datetime,
    *,
    lease: timedelta,
    limit: int,
    in_flight: Collection[int] = (),
) -> list[Due]:
    """Lease what is due, the oldest debt of each chat that bears a message now, at most `limit`.

    A debt whose lease ran out was in flight when its sender died: it is claimed again and counted as a repeat, unless
    this process knows by `in_flight` that it is sending it still.
    """
    claimable = _select_claimable(channel, now, limit)
    if in_flight:
        claimable = claimable.where(Delivery.id.not_in(in_flight))
    ids = list(await session.scalars(claimable))
    if not ids:
        return []
    await session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids))
        .values(
            repeats=Delivery.repeats + case((Delivery.state == DeliveryState.SENDING, 1), else_=0),
            state=DeliveryState.SENDING,
            leased_until=now + lease,
            attempts=Delivery.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    rows = list(await session.execute(_select_due(ids)))
    also = await list_other_tellers(session, {row.Article.id for row in rows if row.Article})
    return [_build_due(row, also) for row in rows]


def _select_claimable(channel: str, now: datetime, limit: int) -> Select[int]:
    is_owed = Delivery.state == DeliveryState.OWED
    is_orphan = and_(Delivery.state == DeliveryState.SENDING, Delivery.leased_until <= now)
    return (
        select(Delivery.id)
        .join(Chat, Chat.id == Delivery.chat_id)
        .where(Delivery.channel == channel, _is_pending(Delivery), Delivery.due_at <= now, or_(is_owed, is_orphan))
        .where(Chat.state == ChatState.ACTIVE, or_(Chat.next_send_at.is_(None), Chat.next_send_at <= now))
        .where(~_is_behind(now))
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=[Delivery, Chat])
    )


def _is_behind(now: datetime) -> ColumnElement[bool]:
    """Whether the chat has an earlier debt, or a later one in flight (as when two chats were merged).

    One that failed `OVERTAKEN` times no longer bars the chat's other news.
    """
    other = aliased(Delivery)
    is_in_flight = and_(other.state == DeliveryState.SENDING, other.leased_until > now)
    is_waiting = and_(other.id < Delivery.id, or_(other.state == DeliveryState.SENDING, other.attempts < OVERTAKEN))
    is_first = or_(is_waiting, and_(other.id > Delivery.id, is_in_flight))
    return exists().where(other.chat_id == Delivery.chat_id, _is_pending(other), is_first)


def _select_due(ids: Collection[int]) -> Any:
    return (
        select(Delivery, Chat, Article, Source, Topic)
        .join(Chat, Chat.id == Delivery.chat_id)
        .outerjoin(Article, Article.id == Delivery.article_id)
        .outerjoin(Source, Source.id == Article.source_id)
        .outerjoin(Topic, Topic.id == Source.topic_id)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.due_at, Delivery.id)
    )


def _build_due(row: Any, also: Mapping[int, tuple[str, ...]]) -> Due:
    delivery, chat, article, source, topic = row
    news = None
    if article is not None:
        name = source.name or source.host
        news = News(
            article.id,
            article.title,
            article.summary,
            article.url,
            article.published_at,
            name,
            article.section,
            topic.id,
            topic.name,
            tuple(other for other in also.get(article.id, ()) if other != name),
            article.summary_kind == BY_MACHINE,
        )
    return Due(
        delivery.id,
        chat.id,
        chat.address,
        chat.kind,
        chat.language,
        delivery.attempts,
        delivery.reason,
        delivery.notice,
        delivery.data,
        news,
    )


async def renew(session: AsyncSession, dues: Collection[Due], until: datetime) -> None:
    """Hold claimed debts that are still being sent for longer."""
    ids = [due.id for due in dues]
    held = update(Delivery).where(Delivery.id.in_(ids), Delivery.state == DeliveryState.SENDING)
    await execute_count(session, held.values(leased_until=until))


async def record_sent(
    session: AsyncSession, due: Due, *, message_id: str, now: datetime, next_send_at: datetime
) -> None:
    await _settle(session, due, state=DeliveryState.SENT, message_id=message_id, sent_at=now, reason="")
    await hold_chat(session, due.chat_id, next_send_at)


async def record_retry(session: AsyncSession, due: Due, *, due_at: datetime, reason: str) -> None:
    await _settle(session, due, state=DeliveryState.OWED, due_at=due_at, reason=reason)


async def record_unknown(session: AsyncSession, due: Due, *, due_at: datetime) -> None:
    """The message may have arrived. It is sent once more, counted; a second time it is left at that."""
    if due.reason == UNKNOWN:
        await _settle(session, due, state=DeliveryState.UNKNOWN)
    else:
        repeats = Delivery.repeats + 1
        await _settle(session, due, state=DeliveryState.OWED, due_at=due_at, reason=UNKNOWN, repeats=repeats)


async def record_dropped(session: AsyncSession, due: Due, *, reason: str) -> None:
    await _settle(session, due, state=DeliveryState.DROPPED, reason=reason)


async def record_parked(session: AsyncSession, due: Due, *, now: datetime, reason: str) -> None:
    """The chat cannot be reached: it is silenced with its reason, and what it is owed waits until it speaks again."""
    await _settle(session, due, state=DeliveryState.OWED, due_at=now, reason=reason)
    parked = update(Chat).where(Chat.id == due.chat_id).values(state=ChatState.PARKED, reason=reason, parked_at=now)
    await session.execute(parked)


async def hold_chat(session: AsyncSession, chat_id: int, until: datetime) -> None:
    """Send the chat nothing before `until`; every other chat goes on."""
    await session.execute(update(Chat).where(Chat.id == chat_id).values(next_send_at=until))


async def give_back(session: AsyncSession, dues: Collection[Due]) -> None:
    """Undo a claim of debts that were not handed to the platform."""
    for due in dues:
        await _settle(session, due, state=DeliveryState.OWED, attempts=due.attempts - 1)


async def _settle(session: AsyncSession, due: Due, **values: Any) -> None:
    """Only the holder of the lease settles a debt: whoever lost it meanwhile changes nothing."""
    held = update(Delivery).where(
        Delivery.id == due.id, Delivery.state == DeliveryState.SENDING, Delivery.attempts == due.attempts
    )
    await session.execute(held.values(leased_until=None, **values).execution_options(synchronize_session=False))
