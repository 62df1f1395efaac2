"""Finding articles in the database alone, by their words: the way while there is no index. It reads every article."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from db.library import ArticleRow, select_articles
from db.models import Article, ArticleState
from db.text import TITLE_END, syllables

#: More words than this say no more about what is meant, and cost more.
MAX_WORDS = 16


class Scanned(NamedTuple):
    """One page of hits, and how many there are in all."""

    articles: list[ArticleRow]
    total: int


def scan(
    connection: Connection, words: Sequence[str], bounds: Sequence[ColumnElement[bool]], *, offset: int, limit: int
) -> Scanned:
    """The articles that hold all the words: in the title first, then together in the text, then the newest."""
    folded = list(dict.fromkeys(syllables(" ".join(words))))[:MAX_WORDS]
    matches = [Article.folded.contains(f" {word} ", autoescape=True) for word in folded]
    matches += [*bounds, Article.same_as_id.is_(None)]
    total = connection.scalar(
        select(func.count()).select_from(Article).where(Article.state == ArticleState.READY, *matches)
    )
    order: list[ColumnElement[Any]] = [Article.published_at.desc(), Article.id.desc()]
    if folded:
        order.insert(0, _rank(folded))
    hits = connection.execute(select_articles().where(*matches).order_by(*order).offset(offset).limit(limit))
    return Scanned([ArticleRow(*row) for row in hits], total or 0)


def _rank(words: Sequence[str]) -> ColumnElement[int]:
    """0 when the title holds all the words, 1 when they stand together in the text, 2 else."""
    in_title = and_(*(Article.folded.like(f"% {word} %{TITLE_END}%") for word in words))
    together = Article.folded.contains(f" {' '.join(words)} ", autoescape=True)
    return case((in_title, 0), (together, 1), else_=2)
