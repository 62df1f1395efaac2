"""Reading what is stored: the latest news. It changes nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Article, ArticleState, Carriage, Source, Topic
from db.statements import get_table, is_written

#: Of what sources carry so much is looked at for each article that is wanted: several may carry the same.
_CARRIED = 20

_ARTICLES, _SOURCES, _TOPICS = get_table(Article), get_table(Source), get_table(Topic)
_CARRIAGES = get_table(Carriage)
_NEWEST_FIRST = (_ARTICLES.c.published_at.desc(), _ARTICLES.c.id.desc())


#: Sources by their numbers, or a query for these.
SourceIds = Collection[int] | Select[int]


class Bounds(NamedTuple):
    """Which articles are listed: of these sources, which brought or carry them, of that time, up to that number."""

    source_ids: SourceIds | None = None
    since: datetime | None = None
    before: datetime | None = None
    newest_id: int | None = None


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

    A topic's are those that a source of it brought or carries.
    """
    of_topic = select(_SOURCES.c.id).where(_SOURCES.c.topic_id == topic_id)
    newest = select_newest(Bounds() if topic_id is None else Bounds(of_topic), limit)
    statement = select_articles().where(_ARTICLES.c.id.in_(newest)).order_by(*_NEWEST_FIRST).limit(limit)
    return [ArticleRow(*row) for row in await session.execute(statement)]


def select_newest(bounds: Bounds, limit: int) -> Select[int]:
    """The newest ones and maybe some others, by the indexes alone: reading rows that are not shown takes long."""
    newest = select(_ARTICLES.c.id).where(_is_listed(), *list_bounds(bounds, _ARTICLES.c.id, _ARTICLES.c.published_at))
    newest = newest.order_by(*_NEWEST_FIRST).limit(limit)
    if bounds.source_ids is None:
        return newest
    own = newest.where(_ARTICLES.c.source_id.in_(bounds.source_ids)).subquery()
    carried = select(_CARRIAGES.c.article_id).where(
        _CARRIAGES.c.source_id.in_(bounds.source_ids),
        *list_bounds(bounds, _CARRIAGES.c.article_id, _CARRIAGES.c.published_at),
    )
    newest_carried = (_CARRIAGES.c.published_at.desc(), _CARRIAGES.c.article_id.desc())
    by_article = carried.group_by(_CARRIAGES.c.published_at, _CARRIAGES.c.article_id)
    carried_last = by_article.order_by(*newest_carried).limit(limit * _CARRIED).subquery()
    both = union(select(own.c.id), select(carried_last.c.article_id)).subquery()
    return select(both.c.id)


def list_bounds(
    bounds: Bounds, number: SQLColumnExpression[int], date: SQLColumnExpression[datetime]
) -> list[ColumnElement[bool]]:
    """All but the sources, of the columns that have an article's number and date."""
    conditions: list[ColumnElement[bool]] = []
    if bounds.newest_id is not None:
        conditions.append(number + 0 <= bounds.newest_id)  # nearly all are: no index is to be walked for it
    if bounds.since is not None:
        conditions.append(date >= bounds.since)
    if bounds.before is not None:
        conditions.append(date < bounds.before)
    return conditions


async def get_articles(session: AsyncSession, ids: Sequence[int]) -> list[ArticleRow]:
    """The articles of these ids, in this order; those that are gone are left out."""
    rows = {row.id: ArticleRow(*row) for row in await session.execute(select_articles().where(_ARTICLES.c.id.in_(ids)))}
    return [rows[article_id] for article_id in ids if article_id in rows]
