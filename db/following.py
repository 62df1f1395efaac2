"""Topics, and which chat follows which."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import folding, managers, watches
from db.base import UtcDateTime
from db.models import (
    Chat,
    ChatKind,
    ChatState,
    Delivery,
    DeliveryState,
    Follow,
    Lane,
    Question,
    Rank,
    Source,
    Topic,
)
from db.statements import execute_count, insert
from db.text import fold, nfc


class TopicRow(NamedTuple):
    """A topic as one chat sees it; `thread` is where in its forum the news goes, None for the general topic."""

    id: int
    name: str
    followed: bool
    thread: int | None = None


async def get_or_add_topic(session: AsyncSession, name: str, now: datetime, *, is_default: bool = True) -> Topic:
    """The topic of that name, whatever its case and marks; a new one is a default topic unless said otherwise.

    Chats that follow all default topics follow a new one too: they never chose to leave anything out.
    """
    name = " ".join(nfc(name).split())
    slug = fold(name)
    values = {"name": name, "slug": slug, "is_default": is_default, "created_at": now}
    adding = insert(session, Topic).values(values).on_conflict_do_nothing(index_elements=["slug"])
    is_new = await execute_count(session, adding) == 1
    topic = (await session.scalars(select(Topic).where(Topic.slug == slug))).one()
    if is_new and is_default:
        await _spread(session, topic, now)
    return topic


async def _spread(session: AsyncSession, topic: Topic, now: datetime) -> None:
    """Let every chat follow a new default topic that follows all the other ones, and at least one."""
    others = select(Topic.id).where(Topic.is_default, Topic.id != topic.id)
    faithful = (
        select(Follow.chat_id, literal(topic.id), literal(now, UtcDateTime))
        .where(Follow.topic_id.in_(others))
        .group_by(Follow.chat_id)
        .having(func.count() == select(func.count()).select_from(others.subquery()).scalar_subquery())
    )
    following = insert(session, Follow).from_select(["chat_id", "topic_id", "created_at"], faithful)
    await session.execute(following.on_conflict_do_nothing())


async def get_topic(session: AsyncSession, topic_id: int) -> Topic | None:
    return await session.get(Topic, topic_id)


async def find_topic(session: AsyncSession, words: str) -> Topic | None:
    """The topic a person means: its whole name, or the first whose name begins with the words; marks ignored."""
    slug = fold(" ".join(nfc(words).split()))
    if not slug:
        return None
    found = select(Topic).where(Topic.slug.startswith(slug, autoescape=True)).order_by(Topic.slug).limit(1)
    return (await session.scalars(found)).one_or_none()


async def list_topics(session: AsyncSession, chat_id: int) -> list[TopicRow]:
    follows = and_(Follow.topic_id == Topic.id, Follow.chat_id == chat_id)
    rows = await session.execute(
        select(Topic.id, Topic.name, Follow.chat_id, Follow.thread).outerjoin(Follow, follows).order_by(Topic.slug)
    )
    return [TopicRow(topic_id, name, follower is not None, thread) for topic_id, name, follower, thread in rows]


async def follow(
    session: AsyncSession, chat_id: int, topic_ids: Sequence[int], now: datetime, *, thread: int | None = None
) -> None:
    """What is followed already stays as it is."""
    if topic_ids:
        common = {"chat_id": chat_id, "created_at": now, "thread": thread}
        rows = [common | {"topic_id": topic_id} for topic_id in topic_ids]
        await session.execute(insert(session, Follow).values(rows).on_conflict_do_nothing())


async def unfollow(session: AsyncSession, chat_id: int, topic_id: int) -> bool:
    """Whether it was followed."""
    follows = delete(Follow).where(Follow.chat_id == chat_id, Follow.topic_id == topic_id)
    return await execute_count(session, follows) > 0


async def unfollow_all(session: AsyncSession, chat_id: int) -> None:
    await session.execute(delete(Follow).where(Follow.chat_id == chat_id))


async def follow_defaults(session: AsyncSession, chat_id: int, now: datetime) -> list[str]:
    """Follow every default topic; returns their names."""
    topics = (await session.scalars(select(Topic).where(Topic.is_default).order_by(Topic.slug))).all()
    await follow(session, chat_id, [topic.id for topic in topics], now)
    return [topic.name for topic in topics]


async def move_chat(session: AsyncSession, chat_id: int, address: str) -> None:
    """A group became a supergroup: its row takes the new address, or is merged into the chat that has it already."""
    chat = await session.get(Chat, chat_id)
    if chat is None or chat.address == address:
        return
    await _forget_message_ids(session, chat.id)
    target = (
        await session.scalars(select(Chat).where(Chat.channel == chat.channel, Chat.address == address))
    ).one_or_none()
    if chat.state is ChatState.PARKED:
        chat.state, chat.reason = ChatState.ACTIVE, ""
    if target is None:
        chat.address, chat.kind = address, ChatKind.GROUP
        return
    await _merge(session, chat, target)


async def _forget_message_ids(session: AsyncSession, chat_id: int) -> None:
    """At another address they are other messages' numbers."""
    told = update(Delivery).where(Delivery.chat_id == chat_id, Delivery.message_id.is_not(None))
    await execute_count(session, told.values(message_id=None))


