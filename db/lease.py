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
    """Renew a claim while the block runs. The renewal is never cut off in the middle of its commit."""
    is_done = asyncio.Event()
    keeper = asyncio.create_task(_renew_until(is_done, database, renew, every))
    try:
        yield
    finally:
        is_done.set()
        await keeper


async def _renew_until(
    is_done: asyncio.Event, database: Database, renew: Callable[[AsyncSession], Awaitable[None]], every: float
) -> None:
    while not is_done.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(is_done.wait(), every)
            return
        async with database.write() as session:
            await renew(session)
