"""`loa run` as a process of its own, as a clerk would start it; everything it prints is kept.

Each is forked from one that has loaded loa already: to load it takes seconds, and is not what the tests are about.
"""

import asyncio
import os
import sys
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Self

from bot.cli import main
from tests.hasty import hurry

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["bot.cli.verbs", "tests.hasty"])

CONFIG = """
[database]
url = "{database}"
[telegram]
token = "{token}"
api_url = "{api_url}"
messages_per_second = {rate}
paid_broadcast = {is_paid}
[access]
mode = "open"
[polling]
min_interval = "{every}"
max_interval = "{at_least}"
allow_networks = ["127.0.0.1/32"]
[[sources]]
url = "{feed}"
topic = "Thống kê"
"""


class LoaProcess:
    """`loa run --config FILE`, which can be started, asked to stop and killed, again and again.

    `hasty` ones wait less long for what is lost; `rate` is how many messages leave in a second.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database: str,
        token: str,
        api_url: str,
        feed: str,
        rate: int = 30,
        hasty: bool = False,
        every: str = "1s",
        at_least: str = "2s",
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.config = folder / "config.toml"
        paid = str(rate > 30).lower()
        values = {"database": database, "token": token, "api_url": api_url, "feed": feed, "rate": rate, "is_paid": paid}
        self.config.write_text(CONFIG.format(**values, every=every, at_least=at_least))
        self._is_hasty = hasty
        self._log = folder / "loa.log"
        self._process: ForkServerProcess | None = None

    @property
    def printed(self) -> str:
        return self._log.read_text()

    @property
    def printed_at(self) -> int:
        """When it last printed something, in nanoseconds."""
        return self._log.stat().st_mtime_ns

    async def start(self) -> Self:
        words = (self.folder, self._log, self.config, self._is_hasty)
        self._process = _CONTEXT.Process(target=_run, args=words, daemon=True)
        await asyncio.to_thread(self._process.start)
        return self

    @property
    def has_ended(self) -> bool:
        return self._process is not None and self._process.exitcode is not None

    async def kill(self) -> None:
        """kill -9: it can finish nothing."""
        assert self._process is not None
        assert not self.has_ended, self.printed
        self._process.kill()
        await asyncio.to_thread(self._process.join)

    async def stop(self, *, within: float) -> int:
        """SIGTERM; returns the exit code, negative if the signal itself was its end. Raises TimeoutError."""
        assert self._process is not None
        self._process.terminate()
        await asyncio.to_thread(self._process.join, within)
        if self._process.exitcode is None:
            raise TimeoutError(f"still there after {within} s")
        return self._process.exitcode

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and not self.has_ended:
            await self.kill()


def _run(folder: Path, log: Path, config: Path, is_hasty: bool) -> None:
    """As a shell would: `loa run` in a folder, with a log, and none of our own settings of loa."""
    with log.open("ab") as stream:
        for descriptor in (1, 2):
            os.dup2(stream.fileno(), descriptor)
    os.chdir(folder)
    for name in [name for name in os.environ if name.startswith("LOA_")]:
        del os.environ[name]
    if is_hasty:
        hurry()
    sys.argv = ["loa", "run", "--config", str(config)]
    main()
