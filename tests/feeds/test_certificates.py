"""Bad certificates: refused, unless the one source on that host allows them."""

import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer

from feeds.client import check_certificates, create_client
from feeds.errors import FetchError, ForbiddenAddressError
from feeds.fetch import Fetcher

HOST, OTHER_HOST = "127.0.0.2", "127.0.0.3"
OPEN = (ip_network("127.0.0.2/31"),)
FEED = b"<rss/>"

Serve = Callable[..., Awaitable[str]]


@pytest.fixture(scope="module")
def office() -> trustme.CA:
    """The certificate authority that this machine trusts."""
    return trustme.CA()


@pytest.fixture
def trusted(office: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    office.cert_pem.write_to_path(tmp_path / "office.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "office.pem"))
    check_certificates.cache_clear()
    yield
    check_certificates.cache_clear()


@pytest.fixture
async def fetcher(trusted: None) -> AsyncIterator[Fetcher]:
    async with create_client(OPEN) as client, create_client(OPEN, verify=False) as lax:
        yield Fetcher(client, lax=lax)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server with a certificate, which gives a feed or redirects to `location`; gives its address."""
    servers: list[TestServer] = []

    async def start(
        certificate: trustme.LeafCert,
        *,
        host: str = HOST,
        location: str = "",
        newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ) -> str:
        async def handler(request: web.Request) -> web.StreamResponse:
            return web.Response(status=301, headers={"Location": location}) if location else web.Response(body=FEED)

        app = web.Application()
        app.router.add_get("/{path:.*}", handler)
        server = TestServer(app, host=host, scheme="https")
        await server.start_server(ssl=get_context(certificate, newest))
        servers.append(server)
        return f"https://{host}:{server.port}"

    yield start
    for server in servers:
        await server.close()


def get_context(certificate: trustme.LeafCert, newest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if newest is not ssl.TLSVersion.MAXIMUM_SUPPORTED:
        context.minimum_version = context.maximum_version = newest
        context.set_ciphers("ALL:@SECLEVEL=0")
    certificate.configure_cert(context)
    return context


def make_bad(kind: str, office: trustme.CA) -> trustme.LeafCert:
    if kind == "expired":
        return office.issue_cert(
            HOST, not_before=datetime(2019, 1, 1, tzinfo=UTC), not_after=datetime(2020, 1, 1, tzinfo=UTC)
        )
    if kind == "wrong name":
        return office.issue_cert("khac.example.vn")
    if kind == "incomplete":
        whole = office.create_child_ca().issue_cert(HOST)
        return trustme.LeafCert(whole.private_key_pem.bytes(), whole.cert_chain_pems[0].bytes(), [])
    return trustme.CA().issue_cert(HOST)


async def test_a_good_certificate_needs_no_exception(fetcher: Fetcher, serve: Serve, office: trustme.CA) -> None:
    assert (await fetcher.get(await serve(office.issue_cert(HOST)))).body == FEED


@pytest.mark.parametrize("kind", ["self-signed", "expired", "wrong name", "incomplete"])
async def test_a_bad_certificate_needs_one(
    fetcher: Fetcher, serve: Serve, office: trustme.CA, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """F5"""
    url = await serve(make_bad(kind, office))
    for _ in range(2):
        assert (await fetcher.get(url, allow_bad_certificate=True)).body == FEED
    with pytest.raises(FetchError, match="the server's certificate is not trusted"):
        await fetcher.get(url)
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warnings == [f"the certificate of {HOST} is not checked: a source there allows a bad one"]


async def test_a_form_may_be_sent_there_too(fetcher: Fetcher, serve: Serve, office: trustme.CA) -> None:
    """F5"""
    url = await serve(make_bad("expired", office))
    with pytest.raises(FetchError, match="405"):
        await fetcher.post(url, {"a": "1"}, allow_bad_certificate=True)


async def test_the_exception_does_not_go_along_to_another_host(
    fetcher: Fetcher, serve: Serve, office: trustme.CA
) -> None:
    """F5 F2"""
    away = await serve(make_bad("self-signed", office), host=OTHER_HOST)
    url = await serve(make_bad("expired", office), location=f"{away}/rss")
    with pytest.raises(FetchError, match="the server's certificate is not trusted"):
        await fetcher.get(url, allow_bad_certificate=True)


async def test_the_exception_stays_with_a_redirect_on_its_host(
    fetcher: Fetcher, serve: Serve, office: trustme.CA
) -> None:
    """F5"""
    home = await serve(make_bad("expired", office))
    url = await serve(make_bad("expired", office), location=f"{home}/rss")
    assert (await fetcher.get(url, allow_bad_certificate=True)).body == FEED


async def test_the_exception_opens_no_private_address(trusted: None) -> None:
    """F5 F2"""
    async with create_client(()) as client, create_client((), verify=False) as lax:
        with pytest.raises(ForbiddenAddressError):
            await Fetcher(client, lax=lax).get("https://127.0.0.2/", allow_bad_certificate=True)


async def test_without_a_client_for_it_nothing_is_excepted(serve: Serve, office: trustme.CA) -> None:
    """F5"""
    url = await serve(make_bad("expired", office))
    async with create_client(OPEN) as client:
        with pytest.raises(FetchError, match="the server's certificate is not trusted"):
            await Fetcher(client).get(url, allow_bad_certificate=True)


async def test_robots_are_asked_under_the_same_exception(fetcher: Fetcher, serve: Serve, office: trustme.CA) -> None:
    """F5"""
    url = await serve(make_bad("expired", office))
    now = datetime(2026, 8, 6, tzinfo=UTC)
    with pytest.raises(FetchError):
        await fetcher.robots.check(url, now)
    await fetcher.robots.check(url, now, allow_bad_certificate=True)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
async def test_an_old_server_needs_the_exception_too(fetcher: Fetcher, serve: Serve, office: trustme.CA) -> None:
    """F5"""
    url = await serve(office.issue_cert(HOST), newest=ssl.TLSVersion.TLSv1_1)
    assert (await fetcher.get(url, allow_bad_certificate=True)).body == FEED
    with pytest.raises(FetchError, match=r"no secure connection|cannot be reached"):
        await fetcher.get(url)
