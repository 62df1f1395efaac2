"""The doors that platforms knock at: who is let in, what is kept, and that each thing is kept once."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot import telegram, zalo
from bot.check import check_all
from bot.config import Settings, TelegramSettings, ZaloSettings, load_settings
from bot.inbox import Inbox
from bot.run import run
from bot.webhook import Door, make_secret, make_webhook_route
from db import heard
from db.engine import Database
from db.talk_models import Heard
from tests.bot_api import FakeTelegram
from tests.doors import open_server
from tests.fakes import Clock
from tests.zalo_api import FakeZalo

TOKEN = "123456:AAsecretsecret"
BARE: dict[str, Any] = {"event_name": "message.text.received", "message": {"message_id": "a1", "text": "/tin"}}


def make_door(platform: str) -> Door:
    url, token = f"https://loa.example.vn/{platform}", SecretStr(TOKEN)
    is_zalo = platform == "zalo"
    door = (
        zalo.make_door(ZaloSettings(token=token, webhook_url=url))
        if is_zalo
        else telegram.make_door(TelegramSettings(token=token, webhook_url=url))
    )
    assert door is not None
    return door


class Knocker:
    """Knocks at one platform's door."""

    def __init__(self, door: Door, url: str, client: httpx.AsyncClient) -> None:
        self.door = door
        self._url = url
        self._client = client

    async def knock(self, body: object = None, *, secret: str | bytes | None = None, content: bytes = b"") -> int:
        headers = {self.door.header: self.door.secret if secret is None else secret}
        sent: dict[str, Any] = {"content": content} if body is None else {"json": body}
        return (await self._client.post(f"{self._url}{self.door.path}", headers=headers, **sent)).status_code


@pytest.fixture(params=["telegram", "zalo"])
def door(request: pytest.FixtureRequest) -> Door:
    return make_door(request.param)


@pytest.fixture
async def knocker(database: Database, clock: Clock, door: Door) -> AsyncIterator[Knocker]:
    route = make_webhook_route(door, Inbox(database, door.path.strip("/"), clock))
    async with open_server([route]) as url, httpx.AsyncClient(verify=False) as client:
        yield Knocker(door, url, client)


async def list_heard(database: Database) -> list[tuple[str, str]]:
    async with database.read() as session:
        return [(row.channel, row.key) for row in await session.scalars(select(Heard).order_by(Heard.id))]


LINE = """
[{name}]
token = "{token}"
api_url = "{url}"
webhook_url = "https://loa.example.vn/{name}"
"""
SQLITE = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)


@SQLITE
async def test_whoever_does_not_know_the_secret_is_not_heard(knocker: Knocker, database: Database) -> None:
    """A5 A8: a wrong one, none, one with odd bytes, the token itself."""
    update = BARE | {"update_id": 7}
    for secret in ("", "x" * 64, knocker.door.secret[:-1], TOKEN, b"\xff\xfe", f"{knocker.door.secret}x"):
        assert await knocker.knock(update, secret=secret) == 403
    assert await list_heard(database) == []
    assert TOKEN not in make_secret(TOKEN)
    assert make_secret(TOKEN) != make_secret("123456:AAsecretsecreu")


async def test_what_is_sent_again_is_kept_once(knocker: Knocker, database: Database) -> None:
    """A5 D15"""
    update = BARE | {"update_id": 7}
    assert [await knocker.knock(update) for _ in range(3)] == [200] * 3
    assert await knocker.knock({"ok": True, "result": update} if knocker.door.path == "/zalo" else update) == 200
    key = "a1" if knocker.door.path == "/zalo" else "7"
    assert await list_heard(database) == [(knocker.door.path.strip("/"), f"123456:{key}")]


@SQLITE
async def test_what_is_no_update_is_acknowledged_and_forgotten(knocker: Knocker, database: Database) -> None:
    """A trial's empty body, with the secret or without; and what would come again for ever if it were refused."""
    assert await knocker.knock(secret="") == 200
    for content in (b"", b"x", b"[]", b"{}", b"5", b'"x"', b"[" * 30_000, b"\xff", b'{"update_id": true}'):
        assert await knocker.knock(content=content) == 200
    assert await list_heard(database) == []


