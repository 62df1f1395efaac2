"""A fake Telegram and python-telegram-bot's own Bot speaking to it."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.bot_api import FakeTelegram, Person, Room


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    async with Bot(fake.token, base_url=f"{fake.url}/bot") as bot:
        yield bot


@pytest.fixture
def hoa(fake: FakeTelegram) -> Person:
    """Someone who has spoken to the bot."""
    return fake.person(11, "Hòa", known=True)


@pytest.fixture
def ward(fake: FakeTelegram, hoa: Person) -> Room:
    return fake.group(-1001, "Phòng Thống kê", admins=[hoa])
