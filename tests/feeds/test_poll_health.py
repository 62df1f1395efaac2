"""What the admins hear of a source's health, once each, and what stands in its row."""

import asyncio
from collections import Counter
from datetime import timedelta

import httpx
import pytest

from db import polling
from db.health import LAYOUTS_LOST, HealthState, get_health
from db.models import Delivery, Host, Role, Source
from feeds.errors import LayoutError
from feeds.tell import FAILURES_TO_TELL, MOST_AT_ONCE
from tests import make
from tests.make import NOW
from tests.papers import item, items, rss
from tests.road import FEED, Road

DAY = timedelta(days=1)
OTHER = "https://moi.example.vn/rss.xml"
SITE = "https://thongke.example.vn"


@pytest.fixture(autouse=True)
async def admin(road: Road) -> None:
    async with road.database.write() as session:
        member = await make.member(session, role=Role.ADMIN)
        await make.chat(session, member_id=member.id)


async def get_state(road: Road, source_id: int) -> HealthState:
    return get_health(await road.get(Source, source_id), road.clock()).state


async def set_source(road: Road, source_id: int, **values: object) -> None:
    async with road.database.write() as session:
        source = await session.get_one(Source, source_id)
        for name, value in values.items():
            setattr(source, name, value)


async def add_daily(road: Road) -> int:
    """A source that had news on each of the last nine days."""
    road.web.put(FEED, rss([item(n, published_at=NOW - n * DAY) for n in range(9)]), etag='"1"')
    source_id = await road.source()
    await road.poll_next()
    return source_id


async def fail(road: Road, times: int) -> None:
    for _ in range(times):
        await road.poll_next()


class TestSilence:
    async def test_it_is_told_once_and_stands_in_the_row_until_there_is_news(self, road: Road) -> None:
        source_id = await add_daily(road)
        for _ in range(12):
            road.clock.advance(DAY)
            await road.poll_next()
        assert await road.notices() == ["source_silent"]
        assert await get_state(road, source_id) is HealthState.SILENT
        (notice,) = await road.rows(Delivery)
        assert notice.data["gap"] == DAY.total_seconds()
        assert notice.data["quiet"] >= 3 * DAY.total_seconds()
        road.web.put(FEED, rss([item(20, published_at=road.clock())]), etag='"2"')
        await road.poll_next()
        assert await get_state(road, source_id) is HealthState.WELL
        for _ in range(40):  # longer, for a pause of two weeks is known by now
            road.clock.advance(DAY)
            await road.poll_next()
        assert await road.notices() == ["source_silent"] * 2

    async def test_a_source_with_few_news_is_never_missed(self, road: Road) -> None:
        road.web.put(FEED, rss(items(1, 0)), etag='"1"')
        await road.source()
        for _ in range(5):
            await road.poll_next()
            road.clock.advance(20 * DAY)
        assert await road.notices() == []

    async def test_one_that_cannot_be_read_is_failing_and_not_silent(self, road: Road) -> None:
        source_id = await add_daily(road)
        road.web.put(FEED, status=500)
        for _ in range(12):
            road.clock.advance(DAY)
            await road.poll_next()
        assert await road.notices() == ["source_failing"]
        assert await get_state(road, source_id) is HealthState.FAILING


