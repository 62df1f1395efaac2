"""Fetching from servers that misbehave."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_address, ip_network

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from feeds.client import create_client, is_allowed
from feeds.errors import FetchError, ForbiddenAddressError, GoneError
from feeds.fetch import Fetcher

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]
OPEN = (ip_network("127.0.0.2/32"),)
FEED = b"<rss/>" * 50


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server on the one address that is open, and gives its own."""
    servers: list[TestServer] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        server = TestServer(app, host="127.0.0.2")
        await server.start_server()
        servers.append(server)
        return f"http://127.0.0.2:{server.port}"

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncBaseTransport]:
    async with create_client(OPEN) as client:
        yield client


@pytest.fixture
def fetcher(client: httpx.AsyncBaseTransport) -> Fetcher:
    return Fetcher(client, size=100_000)


def answer(**kwargs: object) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(**kwargs)  # type: ignore[arg-type]

    return handler


def redirect(**targets: tuple[int, str]) -> Handler:
    """Redirects by path; every other path gives the feed."""

    async def handler(request: web.Request) -> web.StreamResponse:
        if target := targets.get(request.path.strip("/")):
            return web.Response(status=target[0], headers={"Location": target[1]})
        return web.Response(body=FEED)

    return handler


async def refusal(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.get(url)
    return caught.value


async def test_a_page_brings_its_validators_and_its_age(fetcher: Fetcher, serve: Serve) -> None:
    headers = {
        "ETag": 'W/"7"',
        "Last-Modified": "Thu, 06 Aug 2026 08:30:00 GMT",
        "Cache-Control": "public, max-age=600",
        "Content-Type": "application/rss+xml; charset=utf-8",
        "Content-Location": "/feeds/all.xml",
    }
    url = await serve(answer(body=FEED, headers=headers))
    page = await fetcher.get(f"{url}/rss#top")
    assert (page.url, page.status, page.body) == (f"{url}/rss", 200, FEED)
    assert (page.etag, page.last_modified) == ('W/"7"', "Thu, 06 Aug 2026 08:30:00 GMT")
    assert (page.max_age, page.moved_to) == (600, None)
    assert page.content_type == "application/rss+xml; charset=utf-8"
    assert page.content_location == f"{url}/feeds/all.xml"


async def test_validators_are_sent_back_and_304_is_no_failure(fetcher: Fetcher, serve: Serve) -> None:
    """N13"""
    asked: list[tuple[str | None, str | None]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append((request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")))
        return web.Response(status=304)

    url = await serve(handler)
    page = await fetcher.get(url, etag='W/"7"', last_modified="Thu, 06 Aug 2026 08:30:00 GMT")
    assert (page.not_modified, page.body) == (True, b"")
    assert asked == [('W/"7"', "Thu, 06 Aug 2026 08:30:00 GMT")]


async def test_validators_that_no_request_can_say_are_not_sent_back(fetcher: Fetcher, serve: Serve) -> None:
    """F2"""

    async def handler(request: web.Request) -> web.StreamResponse:
        assert "If-None-Match" not in request.headers
        return web.Response(body=FEED, headers={"ETag": '"số 1"', "Last-Modified": "thứ tư"})

    url = await serve(handler)
    first = await fetcher.get(url)
    again = await fetcher.get(url, etag=first.etag, last_modified=first.last_modified)
    assert (again.status, again.body) == (200, FEED)


async def test_loa_says_who_it_is_and_keeps_no_cookies(fetcher: Fetcher, serve: Serve) -> None:
    seen: list[tuple[str, str | None]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append((request.headers["User-Agent"], request.headers.get("Cookie")))
        return web.Response(body=FEED, headers={"Set-Cookie": "session=1; Path=/"})

    url = await serve(handler)
    await fetcher.get(url)
    await fetcher.get(url)
    assert [agent.startswith("loa/") for agent, _ in seen] == [True, True]
    assert [cookie for _, cookie in seen] == [None, None]


async def test_proxies_of_the_environment_are_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with create_client(OPEN) as client:
        page = await Fetcher(client).get(await serve(answer(body=FEED)))
    assert page.body == FEED


# F1: size and time


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65_536)


async def test_a_body_without_end_is_cut_off(fetcher: Fetcher, serve: Serve) -> None:
    """F1"""
    assert (await refusal(fetcher, await serve(endless))).reason == "larger than 97 KB"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb_is_cut_off_before_it_is_unpacked(fetcher: Fetcher, serve: Serve, encoding: str) -> None:
    """F1"""
    bomb = b"\0" * 20_000_000
    packed = gzip.compress(bomb) if encoding == "gzip" else zlib.compress(bomb)
    url = await serve(answer(body=packed, headers={"Content-Encoding": encoding}))
    assert "larger" in (await refusal(fetcher, url)).reason


async def test_many_small_bombs_in_a_row_are_cut_off(fetcher: Fetcher, serve: Serve) -> None:
    """F1"""
    url = await serve(answer(body=gzip.compress(b"\0" * 90_000) * 100, headers={"Content-Encoding": "gzip"}))
    assert "larger" in (await refusal(fetcher, url)).reason


async def test_a_bomb_in_a_bomb_is_not_opened(fetcher: Fetcher, serve: Serve) -> None:
    """F1"""
    bomb = gzip.compress(gzip.compress(b"\0" * 20_000_000))
    url = await serve(answer(body=bomb, headers={"Content-Encoding": "gzip, gzip"}))
    assert (await refusal(fetcher, url)).reason == "packed in a way that was not asked for"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED, mtime=0)),
        ("x-gzip", gzip.compress(FEED[:90], mtime=0) + gzip.compress(FEED[90:], mtime=0)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED, wbits=-15)),
        ("identity", FEED),
    ],
)
async def test_packed_bodies_are_unpacked(fetcher: Fetcher, serve: Serve, encoding: str, body: bytes) -> None:
    url = await serve(answer(body=body, headers={"Content-Encoding": encoding}))
    assert (await fetcher.get(url)).body == FEED


