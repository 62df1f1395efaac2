"""Brings in what a source's list holds on its older pages, one page and one commit at a time; it announces nothing."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from db import backfill, carriages, hosts, storing
from db.engine import Database
from db.lease import LEASE, kept
from db.models import Source, SourceState
from db.storing import KnownKey, NewArticle
from feeds.decide import Known, New, decide, get_published_at, wanted_keys
from feeds.errors import FetchError
from feeds.fetch import Fetcher
from feeds.rules import PageRules
from feeds.types import Entry
from feeds.walk import PageOfEntries, Walk, walk_pages

log = logging.getLogger(__name__)

Wait = Callable[[float], Awaitable[None]]

#: The least time between two requests; a site may ask for more.
PAUSE = timedelta(seconds=1)
#: How often it is tried to get hold of a host that another process talks to.
_MOST_TRIES = 300


@dataclass(frozen=True, slots=True)
class Step:
    """What one page brought: the pages and the new articles so far, and the oldest date among them."""

    pages: int
    articles: int
    oldest: datetime | None


async def walk_back(
    database: Database, fetcher: Fetcher, source: Source, walk: Walk, *, now: Callable[[], datetime], wait: Wait
) -> AsyncGenerator[Step, None]:
    """Store page after page of a source of kind `page`; broken off anywhere, its row knows where to go on.

    `wait` waits for so many seconds. Raises what `walk_pages` raises, and FetchError when the host is never free.
    """
    walk = replace(walk, is_lax=source.allow_bad_certificate)
    pages = walk_pages(fetcher, source.url, PageRules(**source.rules), walk, now=now(), pause=_go_on)
    async with database.read() as session:
        oldest = await backfill.get_oldest_date(session, source.id)
    step = Step(0, 0, oldest)
    while True:
        async with _hold_host(database, fetcher, source, now, wait):
            page = await anext(pages, None)
        async with database.write() as session:
            step = await _record(session, source, page, walk.since, step, now())
        if page is None:
            return
        yield step
        if page.next is None or step.pages == walk.pages:
            return
        await wait(_get_pause(fetcher, source).total_seconds())


async def _go_on() -> None:
    """The walk need not wait: the host is let go, and left alone, between two of its pages."""


def _get_pause(fetcher: Fetcher, source: Source) -> timedelta:
    return max(fetcher.robots.get_delay(source.url), PAUSE)


@asynccontextmanager
async def _hold_host(
    database: Database, fetcher: Fetcher, source: Source, now: Callable[[], datetime], wait: Wait
) -> AsyncIterator[None]:
    """One request at a time for a host, also while a running loa polls it."""
    for _ in range(_MOST_TRIES):
        async with database.write() as session:
            if await hosts.claim_host(session, source.host, now(), LEASE):
                break
        await wait(PAUSE.total_seconds())
    else:
        raise FetchError("the host is busy with other requests")

    async def renew(session: AsyncSession) -> None:
        await hosts.renew_host(session, source.host, now() + LEASE)

    try:
        async with kept(database, renew):
            yield
    finally:
        async with database.write() as session:
            await hosts.release_host(session, source.host, now() + _get_pause(fetcher, source))


async def _record(
    session: AsyncSession, source: Source, page: PageOfEntries | None, since: datetime | None, step: Step, now: datetime
) -> Step:
    """The page's articles and where to go on, in one commit; without a page the walk is over."""
    await backfill.record_walk(session, source.id, page.next if page else None)
    if page is None:
        return step
    entries = [entry for entry in page.entries if _is_wanted(entry, since)]
    stored = await _get_stored(session, source, entries)
    decision = decide(entries, {key: _build_known(row) for key, row in stored.items()})
    new: tuple[New, ...] = decision.new
    if new and _belongs_to_poll(source, page):
        await backfill.poll_soon(session, source.id, now)
        new = ()
    dates = [get_published_at(item.entry, now) for item in new if item.entry.published_at]
    oldest = min(filter(None, (step.oldest, *dates)), default=None)
    await _store(session, source, new, oldest or now, now)
    await storing.add_keys(
        session, source.id, {key: seen.article_id for seen in decision.seen for key in seen.missing_keys}
    )
    foreign = {row.article_id for row in stored.values() if not row.own}
    await carriages.carry(session, source.id, foreign & {seen.article_id for seen in decision.seen})
    log.info("source %s: page %s of its list: %s entries, %s new", source.id, page.number, len(page.entries), len(new))
    return Step(step.pages + 1, step.articles + len(new), oldest)


def _is_wanted(entry: Entry, since: datetime | None) -> bool:
    return since is None or entry.published_at is None or entry.published_at >= since


def _belongs_to_poll(source: Source, page: PageOfEntries) -> bool:
    """Whether what is new there is news: on the page that is polled, of a source that was polled before."""
    return page.number == 1 and source.first_polled_at is not None and source.state is SourceState.ACTIVE


async def _get_stored(session: AsyncSession, source: Source, entries: list[Entry]) -> dict[str, KnownKey]:
    keys = sorted({key for entry in entries for key in wanted_keys(entry)})
    return await storing.get_known(session, source.id, keys)


def _build_known(row: KnownKey) -> Known:
    return Known(row.article_id, row.title, row.published_at if row.own else None)


async def _store(session: AsyncSession, source: Source, new: Iterable[New], oldest: datetime, now: datetime) -> None:
    """What tells no day counts as found on the oldest known one: it is no news, and its own page may tell better."""
    dated = [_build_article(item, now) for item in new if item.entry.published_at]
    undated = [_build_article(item, oldest) for item in new if not item.entry.published_at]
    await storing.add_articles(session, source.id, dated, now)
    await storing.add_articles(session, source.id, undated, oldest)


def _build_article(item: New, now: datetime) -> NewArticle:
    entry = item.entry
    return NewArticle(
        url=entry.url,
        host=urlsplit(entry.url).hostname or "",
        title=entry.title,
        description=entry.description,
        published_at=get_published_at(entry, now),
        keys=item.keys,
        announce=False,
    )
