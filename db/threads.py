"""The topics of a forum: to which of them the news of a followed topic goes; without one it is the general topic."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Article, Delivery, Follow, Source, Topic
from db.statements import execute_count

#: For a chat's followed topics, the topics of the forum that they go to.
Places = Mapping[int, int]


async def place(session: AsyncSession, chat_id: int, topic_id: int, thread: int | None) -> None:
    """Let the news of a followed topic go there from now on."""
    followed = update(Follow).where(Follow.chat_id == chat_id, Follow.topic_id == topic_id)
    await execute_count(session, followed.values(thread=thread))


async def list_places(session: AsyncSession, chat_ids: Collection[int]) -> dict[int, Places]:
    """Of those chats alone whose news goes to more than the general topic."""
    places: dict[int, dict[int, int]] = defaultdict(dict)
    if chat_ids:
        placed = select(Follow).where(Follow.chat_id.in_(chat_ids), Follow.thread.is_not(None))
        for follow in await session.scalars(placed):
            places[follow.chat_id][follow.topic_id] = follow.thread or 0
    return dict(places)


async def find_threads(session: AsyncSession, topics: Mapping[int, int | None]) -> dict[int, int | None]:
    """For chats and the topic of what each is sent: where in the chat's forum it goes.

    What is of no topic goes to the general one, unless nothing else goes there: it may be closed.
    """
    places = await list_places(session, topics)
    told = [chat_id for chat_id in places if topics[chat_id] is None]
    mixed = await _list_mixed(session, told) if told else set()
    threads = {chat_id: of_chat.get(topics[chat_id] or 0) for chat_id, of_chat in places.items()}
    return threads | {chat_id: min(places[chat_id].values()) for chat_id in told if chat_id not in mixed}


async def _list_mixed(session: AsyncSession, chat_ids: Collection[int]) -> set[int]:
    """Those that have news in the general topic, too."""
    found = select(Follow.chat_id).where(Follow.chat_id.in_(chat_ids), Follow.thread.is_(None)).distinct()
    return set(await session.scalars(found))


async def leave(session: AsyncSession, chat_id: int, thread: int) -> list[str]:
    """What went to this topic of the forum goes to the general one; returns the names of what did."""
    went = (Follow.chat_id == chat_id, Follow.thread == thread)
    names = select(Topic.name).join(Follow, Follow.topic_id == Topic.id).where(*went).order_by(Topic.slug)
    found = list(await session.scalars(names))
    await execute_count(session, update(Follow).where(*went).values(thread=None))
    return found


async def goes_along(session: AsyncSession, debt_id: int, places: Places) -> ColumnElement[bool]:
    """Whether a debt's article goes to the same topic of the forum as the one of this debt."""
    article = select(Delivery.article_id).where(Delivery.id == debt_id).scalar_subquery()
    topic = select(Source.topic_id).join(Article, Article.source_id == Source.id).where(Article.id == article)
    thread = places.get(await session.scalar(topic) or 0)
    same = [topic_id for topic_id, other in places.items() if other == thread]
    is_there = Source.topic_id.not_in(places) if thread is None else Source.topic_id.in_(same)
    return exists().where(Article.id == Delivery.article_id, Source.id == Article.source_id, is_there)
