"""The calls to Zalo's Bot Platform that loa needs. No token leaves here, in no reason and no traceback."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from bot.channel import ClosedError, PermanentError, TemporaryError, UnknownOutcomeError, UnreachedError
from bot.config import ZaloSettings
from bot.logs import mask_secrets
from bot.tls import get_trust
from bot.zalo.errors import QuietError, to_channel_error

#: Seconds. Zalo fetches a picture itself before it answers.
TIMEOUT = 15.0
PHOTO_TIMEOUT = 60.0
CONNECT_TIMEOUT = 10.0
#: How much longer than the wait that was asked for a poll may take.
POLL_MARGIN = 10.0
#: The request was never handed over.
_UNSENT = (
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError),
    *(httpx.UnsupportedProtocol, httpx.LocalProtocolError),
)


class ZaloClient:
    """Over httpx's own transport: Zalo's edge sends two `Server` headers, which aiohttp refuses to read.

    Every call raises ChannelError.
    """

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._base = f"{api_url}/bot{token}"
        limits = httpx.Limits(max_connections=32)
        self._http = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(limits=limits, verify=get_trust()))

    @property
    def bot(self) -> str:
        """The bot's number, which is no secret."""
        return self._token.partition(":")[0]

    async def get_name(self) -> str:
        """What people see as the bot's name."""
        about = _expect(await self._call("getMe", {}), "id")
        return str(about.get("display_name") or about.get("account_name") or "")

    async def get_update(self, wait: int) -> dict[str, Any] | None:
        """What somebody said, if anybody does within so many seconds; one thing at a time."""
        try:
            update = await self._call("getUpdates", {"timeout": wait}, timeout=wait + POLL_MARGIN)
        except QuietError:
            return None
        return update if isinstance(update, dict) and update.get("event_name") else None

    async def send_message(self, chat: str, text: str, styles: Sequence[Mapping[str, Any]] = ()) -> str:
        """Returns the message's id. `styles` are runs of the text in UTF-16 units."""
        formats = {"text_styles": list(styles)} if styles else {}
        return _get_id(await self._call("sendMessage", {"chat_id": chat, "text": text, **formats}))

    async def send_photo(self, chat: str, url: str, caption: str = "") -> str:
        """Zalo fetches the picture from its public address, maybe more than once."""
        words = {"caption": caption} if caption else {}
        return _get_id(await self._call("sendPhoto", {"chat_id": chat, "photo": url, **words}, timeout=PHOTO_TIMEOUT))

    async def show_typing(self, chat: str) -> None:
        await self._call("sendChatAction", {"chat_id": chat, "action": "typing"})

    async def set_webhook(self, url: str, secret: str) -> str:
        """Returns what Zalo found amiss when it tried the address; empty if nothing, or if it does not say."""
        result = await self._call("setWebhook", {"url": url, "secret_token": secret})
        found = result.get("verification") if isinstance(result, dict) else None
        return str(found.get("outcome") or "") if isinstance(found, dict) and found.get("ok") is not True else ""

    async def delete_webhook(self) -> None:
        await self._call("deleteWebhook", {})

    async def get_webhook(self) -> str:
        """Its address; nothing where none is set, which Zalo calls not found."""
        try:
            result = await self._call("getWebhookInfo", {})
        except PermanentError:
            return ""
        return str(result.get("url") or "") if isinstance(result, dict) else ""

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, method: str, params: Mapping[str, Any], *, timeout: float = TIMEOUT) -> Any:  # noqa: ASYNC109
        limits = httpx.Timeout(timeout, connect=CONNECT_TIMEOUT)
        try:
            answer = await self._http.post(f"{self._base}/{method}", json=params, timeout=limits)
        except _UNSENT as error:
            raise UnreachedError(self._describe(method, error)) from None
        except httpx.HTTPError as error:
            raise UnknownOutcomeError(self._describe(method, error)) from None
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> Any:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or "ok" not in body:
            raise TemporaryError(f"the answer is not Zalo's (HTTP {answer.status_code})") from None
        if body["ok"] is True:
            return body.get("result")
        words = {name: self._mask(str(value)) for name, value in body.items()}
        raise to_channel_error(words, answer.status_code)

    def _describe(self, method: str, error: Exception) -> str:
        return f"{method}: {self._mask(str(error)) or type(error).__name__}"

    def _mask(self, text: str) -> str:
        """Before anything is cut: half a token would not be recognised."""
        for secret in (self._token, quote(self._token), quote(self._token, safe="")):
            text = text.replace(secret, "***")
        return mask_secrets(text)


def _expect(result: Any, name: str) -> dict[str, Any]:
    if not isinstance(result, dict) or not result.get(name):
        raise TemporaryError(f"the answer is not Zalo's (no {name})")
    return result


def _get_id(result: Any) -> str:
    return str(_expect(result, "message_id")["message_id"])


def connect(settings: ZaloSettings) -> ZaloClient:
    """Nothing is asked of it yet. Raises ClosedError when there is no token."""
    if settings.token is None:
        raise ClosedError("there is no bot token; make a bot in Zalo Bot Creator and set zalo.token")
    return ZaloClient(settings.token.get_secret_value(), settings.api_url)


async def check_zalo(settings: ZaloSettings) -> str:
    """The bot's name. Raises ChannelError with the reason why it cannot be had."""
    client = connect(settings)
    try:
        return await client.get_name()
    finally:
        await client.close()


async def check_webhook(settings: ZaloSettings) -> str:
    """What Zalo says of `webhook_url`; nothing is set. Raises ChannelError."""
    client = connect(settings)
    try:
        is_set = await client.get_webhook() == settings.webhook_url
    finally:
        await client.close()
    return "Zalo sends updates there" if is_set else "loa run will set it"
