"""Polls one after another and side by side: validators, rhythm, failures, leases."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from functools import partial
from typing import TypeVar

import httpx
import pytest
from sqlalchemy import select

from db import polling
from db.lease import LEASE, kept
from db.models import Article, Delivery, Host, Role, Source, SourceState
from feeds.tell import FAILURES_TO_TELL
from tests import make
from tests.make import NOW
from tests.papers import item, items, rss
from tests.road import FEED, Owed, Road

T = TypeVar("T")

ETAG, DATE = 'W/"7"', "Thu, 06 Aug 2026 08:30:00 GMT"
MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
async def source(road: Road) -> int:
    """A source that was polled once, when its feed had the items 2, 1 and 0."""
    source_id = await road.source()
    road.web.put(FEED, rss(items(2, 1, 0)), etag=ETAG, last_modified=DATE)
    await road.poll_next()
    return source_id


@pytest.fixture
async def admin(road: Road) -> str:
    """The address of an admin's chat."""
    async with road.database.write() as session:
        member = await make.member(session, role=Role.ADMIN)
        return (await make.chat(session, member_id=member.id)).address


async def get_wait(road: Road, source_id: int) -> float:
    """Seconds until the source is polled again."""
    source = await road.get(Source, source_id)
    return (source.next_poll_at - road.clock()).total_seconds()


async def is_free(road: Road) -> bool:
    """Whether no lease is held."""
    leases = [row.leased_until for row in await road.rows(Source)]
    async with road.database.read() as session:
        hosts = (await session.scalars(select(Host.leased_until))).all()
    return not any(leases) and not any(hosts)