@SQLITE
async def test_what_is_too_long_is_not_read(knocker: Knocker, database: Database) -> None:
    assert await knocker.knock(BARE | {"update_id": 1, "x": "y" * knocker.door.longest}) == 413
    almost = BARE | {"update_id": 1, "x": "y" * (knocker.door.longest - 200)}
    assert await knocker.knock(almost) == 200
    assert len(await list_heard(database)) == 1
    assert make_door("zalo").longest == 65536


@SQLITE
async def test_what_cannot_be_kept_is_asked_for_again(
    knocker: Knocker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P2"""

    async def fail(*_: object) -> bool:
        raise OperationalError("", {}, Exception("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr(heard, "add", fail)
        assert await knocker.knock(BARE | {"update_id": 7}) == 503
    assert await knocker.knock(BARE | {"update_id": 7}) == 200
    assert len(await list_heard(database)) == 1


def name_both(folder: Path, fake: FakeTelegram, other: FakeZalo, port: int) -> Settings:
    lines = ("telegram", fake.token, fake.url), ("zalo", other.token, other.url)
    text = "".join(LINE.format(name=name, token=token, url=url) for name, token, url in lines)
    text += f'[http]\nport = {port}\n[access]\nmode = "open"\n[database]\nurl = "sqlite:///{folder}/x.db"\n'
    (folder / "config.toml").write_text(text)
    return load_settings(folder / "config.toml", {})


async def test_a_check_tells_how_the_webhooks_are(tmp_path: Path) -> None:
    async with FakeTelegram() as fake, FakeZalo() as other:
        settings = name_both(tmp_path, fake, other, 8080)
        assert {found for _, found in await check_webhooks(settings)} == {"loa run will set it"}
        fake.updates.set_webhook("https://loa.example.vn/telegram", drop=False)
        other.webhook = {"url": "https://loa.example.vn/zalo", "secret": "x"}
        told = [found for _, found in await check_webhooks(settings)]
        assert told == ["Telegram sends updates there", "Zalo sends updates there"]
        fake.say(fake.person(11, "Lan"), "một")
        fake.pusher.error = {"last_error_date": 1, "last_error_message": "Wrong response from the webhook: 502"}
        trouble = "Telegram does not get through: Wrong response from the webhook: 502"
        assert (False, trouble) in await check_webhooks(settings)


async def test_loa_run_hears_both_platforms_by_webhook(tmp_path: Path) -> None:
    """A5 D15: each is asked for nothing but where to send."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    async with FakeTelegram() as fake, FakeZalo() as other:
        settings = name_both(tmp_path, fake, other, port)
        for name, roads in (("telegram", fake.pusher.roads), ("zalo", other.roads)):
            roads[f"https://loa.example.vn/{name}"] = f"http://127.0.0.1:{port}/{name}"
        stop = asyncio.Event()
        running = asyncio.create_task(run(settings, stop))
        await fake.wait_for(lambda: fake.updates.webhook, 20)
        fake.say(fake.person(11, "Lan"), "/start")
        await fake.wait_for(lambda: fake.sent_to(11), 20)
        await other.wait_for(lambda: other.webhook, 20)
        nam = other.person("Nam")
        assert await other.push(other.say(nam, "/start")) == 200
        await other.wait_for(lambda: other.sent_to(nam.id), 20)
        stop.set()
        await running
        assert other.webhook_answers == [200, 200]
        assert (fake.requests["getUpdates", 409], len(other.polled_at)) == (0, 0)


async def check_webhooks(settings: Settings) -> list[tuple[bool, str]]:
    return [(one.ok, one.found) for one in await check_all(settings) if one.what.endswith("webhook")]


def test_where_updates_are_polled_for_there_is_no_door() -> None:
    assert telegram.make_door(TelegramSettings(token=SecretStr(TOKEN))) is None
    assert zalo.make_door(ZaloSettings(webhook_url="https://loa.example.vn/zalo")) is None
