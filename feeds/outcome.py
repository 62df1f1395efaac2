"""What a poll that came through brought: what is to be stored of it, and when the source is asked again."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from db.health import is_silent
from db.models import Source
from db.polling import Outcome
from db.storing import NewArticle
from feeds.decide import New, get_published_at
from feeds.reading import Reading
from feeds.rhythm import get_typical_gap, jitter, next_interval
from feeds.types import Feed, Page, Size


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


#: How a poll that came through ended.
End = tuple[Source, Polled]


def is_quiet(source: Source, polled: Polled, now: datetime) -> bool:
    """Whether a poll brought nothing that is to be stored or told: only its time is recorded."""
    return polled.feed is None and not has_moved(source, polled) and not source.told_of and not is_silent(source, now)


def has_moved(source: Source, polled: Polled) -> bool:
    return polled.page.moved_to not in (None, source.url)


def build_outcome(source: Source, polled: Polled, new: int, rules: PollRules, now: datetime) -> Outcome:
    page = polled.page
    asked = _get_asked(polled)
    interval = _get_interval(source, polled, new, rules, now)
    return Outcome(
        etag=source.etag if page.not_modified else page.etag,
        last_modified=source.last_modified if page.not_modified else page.last_modified,
        body_hash=polled.reading.digest or None,
        interval=interval,
        next_poll_at=now + spread(interval, asked, rules),
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


def spread(interval: float, asked: float | None, rules: PollRules) -> timedelta:
    """The interval with some jitter, never sooner than the settings or, within the interval, the source allow."""
    soonest = max(rules.min_interval, min(asked or 0.0, interval))
    return timedelta(seconds=jitter(interval, random.random(), minimum=soonest))  # noqa: S311 - it hides nothing


def count_first(source: Source, rules: PollRules) -> int:
    """How many of a source's first items are announced."""
    return 0 if source.quiet_start else rules.first_poll_items


def build_articles(new: Sequence[New], announced: Collection[New], now: datetime) -> list[NewArticle]:
    return [
        NewArticle(
            url=item.entry.url,
            host=urlsplit(item.entry.url).hostname or "",
            title=item.entry.title,
            description=item.entry.description,
            published_at=get_published_at(item.entry, now),
            keys=item.keys,
            announce=item in announced,
            folded=item.folded,
        )
        for item in new
    ]
