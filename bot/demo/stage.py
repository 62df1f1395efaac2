"""The demo's stage: a newsroom, loa on a fresh database, and people at the terminal, all on the real road."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network
from pathlib import Path

from rich.console import Console

from bot.app import App, open_app, prepare
from bot.config import (
    AccessMode,
    AccessSettings,
    DatabaseSettings,
    OfficeSettings,
    PollingSettings,
    Settings,
    SourceSettings,
)
from bot.demo.newsroom import Newsroom
from bot.demo.pages import OFFICE
from bot.logs import set_up_logging
from bot.loop import Step, run_until
from bot.terminal.channel import TerminalChannel
from bot.terminal.face import Face
from db import members

TOPIC = "Thống kê Bình An"
#: The admin at the terminal, the newcomer whom they let in, and one whom they do not. Names are addresses here.
ADMIN, NEWCOMER, STRANGER = "An", "Lan", "Minh"
DATABASE_FILE = "loa.db"
LOG_FILE = "loa.log"


class StageError(Exception):
    """The demo cannot begin; the sentence says why and what to do."""


class Pulse:
    """Lets those who wait look again whenever a step of the road has done something."""

    def __init__(self) -> None:
        self._beat = asyncio.Event()

    def watch(self, step: Step) -> Step:
        async def watched() -> bool:
            has_worked = await step()
            if has_worked:
                self._beat.set()
                self._beat = asyncio.Event()
            return has_worked

        return watched

    async def wait_for(self, is_met: Callable[[], Awaitable[bool]], *, within: float) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(within):
            beat = self._beat
            while not await is_met():
                await beat.wait()
                beat = self._beat


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that plays; the road is running while the stage is open."""

    console: Console
    newsroom: Newsroom
    app: App
    channel: TerminalChannel
    pulse: Pulse
    admin: Face
    newcomer: Face
    stranger: Face


@asynccontextmanager
async def open_stage(folder: Path, console: Console, newsroom: Newsroom) -> AsyncIterator[Stage]:
    """Open everything on a fresh database in `folder` and set the road running. Raises StageError."""
    _check_folder(folder)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(log_to(folder / LOG_FILE))
        await _open_newsroom(stack, newsroom)
        app = await stack.enter_async_context(open_app(make_settings(folder, newsroom)))
        await prepare(app)
        async with app.database.write() as session:
            await members.ensure_admin(session, TerminalChannel.name, ADMIN, app.settings.office.language, app.now())
        stage = _make_stage(console, newsroom, app)
        await stack.enter_async_context(_run_road(stage))
        yield stage


def make_settings(folder: Path, newsroom: Newsroom) -> Settings:
    """The settings of an office whose only source is the newsroom, which is reached by permission alone."""
    return Settings(
        database=DatabaseSettings(url=f"sqlite:///{(folder / DATABASE_FILE).as_posix()}"),
        access=AccessSettings(mode=AccessMode.APPROVAL),
        office=OfficeSettings(name=OFFICE),
        polling=PollingSettings(
            min_interval=timedelta(seconds=1),
            max_interval=timedelta(seconds=5),
            concurrency=1,
            allow_networks=(IPv4Network("127.0.0.1/32"),),
        ),
        sources=(SourceSettings(url=newsroom.feed_url, topic=TOPIC),),
    )


@contextlib.contextmanager
def log_to(path: Path) -> Iterator[None]:
    """Loa's log goes to the file, nothing of it to the screen."""
    root = logging.getLogger()
    level = root.level
    with path.open("w", encoding="utf-8") as stream:
        handler = set_up_logging(stream=stream)
        try:
            yield
        finally:
            root.removeHandler(handler)
            root.setLevel(level)


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / DATABASE_FILE).exists():
            raise StageError(f"{folder} holds the database of an earlier demo; name an empty folder.")
        (folder / LOG_FILE).touch()
    except OSError as error:
        raise StageError(f"{folder} cannot be written to ({error.strerror}); name another folder.") from error


async def _open_newsroom(stack: contextlib.AsyncExitStack, newsroom: Newsroom) -> None:
    try:
        await stack.enter_async_context(newsroom)
    except OSError as error:
        raise StageError(f"The newsroom's web site cannot be opened on 127.0.0.1: {error.strerror}.") from error


def _make_stage(console: Console, newsroom: Newsroom, app: App) -> Stage:
    channel = TerminalChannel(console, owner=ADMIN)
    app.links[channel.name] = lambda code: f"https://t.me/loa_bot?start={code}"
    admin, newcomer, stranger = (
        Face(app.conversation.answer, channel, name=name) for name in (ADMIN, NEWCOMER, STRANGER)
    )
    return Stage(console, newsroom, app, channel, Pulse(), admin, newcomer, stranger)


@asynccontextmanager
async def _run_road(stage: Stage) -> AsyncIterator[None]:
    stop = asyncio.Event()
    steps = [*stage.app.make_feed_steps(), *stage.app.make_delivery_steps(stage.channel, stop)]
    road = asyncio.create_task(run_until(stop, [stage.pulse.watch(step) for step in steps]))
    try:
        yield
    finally:
        stop.set()
        await road
