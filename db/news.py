"""What a push shows of articles, read once for all the chats that get them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Article, ArticlePicture, Source, Topic
from db.stories import list_other_tellers

#: The kind of a summary that a language model wrote.
BY_MACHINE = "llm"


class News(NamedTuple):
    """What a push shows of an article; `also` are the other sources that tell its story.

    `by_machine` is whether a language model wrote the summary, `picture` the address of the picture that is kept.
    """

    article_id: int
    title: str
    summary: str
    url: str
    published_at: datetime
    source: str
    section: str
    topic_id: int
    topic: str
    also: tuple[str, ...] = ()
    by_machine: bool = False
    found_at: datetime | None = None
    picture: str = ""


async def get_news(session: AsyncSession, ids: Iterable[int]) -> dict[int, News]:
    """Each article once, however many chats it goes to."""
    if not (wanted := list(ids)):
        return {}
    also = await list_other_tellers(session, wanted)
    articles = (
        select(
            *(Article.id, Article.title, Article.summary, Article.summary_kind, Article.url, Article.published_at),
            *(
                Article.found_at,
                Article.section,
                Source.name,
                Source.host,
                Topic.id.label("topic_id"),
                Topic.name.label("topic"),
                ArticlePicture.url.label("picture"),
            ),
        )
        .join(Source, Source.id == Article.source_id)
        .join(Topic, Topic.id == Source.topic_id)
        .outerjoin(ArticlePicture, ArticlePicture.article_id == Article.id)
        .where(Article.id.in_(wanted))
    )
    return {row.id: _build_news(row, also.get(row.id, ())) for row in await session.execute(articles)}


def _build_news(row: Any, also: Sequence[str]) -> News:
    name = row.name or row.host
    return News(
        row.id,
        row.title,
        row.summary,
        row.url,
        row.published_at,
        name,
        row.section,
        row.topic_id,
        row.topic,
        tuple(other for other in also if other != name),
        row.summary_kind == BY_MACHINE,
        row.found_at,
        row.picture or "",
    )
