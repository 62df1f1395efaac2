"""The life of one article for one chat: found, read, owed, sent or not. It changes nothing."""

from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import watches
from db.carriages import select_carriers
from db.models import Article, Delivery, Follow, Source, Topic


class Life(NamedTuple):
    """`debt` is what the chat was owed of it, if anything; `follows` the topics that it follows of those that carry it.

    `watched` are words of it that the chat watched when it came.
    """

    article: Article
    source: str
    topic: str
    follows: tuple[str, ...]
    watched: str
    debt: Delivery | None


async def get_life(session: AsyncSession, chat_id: int, url: str) -> Life | None:
    """Of the article at this address, with or without its last slash; a story told again is the first one's."""
    bare = url.strip().removesuffix("/")
    schemes = [bare, bare.replace("https://", "http://", 1), bare.replace("http://", "https://", 1)]
    found = select(Article).where(Article.url.in_([*schemes, *(f"{one}/" for one in schemes)])).order_by(Article.id)
    article = (await session.scalars(found.limit(1))).first()
    if article is None:
        return None
    if article.same_as_id is not None:
        article = await session.get_one(Article, article.same_as_id)
    named = select(Source.name, Source.host, Topic.name.label("topic")).join(Topic, Topic.id == Source.topic_id)
    source = (await session.execute(named.where(Source.id == article.source_id))).one()
    debt = select(Delivery).where(Delivery.chat_id == chat_id, Delivery.key == f"article:{article.id}")
    hit = await watches.get_hit(session, chat_id, article.id)
    return Life(
        article,
        source.name or source.host,
        source.topic,
        await _list_follows(session, chat_id, article),
        hit.words if hit else "",
        (await session.scalars(debt)).one_or_none(),
    )


async def _list_follows(session: AsyncSession, chat_id: int, article: Article) -> tuple[str, ...]:
    is_carrier = or_(Source.id == article.source_id, Source.id.in_(select_carriers(article.id)))
    topics = select(Source.topic_id).where(is_carrier)
    following = select(Topic.name).join(Follow, and_(Follow.topic_id == Topic.id, Follow.chat_id == chat_id))
    return tuple((await session.scalars(following.where(Topic.id.in_(topics)).order_by(Topic.slug))).all())
