"""Reading what is stored: the latest news. It changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Article, ArticleState, Source, Topic
from db.statements import get_table, is_written

#: Of a topic so many retold stories are looked at for each article that is wanted.
_RETOLD = 20

_ARTICLES, _SOURCES, _TOPICS = get_table(Article), get_table(Source), get_table(Topic)
_NEWEST_FIRST = (_ARTICLES.c.published_at.desc(), _ARTICLES.c.id.desc())


class ArticleRow(NamedTuple):
    """An article as a list shows it."""

    id: int
    title: str
    summary: str
    url: str
    published_at: datetime
    source: str
    topic: str


def select_articles() -> Select[int, str, str, str, datetime, str, str]:
    """Every article that was read, of a story told twice the first one, with the columns of `ArticleRow`."""
    source = func.coalesce(func.nullif(_SOURCES.c.name, ""), _SOURCES.c.host)
    columns = (
        _ARTICLES.c.id,
        _ARTICLES.c.title,
        _ARTICLES.c.summary,
        _ARTICLES.c.url,
        _ARTICLES.c.published_at,
        source,
        _TOPICS.c.name,
    )
    return (
        select(*columns)
        .join(_SOURCES, _SOURCES.c.id == _ARTICLES.c.source_id)
        .join(_TOPICS, _TOPICS.c.id == _SOURCES.c.topic_id)
        .where(_is_listed())
    )


def _is_listed() -> ColumnElement[bool]:
    return and_(is_written(_ARTICLES.c.state, ArticleState.READY), _ARTICLES.c.same_as_id.is_(None))


async def get_latest(session: AsyncSession, *, limit: int, topic_id: int | None = None) -> list[ArticleRow]:
    """The newest first, of one topic or of all.

    A topic's are those that a source of it brought, or whose story it told again.
    """
    newest = _select_newest(limit) if topic_id is None else _select_newest_of(topic_id, limit)
    statement = select_articles().where(_ARTICLES.c.id.in_(newest)).order_by(*_NEWEST_FIRST).limit(limit)
    return [ArticleRow(*row) for row in await session.execute(statement)]


def _select_newest(limit: int) -> Select[int]:
    """By the index alone: reading rows that are not shown is what takes long."""
    return select(_ARTICLES.c.id).where(_is_listed()).order_by(*_NEWEST_FIRST).limit(limit)


def _select_newest_of(topic_id: int, limit: int) -> Select[int]:
    is_of_topic = _ARTICLES.c.source_id.in_(select(_SOURCES.c.id).where(_SOURCES.c.topic_id == topic_id))
    own = _select_newest(limit).where(is_of_topic).subquery()
    retold = select(_ARTICLES.c.same_as_id.label("id")).where(_ARTICLES.c.same_as_id.is_not(None), is_of_topic)
    retold_last = retold.order_by(_ARTICLES.c.published_at.desc()).limit(limit * _RETOLD).subquery()
    both = union(select(own.c.id), select(retold_last.c.id)).subquery()
    return select(both.c.id)


async def get_articles(session: AsyncSession, ids: Sequence[int]) -> list[ArticleRow]:
    """The articles of these ids, in this order; those that are gone are left out."""
    rows = {row.id: ArticleRow(*row) for row in await session.execute(select_articles().where(_ARTICLES.c.id.in_(ids)))}
    return [rows[article_id] for article_id in ids if article_id in rows]
