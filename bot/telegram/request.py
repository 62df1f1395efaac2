"""Carries requests to the Bot API over aiohttp, in half of the processor's time that httpx takes for them."""

import json
from typing import Any
from urllib.parse import urlsplit

from aiohttp import BytesPayload, ClientError, ClientSession, ClientTimeout, DummyCookieJar, FormData, TCPConnector
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.tls import get_trust

#: Seconds until a connection stands, and until one is free and stands.
CONNECT_TIMEOUT = 10.0
POOL_TIMEOUT = 15.0
#: Seconds without a sign of the server, unless the request asks for more.
READ_TIMEOUT = 15.0

#: How the Bot API's answer begins when it did what it was asked for.
_TAKEN = b'{"ok":true'


class AiohttpRequest(BaseRequest):
    """`telegram.request.BaseRequest` with so many connections; `proxy` is the address of an HTTP or SOCKS proxy.

    A NetworkError that it raises has what broke as its cause.
    """

    def __init__(self, connections: int, proxy: str | None = None) -> None:
        self._connections = connections
        self._proxy = proxy
        self._is_socks = proxy is not None and urlsplit(proxy).scheme.startswith("socks")
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return READ_TIMEOUT

    async def initialize(self) -> None:
        if self._session is None:
            self._session = ClientSession(
                connector=self._connect(),
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=None if self._is_socks else self._proxy,
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Of the times only that of reading may be chosen."""
        if self._session is None:
            raise RuntimeError("the bot is not initialized")
        read = READ_TIMEOUT if read_timeout is self.DEFAULT_NONE else read_timeout
        timeout = ClientTimeout(connect=POOL_TIMEOUT, sock_connect=CONNECT_TIMEOUT, sock_read=read)
        body = _build_body(request_data) if request_data else None
        try:
            async with self._session.request(method, url, data=body, timeout=timeout, allow_redirects=False) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (ClientError, OSError, ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """An answer of Telegram's that broke off is told from a page that is not Telegram's: its request was taken."""
        try:
            answer: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError as error:
            if payload.startswith(_TAKEN):
                raise NetworkError("the answer broke off") from error
            raise TelegramError("the answer is not the Bot API's") from error
        return answer

    def _connect(self) -> TCPConnector:
        settings: dict[str, Any] = {"limit": self._connections, "ssl": get_trust()}
        if self._proxy and self._is_socks:
            return ProxyConnector.from_url(self._proxy, **settings)
        return TCPConnector(**settings)


def _build_body(data: RequestData) -> FormData | BytesPayload:
    if not data.contains_files:
        return BytesPayload(data.json_payload, content_type="application/json")
    form = FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
