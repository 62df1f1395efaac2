"""Reading what is stored: the latest news. It changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Article, ArticleState, Source, Topic
from db.statements import is_written

#: Of a topic so many retold stories are looked at for each article that is wanted.
_RETOLD = 20


_NEWEST_FIRST = (Article.published_at.desc(), Article.id.desc())


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
    source = func.coalesce(func.nullif(Source.name, ""), Source.host)
    columns = (Article.id, Article.title, Article.summary, Article.url, Article.published_at, source, Topic.name)
    return (
        select(*columns)
        .join(Source, Source.id == Article.source_id)
        .join(Topic, Topic.id == Source.topic_id)
        .where(_is_listed())
    )


def _is_listed() -> ColumnElement[bool]:
    return and_(is_written(Article.state, ArticleState.READY), Article.same_as_id.is_(None))


async def get_latest(session: AsyncSession, *, limit: int, topic_id: int | None = None) -> list[ArticleRow]:
    """The newest first, of one topic or of all.

    A topic's are those that a source of it brought, or whose story it told again.
    """
    newest = _select_newest(limit) if topic_id is None else _select_newest_of(topic_id, limit)
    statement = select_articles().where(Article.id.in_(newest)).order_by(*_NEWEST_FIRST).limit(limit)
    return [ArticleRow(*row) for row in await session.execute(statement)]


def _select_newest(limit: int) -> Select[int]:
    """By the index alone: reading rows that are not shown is what takes long."""
    return select(Article.id).where(_is_listed()).order_by(*_NEWEST_FIRST).limit(limit)


def _select_newest_of(topic_id: int, limit: int) -> Select[int]:
    is_of_topic = Article.source_id.in_(select(Source.id).where(Source.topic_id == topic_id))
    own = _select_newest(limit).where(is_of_topic).subquery()
    retold = select(Article.same_as_id.label("id")).where(Article.same_as_id.is_not(None), is_of_topic)
    retold_last = retold.order_by(Article.published_at.desc()).limit(limit * _RETOLD).subquery()
    both = union(select(own.c.id), select(retold_last.c.id)).subquery()
    return select(both.c.id)


async def get_articles(session: AsyncSession, ids: Sequence[int]) -> list[ArticleRow]:
    """The articles of these ids, in this order; those that are gone are left out."""
    rows = {row.id: ArticleRow(*row) for row in await session.execute(select_articles().where(Article.id.in_(ids)))}
    return [rows[article_id] for article_id in ids if article_id in rows]
