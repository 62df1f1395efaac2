"""One step of the road: takes a source that is due, fetches its feed, and stores what is new, to be read next.

Entries, the keys that recognise them, the validators and the next poll's time are stored in one commit, so that
nothing counts as seen that is not stored.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from db import carriages, hosts, outbox, polling, storing
from db.engine import Database
from db.lease import LEASE, kept
from db.models import Source
from db.polling import Find
from db.statements import wait_in_line
from db.storing import KnownKey, Standing
from feeds.apart import run_apart
from feeds.correct import correct
from feeds.decide import (
    MOST_ANNOUNCED,
    Decision,
    Known,
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
from feeds.fill import fill, may_fill, split
from feeds.outcome import (
    End,
    Polled,
    PollRules,
    build_articles,
    build_outcome,
    count_first,
    is_quiet,
    spread,
)
from feeds.reading import Reading, get_digest, read_feed, read_list
from feeds.rhythm import next_interval
from feeds.tell import tell_add_failed, tell_added, tell_admins, tell_back, tell_failure, tell_silence
from feeds.together import Together
from feeds.types import Feed, Page, Size
from feeds.workers import Workers

__all__ = ["PollRules", "Poller"]

log = logging.getLogger(__name__)

#: What the trouble of one source may cost the others on its host.
_LONGEST_PAUSE = timedelta(hours=1)


class _Stored(NamedTuple):
    """What a poll brought: how many articles nobody had, and the dates of all that the source did not carry before."""

    new: int = 0
    dates: Sequence[datetime] = ()


class Poller:
    """Polls sources, any number of them side by side.

    What several claim at once goes to the store together, with the ends of polls that brought nothing, as most do.
    Whoever comes to such an end asks again soon, and is claimed for in the same go. Sources that are filled at the same
    time go together, too. What brings news is recorded alone.
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
        self._fills = Together(self._fill)
        self._ahead: deque[Source] = deque()

    async def poll_one(self) -> bool:
        """Poll the source that is most overdue; false when none is due."""
        source = self._ahead.popleft() if self._ahead else await self._turns.ask(None)
        if source is None:
            return False
        outcome = await self._poll(source)
        pause = max(self._fetcher.robots.get_delay(source.url), _get_pause(outcome))
        if isinstance(outcome, FeedsError) or pause or not await self._record_together(source, outcome):
            await self._record(source, outcome, pause)
        return True

    async def _record_together(self, source: Source, polled: Polled) -> bool:
        """With others that come to such an end at the same time; false when it is to be recorded alone."""
        if is_quiet(source, polled, self._now()):
            await self._turns.ask((source, polled))
            return True
        return may_fill(source, polled) and await self._fills.ask((source, polled))

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

    async def _turn(self, ends: Sequence[End | None]) -> Sequence[Source | None]:
        """Record what came to an end, and claim a source for each who asks for one or is about to."""
        quiet = [end for end in ends if end is not None]
        count = len(ends) if len(ends) > 1 else len(ends) - len(quiet)
        async with self._database.write() as session:
            await self._record_quiet(session, quiet)
            claimed = iter(await polling.claim_sources(session, self._now(), LEASE, count))
        answers = [next(claimed, None) if end is None else None for end in ends]
        self._ahead.extend(claimed)
        return answers

    async def _fill(self, ends: Sequence[End]) -> Sequence[bool]:
        """Whether each was stored."""
        filled = {source_id for part in split(ends) for source_id in await self._fill_part(part)}
        return [source.id in filled for source, _ in ends]

    async def _fill_part(self, ends: Sequence[End]) -> Collection[int]:
        """Which were stored; none where one cannot be."""
        try:
            async with self._database.write() as session:
                filled = await fill(session, ends, self._rules, self._now())
        except (SQLAlchemyError, ValueError) as error:
            log.warning("%s first polls could not be stored together: %s", len(ends), error)
            return ()
        return filled

    async def aclose(self) -> None:
        """Give back what was claimed for polls that did not begin; where that fails, the claims run out."""
        with suppress(SQLAlchemyError, OSError):
            while self._ahead:
                async with self._database.write() as session:
                    await polling.give_back(session, self._ahead.popleft())

    async def _record_quiet(self, session: AsyncSession, ends: Sequence[End]) -> None:
        if ends:
            now = self._now()
            outcomes = [(source, build_outcome(source, polled, 0, self._rules, now)) for source, polled in ends]
            await polling.record_successes(session, outcomes, now)
            log.info("sources %s polled: nothing changed", [source.id for source, _ in ends])


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
    is_first = source.first_polled_at is None
    read = partial(read_list, rules=source.rules, before=known) if is_list else partial(read_feed, is_first=is_first)
    or_else = "loa could not read this feed"
    return Polled(
        page, await run_apart(partial(read, page, now=now), f"source {source.id}", or_else=or_else, workers=workers)
    )


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
    stored = await _store(session, source, standing, polled.reading, rules=rules, now=now)
    is_news = bool(stored.dates) or source.first_polled_at is None
    if not is_news:
        await tell_silence(session, source, now)
    found = stored.dates if is_news else None
    outcome = build_outcome(source, polled, len(stored.dates), rules, now)
    await polling.record_finds(session, [Find(source, outcome, feed.title, found)], now)
    await _tell_success(session, source, polled, now)
    log.info("source %s polled: %s entries, %s new", source.id, len(feed.entries), stored.new)


async def _store(
    session: AsyncSession, source: Source, standing: Standing, reading: Reading, *, rules: PollRules, now: datetime
) -> _Stored:
    """Store what is new, learn the keys of what is known."""
    if reading.feed is None or not reading.feed.entries:
        return _Stored()
    stored = await storing.get_known(session, source.id, reading.wanted, has_keys=standing.has_keys)
    decision = decide(reading.feed.entries, {key: _build_known(row) for key, row in stored.items()}, reading.keys)
    newest = standing.newest
    is_first = _is_first(source, decision, stored.values(), newest)
    first_items = count_first(source, rules) if is_first else None
    announced = choose_announced(decision.new, newest=newest, first_items=first_items, now=now)
    if len(announced) == MOST_ANNOUNCED < len(decision.new):
        log.warning("source %s: %s new at once, %s are announced", source.id, len(decision.new), len(announced))
    articles = build_articles(decision.new, announced, now)
    await storing.add_articles(session, source.id, articles, now, host=source.host)
    foreign = {row.article_id for row in stored.values() if not row.own}
    await _learn(session, source, decision, foreign, now, size=rules.size)
    begun = [seen for seen in decision.seen if seen.article_id in foreign]
    if not is_first:
        await _owe_foreign(session, begun, newest, now)
    if has_gap(decision, was_polled=newest is not None):
        await polling.record_gap(session, source, now)
        await tell_admins(session, "source_gap", source, now)
    dates = [article.published_at for article in articles]
    return _Stored(len(articles), dates + [get_published_at(seen.entry, now) for seen in begun])


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
    await carriages.carry(session, source.id, foreign & said.keys())


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
    next_poll_at = now + spread(_get_back_off(source, error, rules), getattr(error, "retry_in", None), rules)
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
