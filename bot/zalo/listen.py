"""Polls Zalo for what people say, one thing at a time, whatever happens to the network. It reads none of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.channel import ChannelError, ClosedError, TemporaryError
from bot.zalo.client import ZaloClient

log = logging.getLogger(__name__)

#: Seconds for which Zalo may keep a request open while nobody says anything.
LONG_POLL = 25
#: Seconds from one poll to the next at least; more while Zalo tells what it told before, as some saw it do endlessly.
PACE = 1.0
LONGEST_PACE = 5.0
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
#: A refused token is seldom mended by waiting.
CLOSED_WAIT = 300.0


class Poller:
    """`take` keeps what was told, and says whether it is new; `closed` hears of a refused token, and of its end."""

    def __init__(
        self,
        client: ZaloClient,
        take: Callable[[dict[str, Any]], Awaitable[bool]],
        closed: Callable[[ClosedError | None], Awaitable[None]],
        pace: float = PACE,
    ) -> None:
        self._client = client
        self._take = take
        self._closed = closed
        self._pace = pace
        self._is_open = False
        self._failures = 0
        self._old = 0
        #: Why Zalo cannot be heard; empty if it can.
        self.trouble = ""
        self.name = ""

    async def open(self) -> None:
        """Learn the bot's name, and see to it that polls are answered. Raises ChannelError."""
        self.name = await self._client.get_name()
        await self._client.delete_webhook()
        self._is_open = True
        await self._closed(None)
        log.info("Zalo is reached as %s", self.name)

    async def poll(self) -> float:
        """Ask once and take what was told; returns the seconds to wait before the next time."""
        started = asyncio.get_running_loop().time()
        try:
            if not self._is_open:
                await self.open()
            update = await self._client.get_update(LONG_POLL)
            is_new = update is not None and await self._take(update)
        except ChannelError as error:
            return await self._complain(error)
        if self.trouble:
            log.info("Zalo can be heard again")
        self._failures, self.trouble = 0, ""
        self._old = 0 if is_new or update is None else self._old + 1
        pace = min(LONGEST_PACE, self._pace * (1 + self._old))
        return max(0.0, pace - (asyncio.get_running_loop().time() - started))

    async def _complain(self, error: ChannelError) -> float:
        """Each reason is told once; a webhook that somebody set is taken away at the next try."""
        self._is_open = False
        self._failures += 1
        if error.reason != self.trouble:
            log.warning("Zalo cannot be heard: %s", error.reason)
            self.trouble = error.reason
        if isinstance(error, ClosedError):
            await self._closed(error)
            return CLOSED_WAIT
        if isinstance(error, TemporaryError) and error.retry_in is not None:
            return error.retry_in
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._failures - 1, 10))
