"""The other side of `feeds.workers`: a process that does one work after the other, within bounds, while its parent is.

Works come in and answers go out as pickles, each with its length before it. It is no jail: it may do what its user may.
"""

import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import feeds.reading  # noqa: F401 - so that the first work need not wait for it
from feeds.errors import FeedsError
from feeds.types import LENGTH

_MEGABYTE = 1024 * 1024


def main() -> None:
    """The bounds of one work, in seconds and megabytes, are the arguments."""
    seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])
    _ignore_stops()
    _bound_memory(megabytes * _MEGABYTE)
    works, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    with ThreadPoolExecutor(1) as thread:
        while head := works.read(LENGTH.size):
            signal.setitimer(signal.ITIMER_REAL, seconds)  # nobody handles it: it ends the process, wherever that hangs
            answer = _do(works.read(*LENGTH.unpack(head)), thread)
            signal.setitimer(signal.ITIMER_REAL, 0)
            answers.write(LENGTH.pack(len(answer)) + answer)
            answers.flush()


def _ignore_stops() -> None:
    """They are for the parent, which finishes what it is at; its end is the end of this process, too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _bound_memory(size: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size if most == resource.RLIM_INFINITY else min(size, most), most))


def _do(request: bytes, thread: Executor) -> bytes:
    """The result and its error, which is a FeedsError, or what to log of a fault. Without memory the process ends."""
    work: Callable[[], Any] = pickle.loads(request)  # noqa: S301 - it is the parent's own
    done = thread.submit(work)
    error = done.exception()
    if isinstance(error, MemoryError):
        sys.exit("a work took more memory than it may")
    result = done.result() if error is None else None
    is_known = error is None or isinstance(error, FeedsError)
    told = error if is_known else "".join(traceback.format_exception(error))
    return pickle.dumps((result, told), pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
