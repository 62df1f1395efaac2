"""`loa run` when a platform refuses its token: what becomes of the other one."""

import asyncio
import math
import socket
from pathlib import Path

import httpx
import pytest

from bot import speak
from bot.channel import ClosedError
from bot.config import load_settings
from bot.run import run
from tests.bot_api import FakeTelegram
from tests.bot_api.errors import ApiError
from tests.bot_api.faults import Fault
from tests.zalo_api import FakeZalo

SETTINGS = """
[telegram]
token = "{telegram.token}"
api_url = "{telegram.url}"
admins = [{boss}]
[zalo]
token = "{zalo.token}"
api_url = "{zalo.url}"
admins = ["{lan.id}"]
[http]
port = {port}
[database]
url = "sqlite:///{folder}/x.db"
"""
BOSS = 1
UNAUTHORIZED = Fault(error=ApiError(401, "Unauthorized"))


class Office:
    """One admin, with an account on each platform, and loa between."""

    def __init__(self, telegram: FakeTelegram, zalo: FakeZalo, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        self.telegram, self.zalo = telegram, zalo
        self.boss, self.lan = telegram.person(BOSS, "Hòa"), zalo.person("Lan")
        names = {"telegram": telegram, "zalo": zalo, "boss": BOSS, "lan": self.lan, "port": self.port}
        (folder / "config.toml").write_text(SETTINGS.format(**names, folder=folder))
        self.settings = load_settings(folder / "config.toml", {})

    def refuse(self, name: str) -> None:
        fake = self.telegram if name == "telegram" else self.zalo
        fake.fail(UNAUTHORIZED, method="getMe", times=math.inf)

    async def ask(self, name: str) -> None:
        """Say something there, and wait until it is answered."""
        if name == "telegram":
            before = len(self.telegram.sent_to(BOSS))
            self.telegram.say(self.boss, "/start")
            await self.telegram.wait_for(lambda: len(self.telegram.sent_to(BOSS)) > before, 20)
        else:
            before = len(self.zalo.sent_to(self.lan.id))
            self.zalo.say(self.lan, "/start")
            await self.zalo.wait_for(lambda: len(self.zalo.sent_to(self.lan.id)) > before, 20)

    async def wait_for_notice(self, name: str, words: str) -> None:
        fake = self.telegram if name == "telegram" else self.zalo
        await fake.wait_for(lambda: any(words in sent.text for sent in fake.sent), 20)

    async def is_ready(self) -> tuple[int, str]:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{self.port}/readyz")
        return answer.status_code, answer.text


@pytest.mark.parametrize(("refused", "well"), [("telegram", "zalo"), ("zalo", "telegram")])
async def test_loa_goes_on_with_the_platform_that_takes_its_token(
    refused: str, well: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """D13 D14: it says so, and takes the other one up again."""
    monkeypatch.setattr(speak, "REFUSED_WAIT", 0.05)
    async with FakeTelegram() as telegram, FakeZalo() as zalo:
        office, stop = Office(telegram, zalo, tmp_path), asyncio.Event()
        office.refuse(refused)
        running = asyncio.create_task(run(office.settings, stop))
        await office.ask(well)
        await office.wait_for_notice(well, f"{refused.capitalize()} từ chối")
        status, text = await office.is_ready()
        assert (status, f"{refused.capitalize()} refuses the bot token" in text) == (503, True)
        (telegram if refused == "telegram" else zalo).mend()
        await office.ask(refused)
        assert (await office.is_ready())[0] == 200
        stop.set()
        await running
    complaints = [one.getMessage() for one in caplog.records if "refuses the bot token" in one.getMessage()]
    assert len(complaints) == 1
    assert f"set {refused}.token" in complaints[0]
    assert "loa goes on without it" in complaints[0]


async def test_a_telegram_token_that_is_refused_later_on_is_told_on_zalo(tmp_path: Path) -> None:
    """D13 D14: nothing need be owed on Telegram for that."""
    async with FakeTelegram() as telegram, FakeZalo() as zalo:
        office, stop = Office(telegram, zalo, tmp_path), asyncio.Event()
        running = asyncio.create_task(run(office.settings, stop))
        await office.ask("zalo")
        await office.ask("telegram")
        telegram.fail(UNAUTHORIZED, method="getUpdates", times=math.inf)
        telegram.say(telegram.person(7, "Nam"), "x")
        await office.wait_for_notice("zalo", "Telegram từ chối")
        await office.ask("zalo")
        stop.set()
        await running


async def test_loa_ends_when_every_platform_refuses_its_token(tmp_path: Path) -> None:
    """D13"""
    async with FakeTelegram() as telegram, FakeZalo() as zalo:
        office = Office(telegram, zalo, tmp_path)
        office.refuse("telegram")
        office.refuse("zalo")
        with pytest.raises(ClosedError) as caught:
            await asyncio.wait_for(run(office.settings, asyncio.Event()), 20)
        assert "set telegram.token" in caught.value.reason
        assert "set zalo.token" in caught.value.reason
