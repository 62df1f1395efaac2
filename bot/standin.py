"""Tells on one channel what is urgent and another one cannot say: makes it owed here, for the courier to send."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime

from bot.channel import Channel, ChannelError
from db import detours
from db.engine import Database

log = logging.getLogger(__name__)

#: Seconds from one look to the next.
LOOK = 5.0


class StandIn:
    """Looks for news of the `others`; it takes none while its own channel cannot speak either."""

    def __init__(
        self, database: Database, channel: Channel, others: Collection[str], now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._channel = channel
        self._others = others
        self._now = now
        self._next_look = float("-inf")

    async def stand_in(self) -> bool:
        """Whether there was anything to take over."""
        if asyncio.get_running_loop().time() < self._next_look:
            return False
        async with self._database.read() as session:
            is_waiting = await detours.is_waiting(session, self._channel.name, self._others, self._now())
        if not (is_waiting and await self._can_speak() and await self._take_over()):
            self._next_look = asyncio.get_running_loop().time() + LOOK
            return False
        return True

    async def _take_over(self) -> int:
        async with self._database.write() as session:
            taken = await detours.take_over(session, self._channel.name, self._others, self._now())
        log.warning("%s stands in for another channel with %s urgent news", self._channel.name, taken)
        return taken

    async def _can_speak(self) -> bool:
        try:
            if (await self._channel.get_ration()).is_spent:
                return False
            await self._channel.probe()
        except ChannelError as error:
            log.info("%s cannot stand in: %s", self._channel.name, error.reason)
            return False
        return True
