"""Bringing in older pages: every list of the demo's newsroom over HTTP, broken off and taken up, without a word."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest

from bot.demo.archive import load_articles
from bot.demo.lists import LAYOUTS
from bot.demo.newsroom import ITEMS_PER_PAGE, Newsroom
from db import hosts, polling
from db.engine import Database
from db.models import Article, Carriage, Delivery, Host, Source
from feeds.backfill import PAUSE, Step, walk_back
from feeds.client import create_client
from feeds.discover import discover
from feeds.errors import FetchError, RobotsError
from feeds.fetch import Fetcher
from feeds.poll import Poller
from feeds.rules import PageRules
from feeds.walk import Walk
from tests import make
from tests.fakes import Clock
from tests.road import Road

PATHS = ["/tin-tuc", *(layout.path for layout in LAYOUTS)]
LIST = "https://thongke.example.vn/tin"


class Waits:
    """Notes for how long a walk wanted to wait, and waits for nothing."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with create_client([ip_network("127.0.0.0/8")]) as client:
        yield Fetcher(client)


@pytest.fixture
async def newsroom(clock: Clock) -> AsyncIterator[Newsroom]:
    """A site without a feed, whose whole archive is out."""
    articles = load_articles()
    async with Newsroom(articles, now=clock, opening=len(articles) - 1, has_feed=False) as newsroom:
        yield newsroom


async def watch(database: Database, url: str, rules: PageRules, clock: Clock) -> Source:
    async with database.write() as session:
        topic = await make.topic(session, now=clock())
        host = httpx.URL(url).host
        source = await polling.add_source(
            session,
            url=url,
            host=host,
            name="",
            topic_id=topic.id,
            now=clock(),
            kind="page",
            rules=asdict(rules),
        )
        assert source is not None
        await make.chat(session, follows=(topic.id,), now=clock())
        return source


async def watch_found(road: Road, fetcher: Fetcher, url: str) -> Source:
    found = await discover(fetcher, url, road.clock())
    assert found.rules is not None
    return await watch(road.database, url, found.rules, road.clock)


async def take(
    road: Road,
    fetcher: Fetcher,
    source: Source,
    walk: Walk | None = None,
    *,
    waits: Waits | None = None,
    most: int = 99,
) -> list[Step]:
    """The steps of a walk that is broken off after `most`."""
    steps: list[Step] = []
    walking = walk_back(road.database, fetcher, source, walk or Walk(), now=road.clock, wait=waits or Waits())
    async with aclosing(walking):
        async for step in walking:
            steps.append(step)
            if len(steps) == most:
                break
    return steps


def titles_of(newsroom: Newsroom) -> list[str]:
    return sorted(post.article.title for post in newsroom.published)