class TestNotes:
    async def test_a_gap_stands_in_the_row_for_a_week(self, road: Road) -> None:
        """N10"""
        source_id = await road.source()
        road.web.put(FEED, rss(items(2, 1, 0)))
        await road.poll_next()
        road.web.put(FEED, rss(items(9, 8, 7, 6, 5)))
        await road.poll_next()
        assert await road.notices() == ["source_gap"]
        assert await get_state(road, source_id) is HealthState.GAP
        road.clock.advance(8 * DAY)
        assert await get_state(road, source_id) is HealthState.WELL

    async def test_a_move_stands_in_the_row_and_the_exception_stays_behind(self, road: Road) -> None:
        """N9 F5"""
        source_id = await road.source()
        await set_source(road, source_id, allow_bad_certificate=True)
        road.web.put(FEED, status=301, location=OTHER)
        road.web.put(OTHER, rss(items(2, 1, 0)))
        await road.poll_next()
        assert await road.notices() == ["source_moved"]
        assert await get_state(road, source_id) is HealthState.MOVED
        assert not (await road.get(Source, source_id)).allow_bad_certificate

    async def test_a_move_on_the_same_host_keeps_the_exception(self, road: Road) -> None:
        """N9 F5"""
        source_id = await road.source()
        await set_source(road, source_id, allow_bad_certificate=True)
        road.web.put(FEED, status=301, location=f"{SITE}/moi.xml")
        road.web.put(f"{SITE}/moi.xml", rss(items(2, 1, 0)))
        await road.poll_next()
        assert (await road.get(Source, source_id)).allow_bad_certificate

    async def test_what_is_gone_stands_in_the_row(self, road: Road) -> None:
        """N9"""
        source_id = await road.source()
        road.web.put(FEED, status=410)
        await road.poll_next()
        assert await road.notices() == ["source_gone"]
        assert await get_state(road, source_id) is HealthState.GONE


class TestFailures:
    """F9"""

    async def test_one_that_stays_down_after_flaps_is_told_the_next_day(self, road: Road) -> None:
        source_id = await road.source()
        for _ in range(3):
            road.web.put(FEED, status=500)
            await fail(road, FAILURES_TO_TELL)
            road.web.put(FEED, rss(items(0)), deaf=True)
            await road.poll_next()
        assert Counter(await road.notices()) == {"source_failing": 1, "source_back": 1}
        road.web.put(FEED, status=500)
        await fail(road, FAILURES_TO_TELL)
        assert len(await road.notices()) == 2
        assert await get_state(road, source_id) is HealthState.FAILING
        road.clock.advance(DAY)
        await fail(road, 5)
        assert Counter(await road.notices()) == {"source_failing": 2, "source_back": 1}

    async def test_a_resumed_source_is_told_of_anew(self, road: Road) -> None:
        source_id = await road.source()
        road.web.put(FEED, status=500)
        await fail(road, 4)
        async with road.database.write() as session:
            await polling.pause_source(session, source_id)
            await polling.resume_source(session, source_id, road.clock.advance(DAY))
        await fail(road, 4)
        assert await road.notices() == ["source_failing"] * 2

    async def test_an_office_without_a_line_hears_of_many_sources_as_one(self, road: Road) -> None:
        urls = [f"https://a{number}.example.vn/rss" for number in range(MOST_AT_ONCE + 4)]
        for url in urls:
            road.web.put(url, error=httpx.ConnectError("down"))
            await road.source(url)
        for _ in range(FAILURES_TO_TELL + 1):
            road.clock.advance(timedelta(minutes=20))
            while await road.poll():
                pass
        assert Counter(await road.notices()) == {"source_failing": MOST_AT_ONCE, "sources_failing": 1}
        for url in urls:
            road.web.put(url, rss(items(0)))
        road.clock.advance(timedelta(hours=2))
        while await road.poll():
            pass
        back = {"source_back": MOST_AT_ONCE, "sources_back": 1}
        assert Counter(await road.notices()) == {"source_failing": MOST_AT_ONCE, "sources_failing": 1} | back


