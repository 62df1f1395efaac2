"""An address is looked at before it is kept; a page without a feed is watched, redesigned and mended."""

from dataclasses import asdict
from datetime import timedelta
from ipaddress import ip_network

import httpx
from sqlalchemy import select

from bot.demo.archive import load_articles
from bot.demo.newsroom import Newsroom
from db import polling, previews
from db.engine import Database
from db.models import Article, Delivery, Preview, PreviewState, Source
from feeds.client import create_client
from feeds.discover import Kind, discover
from feeds.fetch import Fetcher
from feeds.poll import Poller
from feeds.preview import preview_one
from tests import make
from tests.fakes import Clock
from tests.papers import items, rss
from tests.road import FEED, Road

LOOPBACK = [ip_network("127.0.0.1/32")]


async def ask(database: Database, url: str, clock: Clock, rules: dict[str, str] | None = None) -> tuple[int, int]:
    """A chat wants to know what the address gives; returns the ids of the preview and the chat."""
    async with database.write() as session:
        chat = await make.chat(session, now=clock())
        host = httpx.URL(url).host
        preview = await previews.add_preview(
            session, chat_id=chat.id, url=url, host=host, topic="", rules=dict(rules or {}), now=clock()
        )
    return preview.id, chat.id


async def get_notices(database: Database) -> list[Delivery]:
    async with database.read() as session:
        return list(await session.scalars(select(Delivery).where(Delivery.notice.is_not(None)).order_by(Delivery.id)))


async def test_a_feed_is_shown_before_it_is_kept(road: Road) -> None:
    road.web.put(FEED, rss(items(6, 5, 4, 3, 2, 1), title="Báo tỉnh"))
    number, chat_id = await ask(road.database, FEED, road.clock)
    assert await preview_one(road.database, road.fetcher, road.clock)
    assert not await preview_one(road.database, road.fetcher, road.clock)
    preview = await road.get(Preview, number)
    assert (preview.state, preview.kind, preview.name, preview.rules) == (PreviewState.FOUND, "feed", "Báo tỉnh", {})
    [notice] = await get_notices(road.database)
    assert (notice.notice, notice.chat_id, notice.data["preview_id"]) == ("source_preview", chat_id, number)
    assert len(notice.data["items"]) == 5
    assert await road.rows(Source) == []


async def test_why_an_address_gives_nothing_is_told(road: Road) -> None:
    number, _ = await ask(road.database, "https://khong-co.example.vn/", road.clock)
    assert await preview_one(road.database, road.fetcher, road.clock)
    preview = await road.get(Preview, number)
    assert preview.state is PreviewState.FAILED
    [notice] = await get_notices(road.database)
    assert (notice.notice, notice.data["reason"]) == ("preview_failed", preview.reason)


async def test_a_page_is_watched_as_its_site_allows_and_a_feed_anyhow(road: Road) -> None:
    """F8"""
    site = "https://thongke.example.vn"
    rows = "".join(
        f'<li class="n"><a href="/tin/{n}.html">Bản tin thống kê số {n}</a><i>0{n}/08/2026</i></li>'
        for n in range(1, 7)
    )
    road.web.put(f"{site}/robots.txt", "User-agent: *\nDisallow: /")
    road.web.put(f"{site}/tin", f"<html><body><ul>{rows}</ul></body></html>", content_type="text/html")
    road.web.put(FEED, rss(items(2, 1)))
    for url, rules in ((f"{site}/tin", {}), (f"{site}/tin", {"item": "li.n"}), (FEED, {})):
        await ask(road.database, url, road.clock, rules)
        assert await preview_one(road.database, road.fetcher, road.clock)
    failed, by_rules, found = await road.rows(Preview)
    assert (failed.state, by_rules.state, found.state) == (*[PreviewState.FAILED] * 2, PreviewState.FOUND)
    assert failed.reason == by_rules.reason == "the site's robots.txt asks programs not to read this page"


async def test_an_address_whose_looker_died_is_looked_at_again(road: Road) -> None:
    road.web.put(FEED, rss(items(1)))
    await ask(road.database, FEED, road.clock)
    async with road.database.write() as session:
        assert await previews.claim_preview(session, road.clock(), timedelta(seconds=10))
    assert not await preview_one(road.database, road.fetcher, road.clock)
    road.clock.advance(timedelta(seconds=10))
    assert await preview_one(road.database, road.fetcher, road.clock)


async def watch(database: Database, preview_id: int, clock: Clock) -> Source:
    """What the button does: keep what was found, or read a source of that address anew."""
    async with database.write() as session:
        preview = await session.get_one(Preview, preview_id)
        source = await polling.find_source(session, preview.url)
        if source is not None:
            await previews.replace_rules(session, source, kind=preview.kind, rules=preview.rules, now=clock())
            return source
        topic = await make.topic(session, now=clock())
        added = await polling.add_source(
            session,
            url=preview.url,
            host=preview.host,
            name=preview.name,
            topic_id=topic.id,
            now=clock(),
            kind=preview.kind,
            rules=preview.rules,
        )
        assert added is not None
        return added


async def test_a_page_is_watched_redesigned_and_mended(database: Database, clock: Clock, road: Road) -> None:
    """N16 N18: five items are shown, a new article comes within two polls, nothing floods after the redesign."""
    client = create_client(LOOPBACK)
    fetcher = Fetcher(client)
    async with client, Newsroom(load_articles(), now=clock, opening=8) as newsroom:
        url = f"{newsroom.url}/tin-tuc"
        number, _ = await ask(database, url, clock, await find_rules(fetcher, url, clock))
        assert await preview_one(database, fetcher, clock)
        [notice] = await get_notices(database)
        shown = [title for title, _date in notice.data["items"]]
        assert shown == [post.article.title for post in newsroom.published[:5]]
        source = await watch(database, number, clock)

        async def poll() -> None:
            clock.advance(timedelta(hours=2))
            assert await Poller(database, fetcher, road.rules, clock).poll_one()

        await poll()
        assert await road.titles(announced=True) == []
        (new,) = newsroom.publish()
        await poll()
        assert await road.titles(announced=True) == [new.article.title]
        newsroom.redesign()
        for _ in range(5):
            await poll()
        broken = await road.get(Source, source.id)
        assert broken.layout_failures >= 3
        again, _ = await ask(database, url, clock, await find_rules(fetcher, url, clock))
        assert await preview_one(database, fetcher, clock)
        await watch(database, again, clock)
        (later,) = newsroom.publish()
        await poll()
        assert await road.titles(announced=True) == [new.article.title, later.article.title]
        assert not (await road.get(Source, source.id)).failures
    assert len(await road.rows(Article)) >= 6


async def find_rules(fetcher: Fetcher, url: str, clock: Clock) -> dict[str, str]:
    """The rules that discovery keeps for a page of a site which has a feed too."""
    found = await discover(fetcher, url, clock(), Kind.PAGE)
    assert found.rules is not None
    return asdict(found.rules)
