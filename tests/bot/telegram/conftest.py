"""The real library against the strict Bot API on loopback."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from telegram import Bot

from bot.config import TelegramSettings
from bot.inbox import Inbox
from bot.logs import NOISY, quiet_loggers
from bot.telegram import Hook, TelegramChannel, TelegramFace, connect, make_door
from bot.telegram.receive import MenuSettings, Notices
from bot.webhook import make_webhook_route
from db.engine import Database
from db.models import Role
from tests.bot.telegram.talk import Heard, Talk
from tests.bot_api import FakeTelegram
from tests.bot_api.server import TOKEN
from tests.databases import SqliteGround
from tests.doors import open_server
from tests.fakes import Clock

FAST = 1000
WEBHOOK = "https://loa.example.vn/telegram"


def show_menu(language: str, role: Role) -> list[tuple[str, str]]:
    names = [("latest", "News")] if language == "en" else [("moinhat", "Tin mới")]
    return names + ([("admin", "…")] if role is Role.ADMIN else [])


@pytest.fixture
def quiet() -> Iterator[None]:
    """The libraries' loggers as loa sets them, and after the test as they were."""
    loggers = [logging.getLogger(name) for name in NOISY]
    levels = [logger.level for logger in loggers]
    quiet_loggers()
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def settings(fake: FakeTelegram) -> TelegramSettings:
    return TelegramSettings(token=SecretStr(TOKEN), api_url=fake.url, admins=(1,))


@pytest.fixture
async def bot(settings: TelegramSettings) -> AsyncIterator[Bot]:
    bot = connect(settings)
    yield bot
    await bot.shutdown()


@pytest.fixture
async def channel(bot: Bot) -> TelegramChannel:
    await bot.initialize()
    return TelegramChannel(bot, FAST)


@pytest.fixture(params=["polling", "webhook"])
async def hook(
    request: pytest.FixtureRequest, fake: FakeTelegram, sqlite_ground: SqliteGround, tmp_path: Path
) -> AsyncIterator[Hook | None]:
    """Each way by which updates come; what comes by webhook is kept in a database, and any will do."""
    if request.param == "polling":
        yield None
        return
    async with open_hook(fake, sqlite_ground, tmp_path) as hook:
        yield hook


@asynccontextmanager
async def open_hook(fake: FakeTelegram, ground: SqliteGround, folder: Path) -> AsyncIterator[Hook]:
    """A public address that leads here."""
    settings = TelegramSettings(token=SecretStr(fake.token), webhook_url=WEBHOOK)
    door = make_door(settings)
    assert door is not None
    with ground.make(folder, migrated=True) as url:
        database = Database(url)
        inbox = Inbox(database, "telegram", Clock())
        async with open_server([make_webhook_route(door, inbox)]) as server:
            fake.pusher.roads[WEBHOOK] = f"{server}{door.path}"
            yield Hook(WEBHOOK, door.secret, inbox)
            fake.pusher.roads.clear()
        await database.close()


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def face(bot: Bot, talk: Talk, heard: Heard, hook: Hook | None) -> AsyncIterator[TelegramFace]:
    face = create_face(bot, talk, heard, hook)
    async with face:
        yield face


def create_face(
    bot: Bot, talk: Talk, heard: Heard, hook: Hook | None = None, inbox: Inbox | None = None
) -> TelegramFace:
    notices = Notices(left=heard.leave, moved=heard.move)
    menus = MenuSettings(show_menu, admins=(1,))
    return TelegramFace(bot, TelegramChannel(bot, FAST), talk, notices=notices, menus=menus, hook=hook, inbox=inbox)


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sits out a wait whose length it does not test."""
    monkeypatch.setattr("bot.telegram.receive.SHORT_WAIT", 0.0)
    monkeypatch.setattr("bot.telegram.listen.FIRST_WAIT", 0.0)
