"""`loa run` as a process of its own, as a clerk would start it; everything it prints is kept."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[1]
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
        self._module = "tests.hasty" if hasty else "bot.cli"
        self._log = folder / "loa.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def printed(self) -> str:
        return self._log.read_text()

    @property
    def printed_at(self) -> int:
        """When it last printed something, in nanoseconds."""
        return self._log.stat().st_mtime_ns

    async def start(self) -> Self:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self._module, "run", "--config", str(self.config)),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env=_get_environment(),
            )
        return self

    @property
    def has_ended(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    async def kill(self) -> None:
        """kill -9: it can finish nothing."""
        assert self._process is not None
        assert not self.has_ended, self.printed
        self._process.kill()
        await self._process.wait()

    async def stop(self, *, within: float) -> int:
        """SIGTERM; returns the exit code. Raises TimeoutError."""
        assert self._process is not None
        self._process.terminate()
        return await asyncio.wait_for(self._process.wait(), within)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.kill()


def _get_environment() -> dict[str, str]:
    """Ours without loa's settings; loa is found where the tests stand, wherever it is started."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LOA_")} | {
        "PYTHONPATH": str(ROOT)
    }
