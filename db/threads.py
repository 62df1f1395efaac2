"""The topics of a forum: to which of them the news of a followed topic goes; without one it is the general topic."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, SQLColumnExpression, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Article, Carriage, Delivery, Follow, Source, Topic
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


async def find_threads(session: AsyncSession, articles: Mapping[int, int | None]) -> dict[int, int | None]:
    """For chats and the article that each is sent: where in the chat's forum it goes.

    What is no article goes to the general topic, unless nothing else goes there: it may be closed.
    """
    places = await list_places(session, articles)
    told = [chat_id for chat_id in places if articles[chat_id] is None]
    mixed = await _list_mixed(session, told) if told else set()
    threads: dict[int, int | None] = {}
    for chat_id, of_chat in places.items():
        article_id = articles[chat_id]
        topic_id = await session.scalar(select(_topic_for(chat_id, literal(article_id)))) if article_id else None
        threads[chat_id] = of_chat.get(topic_id or 0)
    return threads | {chat_id: min(places[chat_id].values()) for chat_id in told if chat_id not in mixed}


def _topic_for(chat_id: int, article_id: SQLColumnExpression[int | None]) -> ColumnElement[int | None]:
    """By which of the topics that it follows a chat has an article: the article's own, or one that carries it."""
    followed = select(Follow.topic_id).join(Source, Source.topic_id == Follow.topic_id).where(Follow.chat_id == chat_id)
    own = followed.join(Article, Article.source_id == Source.id).where(Article.id == article_id)
    carried = followed.join(Carriage, Carriage.source_id == Source.id).where(Carriage.article_id == article_id)
    first = carried.with_only_columns(func.min(Follow.topic_id))
    return func.coalesce(own.scalar_subquery(), first.scalar_subquery())


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


async def goes_along(session: AsyncSession, chat_id: int, debt_id: int, places: Places) -> ColumnElement[bool]:
    """Whether an article that the chat is owed goes to the same topic of its forum as the one of this debt."""
    topic = func.coalesce(_topic_for(chat_id, Delivery.article_id), 0)
    thread = places.get(await session.scalar(select(topic).where(Delivery.id == debt_id)) or 0)
    same = [topic_id for topic_id, other in places.items() if other == thread]
    return topic.not_in(places) if thread is None else topic.in_(same)