class TestValidators:
    async def test_they_are_sent_and_304_keeps_them(self, road: Road, source: int) -> None:
        """N13"""
        for _ in range(2):
            await road.poll_next()
        first, *others = road.web.asked(FEED)
        assert "If-None-Match" not in first.headers
        assert {(r.headers["If-None-Match"], r.headers["If-Modified-Since"]) for r in others} == {(ETAG, DATE)}
        row = await road.get(Source, source)
        assert (row.etag, row.last_modified, row.failures) == (ETAG, DATE, 0)
        assert row.last_ok_at == row.last_polled_at == road.clock()

    async def test_those_of_a_newer_feed_take_their_place(self, road: Road, source: int) -> None:
        road.web.put(FEED, rss(items(3, 2, 1)), etag='"8"')
        await road.poll_next()
        row = await road.get(Source, source)
        assert (row.etag, row.last_modified) == ('"8"', None)

    async def test_the_same_feed_sent_again_brings_nothing(
        self, road: Road, source: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """N14"""
        road.web.put(FEED, rss(items(2, 1, 0)), etag='"8"', deaf=True)
        monkeypatch.setattr("feeds.reading.parse_feed", None)
        await road.poll_next()
        assert (await road.get(Source, source)).etag == '"8"'
        assert len(await road.titles()) == 3

    @pytest.mark.parametrize("end", [RuntimeError("disk full"), asyncio.CancelledError()], ids=repr)
    async def test_a_crash_before_the_commit_keeps_the_old_ones(
        self, road: Road, source: int, end: BaseException, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """N13"""
        road.web.put(FEED, rss(items(4, 3, 2)), etag='"8"')

        async def crash(*_: object, **__: object) -> None:
            raise end

        with monkeypatch.context() as patch:
            patch.setattr(polling, "record_finds", crash)
            with pytest.raises(type(end)):
                await road.poll_next()
        row = await road.get(Source, source)
        assert (row.etag, len(await road.titles())) == (ETAG, 3)
        assert not await road.poll()
        road.clock.advance(LEASE)
        assert await road.poll()
        assert await road.titles(announced=True) == [item(3).title, item(4).title]
        assert (await road.get(Source, source)).etag == '"8"'

    async def test_a_304_that_nobody_asked_for_is_a_failure(self, road: Road) -> None:
        source_id = await road.source()
        road.web.put(FEED, status=304)
        await road.poll_next()
        row = await road.get(Source, source_id)
        assert (row.failures, row.first_polled_at) == (1, None)
        assert "304" in row.reason


class TestMoves:
    """N9"""

    NEW = "https://moi.example.vn/rss.xml"

    async def test_a_permanent_redirect_is_followed_for_good(self, road: Road, source: int, admin: str) -> None:
        road.web.put(FEED, status=301, location=self.NEW)
        road.web.put(self.NEW, rss(items(3, 2, 1, 0)))
        await road.poll_next()
        await road.poll_next()
        row = await road.get(Source, source)
        assert (row.url, row.host) == (self.NEW, "moi.example.vn")
        assert len(road.web.asked(FEED)) == 2
        assert await road.titles(announced=True) == [item(3).title]
        assert await road.owed() == [Owed(admin, "source_moved")]

    async def test_a_passing_redirect_changes_nothing(self, road: Road, source: int) -> None:
        road.web.put(FEED, status=302, location=self.NEW)
        road.web.put(self.NEW, rss(items(2, 1, 0)))
        await road.poll_next()
        assert (await road.get(Source, source)).url == FEED

    async def test_a_move_to_where_another_source_is_changes_nothing(self, road: Road, source: int) -> None:
        other = await road.source(self.NEW)
        road.web.put(self.NEW, rss(items(2, 1, 0)))
        road.web.put(FEED, status=301, location=self.NEW)
        for _ in range(2):
            await road.poll_next()
        assert [(await road.get(Source, one)).url for one in (source, other)] == [FEED, self.NEW]

    async def test_what_is_gone_is_polled_no_more_and_the_admins_hear_of_it(
        self, road: Road, source: int, admin: str
    ) -> None:
        road.web.put(FEED, status=410)
        await road.poll_next()
        row = await road.get(Source, source)
        assert (row.state, row.reason) == (SourceState.GONE, "gone for good (410)")
        assert await is_free(road)
        road.clock.advance(timedelta(days=30))
        assert not await road.poll()
        assert await road.owed() == [Owed(admin, "source_gone")]


@pytest.mark.usefixtures("source")
class TestFailures:
    """F9"""

    async def test_one_notice_after_some_failures_and_one_when_it_is_back(self, road: Road, admin: str) -> None:
        feed = rss(items(3, 2, 1, 0))
        for error in (httpx.ConnectError("down"), httpx.ReadTimeout("slow")):
            road.web.put(FEED, error=error)
            await road.poll_next()
        assert await road.owed() == []
        road.web.put(FEED, status=500)
        for _ in range(4):
            await road.poll_next()
        assert await road.owed() == [Owed(admin, "source_failing")]
        road.web.put(FEED, feed)
        await road.poll_next()
        assert await road.owed() == [Owed(admin, "source_failing"), Owed(admin, "source_back")]
        assert await road.titles(announced=True) == [item(3).title]

    async def test_five_flaps_a_day_make_one_notice(self, road: Road, admin: str) -> None:
        for _ in range(5):
            road.web.put(FEED, status=500)
            for _ in range(FAILURES_TO_TELL):
                await road.poll_next()
            road.web.put(FEED, rss(items(2, 1, 0)), deaf=True)
            await road.poll_next()
        assert Counter(await road.notices()) == {"source_failing": 1, "source_back": 1}
        assert (await road.rows(Delivery))[0].data["reason"] == "the server answered 500 Internal Server Error"

    async def test_a_page_that_is_no_feed_says_so_in_the_row(self, road: Road, source: int) -> None:
        road.web.put(FEED, "<html><title>Bảo trì</title></html>")
        await road.poll_next()
        row = await road.get(Source, source)
        assert (row.failures, row.reason, row.etag) == (1, "a web page, no feed", ETAG)
        assert await is_free(road)

    async def test_it_is_asked_ever_more_slowly(self, road: Road, source: int) -> None:
        road.web.put(FEED, status=500)
        waits = []
        for _ in range(8):
            await road.poll_next()
            waits.append(await get_wait(road, source))
        assert 0.9 * 2 * MINUTE <= waits[0] <= 1.1 * 2 * MINUTE
        assert waits[:4] == sorted(waits[:4])
        assert 0.9 * HOUR <= waits[-1] <= 1.1 * HOUR


@pytest.mark.parametrize(("status", "wait"), [(429, 900), (503, 20_000)])
async def test_retry_after_is_obeyed(road: Road, source: int, status: int, wait: int) -> None:
    """F3"""
    for _ in range(3):
        road.web.put(FEED, status=status, retry_after=str(wait))
        await road.poll_next()
        assert wait <= await get_wait(road, source) <= 1.1 * wait


@pytest.mark.parametrize(("status", "wait", "held"), [(429, 900, 900), (503, 20_000, HOUR)])
@pytest.mark.usefixtures("source")
async def test_a_host_that_wants_to_be_left_alone_is_asked_for_nothing(
    road: Road, status: int, wait: int, held: float
) -> None:
    """F3"""
    road.web.put(FEED, status=status, retry_after=str(wait))
    await road.poll_next()
    await road.source(FEED.replace("tin", "khac"))
    road.clock.advance(timedelta(seconds=held - 1))
    assert not await road.poll()
    assert not await road.read()
    road.clock.advance(timedelta(seconds=1))
    assert await road.poll()


async def test_a_feed_on_which_loa_itself_fails_is_asked_ever_more_slowly(
    road: Road, source: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """F9"""
    road.web.put(FEED, rss(items(3, 2, 1, 0)))
    with monkeypatch.context() as patch:
        patch.setattr("feeds.reading.parse_feed", None)
        for _ in range(2):
            await road.poll_next()
    row = await road.get(Source, source)
    assert (row.failures, row.reason) == (2, "loa could not read this feed")
    assert await get_wait(road, source) >= 0.9 * 4 * MINUTE
    assert "'NoneType' object is not callable" in caplog.text
    await road.poll_next()
    assert await road.titles(announced=True) == [item(3).title]


class TestRhythm:
    async def test_a_fresh_source_is_asked_at_the_shortest_interval(self, road: Road, source: int) -> None:
        assert MINUTE <= await get_wait(road, source) <= 1.1 * MINUTE

    async def test_a_quiet_one_is_asked_ever_more_slowly_up_to_the_longest(self, road: Road) -> None:
        road.web.put(FEED, rss([item(0, published_at=NOW - timedelta(days=9)), item(1)]), etag=ETAG)
        source_id = await road.source()
        await road.poll_next()
        waits = []
        for days in (0, 0.2, 0.5, 1, 9):
            road.clock.advance(timedelta(days=days))
            await road.poll_next()
            waits.append(await get_wait(road, source_id))
        assert waits[0] < 2 * MINUTE < waits[1] < waits[2]
        assert 0.9 * HOUR <= waits[-1] <= 1.1 * HOUR
        assert (await road.get(Source, source_id)).interval == HOUR

    async def test_one_that_publishes_often_stays_fast(self, road: Road) -> None:
        often = [item(n, published_at=NOW - timedelta(minutes=8 * n)) for n in range(5)]
        source_id = await road.source()
        road.web.put(FEED, rss(often))
        await road.poll_next()
        road.clock.advance(timedelta(days=9))
        road.web.put(FEED, rss([*often, item(7, published_at=NOW - timedelta(hours=1))]))
        await road.poll_next()
        assert await get_wait(road, source_id) <= 2.2 * MINUTE

    @pytest.mark.parametrize(
        ("ttl", "headers", "wait"),
        [(20, {}, 20 * MINUTE), (None, {"cache_control": "max-age=600"}, 600.0), (600, {}, HOUR)],
        ids=["ttl", "max-age", "longest"],
    )
    async def test_what_the_source_wishes_counts(
        self, road: Road, ttl: int | None, headers: dict[str, str], wait: float
    ) -> None:
        source_id = await road.source()
        road.web.put(FEED, rss(items(1), ttl=ttl), **headers)  # type: ignore[arg-type]
        await road.poll_next()
        assert wait <= await get_wait(road, source_id) <= 1.1 * wait


class TestSideBySide:
    async def test_a_host_that_hangs_gets_one_request_and_keeps_nobody_waiting(self, road: Road) -> None:
        """F8"""
        gate = asyncio.Event()
        for number in range(3):
            url = f"https://treo.example.vn/{number}.xml"
            await road.source(url)
            road.web.put(url, rss(items(number)), gate=gate)
        hung = await start(road.poll(), road)
        await road.source()
        road.web.put(FEED, rss(items(5)))
        assert sorted(await asyncio.gather(road.poll(), road.poll(), road.poll())) == [False, False, True]
        assert [request.url.host for request in road.web.requests] == ["treo.example.vn", "thongke.example.vn"]
        gate.set()
        assert await hung
        while await road.poll():
            pass
        assert (road.web.busiest, len(road.web.requests)) == (2, 4)

    async def test_polls_at_once_store_each_entry_once(self, road: Road) -> None:
        """D12"""
        for number in range(4):
            url = f"https://bao{number}.example.vn/rss.xml"
            await road.source(url)
            road.web.put(url, rss(items(*range(5), host=f"bao{number}.example.vn")))
        while any(await asyncio.gather(*(road.poll() for _ in range(8)))):
            pass
        assert Counter(article.url for article in await road.rows(Article)).most_common(1)[0][1] == 1
        assert (len(await road.titles()), len(road.web.requests)) == (20, 4)

    async def test_a_cancelled_poll_gives_its_claim_back(self, road: Road) -> None:
        """P3"""
        await road.source()
        road.web.put(FEED, rss(items(1)), gate=asyncio.Event())
        await cancel(await start(road.poll(), road))
        assert await is_free(road)
        road.web.put(FEED, rss(items(1)))
        assert await road.poll()

    async def test_a_long_poll_keeps_its_claim(self, road: Road, source: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """F8"""
        monkeypatch.setattr("feeds.poll.kept", partial(kept, every=0.01))
        gate = asyncio.Event()
        road.web.put(FEED, rss(items(3, 2, 1, 0)), gate=gate)
        long = await start(road.poll_next(), road)
        for _ in range(3):
            until = road.clock.advance(LEASE / 2) + LEASE
            while (await road.get(Source, source)).leased_until != until:  # noqa: ASYNC110 - each look is a wait
                await asyncio.sleep(0)
            assert not await road.poll()
        gate.set()
        await long
        assert await road.titles(announced=True) == [item(3).title]
        assert await is_free(road)

    @pytest.mark.parametrize("status", [500, 200], ids=["failed", "brought news"])
    async def test_a_poll_that_outlived_its_lease_does_not_count(self, road: Road, source: int, status: int) -> None:
        """P4"""
        gate = asyncio.Event()
        road.web.put(FEED, rss(items(3, 2)), status=status, gate=gate)
        late = await start(road.poll_next(), road)
        road.clock.advance(LEASE)
        road.web.put(FEED, rss(items(3, 2, 1, 0)))
        assert await road.poll()
        gate.set()
        await late
        assert await road.titles(announced=True) == [item(3).title]
        assert (await road.get(Source, source)).failures == 0

    @pytest.mark.usefixtures("source")
    async def test_a_late_poll_that_is_cancelled_takes_nothing_from_the_next_one(self, road: Road) -> None:
        """P4"""
        road.web.put(FEED, rss(items(3)), gate=asyncio.Event())
        late = await start(road.poll_next(), road)
        road.clock.advance(LEASE)
        async with road.database.write() as session:
            assert await polling.claim_sources(session, road.clock(), LEASE)
        await cancel(late)
        assert not await is_free(road)


async def start(work: Coroutine[object, object, T], road: Road) -> asyncio.Task[T]:
    """Begin a step and come back when its request is out."""
    seen = len(road.web.requests)
    task = asyncio.create_task(work)
    await road.web.wait_for_requests(seen + 1)
    return task


async def cancel(task: asyncio.Task[T]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
