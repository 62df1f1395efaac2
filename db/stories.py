"""One story, once: who told it first, who tells it too, and what was changed in it. It compares no texts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import carriages
from db.models import Article, ArticleState, Revision, Source, StoryKey, TextOrigin
from db.statements import insert, wait_in_line
from db.text import searchable

#: A story is retold within so many days; a year later the same words are another story.
RETOLD_WITHIN = timedelta(days=14)
#: How many articles with keys in common are compared, those with the most first.
_COMPARED = 20
#: An article whose feed says something else at every fetch is taken at its word so many times.
_MOST_REVISIONS = 20


class Revised(NamedTuple):
    """An article that had been out, as its source says it now and as it said it before."""

    article_id: int
    origin: TextOrigin | None
    title: str
    description: str
    old_title: str
    old_description: str
    old_summary: str


class Candidate(NamedTuple):
    """An article that may tell the story too."""

    id: int
    fingerprint: bytes


async def find_candidates(session: AsyncSession, article_id: int, keys: Collection[int]) -> list[Candidate]:
    """Articles of these days that share keys, the likeliest first; of a story told twice only the first one.

    Two who record the same story at once stand in line here, so that the second one finds the first.
    """
    await wait_in_line(session, "stories")
    published_at = (await session.get_one(Article, article_id)).published_at
    hits = (
        select(StoryKey.article_id, func.count().label("shared"))
        .where(StoryKey.value.in_(keys), StoryKey.article_id != article_id)
        .group_by(StoryKey.article_id)
        .subquery()
    )
    found = (
        select(Article.id, Article.fingerprint)
        .join(hits, hits.c.article_id == Article.id)
        .where(Article.same_as_id.is_(None), Article.fingerprint.is_not(None))
        .where(Article.published_at.between(published_at - RETOLD_WITHIN, published_at + RETOLD_WITHIN))
        .order_by(hits.c.shared.desc(), Article.id)
        .limit(_COMPARED)
    )
    return [Candidate(row.id, row.fingerprint or b"") for row in await session.execute(found)]


async def get_texts(session: AsyncSession, article_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """The title and the text of each article."""
    rows = await session.execute(select(Article.id, Article.title, Article.text).where(Article.id.in_(article_ids)))
    return {row.id: (row.title, row.text) for row in rows}


async def record_story(
    session: AsyncSession, article_id: int, *, fingerprint: bytes, keys: Sequence[int], same_as_id: int | None
) -> None:
    """Keep what recognises the article's story, or whose story it tells again.

    A story whose first teller was not to be announced is, when another one is.
    """
    article = await session.get_one(Article, article_id)
    article.same_as_id = same_as_id
    if same_as_id is not None:
        first = await session.get_one(Article, same_as_id)
        first.announce = first.announce or article.announce
        await carriages.retell(session, article_id, first.id)
    if keys:
        article.fingerprint = fingerprint
        rows = [{"value": key, "article_id": article_id} for key in keys]
        await session.execute(insert(session, StoryKey).values(rows).on_conflict_do_nothing())


async def list_other_tellers(session: AsyncSession, article_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The names of the sources that tell these articles' stories too, in the order in which they did."""
    name = func.coalesce(func.nullif(Source.name, ""), Source.host)
    tellers = (
        select(Article.same_as_id, name)
        .join(Source, Source.id == Article.source_id)
        .where(Article.same_as_id.in_(article_ids))
        .order_by(Article.id)
    )
    names: dict[int, tuple[str, ...]] = {}
    for article_id, teller in await session.execute(tellers):
        names[article_id] = tuple(dict.fromkeys((*names.get(article_id, ()), teller)))
    return names


async def revise(
    session: AsyncSession, source_id: int, said: Mapping[int, tuple[str, str]], now: datetime
) -> list[Revised]:
    """Take over titles and descriptions that the source has changed since; returns the articles that had been out.

    `said` has for an article's id what its feed says now. What another source says of it changes nothing.
    """
    stored = await session.execute(
        select(Article.id, Article.title, Article.description).where(
            Article.id.in_(said), Article.source_id == source_id
        )
    )
    changed = [row.id for row in stored if said[row.id] != (row.title, row.description)]
    revised = [await _revise(session, article_id, *said[article_id], now) for article_id in changed]
    return [one for one in revised if one is not None]


async def _revise(
    session: AsyncSession, article_id: int, title: str, description: str, now: datetime
) -> Revised | None:
    article = await session.get_one(Article, article_id)
    old = (article.title, article.description, article.summary)
    is_out = article.state is ArticleState.READY
    if is_out and not await _add_revision(session, article, title, description, now):
        return None
    if article.origin is TextOrigin.FEED:
        article.text = description
    article.title, article.description = title, description
    article.folded = searchable(title, article.text or description)
    return Revised(article_id, article.origin, title, description, *old) if is_out else None


async def replace_summary(session: AsyncSession, article_id: int, summary: str, kind: str) -> None:
    article = await session.get_one(Article, article_id)
    article.summary, article.summary_kind, article.summary_reason = summary, kind, ""


async def _add_revision(session: AsyncSession, article: Article, title: str, description: str, now: datetime) -> bool:
    """False when there were so many that another one says nothing."""
    earlier = select(func.count()).select_from(Revision).where(Revision.article_id == article.id)
    if (await session.scalar(earlier) or 0) >= _MOST_REVISIONS:
        return False
    session.add(
        Revision(
            article_id=article.id,
            title=article.title,
            description=article.description,
            new_title=title,
            new_description=description,
            found_at=now,
        )
    )
    return True
