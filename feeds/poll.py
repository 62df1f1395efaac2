"""One step of the road: takes a source that is due, fetches its feed, and stores what is new, to be read next.

Entries, the keys that recognise them, the validators and the next poll's time are stored in one commit, so that
nothing counts as seen that is not stored.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from db import hosts, outbox, polling, storing
from db.engine import Database
from db.health import is_silent
from db.lease import LEASE, kept
from db.models import Source
from db.polling import Outcome
from db.statements import wait_in_line
from db.storing import KnownKey, NewArticle, Standing
from feeds.apart import run_apart
from feeds.correct import correct
from feeds.decide import (
    MOST_ANNOUNCED,
    Decision,
    Known,
    New,
    Seen,
    choose_announced,
    decide,
    get_published_at,
    has_gap,
    is_fresh,
    is_full,
    keys_of,
)
from feeds.errors import FeedsError, FetchError, GoneError, LayoutError
from feeds.fetch import Fetcher
from feeds.reading import Reading, get_digest, read_feed, read_list
from feeds.rhythm import get_typical_gap, jitter, next_interval
from feeds.tell import tell_add_failed, tell_added, tell_admins, tell_back, tell_failure, tell_silence
from feeds.together import Together
from feeds.types import Feed, Page, Size
from feeds.workers import Workers

log = logging.getLogger(__name__)

#: What the trouble of one source may cost the others on its host.
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PollRules:
    """The settings of `[polling]`; intervals in seconds. `size` is that of summaries."""

    min_interval: float
    max_interval: float
    first_poll_items: int = 0
    size: Size = Size()  # noqa: RUF009 - a value that never changes


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll brought."""

    page: Page
    reading: Reading

    @property
    def feed(self) -> Feed | None:
        """None when nothing changed since the last poll."""
        return self.reading.feed


#: The end of a poll that brought nothing.
_End = tuple[Source, Polled]


