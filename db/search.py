"""Finding articles by words, whatever their marks and case. A query is text: nothing in it is an operator."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.library import ArticleRow, select_articles
from db.models import Article, ArticleState, Question
from db.text import TITLE_END, syllables

#: More words than this say no more about what is meant, and cost more.
MAX_WORDS = 16


class Found(NamedTuple):
    """One page of hits, and how many there are in all."""

    articles: list[ArticleRow]
    total: int


async def add_question(session: AsyncSession, chat_id: int, words: str, now: datetime) -> Question:
    """Remember a search, and what was the newest article when it was asked, so that its pages stay as they are."""
    newest = await session.scalar(select(func.coalesce(func.max(Article.id), 0)))
    question = Question(chat_id=chat_id, words=words, newest_article_id=newest or 0, asked_at=now)
    session.add(question)
    await session.flush()
    return question


async def get_question(session: AsyncSession, question_id: int, chat_id: int) -> Question | None:
    """The search of that number, if this chat asked it."""
    question = await session.get(Question, question_id)
    return question if question is not None and question.chat_id == chat_id else None


async def find(session: AsyncSession, question: Question, *, offset: int, limit: int) -> Found:
    """The articles that hold all the words: in the title first, then together in the text, then the newest."""
    words = list(dict.fromkeys(syllables(question.words)))[:MAX_WORDS]
    if not words:
        return Found([], 0)
    matches = [Article.folded.contains(f" {word} ", autoescape=True) for word in words]
    matches.append(Article.id <= question.newest_article_id)
    total = await session.scalar(
        select(func.count()).select_from(Article).where(Article.state == ArticleState.READY, *matches)
    )
    order = (_rank(words), Article.published_at.desc(), Article.id.desc())
    hits = await session.execute(select_articles().where(*matches).order_by(*order).offset(offset).limit(limit))
    return Found([ArticleRow(*row) for row in hits], total or 0)


def _rank(words: list[str]) -> ColumnElement[int]:
    """0 when the title holds all the words, 1 when they stand together in the text, 2 else."""
    in_title = and_(*(Article.folded.like(f"% {word} %{TITLE_END}%") for word in words))
    together = Article.folded.contains(f" {' '.join(words)} ", autoescape=True)
    return case((in_title, 0), (together, 1), else_=2)
