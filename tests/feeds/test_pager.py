"""Walking the older pages of a list: each pager of the demo's newsroom over HTTP, and servers that misbehave."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
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
from feeds.client import create_client
from feeds.errors import FetchError, LayoutError, PageError
from feeds.fetch import Fetcher
from feeds.listing import find_listing
from feeds.pager import NextPage, find_next
from feeds.rules import PageRules
from feeds.types import Page
from feeds.walk import PageOfEntries, Walk, walk_pages

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
RULES = PageRules("li.n")
URL = "https://a.example/tin"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


class Pauses:
    """Counts how often a walk waited, and waits for nothing."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    articles = load_articles()
    async with Newsroom(articles, now=lambda: NOW, opening=len(articles)) as newsroom:
        yield newsroom


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[TestServer] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        servers.append(TestServer(app, host="127.0.0.1"))
        await servers[-1].start_server()
        return f"http://127.0.0.1:{servers[-1].port}"

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


async def walk(fetcher: Fetcher, url: str, rules: PageRules = RULES, how: Walk | None = None) -> list[PageOfEntries]:
    pages = walk_pages(fetcher, url, rules, how or Walk(), now=NOW, pause=Pauses())
    return [page async for page in pages]


async def learn(fetcher: Fetcher, url: str) -> PageRules:
    listing = find_listing(await fetcher.get(url), NOW)
    assert listing is not None
    return listing.rules


def urls(pages: list[PageOfEntries]) -> list[str]:
    return [entry.url for page in pages for entry in page.entries]


def news(*numbers: int, more: str = "") -> str:
    rows = "".join(f'<li class="n"><a href="/tin/{n}.html">Bản tin thống kê số {n}</a></li>' for n in numbers)
    return f"<html><body><ul>{rows}</ul>{more}</body></html>"


def html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def next_of(markup: str, number: int = 1, url: str = URL) -> NextPage | None:
    return find_next(Page(url, 200, f"<body>{markup}</body>".encode(), "text/html; charset=utf-8"), number)


PATHS = ["/tin-tuc", *(layout.path for layout in LAYOUTS)]


@pytest.mark.parametrize("path", PATHS)
async def test_every_list_of_the_newsroom_is_walked_to_its_end(newsroom: Newsroom, fetcher: Fetcher, path: str) -> None:
    """N18"""
    url = newsroom.url + path
    pages = await walk(fetcher, url, await learn(fetcher, url))
    assert urls(pages) == [newsroom.url + post.path for post in newsroom.published]
    titles = [entry.title for page in pages for entry in page.entries]
    assert titles == [post.article.title for post in newsroom.published]
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert pages[-1].next is None


@pytest.mark.parametrize("path", PATHS)
async def test_a_walk_goes_on_where_it_ended(newsroom: Newsroom, fetcher: Fetcher, path: str) -> None:
    url = newsroom.url + path
    rules = await learn(fetcher, url)
    first = await walk(fetcher, url, rules, Walk(pages=2))
    token = json.loads(json.dumps(first[-1].next))
    rest = await walk(fetcher, url, rules, Walk(start=token))
    assert urls(first) + urls(rest) == [newsroom.url + post.path for post in newsroom.published]
    assert [page.number for page in rest] == [3, 4]


@pytest.mark.parametrize("path", PATHS)
async def test_a_walk_ends_at_a_date(newsroom: Newsroom, fetcher: Fetcher, path: str) -> None:
    url = newsroom.url + path
    since = newsroom.published[7].published_at - timedelta(hours=24)
    pages = await walk(fetcher, url, await learn(fetcher, url), Walk(since=since))
    assert 10 <= len(urls(pages)) < 20


@pytest.mark.parametrize("path", PATHS)
async def test_a_redesign_finds_the_rules_broken_and_can_be_learned_anew(
    newsroom: Newsroom, fetcher: Fetcher, path: str
) -> None:
    """N16"""
    url = newsroom.url + path
    rules = await learn(fetcher, url)
    before = await walk(fetcher, url, rules)
    newsroom.redesign()
    with pytest.raises(LayoutError):
        await walk(fetcher, url, rules)
    after = await walk(fetcher, url, await learn(fetcher, url))
    assert urls(after) == urls(before)


