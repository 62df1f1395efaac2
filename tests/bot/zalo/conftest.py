"""Zalo's side of loa over a real database, speaking to the strict fake."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from bot.asked import Answer, Asked
from bot.config import ZaloSettings
from bot.inbox import Inbox
from bot.webhook import make_webhook_route
from bot.zalo import Books, Hook, ZaloChannel, ZaloClient, ZaloFace, connect, make_door
from db import members
from db.engine import Database
from tests.databases import PostgresqlGround, SqliteGround
from tests.doors import open_server
from tests.fakes import Clock
from tests.zalo_api import FakeZalo, Person

OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")
WEBHOOK = "https://loa.example.vn/zalo"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZalo]:
    async with FakeZalo() as zalo:
        yield zalo


@pytest.fixture
async def client(zalo: FakeZalo) -> AsyncIterator[ZaloClient]:
    client = connect(ZaloSettings(token=SecretStr(zalo.token), api_url=zalo.url))
    yield client
    await client.close()


@pytest.fixture
def lan(zalo: FakeZalo) -> Person:
    """Someone who has spoken to the bot."""
    return zalo.person("Lan", known=True)


@pytest.fixture
def books(database: Database, clock: Clock) -> Books:
    return Books(database, clock, timezone=OFFICE, language="vi", per_month=10)


@pytest.fixture
def channel(client: ZaloClient, books: Books) -> ZaloChannel:
    return ZaloChannel(client, books, per_second=1000)


class Parrot:
    """A conversation that knows every chat and gives prepared answers; else it says what it heard."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.heard: list[Asked] = []
        self.answers: dict[str, Answer | Exception] = {}
        self._database = database
        self._clock = clock

    async def answer(self, asked: Asked) -> Answer:
        self.heard.append(asked)
        async with self._database.write() as session:
            await members.get_or_add_chat(
                session,
                channel=asked.channel,
                address=asked.chat,
                kind=asked.kind,
                title="",
                language="vi",
                now=self._clock(),
            )
        answer = self.answers.get(asked.action or asked.text, Answer())
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass(slots=True)
class Office:
    """A face that listens, until the test is over."""

    zalo: FakeZalo
    face: ZaloFace
    parrot: Parrot
    books: Books
    channel: ZaloChannel
    inbox: Inbox

    async def hear(self, number: int = 1) -> None:
        """Let Zalo tell so many things, and answer all that came."""
        for _ in range(number):
            await (self._bring() if self.zalo.roads else self.face.hear())
        await self.face.answer()
        await self.face.drain()

    async def _bring(self) -> None:
        """To the webhook: the oldest thing, or with replays each in turn."""
        await self.face.check()
        update = self.zalo.waiting[0]
        assert await self.zalo.push(update) == 200
        self.zalo.waiting.rotate(-1)
        if not self.zalo.quirks.replays:
            self.zalo.waiting.pop()


@pytest.fixture
async def hook(ground: SqliteGround | PostgresqlGround, zalo: FakeZalo, inbox: Inbox) -> AsyncIterator[Hook | None]:
    """By polling on one database and by webhook on the other: two ways and two databases in as many runs."""
    if isinstance(ground, PostgresqlGround):
        yield None
        return
    async with open_hook(zalo, inbox) as hook:
        yield hook


@asynccontextmanager
async def open_hook(zalo: FakeZalo, inbox: Inbox) -> AsyncIterator[Hook]:
    """A public address that leads here."""
    door = make_door(ZaloSettings(token=SecretStr(zalo.token), webhook_url=WEBHOOK))
    assert door is not None
    async with open_server([make_webhook_route(door, inbox)]) as server:
        zalo.roads[WEBHOOK] = f"{server}{door.path}"
        yield Hook(WEBHOOK, door.secret)


@pytest.fixture
def inbox(database: Database, clock: Clock) -> Inbox:
    return Inbox(database, "zalo", clock)


@pytest.fixture
async def office(
    zalo: FakeZalo,
    channel: ZaloChannel,
    books: Books,
    inbox: Inbox,
    hook: Hook | None,
    database: Database,
    clock: Clock,
) -> AsyncIterator[Office]:
    parrot = Parrot(database, clock)
    client = connect(ZaloSettings(token=SecretStr(zalo.token), api_url=zalo.url))
    async with ZaloFace(client, channel, books, inbox, parrot, stop=asyncio.Event(), hook=hook, pace=0.0) as face:
        yield Office(zalo, face, parrot, books, channel, inbox)
