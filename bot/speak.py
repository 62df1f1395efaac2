"""One process at a time speaks for a bot: it takes its turn, speaks while it has it, and stands by while it has not."""

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

from bot.app import App
from bot.channel import Channel, ClosedError
from bot.loop import Pulse, rest, run_until
from bot.outages import tell_closed
from db.turns import Turns

log = logging.getLogger(__name__)

#: Seconds after which a process that stands by tries again to take its turn.
AGAIN = 1.0
#: Seconds after which a platform that refused the token is asked again; it may have been a mistake of its own.
REFUSED_WAIT = 300.0


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

    @property
    def channel(self) -> str:
        return self.name.partition(":")[0]


class Refusals:
    """Which of a process's lines are refused, and why: while one of so many is not, loa goes on."""

    def __init__(self, lines: int = 1) -> None:
        self._lines = lines
        self._reasons: dict[str, str] = {}

    def get(self, line: str) -> str:
        """The reason; empty where nothing was refused."""
        return self._reasons.get(line, "")

    def add(self, line: str, reason: str) -> None:
        """Raises ClosedError when no line is left."""
        self._reasons[line] = reason
        if len(self._reasons) >= self._lines:
            raise ClosedError("; ".join(self._reasons.values())) from None

    def remove(self, line: str) -> None:
        self._reasons.pop(line, None)


class Speaker:
    """Speaks on one line, as many parts of it as are wanted here and no other process has."""

    def __init__(
        self, app: App, line: Line, parts: Collection[Part], pulse: Pulse, refusals: Refusals | None = None
    ) -> None:
        """`refusals` is shared with the other lines of this process; without it there are none."""
        self._app = app
        self._line = line
        self._refusals = refusals or Refusals()
        self._names = {f"{part}:{line.name}": part for part in (Part.DELIVER, Part.CHAT) if part in parts}
        self._pulse = pulse
        self._turns = Turns(app.database)
        self._opened: Opened | None = None

    async def speak(self, stop: asyncio.Event) -> None:
        """Until `stop`. Raises ClosedError when the platform refuses the bot at once, and so do all others."""
        try:
            while not stop.is_set():
                held = await self._turns.take(self._names)
                if held:
                    await self._try_to_speak(held, stop)
                else:
                    log.debug("another process speaks for %s", self._line.name)
                    await rest(stop, AGAIN)
        finally:
            await self._turns.close()

    async def check(self) -> str:
        """`bot.health.Check`: well is also who stands by."""
        return self._opened.get_trouble() if self._opened else self._refusals.get(self._line.name)

    async def _try_to_speak(self, held: frozenset[str], stop: asyncio.Event) -> None:
        """While it is refused, others may try: they may have a newer token."""
        try:
            await self._speak(held, stop)
        except ClosedError as error:
            await self._turns.close()
            await self._note_refused(error.reason)
            await rest(stop, REFUSED_WAIT)

    async def _note_refused(self, reason: str) -> None:
        """The log is told once, the admins once a day, on the other platforms. Raises ClosedError when none is left."""
        is_known = self._refusals.get(self._line.name) == reason
        self._refusals.add(self._line.name, reason)
        if not is_known:
            log.error(
                "%s; loa goes on without it and asks again every %.0f s. When the settings are mended, start loa again",
                reason,
                REFUSED_WAIT,
            )
        try:
            async with self._app.database.write() as session:
                await tell_closed(session, self._line.channel, reason, self._app.now())
        except (SQLAlchemyError, OSError) as error:
            log.warning("the admins are not told yet that a token is refused: %s", type(error).__name__)

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
                self._refusals.remove(self._line.name)
                steps = self._app.make_delivery_steps(self._opened.channel, over) if Part.DELIVER in parts else ()
                await run_until(over, [*steps, watch], self._pulse)
        finally:
            self._opened = None
            ending.cancel()