async def test_a_walk_waits_between_two_requests(newsroom: Newsroom, fetcher: Fetcher) -> None:
    url = f"{newsroom.url}/chuyen-muc"
    pauses = Pauses()
    pages = walk_pages(fetcher, url, await learn(fetcher, url), Walk(), now=NOW, pause=pauses)
    assert [page.number async for page in pages] == [1, 2, 3, 4]
    assert pauses.count == 3


@pytest.mark.parametrize(
    "field", [{"__VIEWSTATE": "x"}, {"__EVENTVALIDATION": ""}, {"__EVENTARGUMENT": "Page$9"}, {"__EVENTTARGET": "gv"}]
)
async def test_the_newsrooms_form_takes_only_its_own_state(
    newsroom: Newsroom, fetcher: Fetcher, field: dict[str, str]
) -> None:
    found = find_next(await fetcher.get(f"{newsroom.url}/TinTuc.aspx"), 1)
    assert found is not None
    assert found.form is not None
    assert (await fetcher.post(found.url, found.form)).status == 200
    with pytest.raises(FetchError, match="500"):
        await fetcher.post(found.url, {**found.form, **field})


async def test_pages_that_lead_in_a_circle_are_walked_once(fetcher: Fetcher, serve: Serve) -> None:
    async def circle(request: web.Request) -> web.StreamResponse:
        page = int(request.query.get("page", 1))
        link = f'<a rel="next" href="?page={page % 3 + 1}">Tiếp</a>'
        return html(news(page * 10, page * 10 + 1, request.content_length or 5, more=link))

    pages = await walk(fetcher, f"{await serve(circle)}/?page=1")
    assert [page.number for page in pages] == [1, 2, 3]


async def test_a_list_without_end_that_says_the_same_ends(fetcher: Fetcher, serve: Serve) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        page = min(int(request.query.get("page", 1)), 2)
        return html(
            news(page, page + 1, more=f'<a rel="next" href="?page={int(request.query.get("page", 1)) + 1}">›</a>')
        )

    assert urls(await walk(fetcher, f"{await serve(endless)}/"))[-1].endswith("/tin/3.html")


async def test_a_list_that_grows_brings_each_item_once(fetcher: Fetcher, serve: Serve) -> None:
    async def growing(request: web.Request) -> web.StreamResponse:
        page = int(request.query.get("page", 1))
        more = f'<a href="?page={page + 1}">Xem thêm</a>' if page < 3 else ""
        return html(news(*range(1, 3 * page + 1), more=more))

    pages = await walk(fetcher, f"{await serve(growing)}/")
    assert [len(page.entries) for page in pages] == [3, 3, 3]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_not_there_is_the_end(fetcher: Fetcher, serve: Serve, status: int) -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        if "page" in request.query:
            return web.Response(status=status)
        return html(news(1, 2, more='<a rel="next" href="?page=2">2</a>'))

    url = await serve(short)
    assert len(await walk(fetcher, f"{url}/")) == 1
    with pytest.raises(FetchError):
        await walk(fetcher, f"{url}/?page=1")


async def test_an_error_on_the_way_is_no_end(fetcher: Fetcher, serve: Serve) -> None:
    async def failing(request: web.Request) -> web.StreamResponse:
        if "page" in request.query:
            return web.Response(status=503)
        return html(news(1, 2, more='<a rel="next" href="?page=2">2</a>'))

    with pytest.raises(FetchError, match="503"):
        await walk(fetcher, f"{await serve(failing)}/")


async def test_maintenance_on_the_way_is_no_end(fetcher: Fetcher, serve: Serve) -> None:
    """N18"""

    async def closed(request: web.Request) -> web.StreamResponse:
        if "page" in request.query:
            return html("<h1>Hệ thống đang bảo trì</h1>")
        return html(news(1, 2, more='<a rel="next" href="?page=2">2</a>'))

    with pytest.raises(PageError, match="maintenance"):
        await walk(fetcher, f"{await serve(closed)}/")


