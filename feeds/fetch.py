"""Fetches one page or sends one form, in bounded time and size, from public addresses only; never parses or retries."""

import asyncio
import logging
import re
import socket
import ssl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

import aiohttp
import httpx

from feeds.client import HEADERS, ForbiddenSocketError, create_client
from feeds.errors import FetchError, ForbiddenAddressError, GoneError
from feeds.hangs import Hangs
from feeds.robots import Robots
from feeds.types import Page

__all__ = ["Fetcher", "create_client"]

log = logging.getLogger(__name__)

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9,"
    " text/html;q=0.8, */*;q=0.5"
)
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_REPEATED = {307, 308}
_MOST_REDIRECTS = 5
#: The body of a request that has none: where it is given, httpx need not make it, nor the headers that tell of it.
_NOTHING = httpx.ByteStream(b"")
_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOT_TO_KEEP = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Hop:
    """Where a request goes. `login` is the user info of the address that was asked for; it stays with its origin."""

    url: httpx.URL
    login: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked at each hop; with a form it is a POST.

    `home` is the host that may lie in a private network. The certificate of `unchecked`, a host, may be a bad one.
    """

    headers: Mapping[str, str]
    form: Mapping[str, str] | None = None
    home: str = ""
    unchecked: str = ""

    def redirected(self, status: int) -> "_Request":
        """A form that was taken is not sent a second time, as browsers do it."""
        return self if status in _REPEATED else replace(self, form=None)


class Fetcher:
    """Gets pages through a client that `create_client` made. `size` in bytes, `time` in seconds for all of it.

    `home` is a client for which private networks were opened. Only what is asked of the source's own host goes through
    it: neither a redirect nor a link leads into them from outside. `lax` is a client that does not verify. Only a
    request that allows a bad certificate goes through it, and only to the host that it names itself.
    """

    def __init__(
        self,
        client: httpx.AsyncBaseTransport,
        *,
        home: httpx.AsyncBaseTransport | None = None,
        lax: httpx.AsyncBaseTransport | None = None,
        size: int = 10 * 1024 * 1024,
        time: float = 30.0,
    ) -> None:
        self._client = client
        self._home = home or client
        self._lax = lax
        self._size = size
        self._time = time
        self._warned: set[str] = set()
        self.robots = Robots(self.get)
        self.hangs = Hangs()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = _ACCEPT,
        home: str = "",
        allow_bad_certificate: bool = False,
    ) -> Page:
        """The page at the end of the redirects. Raises FetchError, whose reason may be shown to anyone.

        `home` is the host of the source that leads there; without it, the address is the source's own.
        """
        hop = _start(url)
        headers = HEADERS | {"Accept": accept}
        if etag and etag.isascii():
            headers["If-None-Match"] = etag
        if last_modified and last_modified.isascii():
            headers["If-Modified-Since"] = last_modified
        unchecked = hop.url.host if allow_bad_certificate else ""
        return await self._ask(hop, _Request(headers, home=home or hop.url.host, unchecked=unchecked))

    async def post(self, url: str, form: Mapping[str, str], *, allow_bad_certificate: bool = False) -> Page:
        """The page that answers a form, at the end of the redirects. Raises FetchError."""
        hop = _start(url)
        headers = HEADERS | {"Accept": _ACCEPT}
        unchecked = hop.url.host if allow_bad_certificate else ""
        return await self._ask(hop, _Request(headers, form, home=hop.url.host, unchecked=unchecked))

    async def _ask(self, hop: _Hop, request: _Request) -> Page:
        with _plain_errors(self._time):
            async with asyncio.timeout(self._time):
                return await self._follow(hop, request)

    async def _follow(self, hop: _Hop, request: _Request) -> Page:
        origin, is_permanent = hop, True
        for count in range(_MOST_REDIRECTS + 1):
            async with aclosing(await self._send(hop, request)) as response:
                if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                    moved_to = _name(hop) if count and is_permanent else None
                    return await self._read(hop, response, moved_to)
                is_permanent = is_permanent and response.status_code in _PERMANENT
                hop = _redirect(hop, response.headers["Location"], origin)
                request = request.redirected(response.status_code)
        raise FetchError(f"more than {_MOST_REDIRECTS} redirects")

    async def _send(self, hop: _Hop, request: _Request) -> httpx.Response:
        """A request says all that it says: a client adds nothing."""
        if request.form is None:
            asking = httpx.Request("GET", hop.url, headers=request.headers, stream=_NOTHING)
        else:
            asking = httpx.Request("POST", hop.url, headers=request.headers, data=request.form)
        if hop.login:
            asking = next(httpx.BasicAuth(*hop.login).auth_flow(asking))
        return await self._choose_client(hop, request).handle_async_request(asking)

    def _choose_client(self, hop: _Hop, request: _Request) -> httpx.AsyncBaseTransport:
        if self._lax is None or hop.url.host != request.unchecked:
            return self._home if hop.url.host == request.home else self._client
        if hop.url.host not in self._warned:
            self._warned.add(hop.url.host)
            log.warning("the certificate of %s is not checked: a source there allows a bad one", hop.url.host)
        return self._lax

    async def _read(self, hop: _Hop, response: httpx.Response, moved_to: str | None) -> Page:
        _check_status(response)
        headers = dict(response.headers.items())
        return Page(
            url=str(hop.url),
            status=response.status_code,
            body=b"" if response.status_code == 304 else await self._read_body(response),
            content_type=headers.get("content-type", ""),
            content_location=_content_location(hop, headers.get("content-location")),
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            max_age=_read_max_age(headers.get("cache-control", "")),
            moved_to=moved_to,
        )

    async def _read_body(self, response: httpx.Response) -> bytes:
        """Decoded here and not by httpx, which would unpack a bomb before it could be measured."""
        inflate = _choose_decoder(response.headers.get("Content-Encoding", ""), self._size)
        body, received = bytearray(), 0
        async for chunk in response.aiter_raw():
            received += len(chunk)
            body += inflate(chunk) if inflate else chunk
            if max(received, len(body)) > self._size:
                raise FetchError(f"larger than {self._size // 1024} KB")
        return bytes(body)


class _Inflater:
    """Unpacks gzip and deflate bit by bit, never more than a little over `size` bytes at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._unpack: zlib._Decompress | None = None

    def __call__(self, chunk: bytes) -> bytes:
        if self._unpack is None:
            self._unpack = _start_unpacking(chunk)
        unpacked = self._unpack.decompress(chunk, self._size + 1)
        while self._unpack.eof and self._unpack.unused_data.startswith(b"\x1f\x8b"):
            rest = self._unpack.unused_data
            self._unpack = _start_unpacking(rest)
            unpacked += self._unpack.decompress(rest, self._size + 1)
            if len(unpacked) > self._size:
                break
        return unpacked


