"""One step of the road: takes an article that was found, reads its page, summarises it, and owes it to chats.

If the page cannot be had, the feed's own description serves, and the row says why.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from db import hosts, outbox, pictures, polling, stories, summaries
from db.engine import Database
from db.lease import LEASE, kept
from db.models import Article, Source, TextOrigin
from db.summaries import Reading
from feeds import machine
from feeds.apart import run_apart
from feeds.errors import FeedsError, FetchError, ForbiddenAddressError, GoneError, RobotsError
from feeds.fetch import Fetcher
from feeds.illustrate import Shot, get_picture, illustrate
from feeds.model import Model
from feeds.reading import read_article
from feeds.retold import are_one_story, read_telling
from feeds.same import Fingerprint, fingerprint, may_be_same
from feeds.summarisers import summarise_description
from feeds.types import ArticleRules, Size, Story, Summary
from feeds.workers import Workers

log = logging.getLogger(__name__)

#: Has the article's page and reads it.
Read = Callable[[], Awaitable[tuple[Story, Summary]]]
#: What a language model says of a story, and why that was not taken.
Told = tuple[Summary | None, str]
Tell = Callable[[Story], Awaitable[Told]]

#: Waits before the second and the third try at a page; then the feed's description serves.
RETRIES = (timedelta(seconds=30), timedelta(minutes=2))
#: How many articles that look the same are read again, word by word.
_READ_AGAIN = 5
_FINAL = (ForbiddenAddressError, GoneError, RobotsError)


@dataclass(frozen=True, slots=True)
class Retry:
    """The page could not be had now."""

    reason: str
    wait: timedelta


async def summarise_one(
    database: Database,
    fetcher: Fetcher,
    now: Callable[[], datetime],
    *,
    size: Size,
    model: Model | None = None,
    pictured: Collection[str] = (),
    workers: Workers | None = None,
) -> bool:
    """Read and summarise one article; false when none was waiting. A model is asked of what is to be announced.

    `pictured` are the channels that show pictures.
    """
    async with database.write() as session:
        article = await summaries.claim_article(session, now(), LEASE)
        source = await polling.get_source(session, article.source_id) if article else None
    if article is None or source is None:
        return False

    async def renew(session: AsyncSession) -> None:
        await summaries.renew(session, article, now() + LEASE)

    read = partial(_fetch, fetcher, article, source, now(), size=size, workers=workers)
    tell = partial(_tell, database, model, article, size, now)
    try:
        async with kept(database, renew):
            outcome, asked = await _read(read, tell, article, size)
            shot = None
            if isinstance(outcome, Reading):
                shot = await illustrate(
                    database, fetcher, article, source, outcome, channels=pictured, now=now(), workers=workers
                )
    except asyncio.CancelledError:
        async with database.write() as session:
            await summaries.give_back(session, article)
        raise
    await _record(database, article, outcome, now(), shot, pause=max(asked, fetcher.robots.get_delay(article.url)))
    return True


async def _tell(
    database: Database, model: Model | None, article: Article, size: Size, now: Callable[[], datetime], story: Story
) -> Told:
    if model is None or not article.announce or not machine.may_be_told(story):
        return None, ""
    return await machine.tell(database, model, story, size, now())


async def _fetch(
    fetcher: Fetcher, article: Article, source: Source, now: datetime, *, size: Size, workers: Workers | None
) -> tuple[Story, Summary]:
    """What a page of news leads to is read as a crawler reads; what a feed offers was offered to programs."""
    is_lax = source.allow_bad_certificate and article.host == source.host
    if source.kind == "page":
        await fetcher.robots.check(article.url, now, home=source.host, allow_bad_certificate=is_lax)
    page = await fetcher.get(article.url, home=source.host, allow_bad_certificate=is_lax)
    work = partial(read_article, page, article.title, size=size, rules=ArticleRules(**source.article_rules))
    return await run_apart(work, f"article {article.id}", or_else="loa could not read this page", workers=workers)


async def _read(read: Read, tell: Tell, article: Article, size: Size) -> tuple[Reading | Retry, timedelta]:
    """What became of it, and how long the host wants to be left alone."""
    if not article.url:
        return _take_description(article, "the feed gives no link", size), timedelta()
    if article.attempts > len(RETRIES) + 1:
        reason = article.reason or "reading it never came to an end"
        return _take_description(article, reason, size), timedelta()
    try:
        return await _read_page(read, tell, article), timedelta()
    except FeedsError as error:
        return _give_up_or_retry(article, error, size), _get_pause(error)


async def _read_page(read: Read, tell: Tell, article: Article) -> Reading:
    story, summary = await read()
    story = replace(story, title=article.title or story.title)
    told, overruled = await tell(story)
    summary = told or summary
    return Reading(
        title=story.title,
        section=story.section,
        lead=story.lead,
        text=story.text,
        signature=story.signature,
        event_date=story.event_date,
        pictures=[asdict(one) for one in story.pictures],
        attachments=[asdict(one) for one in story.attachments],
        document_numbers=list(story.document_numbers),
        summary=summary.text,
        summary_kind=summary.kind,
        origin=TextOrigin.PAGE,
        published_at=story.published_at,
        summary_reason=overruled,
        cover=story.cover,
    )


def _give_up_or_retry(article: Article, error: FeedsError, size: Size) -> Reading | Retry:
    is_final = not isinstance(error, FetchError) or isinstance(error, _FINAL)
    if is_final or article.attempts > len(RETRIES):
        return _take_description(article, str(error), size)
    wait = RETRIES[article.attempts - 1]
    return Retry(str(error), max(wait, _get_pause(error)))


def _get_pause(error: FeedsError) -> timedelta:
    """What the host asks for; not so long that the news behind this one would grow old."""
    return min(timedelta(seconds=getattr(error, "retry_in", None) or 0), RETRIES[-1])


def _take_description(article: Article, reason: str, size: Size) -> Reading:
    summary = summarise_description(article.description, article.title, sentences=size.sentences, limit=size.characters)
    return Reading(
        title=article.title,
        section="",
        lead="",
        text=article.description,
        signature="",
        summary=summary.text,
        summary_kind=summary.kind,
        origin=TextOrigin.FEED,
        reason=reason,
    )


async def _record(
    database: Database,
    article: Article,
    outcome: Reading | Retry,
    now: datetime,
    shot: Shot | None,
    *,
    pause: timedelta,
) -> None:
    """The outcome, what it makes owed, and the host's release, in one commit; the host may ask for a pause."""
    async with database.write() as session:
        if not await summaries.is_held(session, article):
            log.warning("article %s: reading it outlived its lease and does not count", article.id)
            return
        await hosts.release_host(session, article.host, now + pause if pause else None)
        if isinstance(outcome, Retry):
            await summaries.record_retry(session, article.id, due_at=now + outcome.wait, reason=outcome.reason)
            log.warning("article %s: its page is tried again in %s: %s", article.id, outcome.wait, outcome.reason)
            return
        row = await summaries.record_reading(session, article.id, outcome, now)
        first = await _record_story(session, article.id, outcome)
        if url := get_picture(outcome):
            await pictures.note_use(session, url, now)
        if shot and first is None:
            await pictures.add(session, article.id, shot.url, shot.content, now)
        owed = await outbox.owe_article(session, first or article.id, now) if row.announce else 0
    log.info("article %s read from its %s, owed to %s chats", article.id, outcome.origin, owed)


async def _record_story(session: AsyncSession, article_id: int, outcome: Reading) -> int | None:
    """Find out who told the same story first, if anyone did; that article is announced, and not this one."""
    mark = fingerprint(outcome.title, outcome.text)
    candidates = await stories.find_candidates(session, article_id, mark.keys)
    likely = [one.id for one in candidates if may_be_same(mark, Fingerprint.from_bytes(one.fingerprint))][:_READ_AGAIN]
    first = await _find_first(session, outcome, likely) if likely else None
    await stories.record_story(session, article_id, fingerprint=mark.to_bytes(), keys=mark.keys, same_as_id=first)
    if first is not None:
        log.info("article %s tells the story of article %s again", article_id, first)
    return first


async def _find_first(session: AsyncSession, outcome: Reading, likely: Sequence[int]) -> int | None:
    """The first of the likely articles that tells the same story by its words too."""
    telling = read_telling(outcome.title, outcome.text)
    texts = await stories.get_texts(session, likely)
    return next((one for one in likely if are_one_story(telling, read_telling(*texts[one]))), None)
