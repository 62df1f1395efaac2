"""Who speaks for a bot: one process at a time, and another one soon after its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot import speak
from bot.app import App, open_app
from bot.channel import ClosedError
from bot.config import DatabaseSettings, Settings
from bot.loop import Pulse
from bot.speak import Line, Opened, Part, Refusals, Speaker
from tests.fakes import FakeChannel

BOTH = (Part.DELIVER, Part.CHAT)


class Office:
    """Notes who speaks, and as what."""

    def __init__(self) -> None:
        self.speaking: dict[str, bool] = {}
        self.changed = asyncio.Event()

    def make_line(self, process: str) -> Line:
        @asynccontextmanager
        async def open_channel(_app: App, listens: bool) -> AsyncIterator[Opened]:
            self._note(process, listens)
            yield Opened(FakeChannel(), lambda: "not heard")
            del self.speaking[process]
            self.changed.set()

        return Line("fake:1", open_channel)

    def _note(self, process: str, listens: bool) -> None:
        self.speaking[process] = listens
        self.changed.set()

    async def wait_until(self, speaking: dict[str, bool]) -> None:
        async with asyncio.timeout(10):
            while self.speaking != speaking:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[App]:
    async with open_app(Settings(database=DatabaseSettings(url=database_url))) as app:
        yield app


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_another_process_takes_over_when_one_ends(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """D12"""
    monkeypatch.setattr(speak, "AGAIN", 0.01)
    office, ends = Office(), {name: asyncio.Event() for name in "ab"}
    speakers = {name: Speaker(app, office.make_line(name), BOTH, Pulse()) for name in "ab"}
    first = asyncio.create_task(speakers["a"].speak(ends["a"]))
    await office.wait_until({"a": True})
    second = asyncio.create_task(speakers["b"].speak(ends["b"]))
    assert await speakers["a"].check() == "not heard"
    assert await speakers["b"].check() == ""
    ends["a"].set()
    await first
    await office.wait_until({"b": True})
    ends["b"].set()
    await second
    assert office.speaking == {}


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_one_process_may_listen_and_another_send(app: App) -> None:
    office, end = Office(), asyncio.Event()
    tasks = [
        asyncio.create_task(Speaker(app, office.make_line(name), parts, Pulse()).speak(end))
        for name, parts in (("listens", [Part.CHAT]), ("sends", [Part.DELIVER]))
    ]
    await office.wait_until({"listens": True, "sends": False})
    end.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_a_process_whose_token_is_refused_leaves_its_turn_to_one_with_a_better(app: App) -> None:
    """D12 D13"""
    office, ends = Office(), {name: asyncio.Event() for name in ("old", "new")}
    refused = asyncio.Event()

    @asynccontextmanager
    async def refuse(_app: App, _listens: bool) -> AsyncIterator[Opened]:
        refused.set()
        raise ClosedError("Unauthorized")
        yield

    old = Speaker(app, Line("fake:1", refuse), BOTH, Pulse(), Refusals(2))
    first = asyncio.create_task(old.speak(ends["old"]))
    await refused.wait()
    second = asyncio.create_task(Speaker(app, office.make_line("new"), BOTH, Pulse()).speak(ends["new"]))
    await office.wait_until({"new": True})
    assert await old.check() == "Unauthorized"
    for end in ends.values():
        end.set()
    await asyncio.gather(first, second)


async def test_a_refused_bot_ends_its_speaker(app: App) -> None:
    @asynccontextmanager
    async def refuse(_app: App, _listens: bool) -> AsyncIterator[Opened]:
        raise ClosedError("Unauthorized")
        yield

    with pytest.raises(ClosedError):
        await Speaker(app, Line("fake:1", refuse), BOTH, Pulse()).speak(asyncio.Event())
