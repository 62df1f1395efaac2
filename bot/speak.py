"""One process at a time speaks for a bot: it takes its turn, speaks while it has it, and stands by while it has not."""

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum

from bot.app import App
from bot.channel import Channel
from bot.loop import Pulse, rest, run_until
from db.turns import Turns

log = logging.getLogger(__name__)

#: Seconds after which a process that stands by tries again to take its turn.
AGAIN = 1.0


class Part(StrEnum):
    """What a process may do of loa's work (`loa run --only`)."""

    POLL = "poll"  #: look at the sources
    READ = "read"  #: read articles' pages and addresses that somebody wants to watch
    DELIVER = "deliver"  #: send what is owed
    CHAT = "chat"  #: listen to people and answer them
    INDEX = "index"  #: keep this machine's search index


@dataclass(frozen=True, slots=True)
class Opened:
    """A bot that is open; `get_trouble` tells why it cannot be heard, empty if it can."""

    channel: Channel
    get_trouble: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One bot on one platform. `name` is what processes take turns by, such as `telegram:7000000001`.

    `open` may raise ChannelError. It listens to people only where it is told so.
    """

    name: str
    open: Callable[[App, bool], AbstractAsyncContextManager[Opened]]


class Speaker:
    """Speaks on one line, as many parts of it as are wanted here and no other process has."""

    def __init__(self, app: App, line: Line, parts: Collection[Part], pulse: Pulse) -> None:
        self._app = app
        self._line = line
        self._names = {f"{part}:{line.name}": part for part in (Part.DELIVER, Part.CHAT) if part in parts}
        self._pulse = pulse
        self._turns = Turns(app.database)
        self._opened: Opened | None = None

    async def speak(self, stop: asyncio.Event) -> None:
        """Until `stop`. Raises ChannelError when the platform refuses the bot at once."""
        try:
            while not stop.is_set():
                held = await self._turns.take(self._names)
                if held:
                    await self._speak(held, stop)
                else:
                    log.debug("another process speaks for %s", self._line.name)
                    await rest(stop, AGAIN)
        finally:
            await self._turns.close()

    async def check(self) -> str:
        """`bot.health.Check`: well is also who stands by."""
        return self._opened.get_trouble() if self._opened else ""

    async def _speak(self, held: frozenset[str], stop: asyncio.Event) -> None:
        """While the turns stay as they are. What is on its way then may come to its end: its lease guards it."""
        parts = {self._names[name] for name in held}
        over = asyncio.Event()

        async def watch() -> bool:
            if await self._turns.take(self._names) != held:
                over.set()
            return False

        ending = asyncio.create_task(stop.wait())
        ending.add_done_callback(lambda _: over.set())
        log.info("this process speaks for %s: %s", self._line.name, ", ".join(sorted(parts)))
        try:
            async with self._line.open(self._app, Part.CHAT in parts) as self._opened:
                steps = self._app.make_delivery_steps(self._opened.channel, over) if Part.DELIVER in parts else ()
                await run_until(over, [*steps, watch], self._pulse)
        finally:
            self._opened = None
            ending.cancel()
