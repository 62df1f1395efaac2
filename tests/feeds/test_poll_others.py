"""Polls that meet what another source brought: who is owed it, and what happens when two are at it at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db import carriages, outbox, summaries
from db.engine import Database
from db.models import Article, ArticleState, Carriage, Delivery, Source, TextOrigin
from db.statements import wait_in_line
from db.summaries import Reading
from feeds.decide import MOST_ANNOUNCED
from feeds.poll import Poller
from tests import make
from tests.conftest import Ground
from tests.make import NOW
from tests.papers import Item, item, items, rss
from tests.road import FEED, Owed, Road

CATEGORY = "https://thongke.example.vn/rss/category.xml"
READING = Reading("Hội nghị", "", "", "Văn bản.", "", "Tóm tắt.", "lead", TextOrigin.PAGE)
ON_POSTGRESQL = pytest.mark.parametrize("ground", ["postgresql"], indirect=True)


@pytest.fixture
async def follower(road: Road) -> str:
    """The address of a chat that follows a source, which was polled once, when its feed had the items 2, 1 and 0."""
    chat = await road.follower(await road.source())
    road.web.put(FEED, rss(items(2, 1, 0)))
    await road.poll_next()
    return chat.address


async def poll_new(road: Road, entries: list[Item]) -> None:
    """A source that was added just now is polled for the first time."""
    road.web.put(CATEGORY, rss(entries))
    await road.source(CATEGORY)
    assert await road.poll()


async def poll_all(road: Road) -> None:
    """Let every source be due, and poll them all."""
    road.clock.advance(timedelta(hours=2))
    while await road.poll():
        pass


@pytest.mark.parametrize("is_read", [False, True], ids=["found", "ready"])
async def test_news_that_the_first_poll_of_another_source_met_is_owed(road: Road, follower: str, is_read: bool) -> None:
    """N8 D11"""
    road.web.put(FEED, rss(items(3, 2, 1, 0)))
    await poll_new(road, items(3, 2))
    if is_read:
        await road.read_all()
    await poll_all(road)
    await road.read_all()
    assert await road.owed() == [Owed(follower, item(3).title)]
    await poll_all(road)
    assert await road.titles(announced=True) == [item(3).title]
    carried = {item(3).title: 1, item(2).title: 2}  # the second source brought 3, the first one 2
    titles = {article.id: article.title for article in await road.rows(Article)}
    assert {titles[one.article_id]: one.source_id for one in await road.rows(Carriage)} == carried


async def test_old_items_that_the_first_poll_of_another_source_met_are_owed_to_nobody(
    road: Road, follower: str
) -> None:
    """N12"""
    pinned = item(9, published_at=NOW - timedelta(days=300))
    road.web.put(FEED, rss([pinned, *items(2, 1, 0)]))
    await poll_new(road, [pinned])
    await poll_all(road)
    await road.read_all()
    assert follower
    assert await road.owed() == []


async def test_a_source_that_is_filled_with_what_another_has_floods_nobody(road: Road) -> None:
    """N7 D11"""
    chat = await road.follower(await road.source())
    road.web.put(FEED, rss([]))
    await poll_all(road)
    await poll_new(road, items(*range(6)))
    road.web.put(FEED, rss(items(*range(6))))
    await poll_all(road)
    await road.read_all()
    assert chat.address not in {owed.address for owed in await road.owed()}


async def test_of_very_much_that_others_have_only_the_last_is_owed(road: Road, follower: str) -> None:
    """N7"""
    many = items(*range(3, 3 + MOST_ANNOUNCED + 9))
    await poll_new(road, many)
    road.web.put(FEED, rss([*many, *items(2, 1, 0)]))
    await poll_all(road)
    await road.read_all()
    assert len(await road.owed()) == MOST_ANNOUNCED
    assert {owed.address for owed in await road.owed()} == {follower}


async def test_an_article_that_is_announced_while_it_is_read_is_owed(road: Road, follower: str) -> None:
    """N8 P4"""
    await road.read_all()
    await road.poll_next()
    foreign = item(3, host="baotinh.example.vn")
    gate = asyncio.Event()
    road.web.put(foreign.url, gate=gate)
    await poll_new(road, [foreign])
    reading = asyncio.create_task(road.read())
    await road.web.wait_for_requests(len(road.web.requests) + 1)
    road.web.put(FEED, rss([foreign, *items(2, 1, 0)]))
    while not await road.titles(announced=True):
        await road.poll_next()
    gate.set()
    assert await reading
    await road.read_all()
    assert await road.owed() == [Owed(follower, foreign.title)]


async def wait_for_waiting(database: Database, number: int) -> None:
    """Until so many transactions wait for a lock that another one holds."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(60):
        while True:
            async with database.read() as session:
                if await session.scalar(waiting) == number:
                    return


