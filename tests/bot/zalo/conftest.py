"""Zalo's side of loa over a real database, speaking to the strict fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from bot.asked import Answer, Asked
from bot.config import ZaloSettings
from bot.zalo import Books, ZaloChannel, ZaloClient, ZaloFace, connect
from db import members
from db.engine import Database
from tests.fakes import Clock
from tests.zalo_api import FakeZalo, Person

OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")


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

    async def hear(self, number: int = 1) -> None:
        """Poll so many times, and answer all that came."""
        for _ in range(number):
            await self.face.hear()
        await self.face.answer()
        await self.face.drain()


@pytest.fixture
async def office(
    zalo: FakeZalo, channel: ZaloChannel, books: Books, database: Database, clock: Clock
) -> AsyncIterator[Office]:
    parrot = Parrot(database, clock)
    client = connect(ZaloSettings(token=SecretStr(zalo.token), api_url=zalo.url))
    async with ZaloFace(client, channel, books, parrot, stop=asyncio.Event(), pace=0.0) as face:
        yield Office(zalo, face, parrot, books, channel)
