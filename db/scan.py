"""Finding articles in the database alone, by their words: the way while there is no index. It reads every article."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from db import carriages
from db.library import ArticleRow, Bounds, SourceIds, list_bounds, select_articles, select_newest
from db.models import Article, ArticleState, Carriage
from db.statements import is_written
from db.text import TITLE_END, syllables

#: More words than this say no more about what is meant, and cost more.
MAX_WORDS = 16


class Scanned(NamedTuple):
    """One page of hits, and how many there are in all."""

    articles: list[ArticleRow]
    total: int


def scan(connection: Connection, words: Sequence[str], bounds: Bounds, *, offset: int, limit: int) -> Scanned:
    """The articles that hold all the words: in the title first, then together in the text, then the newest."""
    folded = list(dict.fromkeys(syllables(" ".join(words))))[:MAX_WORDS]
    matches = [Article.folded.contains(f" {word} ", autoescape=True) for word in folded]
    matches += list_bounds(bounds, Article.id, Article.published_at)
    total = _count(connection, matches, bounds.source_ids)
    if not folded:
        matches = [Article.id.in_(select_newest(bounds, offset + limit))]
    elif bounds.source_ids is not None:
        matches.append(carriages.is_of(bounds.source_ids))
    order: list[ColumnElement[Any]] = [Article.published_at.desc(), Article.id.desc()]
    if folded:
        order.insert(0, _rank(folded))
    hits = connection.execute(select_articles().where(*matches).order_by(*order).offset(offset).limit(limit))
    return Scanned([ArticleRow(*row) for row in hits], total)


def _count(connection: Connection, matches: Sequence[ColumnElement[bool]], source_ids: SourceIds | None) -> int:
    """What the sources brought and what else they carry apart: both at once would be slow."""
    listed = and_(is_written(Article.state, ArticleState.READY), Article.same_as_id.is_(None), *matches)
    own = select(func.count()).select_from(Article).where(listed)
    if source_ids is None:
        return connection.scalar(own) or 0
    carried = (
        select(func.count(Article.id.distinct()))
        .join(Carriage, Carriage.article_id == Article.id)
        .where(listed, Carriage.source_id.in_(source_ids), Article.source_id.not_in(source_ids))
    )
    brought = connection.scalar(own.where(Article.source_id.in_(source_ids)))
    return (brought or 0) + (connection.scalar(carried) or 0)


def _rank(words: Sequence[str]) -> ColumnElement[int]:
    """0 when the title holds all the words, 1 when they stand together in the text, 2 else."""
    in_title = and_(*(Article.folded.like(f"% {word} %{TITLE_END}%") for word in words))
    together = Article.folded.contains(f" {' '.join(words)} ", autoescape=True)
    return case((in_title, 0), (together, 1), else_=2)