async def test_a_body_that_is_not_packed_as_it_says_is_refused(fetcher: Fetcher, serve: Serve) -> None:
    url = await serve(answer(body=FEED, headers={"Content-Encoding": "gzip"}))
    assert (await refusal(fetcher, url)).reason == "the body cannot be unpacked"


async def test_a_trickle_of_bytes_is_cut_off_by_total_time(client: httpx.AsyncBaseTransport, serve: Serve) -> None:
    """F1"""
    is_over = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<rss")
        await is_over.wait()
        return response

    url = await serve(handler)
    error = await refusal(Fetcher(client, time=0.2), url)
    is_over.set()
    assert error.reason == "no whole answer within 0.2 s"


async def test_an_answer_that_breaks_off_is_a_plain_failure(fetcher: Fetcher, serve: Serve) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"<rss")
        assert request.transport is not None
        request.transport.close()
        return response

    assert (await refusal(fetcher, await serve(handler))).reason in ("the answer broke off", "the connection broke off")


async def test_what_is_no_http_is_a_plain_failure(fetcher: Fetcher) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"220 mail.example.vn ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.2", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await refusal(fetcher, f"http://127.0.0.2:{port}/")
    assert error.reason == "the answer cannot be understood"


async def test_a_closed_port_is_a_plain_failure(fetcher: Fetcher) -> None:
    assert (await refusal(fetcher, "http://127.0.0.2:1/")).reason == "the connection was refused"


async def test_a_server_without_tls_is_a_plain_failure(fetcher: Fetcher, serve: Serve) -> None:
    """F5"""
    url = await serve(answer(body=FEED))
    assert (await refusal(fetcher, url.replace("http", "https"))).reason == "no secure connection could be made"


# F2: redirects and addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://100.64.0.1:8080/",
        "http://0.0.0.0/",
        "https://user:secret@192.168.1.1/",
        "file:///etc/passwd",
        "ftp://127.0.0.2/",
    ],
)
async def test_private_addresses_are_refused(fetcher: Fetcher, url: str) -> None:
    """F2"""
    error = await refusal(fetcher, url)
    assert isinstance(error, ForbiddenAddressError)
    assert "secret" not in error.reason


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::8.8.8.8", True),
        ("2002:808:808::1", True),
        ("127.0.0.2", True),
        ("::ffff:127.0.0.2", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("239.1.1.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::1", False),
        ("2001:0:808:808::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
    ],
)
def test_only_the_public_internet_and_what_was_opened_may_be_fetched(address: str, is_open: bool) -> None:
    """F2"""
    assert is_allowed(ip_address(address), OPEN) is is_open


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/", "http://169.254.169.254/", "http://[::1]:80/", "//10.0.0.1/", "file:///etc/passwd"],
)
async def test_a_redirect_to_a_private_address_is_refused(fetcher: Fetcher, serve: Serve, target: str) -> None:
    """F2"""
    url = await serve(redirect(rss=(302, target)))
    assert isinstance(await refusal(fetcher, f"{url}/rss"), ForbiddenAddressError)


