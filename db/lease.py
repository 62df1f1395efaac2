"""A claim holds while its holder lives: a short lease, renewed until the work is done. It settles nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import Database

#: How long a claim outlives its holder. After a crash the step runs again when this is over.
LEASE = timedelta(seconds=10)
#: Seconds between two renewals: a lease survives one that comes late.
RENEWAL = 3.0


@asynccontextmanager
async def kept(
    database: Database, renew: Callable[[AsyncSession], Awaitable[None]], *, every: float = RENEWAL
) -> AsyncIterator[None]:
    """Renew a claim while the block runs, which seldom takes so long that there is something to do.

    The renewal is never cut off in the middle of its commit.
    """
    is_done = asyncio.Event()
    keepers: list[asyncio.Task[None]] = []

    def begin() -> None:
        keepers.append(asyncio.create_task(_renew_until(is_done, database, renew, every)))

    timer = asyncio.get_running_loop().call_later(every, begin)
    try:
        yield
    finally:
        timer.cancel()
        is_done.set()
        for keeper in keepers:
            await keeper


async def _renew_until(
    is_done: asyncio.Event, database: Database, renew: Callable[[AsyncSession], Awaitable[None]], every: float
) -> None:
    while not is_done.is_set():
        async with database.write() as session:
            await renew(session)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(is_done.wait(), every)