@ON_POSTGRESQL
@pytest.mark.parametrize("is_read_first", [True, False])
async def test_who_begins_to_carry_an_article_while_it_is_recorded_owes_it(
    database: Database, ground: Ground, is_read_first: bool
) -> None:
    """N8 D12"""
    async with database.write() as session:
        other = await make.source(session, host="b.vn")
        await make.chat(session, follows=(other.topic_id,))
        article = await make.article(session, state=ArticleState.FOUND)

    async def read(session: AsyncSession) -> None:
        await summaries.record_reading(session, article.id, READING, NOW)
        await outbox.owe_article(session, article.id, NOW)

    async def carry(session: AsyncSession) -> None:
        await carriages.carry(session, other.id, [article.id])
        await outbox.owe_announced(session, article.id, NOW)

    steps = [read, carry] if is_read_first else [carry, read]
    await overlap(database, *steps)
    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM deliveries")) == 1


async def overlap(database: Database, *steps: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """The second step begins after the first one, and before its commit."""
    first, second = steps

    async def run() -> None:
        async with database.write() as session:
            await second(session)

    async with database.write() as session:
        await first(session)
        late = asyncio.create_task(run())
        await wait_for_waiting(database, 1)
    await late


@ON_POSTGRESQL
async def test_two_sources_polled_at_once_store_one_article_and_owe_it_to_both(road: Road, ground: Ground) -> None:
    """N8 D12"""
    urls = [FEED, "https://baotinh.example.vn/rss"]
    chats = [await road.follower(await road.source(url)) for url in urls]
    for url in urls:
        road.web.put(url, rss([]))
        await road.poll_next()
    for url in urls:
        road.web.put(url, rss(items(1)))
    road.clock.advance(timedelta(hours=2))
    async with road.database.write() as session:
        await wait_in_line(session, "articles")
        polls = [asyncio.create_task(road.poll()) for _ in urls]
        await wait_for_waiting(road.database, 2)
    assert await asyncio.gather(*polls) == [True, True]
    assert len(await road.rows(Article)) == 1
    await road.read_all()
    assert sorted(await road.owed()) == sorted(Owed(chat.address, item(1).title) for chat in chats)
    assert len(await road.rows(Source)) == len(await road.rows(Delivery)) == 2


async def test_what_was_claimed_ahead_is_polled_next_or_given_back(road: Road) -> None:
    """F8: many at once, of which none has anything new; then loa is stopped, and begins anew."""
    feeds = [f"https://{number}.example.vn/rss.xml" for number in range(12)]
    for feed in feeds:
        await road.source(feed)
        road.web.put(feed, rss(items(0)), etag='"1"')
        await road.poll_next()
    road.clock.advance(timedelta(days=1))
    poller = Poller(road.database, road.fetcher, road.rules, road.clock)
    for _ in range(2):
        assert await asyncio.gather(*(poller.poll_one() for _ in range(4))) == [True] * 4
    await poller.aclose()
    rows = await road.rows(Source)
    assert [row.leased_until for row in rows] == [None] * 12
    assert sum(row.last_polled_at == road.clock() for row in rows) == 8
    while await road.poll():
        pass
    assert [len(road.web.asked(feed)) for feed in feeds] == [2] * 12


async def test_a_list_whose_articles_another_one_brings_first_is_not_silent(road: Road, follower: str) -> None:
    """N8 F9"""
    await road.source(CATEGORY)
    for number in range(3, 6):
        for url in (CATEGORY, FEED):
            road.web.put(url, rss(items(*range(number, -1, -1))))
            await poll_all(road)
    first, second = await road.rows(Source)
    assert [article.source_id for article in await road.rows(Article)] == [first.id] * 3 + [second.id] * 3
    assert first.last_new_at == first.last_polled_at == road.clock()
    assert first.interval == road.rules.min_interval
