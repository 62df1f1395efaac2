"""Finding out how an address can be watched, over HTTP: the demo's newsroom, and sites of all kinds."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_network

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.archive import load_articles
from bot.demo.lists import LAYOUTS
from bot.demo.newsroom import Newsroom
from bot.demo.pages import OFFICE
from feeds.client import create_client
from feeds.discover import USUAL_PATHS, Discovery, Kind, discover, list_feed_links
from feeds.errors import FetchError, PageError, ParseError
from feeds.fetch import Fetcher
from feeds.listing import read_listing
from feeds.types import Page

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
Pages = dict[str, str]
Serve = Callable[..., Awaitable["Site"]]


class Site:
    """A site of fixed pages that remembers what was asked of it; a page may be a status instead."""

    def __init__(self, pages: dict[str, str | int]) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        page = self.pages.get(request.path_qs, 404)
        if isinstance(page, int):
            return web.Response(status=page, headers={"Location": "/moi.xml"})
        return web.Response(text=page, content_type="text/html" if "<html" in page else "text/xml")


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[TestServer] = []

    async def start(pages: dict[str, str | int]) -> Site:
        site = Site(pages)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", site.answer)
        servers.append(TestServer(app, host="127.0.0.1"))
        await servers[-1].start_server()
        site.url = f"http://127.0.0.1:{servers[-1].port}"
        return site

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncBaseTransport]:
    async with create_client((ip_network("127.0.0.0/8"),)) as client:
        yield client


@pytest.fixture
def fetcher(client: httpx.AsyncBaseTransport) -> Fetcher:
    return Fetcher(client)


def rss(*numbers: int, title: str = "Tin thống kê", day: int = 0) -> str:
    items = "".join(
        f"<item><title>Bản tin thống kê số {n}</title><link>/tin/{n}.html</link>"
        + (f"<pubDate>{day + n:02d} Oct 2026 08:00:00 +0700</pubDate>" if day else "")
        + "</item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


def listing(*numbers: int, head: str = "", more: str = "") -> str:
    rows = "".join(f'<li><a href="/tin/{n}.html">Bản tin thống kê số {n}</a></li>' for n in numbers)
    return f"<html><head><title>Tin tức - Sở A</title>{head}</head><body><ul>{rows}</ul>{more}</body></html>"


def page(head: str = "", body: str = "") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def titles(found: Discovery) -> list[str]:
    return [entry.title for entry in found.entries]


def numbered(*numbers: int) -> list[str]:
    return [f"Bản tin thống kê số {n}" for n in numbers]


async def test_a_feed_is_a_feed(fetcher: Fetcher, serve: Serve) -> None:
    site = await serve({"/f": rss(*range(1, 9))})
    found = await discover(fetcher, f" {site.url}/f ", NOW)
    assert (found.url, found.kind, found.name, found.rules) == (f"{site.url}/f", Kind.FEED, "Tin thống kê", None)
    assert titles(found) == numbered(1, 2, 3, 4, 5)
    assert site.asked == ["/f"]


async def test_the_newest_come_first_when_all_are_dated(fetcher: Fetcher, serve: Serve) -> None:
    site = await serve({"/f": rss(3, 1, 9, 2, 7, 5, day=1)})
    assert titles(await discover(fetcher, f"{site.url}/f", NOW)) == numbered(9, 7, 5, 3, 2)


async def test_a_feed_that_moved_is_watched_where_it_is(fetcher: Fetcher, serve: Serve) -> None:
    """N9"""
    site = await serve({"/cu.xml": 301, "/moi.xml": rss(1, title="")})
    found = await discover(fetcher, f"{site.url}/cu.xml", NOW)
    assert (found.url, found.name) == (f"{site.url}/moi.xml", "127.0.0.1")


LINKS = [
    '<link rel="alternate" type="application/rss+xml" href="/tin.php?loai=1">',
    '<link rel="ALTERNATE home" type="application/atom+xml" href="/tin.php?loai=1">',
    '<link rel="alternate" type="application/feed+json" href="/tin.php?loai=1">',
    '<base href="/muc/"><a href="../tin.php?loai=1" type="application/rss+xml">RSS</a>',
]


@pytest.mark.parametrize("link", LINKS)
async def test_a_page_leads_to_its_feed(fetcher: Fetcher, serve: Serve, link: str) -> None:
    site = await serve({"/": page(link), "/tin.php?loai=1": rss(1, 2)})
    found = await discover(fetcher, f"{site.url}/", NOW)
    assert (found.url, found.kind, titles(found)) == (f"{site.url}/tin.php?loai=1", Kind.FEED, numbered(1, 2))


@pytest.mark.parametrize(
    "href", ["/tin.rss", "/rss", "/kenh/rss/", "/feed/", "/rss.xml", "/rsstin.aspx?id=3", "a.atom"]
)
def test_links_that_look_like_feeds_are_tried(href: str) -> None:
    body = f'<a href="{href}">RSS</a><a href="/tin.html">Tin</a><a href="/sitemap.xml">Sơ đồ</a>'
    links = list_feed_links(Page("https://a.example/", 200, body.encode()))
    assert links == [httpx.URL("https://a.example/").join(href)]


def test_feeds_of_comments_are_tried_last() -> None:
    body = '<a href="/comments/feed">Bình luận</a><a href="/feed">Tin</a>'
    assert list_feed_links(Page("https://a.example/", 200, body.encode()))[0] == "https://a.example/feed"


async def test_links_to_broken_and_empty_feeds_are_passed_over(fetcher: Fetcher, serve: Serve) -> None:
    links = "".join(f'<a href="/{n}.rss">RSS</a>' for n in range(1, 4))
    site = await serve({"/": page(body=links), "/1.rss": page(), "/2.rss": rss(), "/3.rss": rss(7)})
    assert (await discover(fetcher, f"{site.url}/", NOW)).url == f"{site.url}/3.rss"


@pytest.mark.parametrize("path", USUAL_PATHS)
async def test_a_feed_is_found_where_feeds_use_to_lie(fetcher: Fetcher, serve: Serve, path: str) -> None:
    site = await serve({"/": page(), path: rss(1)})
    found = await discover(fetcher, f"{site.url}/", NOW)
    assert (found.url, found.kind) == (f"{site.url}{path}", Kind.FEED)
    assert len(site.asked) <= 1 + len(USUAL_PATHS)


async def test_a_section_is_watched_by_the_sites_feed_only_if_that_holds_it(fetcher: Fetcher, serve: Serve) -> None:
    site = await serve({"/muc": listing(1, 2, 3, 4), "/rss.xml": rss(2, 3, 4, 50), "/khac": listing(11, 12, 13)})
    assert (await discover(fetcher, f"{site.url}/muc", NOW)).kind is Kind.FEED
    other = await discover(fetcher, f"{site.url}/khac", NOW)
    assert (other.kind, titles(other)) == (Kind.PAGE, numbered(11, 12, 13))


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_that_is_unwell_is_not_asked_for_more(fetcher: Fetcher, serve: Serve, status: int) -> None:
    """F3"""
    site = await serve({"/muc": listing(1, 2, 3), USUAL_PATHS[0]: status})
    found = await discover(fetcher, f"{site.url}/muc", NOW)
    assert found.kind is Kind.PAGE
    assert site.asked == ["/muc", USUAL_PATHS[0]]


async def test_a_page_without_a_feed_is_watched_by_rules(fetcher: Fetcher, serve: Serve) -> None:
    site = await serve({"/muc": listing(*range(1, 9))})
    found = await discover(fetcher, f"{site.url}/muc", NOW)
    assert (found.url, found.kind, found.name) == (f"{site.url}/muc", Kind.PAGE, "Tin tức - Sở A")
    assert titles(found) == numbered(1, 2, 3, 4, 5)
    assert found.rules is not None
    assert len(read_listing(await fetcher.get(found.url), found.rules, NOW)) == 8


async def test_a_page_can_be_preferred_to_its_feed(fetcher: Fetcher, serve: Serve) -> None:
    site = await serve({"/": listing(1, 2, 3, head=LINKS[0]), "/tin.php?loai=1": rss(1)})
    assert (await discover(fetcher, f"{site.url}/", NOW, Kind.PAGE)).kind is Kind.PAGE
    assert site.asked == ["/"]


async def test_a_page_is_no_feed_when_only_a_feed_will_do(fetcher: Fetcher, serve: Serve) -> None:
    site = await serve({"/": listing(1, 2, 3)})
    with pytest.raises(ParseError):
        await discover(fetcher, f"{site.url}/", NOW, Kind.FEED)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (page(body='<div id="app"></div><script src="/app.js"></script>'), "script"),
        (page(body="<form><input type=password name=p></form>"), "log in"),
        (page("<title>Bảo trì</title>", "<h1>Hệ thống đang bảo trì</h1>"), "maintenance"),
        (page("<title>Runtime Error</title>", "<h1>Server Error in '/' Application.</h1>"), "error"),
        (page(body="<p>Giới thiệu về cơ quan.</p>"), "no list of news"),
    ],
)
async def test_what_cannot_be_watched_is_said_plainly(fetcher: Fetcher, serve: Serve, body: str, reason: str) -> None:
    """N18"""
    site = await serve({"/": body})
    with pytest.raises(PageError, match=reason):
        await discover(fetcher, f"{site.url}/", NOW)


async def test_a_login_page_is_not_searched_for_feeds(fetcher: Fetcher, serve: Serve) -> None:
    site = await serve({"/": page(body="<form><input type=password name=p></form>"), "/rss.xml": rss(1)})
    with pytest.raises(PageError):
        await discover(fetcher, f"{site.url}/", NOW)
    assert site.asked == ["/"]


async def test_an_address_that_does_not_answer_says_why(fetcher: Fetcher, serve: Serve) -> None:
    site = await serve({})
    with pytest.raises(FetchError, match="404"):
        await discover(fetcher, f"{site.url}/khong-co", NOW)
    with pytest.raises(FetchError, match=r"refused|reached"):
        await discover(fetcher, "http://127.0.0.1:9/", NOW)


@pytest.mark.parametrize("path", ["/tin-tuc", *(layout.path for layout in LAYOUTS)])
async def test_the_newsrooms_lists_show_five_right_items(fetcher: Fetcher, path: str) -> None:
    async with Newsroom(load_articles(), now=lambda: NOW, has_feed=False) as newsroom:
        found = await discover(fetcher, newsroom.url + path, NOW)
        assert found.kind is Kind.PAGE
        assert OFFICE in found.name
        assert titles(found) == [post.article.title for post in newsroom.published[:5]]
        assert [entry.url for entry in found.entries] == [newsroom.url + post.path for post in newsroom.published[:5]]
        dates = [entry.published_at.date() for entry in found.entries if entry.published_at]
        local = [post.published_at.astimezone(UTC).date() for post in newsroom.published[:5]]
        assert all(abs((date - day).days) <= 1 for date, day in zip(dates, local, strict=True))


async def test_the_newsrooms_feed_is_found_from_its_front_page(fetcher: Fetcher) -> None:
    async with Newsroom(load_articles(), now=lambda: NOW) as newsroom:
        found = await discover(fetcher, newsroom.url, NOW)
        assert (found.url, found.kind, found.name) == (newsroom.feed_url, Kind.FEED, OFFICE)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=40).map(lambda text: f'<base href="{text}"><a href="/rss">'.encode()))
def test_no_bytes_break_it(body: bytes) -> None:
    assert all(link.startswith("http") for link in list_feed_links(Page("https://a.example/", 200, body)))
