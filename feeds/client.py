"""Makes the one HTTP client for sources; its sockets refuse private addresses, whatever a name resolved to.

It is a transport of httpx over aiohttp: a request goes out as it is, and the answer comes as it was sent.
"""

import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import aiohttp
import httpx
from aiohttp.abc import AbstractCookieJar
from yarl import URL

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_RELAYS = IPv4Network("192.88.99.0/24")
#: What every request says.
HEADERS = {
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "User-Agent": f"loa/{version('loa')} (news watcher)",
}
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10.0, sock_read=20.0)
_CHUNK = 16 * 1024
_HEADER_BYTES = 32 * 1024
_OP_LEGACY_SERVER_CONNECT = 4  # servers that never learned to renegotiate safely; Python 3.12 has it in ssl


class ForbiddenSocketError(OSError):
    """A connection to an address that may not be fetched was refused before it was made."""


def is_allowed(address: Address, allow_networks: Sequence[Network]) -> bool:
    """Whether an address is on the public internet or in a network that was opened.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) is judged as itself.
    """
    address = _unwrap(address)
    if any(address in network for network in allow_networks):
        return True
    if isinstance(address, IPv6Address):
        return address in _GLOBAL_V6 and address.is_global and address.teredo is None
    return address.is_global and not address.is_multicast and address not in _RELAYS


def create_client(
    allow_networks: Sequence[Network], *, concurrency: int = 100, verify: bool = True
) -> httpx.AsyncBaseTransport:
    """A client without cookies, proxies and redirects, over aiohttp. Its session opens with the first request.

    One that does not verify takes any certificate and old TLS: it is for the hosts of sources that allow it alone.
    """
    tls = check_certificates() if verify else take_any_certificate()

    def open_session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=concurrency, limit_per_host=0, ssl=tls, socket_factory=_guard_sockets(allow_networks)
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=_no_cookies(),
            timeout=_TIMEOUT,
            auto_decompress=False,
            trust_env=False,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )

    return _Client(open_session)


class _Client(httpx.AsyncBaseTransport):
    """Raises aiohttp's errors."""

    def __init__(self, open_session: Callable[[], aiohttp.ClientSession]) -> None:
        self._open_session = open_session
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._session = self._session or self._open_session()
        answer = await self._session.request(
            request.method,
            _parse_url(str(request.url)),
            headers=dict(request.headers.multi_items()),
            data=await request.aread() or None,
            allow_redirects=False,
        )
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=_Body(answer))

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()


#: Sources are asked again and again.
_parse_url = lru_cache(maxsize=1024)(URL)


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.content.iter_chunked(_CHUNK):
            yield chunk

    async def aclose(self) -> None:
        """What is left of it is not waited for."""
        self._answer.release()


@cache
def check_certificates() -> ssl.SSLContext:
    """Those of all the authorities that this machine or certifi trusts; read once, as it takes long."""
    tls = httpx.create_ssl_context()
    tls.load_default_certs()
    return tls


@cache
def take_any_certificate() -> ssl.SSLContext:
    tls = ssl.create_default_context()
    tls.check_hostname = False
    tls.verify_mode = ssl.CERT_NONE
    tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    tls.set_ciphers("DEFAULT:@SECLEVEL=0")
    tls.options |= _OP_LEGACY_SERVER_CONNECT
    return tls


def _no_cookies() -> AbstractCookieJar:
    return aiohttp.DummyCookieJar()


def _guard_sockets(allow_networks: Sequence[Network]) -> Callable[..., socket.socket]:
    """aiohttp calls it for every connection, after the name was resolved and before the address is connected to."""

    def make_socket(address_info: tuple[int, int, int, str, tuple[str, int]]) -> socket.socket:
        family, kind, protocol, _, (host, *_) = address_info
        if not is_allowed(ip_address(host), allow_networks):
            raise ForbiddenSocketError("the address is private")
        return socket.socket(family, kind, protocol)

    return make_socket


def _unwrap(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