async def _merge(session: AsyncSession, chat: Chat, target: Chat) -> None:
    if target.state is ChatState.NEW:
        target.state, target.language = chat.state, chat.language
        target.hours, target.only_watched = chat.hours, chat.only_watched
        target.pictures, target.is_silent = chat.pictures, chat.is_silent
    for followed in await session.scalars(select(Follow).where(Follow.chat_id == chat.id)):
        await follow(session, target.id, [followed.topic_id], followed.created_at, thread=followed.thread)
    await watches.move_watches(session, chat.id, target.id)
    await managers.move_managers(session, chat.id, target.id)
    await folding.unfold_chats(session, chat.id, target.id)
    await _merge_debts(session, chat.id, target.id)
    await execute_count(session, update(Question).where(Question.chat_id == chat.id).values(chat_id=target.id))
    await _merge_lanes(session, chat, target)
    added = update(Source).where(Source.added_by_chat_id == chat.id)
    await execute_count(session, added.values(added_by_chat_id=target.id))
    await session.delete(chat)
    await session.flush()


async def _merge_lanes(session: AsyncSession, chat: Chat, target: Chat) -> None:
    """What the chat was owed stands in the other one's line, at its place there if it has one."""
    lane = await session.get(Lane, chat.id)
    if lane is not None:
        columns = {"chat_id": target.id, "channel": target.channel, "rank": lane.rank, "due_at": lane.due_at}
        await session.execute(insert(session, Lane).values(columns).on_conflict_do_nothing())
        better = update(Lane).where(Lane.chat_id == target.id, Lane.rank > lane.rank)
        due_at = case((Lane.rank == Rank.LATER, literal(lane.due_at, UtcDateTime)), else_=Lane.due_at)
        await execute_count(session, better.values(rank=lane.rank, due_at=due_at))
        await session.delete(lane)


async def _merge_debts(session: AsyncSession, chat_id: int, target_id: int) -> None:
    """What either of them got already is not sent to the merged chat again."""
    here = select(Delivery.key).where(Delivery.chat_id == chat_id, Delivery.state == DeliveryState.SENT)
    sent = update(Delivery).where(
        Delivery.chat_id == target_id, Delivery.state == DeliveryState.OWED, Delivery.key.in_(here)
    )
    await execute_count(session, sent.values(state=DeliveryState.DROPPED, reason="sent before the chat moved"))
    there = select(Delivery.key).where(Delivery.chat_id == target_id)
    movable = update(Delivery).where(Delivery.chat_id == chat_id, Delivery.key.not_in(there))
    await execute_count(session, movable.values(chat_id=target_id))
