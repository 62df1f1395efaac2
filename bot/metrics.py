"""Counts what this process does, and shows it with what waits to Prometheus: /metrics. It knows no names."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.channel import ChannelError, ClosedError, RejectedError, TemporaryError, UnknownOutcomeError
from bot.deliver import Ending
from db.gauges import Gauges
from db.lanes import Due
from db.models import ChatState

#: Seconds for which what was measured serves, however often it is asked for.
FRESH = 5.0
#: From found to sent, in seconds.
_BUCKETS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 6 * 3600, 24 * 3600)


class Measured(NamedTuple):
    """What waits, at a time, and how many changes the search index of this machine is behind."""

    gauges: Gauges
    index_behind: int
    now: datetime


Measure = Callable[[], Awaitable[Measured]]


class Metrics:
    """The counters of one process, from its start, and what was measured last."""

    def __init__(self) -> None:
        self.registry = one = CollectorRegistry()
        ProcessCollector(registry=one)
        self.polls = Counter("loa_polls", "Looks at a source", registry=one)
        self.articles_read = Counter("loa_articles_read", "Articles whose page was read", registry=one)
        self.failures = Counter("loa_step_failures", "Steps that failed unforeseen", ["step"], registry=one)
        self._endings = Counter(
            "loa_deliveries", "Messages by what became of them", ["channel", "outcome"], registry=one
        )
        self._retries = Counter(
            "loa_delivery_refusals",
            "Messages the platform did not take, by its reason",
            ["channel", "why"],
            registry=one,
        )
        self._seconds = Histogram(
            "loa_found_to_sent_seconds",
            "From finding an article to sending it",
            ["channel"],
            buckets=_BUCKETS,
            registry=one,
        )
        self._waiting = _Waiting(one)
        self._measured_at = -FRESH

    def count(self, due: Due, ending: Ending, error: ChannelError | None, now: datetime) -> None:
        """`bot.deliver.Count`"""
        self._endings.labels(due.channel, ending).inc()
        if error is not None:
            self._retries.labels(due.channel, _name(error)).inc()
        elif due.news and due.news.found_at:
            self._seconds.labels(due.channel).observe((now - due.news.found_at).total_seconds())

    def make_routes(self, measure: Measure) -> Sequence[web.RouteDef]:
        async def show(_request: web.Request) -> web.Response:
            await self._measure(measure)
            return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

        return [web.get("/metrics", show)]

    async def _measure(self, measure: Measure) -> None:
        """A store that does not answer says so; the counters are told all the same."""
        if time.monotonic() - self._measured_at < FRESH:
            return
        try:
            self._waiting.show(await measure())
        except SQLAlchemyError:
            self._waiting.hide()
        self._measured_at = time.monotonic()


class _Waiting:
    """What waits, as gauges."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["channel", "chat"]
        self._up = Gauge("loa_database_up", "Whether the database answers", registry=registry)
        self._owed = Gauge("loa_owed", "Messages owed, by the state of their chat", labels, registry=registry)
        self._oldest = Gauge("loa_oldest_debt_seconds", "Age of the oldest of them", labels, registry=registry)
        self._chats = Gauge("loa_chats", "Chats by their state", labels, registry=registry)
        self._to_read = Gauge("loa_articles_to_read", "Articles whose page is not read yet", registry=registry)
        self._sources = Gauge("loa_sources", "Active sources", ["health"], registry=registry)
        self._poll_lag = Gauge("loa_poll_lag_seconds", "How late the next look at a source is", registry=registry)
        self._behind = Gauge("loa_index_behind", "Changes the search index has not taken in", registry=registry)

    def show(self, measured: Measured) -> None:
        gauges = measured.gauges
        self.hide()
        self._up.set(1)
        for owed in gauges.owed:
            self._owed.labels(owed.channel, owed.state).set(owed.debts)
            self._oldest.labels(owed.channel, owed.state).set((measured.now - owed.oldest).total_seconds())
        for (channel, state), count in gauges.chats.items():
            self._chats.labels(channel, state).set(count)
            if state is ChatState.ACTIVE and not any(one.channel == channel for one in gauges.owed):
                self._owed.labels(channel, state).set(0)
        self._to_read.set(gauges.to_read)
        self._sources.labels("well").set(gauges.sources - gauges.failing_sources)
        self._sources.labels("failing").set(gauges.failing_sources)
        self._poll_lag.set(gauges.poll_lag.total_seconds())
        self._behind.set(measured.index_behind)

    def hide(self) -> None:
        """What was measured before is not true any more."""
        self._up.set(0)
        for gauge in (self._owed, self._oldest, self._chats, self._sources):
            gauge.clear()
        for gauge in (self._to_read, self._poll_lag, self._behind):
            gauge.set(math.nan)


def _name(error: ChannelError) -> str:
    """One of a few words, however many reasons a platform may give."""
    match error:
        case TemporaryError(retry_in=None):
            return "unreachable"
        case TemporaryError():
            return "told_to_wait"
        case UnknownOutcomeError():
            return "unknown_outcome"
        case ClosedError():
            return "bot_refused"
        case RejectedError():
            return "message_refused"
    return type(error).__name__.removesuffix("Error").lower()
