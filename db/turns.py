"""What one process at a time may do: taken, and given back with the process's end, however it ends.

On SQLite one process runs at a time, by a lock on a file beside the database. On PostgreSQL several run side by side,
and take turns at what only one may do, by the server's advisory locks.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from db.engine import Database

log = logging.getLogger(__name__)

#: Seconds that the server has to answer; one that does not is as good as gone.
PATIENCE = 3.0
#: Seconds for giving back what is held; the server takes it back all the same.
FAREWELL = 1.0
#: How the server finds out, within 8 s, that the machine of a holder is gone; of a process that ends it knows at once.
_WATCHFUL = {
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "8000",
    "idle_session_timeout": "0",
}
#: A setting that an older server does not know is left out.
_SET = text("SELECT set_config(name, :value, false) FROM pg_settings WHERE name = :name")


class BusyError(Exception):
    """Another process has this SQLite database; `process` is its number, if it is known."""

    def __init__(self, file: str, process: str) -> None:
        super().__init__(file, process)
        self.file = file
        self.process = process


class LockError(Exception):
    """The lock beside the database cannot be made; `reason` is fit for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def lock_file(path: str) -> int | None:
    """A lock that ends with the process, as a descriptor to close; None when another one has it. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """The only process on an SQLite database while it is open. Raises BusyError and LockError."""
    if not database.is_sqlite:
        yield
        return
    descriptor = _claim_file(Path(database.url.database or ""))
    try:
        yield
    finally:
        os.close(descriptor)


def _claim_file(file: Path) -> int:
    path = f"{file}.lock"
    try:
        file.absolute().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = lock_file(path)
    except OSError as error:
        raise LockError(f"{path}: {error.strerror}") from error
    if descriptor is None:
        raise BusyError(str(file), _read_holder(path))
    with suppress(OSError):  # a full disk: the lock holds all the same
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def _read_holder(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()[:20]
    return ""


class Turns:
    """The names that this process holds. On SQLite, where it is `alone`, it may hold all it wants."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None
        self._held: frozenset[str] = frozenset()
        self._can_ask = True

    async def take(self, names: Collection[str]) -> frozenset[str]:
        """Those of the names that this process holds now. Each call asks the server anew; none if it is gone."""
        if self._database.is_sqlite:
            return frozenset(names)
        try:
            async with asyncio.timeout(PATIENCE):
                self._held = await self._take(names)
            self._can_ask = True
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            if self._can_ask:
                log.warning("no turn can be held, as the database does not answer: %s", type(error).__name__)
            self._can_ask = False
            await self._leave()
        return self._held

    async def close(self) -> None:
        """Give back all: others may take it as soon as this returns, not only when the server notices the end."""
        if self._connection is not None:
            with suppress(SQLAlchemyError, OSError, TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        await self._leave()

    async def _leave(self) -> None:
        connection, self._connection, self._held = self._connection, None, frozenset()
        if connection is None:
            return
        with suppress(SQLAlchemyError, OSError, TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await connection.invalidate()
                await connection.close()

    async def _take(self, names: Collection[str]) -> frozenset[str]:
        if self._connection is None:
            self._connection = await self._connect()
        await self._connection.execute(text("SELECT 1"))
        wanted = sorted(set(names) - self._held)
        return self._held.union([name for name in wanted if await self._try(self._connection, name)])

    @staticmethod
    async def _try(connection: AsyncConnection, name: str) -> bool:
        return bool(await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _make_key(name)}))

    async def _connect(self) -> AsyncConnection:
        """A connection of its own, which no pool gives to others: the locks are bound to it."""
        engine = create_async_engine(
            self._database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
        )
        connection = await engine.connect()
        for name, value in _WATCHFUL.items():
            await connection.execute(_SET, {"name": name, "value": value})
        return connection


def _make_key(name: str) -> int:
    """A number that stands for the name among the advisory locks of one database."""
    return int.from_bytes(hashlib.sha256(f"loa:{name}".encode()).digest()[:8], "big", signed=True)