async def test_a_walk_is_not_led_to_another_host(fetcher: Fetcher, serve: Serve) -> None:
    """F2"""
    asked: list[str] = []

    async def other(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return html(news(5, 6))

    async def astray(request: web.Request) -> web.StreamResponse:
        if "page" in request.query:
            raise web.HTTPFound(elsewhere)
        return html(news(1, 2, more='<a rel="next" href="?page=2">2</a>'))

    elsewhere = (await serve(other)).replace("127.0.0.1", "localhost")
    with pytest.raises(PageError, match="another site"):
        await walk(fetcher, f"{await serve(astray)}/")


@pytest.mark.parametrize(
    ("markup", "number", "url"),
    [
        ('<link rel="next" href="/tin?trang=2">', 1, "/tin?trang=2"),
        ('<a rel="nofollow next" href="/tin?cursor=a81">Cũ hơn</a>', 1, "/tin?cursor=a81"),
        ('<div class="pager">Trang: <b>1</b> <a href="?page=2">2</a> <a href="?page=3">3</a></div>', 1, "/tin?page=2"),
        ('<div class="pager">Trang: <a href="?page=1">1</a> <b>2</b> <a href="?page=3">3</a></div>', 2, "/tin?page=3"),
        ('<p>[1] <a href="tin?muc=1&amp;p=2">[2]</a></p>', 1, "/tin?muc=1&p=2"),
        ('<ul class="pagination"><li><a href="?page=1">2</a></li></ul>', 1, "/tin?page=1"),
        ('<p>Trang 1 <a href="/tin/trang-2.html">2</a></p>', 1, "/tin/trang-2.html"),
        ('<a href="/tin/page/2/">2</a>', 1, "/tin/page/2/"),
        ('<a href="/tin?start=10">2</a>', 1, "/tin?start=10"),
        ('<a href="/tin-p2.htm">Trang sau »</a>', 1, "/tin-p2.htm"),
        ('<a href="?page=2" title="Trang tiếp"><i class="icon"></i></a>', 1, "/tin?page=2"),
        ('<button data-url="/tin?page=2">Xem thêm tin</button>', 1, "/tin?page=2"),
        ('<a href="#" data-href="/tin?page=2">Tải thêm</a>', 1, "/tin?page=2"),
        ('<a href="?page=1">Trang trước</a> <a href="?page=3">Tiếp theo</a>', 2, "/tin?page=3"),
        ('<a class="next" href="/tin/cu">›</a>', 1, "/tin/cu"),
        ('<p class="pages"><a href="/tin/cu">Tiếp</a></p>', 1, "/tin/cu"),
        ('<a href="?page=2">2</a><a href="/xa?page=2" class="pager">2</a>', 1, "/xa?page=2"),
    ],
)
def test_the_next_page_is_found_by_link(markup: str, number: int, url: str) -> None:
    assert next_of(markup, number) == NextPage(f"https://a.example{url}", number + 1)


@pytest.mark.parametrize(
    ("markup", "number"),
    [
        ("", 1),
        ('<a rel="next" href="https://b.example/tin?page=2">Tiếp</a>', 1),
        ('<a rel="next" href="https://a.example:8443/tin?page=2">Tiếp</a>', 1),
        ('<a rel="next" href="javascript:more()">Tiếp</a>', 1),
        ('<a rel="next" href="#">Tiếp</a>', 1),
        ('<a rel="next" href="/tin">Tiếp</a>', 1),
        ('<p>Quý <a href="/so-lieu/quy-2">2</a></p>', 1),
        ('<p>Trang: <a href="#">2</a></p>', 1),
        ('<a href="/tin/chi-tiet.html">Xem thêm</a>', 1),
        ('<a href="?page=1">Trang sau</a>', 3),
        ('<p>Trang: <a href="?page=1">1</a> <b>2</b></p>', 2),
        ("<a href=\"javascript:__doPostBack('gv','Page$2')\">2</a>", 1),
        ("<form><a href=\"javascript:__doPostBack('gv','Page$2')\">2</a></form>", 1),
        ("<form method=post action=//b.example/><a href=\"javascript:__doPostBack('gv','Page$2')\">2</a></form>", 1),
        ("<form method=post><a href=\"javascript:__doPostBack('Cal1','V7500')\">2</a></form>", 1),
        ('<form method=post><input type="submit" name="n" value="Trang sau" disabled></form>', 1),
        ('<input type="submit" name="n" value="Trang sau">', 1),
        ('<form method=post><input type="submit" name="n" value="Tìm kiếm"></form>', 1),
    ],
)
def test_what_leads_nowhere_is_not_followed(markup: str, number: int) -> None:
    assert next_of(markup, number) is None


_FIELDS = (
    '<input type="hidden" name="__VIEWSTATE" value="dDw=">'
    '<input name="q" value="lúa"><input type="checkbox" name="a" value="1">'
    '<input type="checkbox" name="b" value="1" checked>'
    '<select name="s"><option value="1">Một</option><option value="2" selected>Hai</option></select>'
    '<select name="t"><option>Ba</option></select><select name="u"></select><textarea name="w">xin</textarea>'
    '<input type="submit" name="tim" value="Tìm"><input name="x" value="1" disabled><input value="không tên">'
)
_SENT = {"__VIEWSTATE": "dDw=", "q": "lúa", "b": "1", "s": "2", "t": "Ba", "w": "xin"}


@pytest.mark.parametrize(
    ("link", "fields"),
    [
        (
            "<table class=pager><tr><td><span>1</span></td><td>"
            "<a href=\"javascript:__doPostBack('ctl00$gv','Page$2')\">2</a></td></tr></table>",
            {"__EVENTTARGET": "ctl00$gv", "__EVENTARGUMENT": "Page$2"},
        ),
        (
            "<a href=\"javascript:__doPostBack('ctl00$gv','Page$2')\">...</a>",
            {"__EVENTTARGET": "ctl00$gv", "__EVENTARGUMENT": "Page$2"},
        ),
        (
            "<p>Trang <span>1</span>"
            ' <a href="javascript:__doPostBack(&#39;ctl00$rpt$ctl02$lnk&#39;,&#39;&#39;)">2</a></p>',
            {"__EVENTTARGET": "ctl00$rpt$ctl02$lnk", "__EVENTARGUMENT": ""},
        ),
        (
            "<a href='javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions("
            '"lnkSau", "", true))\'>Trang sau</a>',
            {"__EVENTTARGET": "lnkSau", "__EVENTARGUMENT": ""},
        ),
        ('<input type="submit" name="btnSau" value="Trang sau">', {"btnSau": "Trang sau"}),
    ],
)
def test_a_form_is_sent_as_a_browser_would(link: str, fields: dict[str, str]) -> None:
    markup = f'<form method="post" action="./DanhSach.aspx?id=5">{_FIELDS}{link}</form>'
    assert next_of(markup) == NextPage("https://a.example/DanhSach.aspx?id=5", 2, {**_SENT, **fields})


def test_a_link_beside_the_form_uses_the_first_one() -> None:
    form = "<form method=post><input type=hidden name=a value=1></form>"
    assert next_of(f"{form}<a href=\"javascript:__doPostBack('g','Page$2')\">2</a>") == NextPage(
        URL, 2, {"a": "1", "__EVENTTARGET": "g", "__EVENTARGUMENT": "Page$2"}
    )


@given(st.text(max_size=30), st.integers(1, 99), st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_a_token_brings_the_same_page_again(url: str, number: int, form: dict[str, str] | None) -> None:
    step = NextPage(url, number, form)
    assert NextPage.from_token(json.loads(json.dumps(step.to_token()))) == step


_PARTS = [
    '<a href="',
    "?page=2",
    '">',
    "2",
    "</a>",
    "<form method=post>",
    "javascript:__doPostBack('",
    "','",
    "')",
    "Tiếp",
    "//[",
]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300) | st.lists(st.sampled_from(_PARTS), max_size=30).map(lambda parts: "".join(parts).encode())
)
def test_no_bytes_break_it(body: bytes) -> None:
    found = find_next(Page(URL, 200, body, "text/html"), 1)
    assert found is None or found.url.startswith("https://a.example")
