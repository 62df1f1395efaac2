"""How listening goes on when Telegram does not answer as it should."""

import asyncio
import logging

import pytest
from pydantic import SecretStr
from telegram import Bot, Update

from bot.config import TelegramSettings
from bot.telegram import connect
from bot.telegram.listen import CLOSED_WAIT, LONGEST_WAIT, Listener
from tests.bot_api import FakeTelegram, faults
from tests.bot_api.errors import conflict
from tests.bot_api.faults import Fault
from tests.bot_api.server import TOKEN

CONFLICT = Fault(error=conflict("terminated by other getUpdates request"))


class Ear:
    """A listener that rests without waiting, and what became of it."""

    def __init__(self, bot: Bot) -> None:
        self.taken: list[Update] = []
        self.rests: list[float] = []
        self.greeted = 0
        self.has_taken = asyncio.Event()
        self.listener = Listener(bot, self.take, self.greet, sleep=self.sleep)

    async def take(self, update: Update) -> None:
        self.taken.append(update)
        self.has_taken.set()

    async def greet(self) -> None:
        self.greeted += 1

    async def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)

    async def hear_one(self, fake: FakeTelegram) -> None:
        """From start to stop, with one message to be heard."""
        fake.say(fake.person(11, "Lan"), "x")
        await self.listener.start()
        async with asyncio.timeout(5):
            await self.has_taken.wait()
        await self.listener.stop()


@pytest.fixture
async def ear(bot: Bot) -> Ear:
    return Ear(bot)


def get_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


async def test_two_pollers_are_told_once_in_plain_words(
    fake: FakeTelegram, ear: Ear, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D12"""
    monkeypatch.setattr("bot.telegram.listen.FIRST_WAIT", 1.0)
    fake.fail(CONFLICT, method="getUpdates", times=8)
    await ear.hear_one(fake)
    assert ear.rests == [1, 2, 4, 8, 16, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    (warning,) = get_warnings(caplog)
    assert "another program listens with the same bot token" in warning


async def test_without_a_way_to_telegram_the_log_says_what_may_help(caplog: pytest.LogCaptureFixture) -> None:
    """A8"""
    bot = connect(TelegramSettings(token=SecretStr(TOKEN), api_url="http://127.0.0.1:1"))
    ear = Ear(bot)
    await ear.listener.start()
    await ear.listener.stop()
    await bot.shutdown()
    (warning,) = get_warnings(caplog)
    assert "goes on trying" in warning
    assert "telegram.proxy" in warning
    assert "Conn" in ear.listener.trouble
    assert TOKEN not in warning


async def test_a_time_that_telegram_names_is_obeyed(fake: FakeTelegram, ear: Ear) -> None:
    """D3"""
    fake.fail(faults.flood(17), method="getUpdates")
    await ear.hear_one(fake)
    assert ear.rests == [17]


async def test_a_token_replaced_while_listening_is_asked_for_seldom(
    fake: FakeTelegram, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """D13 A8"""
    fake.fail(Fault(status=401, body='{"ok":false,"description":"Unauthorized"}'), method="getUpdates")
    await ear.hear_one(fake)
    assert ear.rests == [CLOSED_WAIT]
    assert "BotFather" in get_warnings(caplog)[0]


async def test_a_gateways_page_does_not_end_listening(fake: FakeTelegram, ear: Ear) -> None:
    """D6"""
    for status in (404, 401, 502, 200):
        fake.fail(Fault(status=status, body="<html>"), method="getUpdates")
    await ear.hear_one(fake)
    assert len(ear.rests) == 4
    assert CLOSED_WAIT not in ear.rests


async def test_an_error_that_nobody_foresaw_does_not_end_listening(
    fake: FakeTelegram, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumble(update: Update) -> None:
        ear.listener._take = ear.take
        raise ZeroDivisionError

    ear.listener._take = stumble
    fake.say(fake.person(12, "Minh"), "y")
    await ear.hear_one(fake)
    assert len(ear.taken) == 1
    assert "ZeroDivisionError" in caplog.text


async def test_a_webhook_left_behind_is_removed(fake: FakeTelegram, ear: Ear) -> None:
    fake.updates.set_webhook("https://example.vn/hook", drop=False)
    await ear.hear_one(fake)
    assert fake.updates.webhook == ""
    assert ear.rests == []


async def test_telegram_is_greeted_once_when_it_is_first_reached(
    fake: FakeTelegram, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """D6"""
    caplog.set_level(logging.INFO, logger="bot.telegram")
    fake.fail(faults.server_error(), method="getMe", times=3)
    await ear.hear_one(fake)
    assert ear.greeted == 1
    assert "Telegram can be heard again" in caplog.text


async def test_a_stop_goes_on_when_telegram_does_not_answer(
    fake: FakeTelegram, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P3"""
    monkeypatch.setattr("bot.telegram.listen.FAREWELL", 0.01)
    fake.say(fake.person(11, "Lan"), "x")
    await ear.listener.start()
    async with asyncio.timeout(5):
        await ear.has_taken.wait()
    await fake.wait_for(lambda: fake.requests["getUpdates", 200])
    fake.fail(faults.held(asyncio.Event()), method="getUpdates", times=9)
    async with asyncio.timeout(5):
        await ear.listener.stop()
