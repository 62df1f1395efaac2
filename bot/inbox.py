"""What one platform tells, kept from the moment it comes until it is handled; told again it is nothing new."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from db import heard
from db.engine import Database
from db.talk_models import Heard


class Inbox:
    """Short transactions, one each. Whoever handles a thing may be another process than the one that it was told."""

    def __init__(self, database: Database, channel: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._channel = channel
        self._now = now
        self._bell = asyncio.Event()

    async def store(self, key: str, update: Mapping[str, Any]) -> bool:
        """Keep what was told until it is handled; false when it was told before."""
        async with self._database.write() as session:
            is_new = await heard.add(session, self._channel, key, update, self._now())
        if is_new:
            self.ring()
        return is_new

    async def take(self, limit: int, in_hand: Collection[int]) -> list[Heard]:
        """What waits and is not `in_hand`, in the order it came."""
        self._bell.clear()
        async with self._database.write() as session:
            return list(await heard.take(session, self._channel, self._now(), limit=limit, in_hand=in_hand))

    async def record_handled(self, heard_id: int) -> None:
        async with self._database.write() as session:
            await heard.record_handled(session, heard_id, self._now())

    def ring(self) -> None:
        """There may be something to take."""
        self._bell.set()

    async def wait(self, seconds: float) -> None:
        """Until it rings here, or so long: what another process stored is found then."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), seconds)
