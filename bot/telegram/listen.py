"""Takes updates from Telegram until stopped, whatever happens to the network. It reads none of them."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from telegram import Bot, Update

from bot.channel import ChannelError, ClosedError, TemporaryError, get_advice
from bot.inbox import Inbox
from bot.telegram.errors import REMEDY, channel_errors
from bot.telegram.kept import Kept
from bot.telegram.updates import ALLOWED

log = logging.getLogger(__name__)

#: How long Telegram may keep a request open while nobody says anything.
LONG_POLL = timedelta(seconds=25)
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
#: A refused token is seldom mended by waiting.
CLOSED_WAIT = 300.0
#: Seconds for telling Telegram which updates were taken, when loa stops.
FAREWELL = 1.0


class Way(Protocol):
    """How updates come. All but `settle` raise ChannelError."""

    async def open(self) -> None:
        """Agree with Telegram on it; the token is known to be good."""
        ...

    async def hear(self, take: Callable[[Update], Awaitable[None]]) -> None:
        """Hand what came to `take`; if nothing did, wait a while."""
        ...

    async def settle(self, update: Update) -> None:
        """What was taken is done with."""
        ...

    async def close(self) -> None: ...


class Polling:
    """Long polling. What was taken is not given again at the next start, if Telegram can be told so.

    What `inbox` keeps of a time when updates came by webhook is handled first.
    """

    def __init__(self, bot: Bot, inbox: Inbox | None = None) -> None:
        self._bot = bot
        self._offset: int | None = None
        self._kept = Kept(bot, inbox) if inbox else None
        self._may_be_kept = False

    async def open(self) -> None:
        with channel_errors():
            await self._bot.delete_webhook()
        self._may_be_kept = True

    async def hear(self, take: Callable[[Update], Awaitable[None]]) -> None:
        if self._kept and self._may_be_kept:
            self._may_be_kept = await self._kept.hand_over(take)
            return
        with channel_errors():
            updates = await self._bot.get_updates(offset=self._offset, timeout=LONG_POLL, allowed_updates=ALLOWED)
        for update in updates:
            self._offset = update.update_id + 1
            await take(update)

    async def settle(self, update: Update) -> None:
        """Telegram hears of it with the next poll."""
        if self._kept:
            await self._kept.settle(update)

    async def close(self) -> None:
        if self._offset is None:
            return
        with channel_errors():
            async with asyncio.timeout(FAREWELL):
                await self._bot.get_updates(offset=self._offset, limit=1, timeout=0)


class Listener:
    """Hands each update to `take`; runs `greet` beside it once Telegram has answered for the first time.

    Not the library's Updater: that one ends for good when a gateway answers 404 in Telegram's place.
    """

    def __init__(
        self,
        bot: Bot,
        take: Callable[[Update], Awaitable[None]],
        greet: Callable[[], Awaitable[None]],
        *,
        way: Way | None = None,
        closed: Callable[[str], Awaitable[None]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`closed` hears why the token is refused while it listens."""
        self._bot = bot
        self._take = take
        self._greet = greet
        self._way = way or Polling(bot)
        self._closed = closed
        self._sleep = sleep
        self._failures = 0
        self._complaint = ""
        self._is_open = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def trouble(self) -> str:
        """Why Telegram cannot be heard; empty if it can."""
        return self._complaint or ("" if self._is_open else "not connected yet")

    async def start(self) -> None:
        """Raises ClosedError when the token is refused."""
        try:
            await self._open()
        except ClosedError:
            await self._bot.shutdown()
            raise
        except ChannelError as error:
            await self._rest(error, wait=0.0)
        self._run(self._listen())

    async def settle(self, update: Update) -> None:
        """What was taken is done with: it need not come again."""
        await self._way.settle(update)

    async def stop(self) -> None:
        """At once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(ChannelError, TimeoutError):
            await self._way.close()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except ChannelError as error:
                await self._rest(error)
            except Exception:
                log.exception("updates from Telegram could not be read")
                await self._rest(TemporaryError("an update cannot be read"))

    async def _hear(self) -> None:
        if not self._is_open:
            await self._open()
        await self._way.hear(self._take)
        if self._complaint:
            log.info("Telegram can be heard again")
        self._failures, self._complaint = 0, ""

    async def _open(self) -> None:
        with channel_errors():
            await self._bot.initialize()
        await self._way.open()
        self._is_open = True
        log.info("Telegram is reached as @%s", self._bot.username)
        self._run(self._greet())

    async def _rest(self, error: ChannelError, *, wait: float | None = None) -> None:
        """Longer and longer while it fails; each reason is told once."""
        if error.reason != self._complaint:
            log.warning("Telegram cannot be heard: %s%s", error.reason, get_advice(error, REMEDY))
            self._complaint = error.reason
        if self._closed and isinstance(error, ClosedError):
            await self._closed(error.reason)
        await self._sleep(self._get_wait(error) if wait is None else wait)

    def _get_wait(self, error: ChannelError) -> float:
        self._failures += 1
        if isinstance(error, ClosedError):
            return CLOSED_WAIT
        if isinstance(error, TemporaryError) and error.retry_in is not None:
            return error.retry_in
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._failures - 1, 10))

    def _run(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
