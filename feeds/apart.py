"""Runs what reads other people's bytes in a process or a thread; what goes wrong there becomes an error of feeds."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from feeds.errors import FeedsError, ParseError
from feeds.workers import Workers

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")


async def run_apart(work: Callable[[], _Result], name: str, *, or_else: str, workers: Workers | None = None) -> _Result:
    """What the work returns. Raises its FeedsError, and ParseError for a fault of loa itself, which the log shows.

    When the machine has no memory left, that is nobody's fault, and it is raised as it is.
    `name` is what is read, for the log; `or_else` what the row says of a fault. Without workers it runs in a thread.
    """
    running = asyncio.create_task(workers.run(work) if workers else asyncio.to_thread(work))
    try:
        await asyncio.wait([running])
    finally:
        running.cancel()
    error = running.exception()
    if error is None or isinstance(error, FeedsError | MemoryError):
        return running.result()
    log.error("%s could not be read because of a fault in loa", name, exc_info=error)
    raise ParseError(or_else) from error