def _start_unpacking(chunk: bytes) -> "zlib._Decompress":
    """gzip or zlib by their marks, else the bare deflate that some servers send."""
    is_marked = chunk[:1] == b"\x1f" or (
        len(chunk) > 1 and chunk[0] & 15 == 8 and (chunk[0] * 256 + chunk[1]) % 31 == 0
    )
    return zlib.decompressobj(zlib.MAX_WBITS | 32 if is_marked else -zlib.MAX_WBITS)


def _choose_decoder(encoding: str, size: int) -> _Inflater | None:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name in ("gzip", "x-gzip", "deflate"):
        return _Inflater(size)
    raise FetchError("packed in a way that was not asked for")


@lru_cache(maxsize=1024)
def _start(url: str) -> _Hop:
    """Of sources, most of which are asked again and again."""
    try:
        whole = httpx.URL(url.strip())
        login = (whole.username, whole.password) if whole.userinfo else None
        return _Hop(_check(whole), login)
    except (httpx.InvalidURL, ValueError):
        raise FetchError("no web address") from None  # the error would show a password


def _redirect(hop: _Hop, location: str, origin: _Hop) -> _Hop:
    """The next address. The user info goes along to the same origin, or from http to https on its host."""
    try:
        url = _check(hop.url.join(location))
    except (httpx.InvalidURL, ValueError):
        raise FetchError("redirected to no web address") from None
    is_home = _origin(url) in (_origin(origin.url), _origin(origin.url.copy_with(scheme="https")))
    return _Hop(url, origin.login if is_home else None)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _check(url: httpx.URL) -> httpx.URL:
    """The address without user info and fragment. Raises ForbiddenAddressError for all but web addresses."""
    if url.scheme not in ("http", "https") or not url.host:
        raise ForbiddenAddressError("only http and https addresses are fetched")
    return url.copy_with(userinfo=b"", fragment=None) if url.userinfo or url.fragment else url


def _name(hop: _Hop) -> str:
    if hop.login is None:
        return str(hop.url)
    username, password = hop.login
    return str(hop.url.copy_with(username=username, password=password))


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if status == 410:
        raise GoneError("gone for good (410)", status=status)
    if status >= 300 and status != 304:
        reason = f"the server answered {status} {httpx.codes.get_reason_phrase(status)}".rstrip()
        raise FetchError(reason, retry_in=_read_retry_after(response.headers), status=status)


def _read_retry_after(headers: httpx.Headers) -> float | None:
    """Seconds to wait. A date is compared with the server's own clock, so that ours need not be right."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    until, now = _read_date(value), _read_date(headers.get("Date", ""))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def _read_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return date if date.tzinfo else None


def _content_location(hop: _Hop, location: str | None) -> str:
    """Only within the host that was asked: it decides where relative links lead."""
    if location is None:
        return ""
    try:
        url = hop.url.join(location)
    except (httpx.InvalidURL, ValueError):
        return ""
    return str(url) if _origin(url) == _origin(hop.url) else ""


def _read_max_age(cache_control: str) -> int | None:
    match = _MAX_AGE.search(cache_control)
    return int(match[1]) if match and not _NOT_TO_KEEP.search(cache_control) else None


@contextmanager
def _plain_errors(time: float) -> Iterator[None]:
    """Lets no error of a library out."""
    try:
        yield
    except aiohttp.ClientError as error:
        raise _explain(error) from error
    except TimeoutError as error:
        raise FetchError(f"no whole answer within {time:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, zlib.error) as error:
        raise _explain(error) from error


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the host's name is not known"),
    (ssl.SSLCertVerificationError, "the server's certificate is not trusted"),
    (ssl.SSLError, "no secure connection could be made"),
    (ConnectionRefusedError, "the connection was refused"),
    (TimeoutError, "the server did not answer in time"),
    (zlib.error, "the body cannot be unpacked"),
    (aiohttp.InvalidURL, "no web address"),
    (aiohttp.ClientConnectorError, "the server cannot be reached"),
    (aiohttp.ClientPayloadError, "the answer broke off"),
    (ConnectionError, "the connection broke off"),
    (aiohttp.ClientConnectionError, "the connection broke off"),
)


def _explain(error: BaseException) -> FetchError:
    causes = list(_causes(error))
    if any(isinstance(cause, ForbiddenSocketError) for cause in causes):
        return ForbiddenAddressError("the address is private; polling.allow_networks may open it")
    for kind, reason in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            return FetchError(reason)
    return FetchError("the answer cannot be understood")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
