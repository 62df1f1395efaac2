"""Which sources carry an article that another one brought, by its link or by telling its story again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Select, bindparam, cast, delete, func, select, union, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.models import Article, Carriage
from db.statements import execute_count, get_table, insert, make_insert_if_new

_ARTICLES, _CARRIAGES = get_table(Article), get_table(Carriage)
_COLUMNS = ("source_id", "article_id", "published_at")
_ARE_THESE = _ARTICLES.c.id.in_(bindparam("article_ids", expanding=True))
_HOLD = (
    select(_ARTICLES.c.id).where(_ARE_THESE).order_by(_ARTICLES.c.id.desc()).with_for_update(read=True, key_share=True)
)
_FIRST = _ARTICLES.alias("first")
_SOURCE = bindparam("source_id", type_=Integer)
_CARRIED = (
    select(_SOURCE, _FIRST.c.id, _FIRST.c.published_at)
    .join(_ARTICLES, _FIRST.c.id == func.coalesce(_ARTICLES.c.same_as_id, _ARTICLES.c.id))
    .where(_ARE_THESE, _FIRST.c.source_id != _SOURCE)
)
_CARRY = {name: add.from_select(_COLUMNS, _CARRIED) for name, add in make_insert_if_new(_CARRIAGES).items()}


async def carry(session: AsyncSession, source_id: int, article_ids: Collection[int]) -> None:
    """The source carries these articles from now on; those that it brought itself are left out.

    Whoever reads one of them meanwhile has told first whose story it tells, or waits.
    """
    if article_ids:
        values = {"source_id": source_id, "article_ids": sorted(article_ids)}
        await session.execute(_HOLD, values)
        await session.execute(_CARRY[session.get_bind().dialect.name], values)


async def retell(session: AsyncSession, article_id: int, first_id: int) -> None:
    """An article tells the story of the first one: the sources that have it carry that one."""
    own = select(Article.source_id).where(Article.id == article_id)
    tellers = union(own, select(Carriage.source_id).where(Carriage.article_id == article_id)).subquery()
    first = aliased(Article)
    rows = select(tellers.c.source_id, first.id, first.published_at).where(
        first.id == first_id, first.source_id != tellers.c.source_id
    )
    await execute_count(session, insert(session, Carriage).from_select(_COLUMNS, rows).on_conflict_do_nothing())
    await execute_count(session, delete(Carriage).where(Carriage.article_id == article_id))


async def redate(session: AsyncSession, article_id: int, published_at: datetime) -> None:
    """The article was published at another time than was known."""
    dated = update(Carriage).where(Carriage.article_id == article_id)
    await execute_count(session, dated.values(published_at=published_at))


def select_carriers(article_id: int) -> Select[int]:
    """The sources that carry an article, without the one that brought it."""
    return select(Carriage.source_id).where(Carriage.article_id == article_id)


def is_of(source_ids: Collection[int] | Select[int]) -> ColumnElement[bool]:
    """Whether one of the sources brought an article, or carries it."""
    carried = select(Carriage.article_id).where(Carriage.source_id.in_(source_ids))
    return Article.source_id.in_(source_ids) | Article.id.in_(carried)


async def list_carriers(session: AsyncSession, are_meant: ColumnElement[bool]) -> dict[int, list[int]]:
    """The sources that carry articles, by the articles' ids, without those that brought them."""
    carriers: dict[int, list[int]] = {}
    found = select(_CARRIAGES.c.article_id, _CARRIAGES.c.source_id).where(are_meant)
    for article_id, source_id in await session.execute(found):
        carriers.setdefault(article_id, []).append(source_id)
    return carriers


def select_counts(source_id: int | None = None) -> Select[int, int]:
    """How many articles each source brought or carries, or one of them; a story that it retold counts once."""
    brought = select(Article.source_id, func.count().label("articles")).group_by(Article.source_id)
    carried = select(Carriage.source_id, func.count()).group_by(Carriage.source_id)
    retold = select(Article.source_id, -func.count()).where(Article.same_as_id.is_not(None)).group_by(Article.source_id)
    if source_id is not None:
        brought, retold = (one.where(Article.source_id == source_id) for one in (brought, retold))
        carried = carried.where(Carriage.source_id == source_id)
    counts = union_all(brought, carried, retold).subquery()
    return select(counts.c.source_id, cast(func.sum(counts.c.articles), Integer).label("articles")).group_by(
        counts.c.source_id
    )
