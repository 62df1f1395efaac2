"""The way to the Bot API: one bot with its connections. Nothing is asked of it before it is used."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from httpx import Limits
from httpx_aiohttp import AiohttpTransport
from telegram import Bot
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.channel import ChannelError, ClosedError, TemporaryError
from bot.config import TelegramSettings
from bot.telegram.errors import channel_errors

log = logging.getLogger(__name__)

#: How the Bot API's answer begins when it did what it was asked for.
_TAKEN = b'{"ok":true'

#: Requests in flight at once; more wait for a free connection. There are more than pushes on their way: an answer
#: waits for none of these.
CONNECTIONS = 320
#: Seconds. The pool's time includes that of connecting, by aiohttp's way of counting.
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 15.0
POOL_TIMEOUT = 15.0


class _Request(HTTPXRequest):
    """Tells an answer of Telegram's that broke off, when the request was taken, from a page that is not Telegram's."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError as error:
            if payload.startswith(_TAKEN):
                raise NetworkError("the answer broke off") from error
            raise TelegramError("the answer is not the Bot API's") from error
        return answer


def connect(settings: TelegramSettings) -> Bot:
    """Raises ClosedError when there is no token, or the proxy is of a kind that cannot be used."""
    if settings.token is None:
        raise ClosedError("there is no bot token; get one from @BotFather and set telegram.token")
    try:
        requests = _create_request(settings, CONNECTIONS), _create_request(settings, 2)
    except (RuntimeError, ValueError, ImportError):
        raise ClosedError("telegram.proxy is of a kind that loa cannot use") from None
    return Bot(
        settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=requests[0],
        get_updates_request=requests[1],
    )


async def check_telegram(settings: TelegramSettings) -> str:
    """The bot's username. Raises ChannelError with the reason why it cannot be had."""
    bot = connect(settings)
    try:
        with channel_errors():
            await bot.initialize()
        if not bot.username:
            raise TemporaryError("the answer is not the Bot API's (no username)")
        return bot.username
    finally:
        await bot.shutdown()


@asynccontextmanager
async def open_bot(bot: Bot) -> AsyncIterator[None]:
    """For sending only. Raises ClosedError when the token is refused; a network that is away may come back."""
    try:
        try:
            with channel_errors():
                await bot.initialize()
        except ClosedError:
            raise
        except ChannelError as error:
            log.warning("Telegram cannot be reached: %s", error.reason)
        yield
    finally:
        await bot.shutdown()


def _create_request(settings: TelegramSettings, connections: int) -> _Request:
    """Over aiohttp, which is four times as fast; a proxy is reached httpx's own way."""
    extras: dict[str, Any] = {}
    if not settings.proxy:
        extras["httpx_kwargs"] = {"transport": AiohttpTransport(limits=Limits(max_connections=connections))}
    return _Request(
        connection_pool_size=connections,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        write_timeout=READ_TIMEOUT,
        pool_timeout=POOL_TIMEOUT,
        proxy=settings.proxy,
        **extras,
    )