async def test_redirects_in_a_circle_end(fetcher: Fetcher, serve: Serve) -> None:
    """F2"""
    url = await serve(redirect(a=(302, "/b"), b=(302, "/a")))
    assert (await refusal(fetcher, f"{url}/a")).reason == "more than 5 redirects"


async def test_a_redirect_to_nonsense_is_a_plain_failure(fetcher: Fetcher, serve: Serve) -> None:
    """F2"""
    url = await serve(redirect(a=(302, "http://[oops/"), b=(302, "http://127.0.0.2:99999/")))
    assert (await refusal(fetcher, f"{url}/a")).reason
    assert (await refusal(fetcher, f"{url}/b")).reason


async def test_five_redirects_are_followed(fetcher: Fetcher, serve: Serve) -> None:
    url = await serve(redirect(**{str(hop): (302, f"/{hop + 1}") for hop in range(5)}))
    assert (await fetcher.get(f"{url}/0")).url == f"{url}/5"


async def test_a_move_counts_only_when_every_hop_is_permanent(fetcher: Fetcher, serve: Serve) -> None:
    """N9"""
    url = await serve(redirect(a=(301, "b"), b=(308, "/new"), c=(302, "/a"), d=(301, "/c")))
    assert (await fetcher.get(f"{url}/a")).moved_to == f"{url}/new"
    assert (await fetcher.get(f"{url}/c")).moved_to is None
    assert (await fetcher.get(f"{url}/d")).moved_to is None


async def test_a_password_goes_to_its_own_host_only(fetcher: Fetcher, serve: Serve) -> None:
    """F2"""
    seen: list[tuple[str, str | None]] = []

    async def other(request: web.Request) -> web.StreamResponse:
        seen.append(("other", request.headers.get("Authorization")))
        return web.Response(body=FEED)

    other_url = await serve(other)

    async def home(request: web.Request) -> web.StreamResponse:
        seen.append((request.path, request.headers.get("Authorization")))
        targets = {"/a": "/b", "/b": f"{other_url.replace('//', '//eve:x@')}/"}
        return web.Response(status=301, headers={"Location": targets[request.path]})

    url = await serve(home)
    page = await fetcher.get(f"{url.replace('//', '//clerk:secret@')}/a")
    assert seen == [("/a", "Basic Y2xlcms6c2VjcmV0"), ("/b", "Basic Y2xlcms6c2VjcmV0"), ("other", None)]
    assert (page.url, page.moved_to) == (f"{other_url}/", f"{other_url}/")


async def test_a_move_on_one_host_keeps_its_password(fetcher: Fetcher, serve: Serve) -> None:
    """N9"""
    url = (await serve(redirect(a=(301, "/b")))).replace("//", "//clerk:secret@")
    assert (await fetcher.get(f"{url}/a")).moved_to == f"{url}/b"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "rss",
        "http://",
        "http://[::1",
        "http://a b/",
        "http://x:secret@:99999/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://xn--n3h.vn/",  # a sign that may not stand in a name, though old registries sold it
    ],
)
async def test_what_is_no_address_is_a_plain_failure(fetcher: Fetcher, url: str) -> None:
    error = await refusal(fetcher, url)
    assert "secret" not in f"{error.reason} {error.__cause__!r}"


# F3: refusals


@pytest.mark.parametrize(
    ("status", "headers", "retry_in"),
    [
        (429, {"Retry-After": "120"}, 120),
        (503, {"Retry-After": "Thu, 06 Aug 2026 08:31:00 GMT", "Date": "Thu, 06 Aug 2026 08:30:00 GMT"}, 60),
        (503, {"Retry-After": "Thu, 06 Aug 2026 08:29:00 GMT", "Date": "Thu, 06 Aug 2026 08:30:00 GMT"}, 0),
        (503, {"Retry-After": "soon"}, None),
        (429, {}, None),
        (404, {}, None),
        (500, {}, None),
    ],
)
async def test_refusals_tell_when_to_come_back(
    fetcher: Fetcher, serve: Serve, status: int, headers: dict[str, str], retry_in: float | None
) -> None:
    """F3"""
    error = await refusal(fetcher, await serve(answer(status=status, headers=headers)))
    assert error.retry_in == retry_in
    assert error.reason.startswith(f"the server answered {status} ")


