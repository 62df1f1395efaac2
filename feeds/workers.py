"""Hands work on other people's bytes to processes of its own: one that hangs or takes too much ends, and loa goes on.

It takes the work off the process that serves the store and the network, too.
"""

import asyncio
import logging
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar, cast

from feeds.errors import FeedsError, ParseError
from feeds.types import LENGTH

log = logging.getLogger(__name__)

#: What one work may take: seconds, and megabytes with all that a worker is made of.
SECONDS, MEGABYTES = 20.0, 1024
_MOST = 4
_TOO_MUCH = "reading it took too long or too much memory"
_SECRET = "LOA_"  # noqa: S105 - how the settings in the environment begin

_Result = TypeVar("_Result")


def count_workers() -> int:
    """One for each core, as each waits for this process between two works; none on a machine of one core.

    None either where there is no such process.
    """
    if os.name != "posix":
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST) if cores > 1 else 0


class FaultError(Exception):
    """A fault of loa itself, with its traceback for words."""


class Workers:
    """At most `count` processes, each started when there is work for it, which do one work at a time."""

    def __init__(self, count: int, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._places = asyncio.Semaphore(count)
        self._bounds = (str(seconds), str(megabytes))
        self._idle: list[Process] = []

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """What the work returns; both are pickled. Raises its FeedsError, and FaultError for any other.

        Raises ParseError when it took too long or too much memory. A process that did other work before may have ended
        for that: then a new one is asked. Where none can be started, a thread serves.
        """
        request = pickle.dumps(work, pickle.HIGHEST_PROTOCOL)
        async with self._places:
            idle = self._take_idle()
            answer = await self._ask(idle, request) if idle else None
            if answer is None:
                try:
                    worker = await self._start()
                except OSError as error:
                    log.warning("no process can be started, a thread serves: %s", error.strerror)
                    return await asyncio.to_thread(work)
                answer = await self._ask(worker, request)
        if answer is None:
            raise ParseError(_TOO_MUCH)
        return cast(_Result, _open(answer))

    def _take_idle(self) -> Process | None:
        while self._idle:
            if (worker := self._idle.pop()).returncode is None:
                return worker
        return None

    async def _start(self) -> Process:
        command = (sys.executable, "-P", "-m", "feeds.worker", *self._bounds)
        return await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, env=_make_environment(), start_new_session=True
        )

    async def _ask(self, worker: Process, request: bytes) -> bytes | None:
        """None when the process ended before its answer and its time. Raises ParseError when its time was over."""
        try:
            answer = await _exchange(worker, request)
            self._idle.append(worker)
            return answer
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            code = await worker.wait()
            log.warning("a process that was at work ended with %s", code)
            if code == -signal.SIGALRM:
                raise ParseError(_TOO_MUCH) from error
            return None
        finally:
            if worker not in self._idle:
                _end(worker)

    async def close(self) -> None:
        """End those that wait for work; one that is at work ends with it."""
        while self._idle:
            worker = self._idle.pop()
            _end(worker)
            await worker.wait()


@asynccontextmanager
async def open_workers(count: int) -> AsyncIterator[Workers | None]:
    """None for none at all: then work is done in a thread."""
    workers = Workers(count) if count else None
    try:
        yield workers
    finally:
        if workers:
            await workers.close()


def _make_environment() -> dict[str, str]:
    """Ours without the settings, and with the places from which this process has its modules."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(_SECRET)}
    return told | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


async def _exchange(worker: Process, request: bytes) -> bytes:
    works, answers = cast(asyncio.StreamWriter, worker.stdin), cast(asyncio.StreamReader, worker.stdout)
    works.write(LENGTH.pack(len(request)) + request)
    await works.drain()
    (length,) = LENGTH.unpack(await answers.readexactly(LENGTH.size))
    return await answers.readexactly(length)


def _open(answer: bytes) -> object:
    result, error = pickle.loads(answer)  # noqa: S301 - it comes from a process of our own
    if isinstance(error, FeedsError):
        raise error
    if error is not None:
        raise FaultError(error)
    return result


def _end(worker: Process) -> None:
    with suppress(ProcessLookupError):
        worker.kill()
