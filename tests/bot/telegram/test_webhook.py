"""How listening by webhook goes on when it is disturbed: what Telegram is told, and what it tells."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot

from bot.config import TelegramSettings
from bot.telegram import Hook, connect, webhook
from bot.telegram.updates import ALLOWED
from tests.bot.telegram.conftest import WEBHOOK, create_face, open_hook
from tests.bot.telegram.talk import Heard, Talk
from tests.bot_api import FakeTelegram, faults
from tests.databases import SqliteGround


@pytest.fixture
async def hook(fake: FakeTelegram, sqlite_ground: SqliteGround, tmp_path: Path) -> AsyncIterator[Hook]:
    async with open_hook(fake, sqlite_ground, tmp_path) as hook:
        yield hook


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LOOK", 0.01)
    monkeypatch.setattr(webhook, "CHECK", 0.0)


async def test_telegram_is_told_where_and_what_to_send(
    fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard, hook: Hook
) -> None:
    """A5"""
    async with create_face(bot, talk, heard, hook):
        assert (fake.updates.webhook, fake.updates.secret) == (WEBHOOK, hook.secret)
        assert fake.updates._allowed == set(ALLOWED)
        assert await fake.pusher.push({"update_id": 1}, secret="guess") == 403
    assert fake.updates.webhook == WEBHOOK


async def test_an_update_that_comes_again_is_answered_once(
    fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard, hook: Hook
) -> None:
    """A5"""
    async with create_face(bot, talk, heard, hook):
        lan = fake.person(11, "Lan")
        fake.say(lan, "một")
        update = fake.updates.pending[0]
        await fake.wait_for(lambda: fake.sent_to(11))
        assert await fake.pusher.push(update) == 200
        fake.say(lan, "hai")
        await fake.wait_for(lambda: len(fake.sent_to(11)) == 2)
    assert [asked.text for asked in talk.asked] == ["một", "hai"]


async def test_what_was_not_answered_is_after_the_next_start(
    fake: FakeTelegram, settings: TelegramSettings, talk: Talk, heard: Heard, hook: Hook
) -> None:
    """D15 P3: it was taken in while nobody listened, as between two starts or by another process."""
    async with create_face(connect(settings), talk, heard, hook):
        pass
    assert await fake.pusher.push({"update_id": 5, "message": {"chat": 7}}) == 200
    fake.say(fake.person(11, "Lan"), "một")
    await fake.wait_for(lambda: not fake.updates.pending)
    async with create_face(connect(settings), talk, heard, hook):
        await fake.wait_for(lambda: fake.sent_to(11))
    assert await hook.inbox.take(9, ()) == []


async def test_what_was_not_answered_is_also_when_polling_is_chosen_again(
    fake: FakeTelegram, settings: TelegramSettings, talk: Talk, heard: Heard, hook: Hook
) -> None:
    """D15 P3: once, and before what is polled for."""
    async with create_face(connect(settings), talk, heard, hook):
        pass
    lan = fake.person(11, "Lan")
    assert await fake.pusher.push({"update_id": 5, "message": {"chat": 7}}) == 200
    fake.say(lan, "một")
    await fake.wait_for(lambda: not fake.updates.pending)
    for text in ("hai", "ba"):
        async with create_face(connect(settings), talk, heard, inbox=hook.inbox):
            fake.say(lan, text)
            await fake.wait_for(lambda text=text: text in talk.asked[-1].text if talk.asked else False)
    assert [asked.text for asked in talk.asked] == ["một", "hai", "ba"]
    assert await hook.inbox.take(9, ()) == []


async def test_a_webhook_that_another_program_takes_away_is_set_again(
    fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    async with create_face(bot, talk, heard, hook):
        fake.updates.set_webhook("", drop=False)
        await fake.wait_for(lambda: fake.updates.webhook == WEBHOOK)
    assert "taken away" in caplog.text


async def test_a_door_that_telegram_does_not_reach_is_told(
    fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot.telegram")
    road = fake.pusher.roads[WEBHOOK]
    face = create_face(bot, talk, heard, hook)
    async with face:
        fake.pusher.roads[WEBHOOK] = "http://127.0.0.1:9/"
        fake.say(fake.person(11, "Lan"), "một")
        await fake.wait_for(lambda: "does not get through" in face.trouble)
        fake.pusher.roads[WEBHOOK] = road
        await fake.wait_for(lambda: fake.sent_to(11))
        await fake.wait_for(lambda: not face.trouble)
    assert "Telegram can be heard again" in caplog.text
    assert hook.secret not in caplog.text


async def test_a_webhook_that_telegram_refuses_is_told_and_tried_again(
    fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard, hook: Hook
) -> None:
    fake.fail(faults.bad_request("bad webhook: Failed to resolve host"), method="setWebhook", times=2)
    face = create_face(bot, talk, heard, hook)
    async with face:
        fake.say(fake.person(11, "Lan"), "một")
        await fake.wait_for(lambda: fake.sent_to(11))
        assert fake.requests["setWebhook", 400] == 2