async def test_gone_is_gone(fetcher: Fetcher, serve: Serve) -> None:
    """N9"""
    assert isinstance(await refusal(fetcher, await serve(answer(status=410))), GoneError)


@pytest.mark.parametrize(
    ("header", "max_age"),
    [("max-age=60", 60), ("no-cache, max-age=60", None), ("public", None), ('MAX-AGE="5"', 5)],
)
async def test_the_age_a_source_asks_for_is_read(
    fetcher: Fetcher, serve: Serve, header: str, max_age: int | None
) -> None:
    url = await serve(answer(body=FEED, headers={"Cache-Control": header}))
    assert (await fetcher.get(url)).max_age == max_age


async def test_a_content_location_elsewhere_is_not_believed(fetcher: Fetcher, serve: Serve) -> None:
    url = await serve(answer(body=FEED, headers={"Content-Location": "http://example.com/"}))
    assert (await fetcher.get(url)).content_location == ""


async def echo(request: web.Request) -> web.StreamResponse:
    """Says how it was asked; paths that are numbers redirect with that status."""
    name = request.path.strip("/")
    if name.isdigit():
        return web.Response(status=int(name), headers={"Location": "/there"})
    return web.Response(text=f"{request.method} {sorted((await request.post()).items())}")


async def test_a_form_is_sent_and_its_answer_read(fetcher: Fetcher, serve: Serve) -> None:
    url = await serve(echo)
    page = await fetcher.post(f"{url}/form", {"__EVENTTARGET": "ctl00$Pager", "q": "điều tra & thống kê"})
    assert page.body.decode() == "POST [('__EVENTTARGET', 'ctl00$Pager'), ('q', 'điều tra & thống kê')]"
    assert page.url == f"{url}/form"


@pytest.mark.parametrize(
    ("status", "asked"), [(302, "GET []"), (303, "GET []"), (307, "POST [('a', '1')]"), (308, "POST [('a', '1')]")]
)
async def test_a_form_is_sent_on_only_where_the_server_says_so(
    fetcher: Fetcher, serve: Serve, status: int, asked: str
) -> None:
    """F2"""
    page = await fetcher.post(f"{await serve(echo)}/{status}", {"a": "1"})
    assert page.body.decode() == asked


async def test_a_form_is_not_sent_to_a_private_address(fetcher: Fetcher) -> None:
    """F2"""
    with pytest.raises(ForbiddenAddressError):
        await fetcher.post("http://127.0.0.1:9/", {"a": "1"})


async def test_an_error_tells_what_the_server_answered(fetcher: Fetcher, serve: Serve) -> None:
    assert (await refusal(fetcher, await serve(answer(status=404)))).status == 404
    assert (await refusal(fetcher, "http://127.0.0.2:9/")).status is None


async def test_what_was_opened_is_open_to_a_sources_own_host_alone(serve: Serve) -> None:
    """F2: neither a redirect nor a link leads into the intranet, though the connection to it is kept."""
    intranet = await serve(answer(body=FEED))
    async with create_client(()) as client, create_client(OPEN) as home:
        fetcher = Fetcher(client, home=home)
        assert (await fetcher.get(f"{intranet}/rss.xml")).body == FEED
        assert (await fetcher.get(f"{intranet}/tin/1.html", home="127.0.0.2")).body == FEED
        with pytest.raises(ForbiddenAddressError):
            await fetcher.get(f"{intranet}/tin/1.html", home="bao.example.vn")


async def test_a_redirect_does_not_lead_on_into_what_was_opened(serve: Serve) -> None:
    """F2"""
    url = await serve(redirect(rss=(302, "http://127.0.0.3:9/rss.xml")))
    async with create_client(()) as client, create_client([ip_network("127.0.0.0/8")]) as home:
        assert isinstance(await refusal(Fetcher(client, home=home), f"{url}/rss"), ForbiddenAddressError)
