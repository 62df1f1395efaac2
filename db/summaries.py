"""Articles whose page is still to be read and summarised: claims by lease, results in one commit."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import carriages
from db.base import OFFICE_ZONE
from db.hosts import claim_host, is_free, release_host, renew_host
from db.models import Article, ArticleState, Host, TextOrigin
from db.statements import execute_count, is_written
from db.text import searchable


class Reading(NamedTuple):
    """What became of an article: its text, its summary, where the text came from, and why if not from its page.

    `published_at` is what the page says, for an article whose list does not tell, or tells the day alone.
    `summary_reason` is why the language model's summary was not taken, where one is used. `cover` is a picture that may
    do where there are none; it is not stored with the article.
    """

    title: str
    section: str
    lead: str
    text: str
    signature: str
    summary: str
    summary_kind: str
    origin: TextOrigin
    reason: str = ""
    event_date: date | None = None
    pictures: Sequence[Mapping[str, str]] = ()
    attachments: Sequence[Mapping[str, str]] = ()
    document_numbers: Sequence[str] = ()
    published_at: datetime | None = None
    summary_reason: str = ""
    cover: str = ""


async def claim_article(session: AsyncSession, now: datetime, lease: timedelta) -> Article | None:
    """The next article to read, leased together with its host; those to be announced come first."""
    article = await _find_due(session, now, announce=True) or await _find_due(session, now, announce=False)
    if article is None or (article.host and not await claim_host(session, article.host, now, lease)):
        return None
    article.leased_until = now + lease
    article.attempts += 1
    return article


async def _find_due(session: AsyncSession, now: datetime, *, announce: bool) -> Article | None:
    """The one that waited longest, of a host that may be asked now; the index alone tells."""
    is_busy = or_(Host.leased_until > now, Host.next_request_at > now)
    due = (
        select(Article)
        .where(is_written(Article.state, ArticleState.FOUND), Article.announce.is_(announce), Article.due_at <= now)
        .where(is_free(Article.leased_until, now), Article.host.not_in(select(Host.name).where(is_busy)))
        .order_by(Article.due_at, Article.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Article)
    )
    return (await session.scalars(due)).one_or_none()


async def renew(session: AsyncSession, article: Article, until: datetime) -> None:
    """Hold a claimed article and its host for longer, unless the claim ran out and somebody else has it."""
    held = update(Article).where(Article.id == article.id, Article.leased_until == article.leased_until)
    if await execute_count(session, held.values(leased_until=until)):
        article.leased_until = until
        await renew_host(session, article.host, until)


async def is_held(session: AsyncSession, article: Article) -> bool:
    """Whether the claim did not run out meanwhile; if so, nobody else records for the article before this commit."""
    held = update(Article).where(Article.id == article.id, Article.leased_until == article.leased_until)
    return await execute_count(session, held.values(leased_until=article.leased_until)) == 1


async def record_reading(session: AsyncSession, article_id: int, reading: Reading, now: datetime) -> Article:
    """The article is ready, as it is returned; the caller owes it in the same commit.

    A source that begins to carry it meanwhile waits in line, or is found among those that do.
    """
    article = await session.get_one(Article, article_id, populate_existing=True, with_for_update=True)
    columns = reading._asdict()
    published_at, _ = columns.pop("published_at"), columns.pop("cover")
    for column, value in columns.items():
        setattr(article, column, value)
    if published_at and published_at <= now and _tells_more(article, published_at):
        article.published_at = published_at
        await carriages.redate(session, article_id, published_at)
    article.folded = searchable(reading.title, reading.text or article.description)
    article.state = ArticleState.READY
    article.leased_until = None
    return article


def _tells_more(article: Article, published_at: datetime) -> bool:
    """Whether the page knows the moment better than the list did, which gave no date or a day without its hour."""
    if article.published_at == article.found_at:
        return True
    listed, told = article.published_at.astimezone(OFFICE_ZONE), published_at.astimezone(OFFICE_ZONE)
    return listed.time() == time() and listed.date() == told.date()


async def record_retry(session: AsyncSession, article_id: int, *, due_at: datetime, reason: str) -> None:
    article = await session.get_one(Article, article_id)
    article.due_at, article.reason, article.leased_until = due_at, reason, None


async def give_back(session: AsyncSession, article: Article) -> None:
    """Undo a claim: the article is as due as it was, and the attempt does not count."""
    held = update(Article).where(Article.id == article.id, Article.leased_until == article.leased_until)
    if await execute_count(session, held.values(leased_until=None, attempts=article.attempts - 1)):
        await release_host(session, article.host)