@pytest.mark.parametrize("path", PATHS)
async def test_every_list_is_brought_in_whole_and_without_a_word(
    road: Road, fetcher: Fetcher, newsroom: Newsroom, path: str
) -> None:
    """N18"""
    source = await watch_found(road, fetcher, newsroom.url + path)
    waits = Waits()
    steps = await take(road, fetcher, source, waits=waits)
    assert sorted(await road.titles(announced=False)) == titles_of(newsroom)
    assert steps[-1].articles == len(newsroom.published)
    assert len(steps) == -(-len(newsroom.published) // ITEMS_PER_PAGE)
    assert waits.seconds == [PAUSE.total_seconds()] * (len(steps) - 1)
    assert (await road.get(Source, source.id)).backfill is None
    while await road_reads(road, fetcher):
        pass
    assert await road.rows(Delivery) == []


async def road_reads(road: Road, fetcher: Fetcher) -> bool:
    road.fetcher = fetcher
    road.clock.advance(timedelta(minutes=1))
    return await road.read()


@pytest.mark.parametrize("path", PATHS)
async def test_a_walk_that_broke_off_goes_on_where_it_was(
    road: Road, fetcher: Fetcher, newsroom: Newsroom, path: str
) -> None:
    """N18"""
    source = await watch_found(road, fetcher, newsroom.url + path)
    await take(road, fetcher, source, most=2)
    token = (await road.get(Source, source.id)).backfill
    assert token is not None
    assert token["number"] == 3
    assert len(await road.titles()) == 2 * ITEMS_PER_PAGE
    steps = await take(road, fetcher, source, Walk(start=token))
    assert steps[-1].articles == len(newsroom.published) - 2 * ITEMS_PER_PAGE
    assert sorted(await road.titles()) == titles_of(newsroom)


async def test_pages_are_taken_in_portions(road: Road, fetcher: Fetcher, newsroom: Newsroom) -> None:
    """N18"""
    source = await watch_found(road, fetcher, f"{newsroom.url}/diem-tin")
    for number in (2, 3):
        token = (await road.get(Source, source.id)).backfill
        assert len(await take(road, fetcher, source, Walk(1, start=token))) == 1
        token = (await road.get(Source, source.id)).backfill
        assert token is not None
        assert token["number"] == number


async def test_a_second_walk_brings_nothing_twice(road: Road, fetcher: Fetcher, newsroom: Newsroom) -> None:
    """N4"""
    source = await watch_found(road, fetcher, f"{newsroom.url}/su-kien")
    await take(road, fetcher, source)
    steps = await take(road, fetcher, source)
    assert steps[-1].articles == 0
    assert sorted(await road.titles()) == titles_of(newsroom)


async def test_what_is_new_on_the_first_page_is_left_to_the_poll(
    road: Road, fetcher: Fetcher, newsroom: Newsroom
) -> None:
    """N1"""
    source = await watch_found(road, fetcher, f"{newsroom.url}/tin-tuc")
    assert await Poller(road.database, fetcher, road.rules, road.clock).poll_one()
    source = await road.get(Source, source.id)
    road.clock.advance(timedelta(seconds=5))
    (new,) = newsroom.publish()
    await take(road, fetcher, source)
    assert new.article.title not in await road.titles()
    road.clock.advance(timedelta(seconds=5))
    assert await Poller(road.database, fetcher, road.rules, road.clock).poll_one()
    assert await road.titles(announced=True) == [new.article.title]


async def test_nothing_older_than_the_day_is_brought_in(road: Road, fetcher: Fetcher, newsroom: Newsroom) -> None:
    """N18"""
    source = await watch_found(road, fetcher, f"{newsroom.url}/tin-tuc")
    since = newsroom.published[ITEMS_PER_PAGE + 1].published_at.replace(hour=0, minute=0)
    await take(road, fetcher, source, Walk(since=since))
    wanted = [post for post in newsroom.published if post.published_at >= since]
    assert sorted(await road.titles()) == sorted(post.article.title for post in wanted)


def news(*numbers: int, more: str = "") -> str:
    rows = "".join(f'<li class="n"><a href="/tin/{n}.html">Bản tin thống kê số {n}</a></li>' for n in numbers)
    return f"<html><body><ul>{rows}</ul>{more}</body></html>"


async def put_list(road: Road, robots: str = "") -> Source:
    """A list of two pages without dates, whose site has rules for programs."""
    road.web.put("https://thongke.example.vn/robots.txt", robots)
    road.web.put(LIST, news(6, 5, 4, more='<a rel="next" href="/tin?page=2">Tiếp</a>'), content_type="text/html")
    road.web.put(f"{LIST}?page=2", news(3, 2, 1), content_type="text/html")
    return await watch(road.database, LIST, PageRules("li.n"), road.clock)


async def test_the_pause_is_what_the_site_asks_for(road: Road) -> None:
    """F8"""
    source = await put_list(road, "User-agent: *\nCrawl-delay: 20")
    waits = Waits()
    await take(road, road.fetcher, source, waits=waits)
    assert waits.seconds == [20.0]
    async with road.database.read() as session:
        host = await session.get_one(Host, source.host)
    assert host.leased_until is None
    assert host.next_request_at == road.clock() + timedelta(seconds=20)


async def test_pages_that_are_kept_from_programs_are_not_walked(road: Road) -> None:
    """F8"""
    source = await put_list(road, "User-agent: *\nDisallow: /*?page=")
    with pytest.raises(RobotsError):
        await take(road, road.fetcher, source)
    assert road.web.asked(f"{LIST}?page=2") == []
    token = (await road.get(Source, source.id)).backfill
    assert token is not None
    assert token["url"] == f"{LIST}?page=2"
    assert len(await road.titles()) == 3


async def test_an_article_without_a_day_is_never_newer_than_those_known(road: Road) -> None:
    """F6"""
    source = await put_list(road)
    async with road.database.write() as session:
        known = await make.article(session, source_id=source.id, published_at=road.clock() - timedelta(days=9))
    await take(road, road.fetcher, source)
    assert {one.published_at for one in await road.rows(Article)} == {known.published_at}


async def test_a_host_that_is_never_free_is_left_alone(road: Road) -> None:
    """F8"""
    source = await put_list(road)
    async with road.database.write() as session:
        assert await hosts.claim_host(session, source.host, road.clock(), timedelta(hours=1))
    with pytest.raises(FetchError, match="busy"):
        await take(road, road.fetcher, source)
    assert road.web.asked(LIST) == []


async def test_a_walk_notes_what_another_list_of_the_site_had(road: Road, fetcher: Fetcher, newsroom: Newsroom) -> None:
    """N8"""
    for path in PATHS[:2]:
        await take(road, fetcher, await watch_found(road, fetcher, newsroom.url + path))
    first, second = await road.rows(Source)
    assert {article.source_id for article in await road.rows(Article)} == {first.id}
    assert len(await road.rows(Carriage)) == len(newsroom.published)
    assert {one.source_id for one in await road.rows(Carriage)} == {second.id}