class TestLayout:
    """N16"""

    async def break_layout(self, road: Road, monkeypatch: pytest.MonkeyPatch, times: int = 1) -> None:
        def lose(*_: object) -> None:
            raise LayoutError("the rules find nothing")

        with monkeypatch.context() as patch:
            patch.setattr("feeds.reading.parse_feed", lose)
            await fail(road, times)

    async def test_it_is_told_once_after_a_few_polls_and_once_when_it_is_back(
        self, road: Road, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source_id = await road.source()
        road.web.put(FEED, rss(items(1, 0)))
        await self.break_layout(road, monkeypatch, LAYOUTS_LOST - 1)
        assert await road.notices() == []
        await self.break_layout(road, monkeypatch, 4)
        assert await road.notices() == ["source_broken"]
        assert await get_state(road, source_id) is HealthState.BROKEN
        await road.poll_next()
        assert await road.notices() == ["source_broken", "source_back"]
        assert await get_state(road, source_id) is HealthState.WELL
        assert (await road.get(Source, source_id)).layout_failures == 0

    async def test_failures_between_do_not_count_as_lost(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
        source_id = await road.source()
        road.web.put(FEED, rss(items(1, 0)))
        await self.break_layout(road, monkeypatch, 2)
        road.web.put(FEED, status=500)
        await fail(road, 2)
        assert (await road.notices(), await get_state(road, source_id)) == ([], HealthState.FAILING)
        await fail(road, 1)
        assert await road.notices() == ["source_failing"]


class TestQuietStart:
    """P5"""

    async def add(self, road: Road) -> int:
        source_id = await road.source()
        await set_source(road, source_id, quiet_start=True)
        return source_id

    async def test_what_an_imported_feed_has_is_not_announced_whatever_is_set(self, road: Road) -> None:
        await self.add(road)
        road.rules = road.rules.__class__(min_interval=60.0, max_interval=3600.0, first_poll_items=9)
        road.web.put(FEED, rss(items(2, 1, 0)))
        await road.poll_next()
        assert await road.titles(announced=True) == []
        road.web.put(FEED, rss(items(3, 2, 1, 0)))
        await road.poll_next()
        assert await road.titles(announced=True) == [item(3).title]

    async def test_nobody_hears_of_imported_feeds_that_never_worked(self, road: Road) -> None:
        await self.add(road)
        road.web.put(FEED, status=500)
        await fail(road, 5)
        road.web.put(FEED, status=301, location=OTHER)
        road.web.put(OTHER, rss(items(2, 1, 0)))
        await road.poll_next()
        assert await road.notices() == []
        road.web.put(OTHER, status=500)
        await fail(road, FAILURES_TO_TELL)
        assert await road.notices() == ["source_failing"]

    async def test_nobody_hears_of_imported_feeds_that_are_gone(self, road: Road) -> None:
        source_id = await self.add(road)
        road.web.put(FEED, status=410)
        await road.poll_next()
        assert await road.notices() == []
        assert await get_state(road, source_id) is HealthState.GONE


class TestRobots:
    async def test_a_host_waits_as_long_as_it_wishes(self, road: Road) -> None:
        source_id = await road.source()
        road.web.put(FEED, rss(items(0)))
        road.web.put(f"{SITE}/robots.txt", "User-agent: *\nCrawl-delay: 40")
        await road.fetcher.robots.check(FEED, road.clock())
        await road.poll_next()
        async with road.database.read() as session:
            host = await session.get_one(Host, "thongke.example.vn")
        assert host.next_request_at == road.clock() + timedelta(seconds=40)
        assert not await road.read()
        road.clock.advance(timedelta(seconds=40))
        assert await road.read()
        assert (await road.get(Source, source_id)).failures == 0

    async def test_feeds_and_what_they_offer_are_read_without_asking(self, road: Road) -> None:
        await road.source()
        road.web.put(FEED, rss(items(0)))
        await road.poll_next()
        await road.read()
        assert not road.web.asked(f"{SITE}/robots.txt")

    async def test_the_articles_of_a_page_are_read_only_where_the_site_allows(self, road: Road) -> None:
        source_id = await road.source()
        road.web.put(FEED, rss(items(0)))
        await road.poll_next()
        await set_source(road, source_id, kind="page")
        road.web.put(f"{SITE}/robots.txt", "User-agent: *\nDisallow: /")
        await road.read_all()
        assert not road.web.asked(item(0).url)

    async def test_a_cancelled_check_gives_the_claim_back(self, road: Road) -> None:
        source_id = await road.source()
        await set_source(road, source_id, kind="page")
        road.web.put(f"{SITE}/robots.txt", gate=asyncio.Event())
        polls = asyncio.create_task(road.poll())
        await road.web.wait_for_requests(1)
        polls.cancel()
        with pytest.raises(asyncio.CancelledError):
            await polls
        assert (await road.get(Source, source_id)).leased_until is None
