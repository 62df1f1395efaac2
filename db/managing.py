"""What editors do with sources and topics: rename, move, merge, remove and bring back. Articles stay."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import carriages
from db.base import UtcDateTime
from db.models import Follow, Source, SourceState, Topic
from db.polling import SourceRow
from db.statements import execute_count, insert
from db.text import fold, nfc


class TakenError(Exception):
    """Another topic has this name; `topic` is that one."""

    def __init__(self, topic: Topic) -> None:
        super().__init__(topic.name)
        self.topic = topic


class ManagedTopic(NamedTuple):
    """A topic as those see it who manage it."""

    topic: Topic
    sources: int
    followers: int


async def get_source_row(session: AsyncSession, source_id: int) -> SourceRow | None:
    """A source that is watched, paused or gone."""
    counts = carriages.select_counts(source_id).subquery()
    found = (
        select(Source, Topic.name, func.coalesce(counts.c.articles, 0))
        .join(Topic, Topic.id == Source.topic_id)
        .outerjoin(counts, counts.c.source_id == Source.id)
        .where(Source.id == source_id, Source.state != SourceState.REMOVED)
    )
    row = (await session.execute(found)).one_or_none()
    return SourceRow(*row) if row else None


async def rename_source(session: AsyncSession, source_id: int, name: str) -> None:
    await execute_count(session, update(Source).where(Source.id == source_id).values(name=name))


async def move_source(session: AsyncSession, source_id: int, topic_id: int) -> bool:
    """To another topic; false when it is there already."""
    moved = update(Source).where(Source.id == source_id, Source.topic_id != topic_id)
    return await execute_count(session, moved.values(topic_id=topic_id)) == 1


async def remove_source(session: AsyncSession, source_id: int) -> bool:
    """It is read no more and stands in no list; its state is kept for when it is brought back."""
    removed = update(Source).where(Source.id == source_id, Source.state != SourceState.REMOVED)
    values = {"state": SourceState.REMOVED, "reason": Source.state}
    return await execute_count(session, removed.values(values)) == 1


async def restore_source(session: AsyncSession, source_id: int, now: datetime) -> Source | None:
    """As it was, and due at once if it was read; None when it was not removed."""
    source = await session.get(Source, source_id, populate_existing=True, with_for_update=True)
    if source is None or source.state is not SourceState.REMOVED:
        return None
    is_known = source.reason in (SourceState.PAUSED, SourceState.GONE)
    source.state, source.reason = SourceState(source.reason) if is_known else SourceState.ACTIVE, ""
    source.next_poll_at = now
    await session.flush()
    return source


def _select_managed() -> Select[Topic, int, int]:
    sources = select(func.count()).select_from(Source).where(Source.topic_id == Topic.id)
    watched = sources.where(Source.state != SourceState.REMOVED).scalar_subquery()
    followers = select(func.count()).select_from(Follow).where(Follow.topic_id == Topic.id).scalar_subquery()
    return select(Topic, watched, followers)


async def list_managed(session: AsyncSession, *, offset: int, limit: int) -> list[ManagedTopic]:
    """Some of the topics, by name."""
    rows = _select_managed().order_by(Topic.slug).offset(offset).limit(limit)
    return [ManagedTopic(*row) for row in await session.execute(rows)]


async def get_managed(session: AsyncSession, topic_id: int) -> ManagedTopic | None:
    row = (await session.execute(_select_managed().where(Topic.id == topic_id))).one_or_none()
    return ManagedTopic(*row) if row else None


async def count_topics(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Topic)) or 0


async def find_exactly(session: AsyncSession, name: str) -> Topic | None:
    """The topic of that whole name, whatever its case and marks."""
    slug = fold(" ".join(nfc(name).split()))
    return (await session.scalars(select(Topic).where(Topic.slug == slug))).one_or_none()


async def rename_topic(session: AsyncSession, topic: Topic, name: str) -> None:
    """Raises TakenError."""
    other = await find_exactly(session, name)
    if other is not None and other.id != topic.id:
        raise TakenError(other)
    topic.name = " ".join(nfc(name).split())
    topic.slug = fold(topic.name)
    await session.flush()


async def merge_topics(session: AsyncSession, topic: Topic, into: Topic, now: datetime) -> None:
    """Sources and followers of one topic go to another one, and it is no more."""
    moved = update(Source).where(Source.topic_id == topic.id)
    await execute_count(session, moved.values(topic_id=into.id))
    followers = select(Follow.chat_id, literal(into.id), Follow.thread, literal(now, UtcDateTime))
    rows = followers.where(Follow.topic_id == topic.id)
    follow = insert(session, Follow).from_select(["chat_id", "topic_id", "thread", "created_at"], rows)
    await execute_count(session, follow.on_conflict_do_nothing())
    await execute_count(session, delete(Topic).where(Topic.id == topic.id))
