"""Reading what is stored: the latest news. It changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Article, ArticleState, Source, Topic


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
        .where(Article.state == ArticleState.READY, Article.same_as_id.is_(None))
    )


async def get_latest(session: AsyncSession, *, limit: int, topic_id: int | None = None) -> list[ArticleRow]:
    """The newest first, of one topic or of all."""
    statement = select_articles().order_by(Article.published_at.desc(), Article.id.desc()).limit(limit)
    if topic_id is not None:
        statement = statement.where(Article.id.in_(_select_told_in(topic_id)))
    return [ArticleRow(*row) for row in await session.execute(statement)]


def _select_told_in(topic_id: int) -> Select[int]:
    """The articles that a source of the topic brought, or whose story it told again."""
    told = select(func.coalesce(Article.same_as_id, Article.id)).join(Source, Source.id == Article.source_id)
    return told.where(Source.topic_id == topic_id)


async def get_articles(session: AsyncSession, ids: Sequence[int]) -> list[ArticleRow]:
    """The articles of these ids, in this order; those that are gone are left out."""
    rows = {row.id: ArticleRow(*row) for row in await session.execute(select_articles().where(Article.id.in_(ids)))}
    return [rows[article_id] for article_id in ids if article_id in rows]