class Poller:
    """Polls sources, any number of them side by side.

    What several claim at once goes to the store together, with the ends of polls that brought nothing, as most do.
    Whoever comes to such an end asks again soon, and is claimed for in the same go. What brings news is recorded alone.
    """

    def __init__(
        self,
        database: Database,
        fetcher: Fetcher,
        rules: PollRules,
        now: Callable[[], datetime],
        workers: Workers | None = None,
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._rules = rules
        self._now = now
        self._workers = workers
        self._turns = Together(self._turn)
        self._ahead: deque[Source] = deque()

    async def poll_one(self) -> bool:
        """Poll the source that is most overdue; false when none is due."""
        source = self._ahead.popleft() if self._ahead else await self._turns.ask(None)
        if source is None:
            return False
        outcome = await self._poll(source)
        pause = max(self._fetcher.robots.get_delay(source.url), _get_pause(outcome))
        if isinstance(outcome, Polled) and not pause and is_quiet(source, outcome, self._now()):
            await self._turns.ask((source, outcome))
        else:
            await self._record(source, outcome, pause)
        return True

    async def _poll(self, source: Source) -> Polled | FeedsError:
        async def renew(session: AsyncSession) -> None:
            await polling.renew(session, source, self._now() + LEASE)

        try:
            async with kept(self._database, renew):
                return await _fetch(self._fetcher, source, self._now(), self._workers)
        except FeedsError as error:
            return error
        except asyncio.CancelledError:
            async with self._database.write() as session:
                await polling.give_back(session, source)
            raise

    async def _record(self, source: Source, outcome: Polled | FeedsError, pause: timedelta) -> None:
        now = self._now()
        async with self._database.write() as session:
            await _record(session, source, outcome, self._rules, now)
            if pause:
                await hosts.hold_host(session, source.host, now + pause)

    async def _turn(self, ends: Sequence[_End | None]) -> Sequence[Source | None]:
        """Record what came to an end, and claim a source for each who asks for one or is about to."""
        quiet = [end for end in ends if end is not None]
        count = len(ends) if len(ends) > 1 else len(ends) - len(quiet)
        async with self._database.write() as session:
            await self._record_quiet(session, quiet)
            claimed = iter(await polling.claim_sources(session, self._now(), LEASE, count))
        answers = [next(claimed, None) if end is None else None for end in ends]
        self._ahead.extend(claimed)
        return answers

    async def aclose(self) -> None:
        """Give back what was claimed for polls that did not begin; where that fails, the claims run out."""
        with suppress(SQLAlchemyError, OSError):
            while self._ahead:
                async with self._database.write() as session:
                    await polling.give_back(session, self._ahead.popleft())

    async def _record_quiet(self, session: AsyncSession, ends: Sequence[_End]) -> None:
        if ends:
            now = self._now()
            outcomes = [(source, _build_outcome(source, polled, 0, self._rules, now)) for source, polled in ends]
            await polling.record_successes(session, outcomes, now)
            log.info("sources %s polled: nothing changed", [source.id for source, _ in ends])


def is_quiet(source: Source, polled: Polled, now: datetime) -> bool:
    """Whether a poll brought nothing that is to be stored or told: only its time is recorded."""
    has_moved = polled.page.moved_to not in (None, source.url)
    return polled.feed is None and not has_moved and not source.told_of and not is_silent(source, now)


async def _fetch(fetcher: Fetcher, source: Source, now: datetime, workers: Workers | None) -> Polled:
    """A feed is made for programs; a page is for people, and its site may keep programs off it."""
    is_lax = source.allow_bad_certificate
    if source.kind == "page":
        await fetcher.robots.check(source.url, now, allow_bad_certificate=is_lax)
    page = await fetcher.get(
        source.url, etag=source.etag, last_modified=source.last_modified, allow_bad_certificate=is_lax
    )
    if page.not_modified and source.body_hash is None:
        raise FetchError("not modified (304), though nothing was fetched before")
    known = source.body_hash
    if page.not_modified or (source.kind != "page" and get_digest(page.body) == known):
        return Polled(page, Reading(known or ""))
    is_list = source.kind == "page"
    reading = partial(read_list, page, source.rules, known, now) if is_list else partial(read_feed, page, now)
    or_else = "loa could not read this feed"
    return Polled(page, await run_apart(reading, f"source {source.id}", or_else=or_else, workers=workers))


async def _record(
    session: AsyncSession, source: Source, outcome: Polled | FeedsError, rules: PollRules, now: datetime
) -> None:
    """What became of the poll; nothing if it took so long that somebody else polls the source by now."""
    if isinstance(outcome, Polled) and outcome.reading.wanted:
        await wait_in_line(session, "articles")
    standing = await storing.get_standing(session, source.id)
    if standing.leased_until is None or standing.leased_until != source.leased_until:
        log.warning("source %s: the poll outlived its lease and does not count", source.id)
    elif isinstance(outcome, FeedsError):
        await _record_failure(session, source, outcome, rules, now)
    else:
        await _record_success(session, source, standing, outcome, rules=rules, now=now)


async def _record_success(
    session: AsyncSession, source: Source, standing: Standing, polled: Polled, *, rules: PollRules, now: datetime
) -> None:
    feed = polled.feed or Feed()
    source.name = source.name or feed.title
    new = await _store(session, source, standing, polled.reading, rules=rules, now=now)
    is_news = bool(new) or source.first_polled_at is None
    if not is_news:
        await tell_silence(session, source, now)
    found = [article.published_at for article in new] if is_news else None
    outcome = _build_outcome(source, polled, len(new), rules, now)
    await polling.record_success(session, source, outcome, now, title=feed.title, found=found)
    await _tell_success(session, source, polled, now)
    log.info("source %s polled: %s entries, %s new", source.id, len(feed.entries), len(new))


async def _store(
    session: AsyncSession, source: Source, standing: Standing, reading: Reading, *, rules: PollRules, now: datetime
) -> list[NewArticle]:
    """Store what is new, learn the keys of what is known; returns what is new."""
    if reading.feed is None or not reading.feed.entries:
        return []
    stored = await storing.get_known(session, source.id, reading.wanted, has_keys=standing.has_keys)
    decision = decide(reading.feed.entries, {key: _build_known(row) for key, row in stored.items()}, reading.keys)
    newest = standing.newest
    is_first = _is_first(source, decision, stored.values(), newest)
    first_items = _count_first(source, rules) if is_first else None
    announced = choose_announced(decision.new, newest=newest, first_items=first_items, now=now)
    if len(announced) == MOST_ANNOUNCED < len(decision.new):
        log.warning("source %s: %s new at once, %s are announced", source.id, len(decision.new), len(announced))
    articles = _build_articles(decision.new, announced, now)
    await storing.add_articles(session, source.id, articles, now, host=source.host)
    foreign = {row.article_id for row in stored.values() if not row.own}
    await _learn(session, source, decision, foreign, now, size=rules.size)
    if not is_first:
        await _owe_foreign(session, [seen for seen in decision.seen if seen.article_id in foreign], newest, now)
    if has_gap(decision, was_polled=newest is not None):
        await polling.record_gap(session, source, now)
        await tell_admins(session, "source_gap", source, now)
    return articles


def _build_known(row: KnownKey) -> Known:
    return Known(row.article_id, row.title, row.published_at if row.own else None)


async def _learn(
    session: AsyncSession, source: Source, decision: Decision, foreign: set[int], now: datetime, *, size: Size
) -> None:
    """Remember keys met for the first time, and what is said otherwise now.

    An article that another source brought is now carried by this one too.
    """
    if not decision.seen:
        return
    learned: dict[str, int] = {}
    for seen in decision.seen:
        learned |= dict.fromkeys(seen.missing_keys, seen.article_id)
        if seen.article_id in foreign and (link := keys_of(seen.entry).link):
            learned[link] = seen.article_id
    await storing.add_keys(session, source.id, learned)
    said = {seen.article_id: (seen.entry.title, seen.entry.description) for seen in decision.seen}
    await correct(session, source.id, said, now, size=size)


async def _owe_foreign(session: AsyncSession, seen: Sequence[Seen], newest: datetime | None, now: datetime) -> None:
    """What another source had first is owed to those who follow this one.

    It is news here, too, when that one held it silently. Locked from the last one down, as those who read them do.
    """
    news = {one.article_id for one in seen if is_fresh(one.entry, newest=newest, now=now)}
    for article_id in sorted({one.article_id for one in seen}, reverse=True)[:MOST_ANNOUNCED]:
        await outbox.owe_announced(session, article_id, now, is_news=article_id in news)


def _is_first(source: Source, decision: Decision, stored: Collection[KnownKey], newest: datetime | None) -> bool:
    """Whether the source shows what it holds for the first time: at its first poll, or when it is filled after it."""
    is_empty = newest is None and not any(row.own for row in stored)
    return source.first_polled_at is None or (is_empty and is_full(decision))


def _count_first(source: Source, rules: PollRules) -> int:
    return 0 if source.quiet_start else rules.first_poll_items


def _build_articles(new: Sequence[New], announced: Collection[New], now: datetime) -> list[NewArticle]:
    return [
        NewArticle(
            url=item.entry.url,
            host=urlsplit(item.entry.url).hostname or "",
            title=item.entry.title,
            description=item.entry.description,
            published_at=get_published_at(item.entry, now),
            keys=item.keys,
            announce=item in announced,
        )
        for item in new
    ]


def _build_outcome(source: Source, polled: Polled, new: int, rules: PollRules, now: datetime) -> Outcome:
    page = polled.page
    asked = _get_asked(polled)
    interval = _get_interval(source, polled, new, rules, now)
    return Outcome(
        etag=source.etag if page.not_modified else page.etag,
        last_modified=source.last_modified if page.not_modified else page.last_modified,
        body_hash=polled.reading.digest or None,
        interval=interval,
        next_poll_at=now + _spread(interval, asked, rules),
    )


def _get_interval(source: Source, polled: Polled, new: int, rules: PollRules, now: datetime) -> float:
    quiet = timedelta() if new or source.last_new_at is None else now - source.last_new_at
    feed = polled.feed
    return next_interval(
        quiet=quiet,
        gap=get_typical_gap(feed.entries) if feed else None,
        asked=_get_asked(polled),
        failures=0,
        minimum=rules.min_interval,
        maximum=rules.max_interval,
    )


def _get_asked(polled: Polled) -> float | None:
    """Seconds that the server or the feed wishes to be left alone."""
    ttl = polled.feed.ttl if polled.feed else None
    return max(polled.page.max_age or 0, ttl or 0) or None


def _spread(interval: float, asked: float | None, rules: PollRules) -> timedelta:
    """The interval with some jitter, never sooner than the settings or, within the interval, the source allow."""
    soonest = max(rules.min_interval, min(asked or 0.0, interval))
    return timedelta(seconds=jitter(interval, random.random(), minimum=soonest))  # noqa: S311 - it hides nothing


async def _tell_success(session: AsyncSession, source: Source, polled: Polled, now: datetime) -> None:
    if source.first_polled_at is None and polled.feed is not None:
        titles = [entry.title for entry in polled.feed.entries[:3]]
        await tell_added(session, source, now, articles=len(polled.feed.entries), titles=titles)
    await tell_back(session, source, now)
    await _follow_move(session, source, polled.page, now)


async def _follow_move(session: AsyncSession, source: Source, page: Page, now: datetime) -> None:
    if page.moved_to is None or page.moved_to == source.url:
        return
    host = urlsplit(page.moved_to).hostname or source.host
    if await polling.record_move(session, source, url=page.moved_to, host=host, now=now):
        await tell_admins(session, "source_moved", source, now, url=page.moved_to)


async def _record_failure(
    session: AsyncSession, source: Source, error: FeedsError, rules: PollRules, now: datetime
) -> None:
    reason = str(error)
    log.warning("source %s could not be polled, failure %s: %s", source.id, source.failures + 1, reason)
    if isinstance(error, GoneError):
        await polling.record_gone(session, source, reason=reason, now=now)
        await tell_admins(session, "source_gone", source, now, reason=reason)
        return
    next_poll_at = now + _spread(_get_back_off(source, error, rules), getattr(error, "retry_in", None), rules)
    is_layout = isinstance(error, LayoutError)
    await polling.record_failure(
        session, source, reason=reason, next_poll_at=next_poll_at, now=now, is_layout=is_layout
    )
    if source.first_polled_at is None and source.failures == 0:
        await tell_add_failed(session, source, now, reason=reason)
    await tell_failure(session, source, now, reason=reason, is_layout=is_layout)


def _get_pause(outcome: Polled | FeedsError) -> timedelta:
    """How long the whole host is left alone, as it wishes, within reason."""
    return min(timedelta(seconds=getattr(outcome, "retry_in", None) or 0), _LONGEST_PAUSE)


def _get_back_off(source: Source, error: FeedsError, rules: PollRules) -> float:
    return next_interval(
        quiet=timedelta(),
        gap=None,
        asked=getattr(error, "retry_in", None),
        failures=source.failures + 1,
        minimum=rules.min_interval,
        maximum=rules.max_interval,
    )
