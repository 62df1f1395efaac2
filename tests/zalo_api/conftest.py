"""A fake Zalo, and two clients that others wrote speaking to it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from zalo_bot import Bot
from zalo_bot_mcp.zalo_api import ZaloBotApi

from tests.zalo_api import FakeZalo, Person


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZalo]:
    async with FakeZalo() as zalo:
        yield zalo


@pytest.fixture
async def sdk(zalo: FakeZalo) -> AsyncIterator[Bot]:
    """`python-zalo-bot`."""
    bot = Bot(zalo.token, base_url=zalo.url)
    await bot.initialize()
    yield bot
    await bot.shutdown()


class _Road(httpx.AsyncHTTPTransport):
    """Leads what is meant for the platform's own host to the fake one."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = httpx.URL(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=self._url.host, port=self._url.port)
        request.headers["host"] = f"{self._url.host}:{self._url.port}"
        return await super().handle_async_request(request)


@pytest.fixture
async def mcp(zalo: FakeZalo) -> AsyncIterator[ZaloBotApi]:
    """`zalo-bot-mcp`."""
    async with ZaloBotApi(zalo.token, transport=_Road(zalo.url)) as api:
        yield api


@pytest.fixture
def lan(zalo: FakeZalo) -> Person:
    """Someone who has spoken to the bot."""
    return zalo.person("Lan", known=True)
