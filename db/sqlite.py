"""SQLite for SQLAlchemy's asyncio: how its file is opened and set up, and one trip to its thread for a statement.

SQLAlchemy makes four: for the cursor, the statement, the rows and the cursor's end; each costs more than most of
loa's statements do. What begins a transaction goes along with its first statement.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiosqlite
import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

#: How long a writer waits for another process's write, in milliseconds.
BUSY_TIMEOUT = 15_000
#: How many prepared statements a connection keeps.
_PREPARED = 256
_READING = (f"busy_timeout = {BUSY_TIMEOUT}", "query_only = ON", "temp_store = MEMORY")
_WRITING = (
    f"busy_timeout = {BUSY_TIMEOUT}",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "temp_store = MEMORY",
    "cache_size = -32000",
    "analysis_limit = 1000",
)


def create_engine(url: URL) -> AsyncEngine:
    """Its transactions begin as the execution option `loa_begin` says. The file is made with the first connection."""
    file = Path(url.database or "").absolute()

    async def connect() -> aiosqlite.Connection:
        _make_file(file)
        connection = _Connection(lambda: _connect(file))
        try:
            return await connection
        except sqlite3.Error:
            await connection.end()
            raise

    engine = create_async_engine(url, async_creator=connect, pool_size=10, max_overflow=10, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def create_reading_engine(url: URL) -> Engine:
    """For threads, without asyncio; its connections refuse to write."""
    file = Path(url.database or "").absolute()

    def connect() -> sqlite3.Connection:
        _make_file(file)
        return _connect(file)

    engine = sqlalchemy.create_engine(url.set(drivername="sqlite"), creator=connect, hide_parameters=True)
    event.listen(engine, "connect", lambda connection, _record: _set_pragmas(connection, _READING))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


@asynccontextmanager
async def unguarded(connection: AsyncConnection) -> AsyncIterator[None]:
    """Meanwhile rows may point to what is not there, and a table that is dropped takes nothing along.

    To be entered before a transaction begins and left after its end: within one SQLite ignores it.
    """
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.run(lambda raw: raw.execute("PRAGMA foreign_keys = OFF"))
    try:
        yield
    finally:
        await driver.run(lambda raw: raw.execute("PRAGMA foreign_keys = ON"))


class _Connection(aiosqlite.Connection):
    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connect, iter_chunk_size=1)
        self._thread.daemon = True  # as SQLAlchemy wants it: what was never closed does not hold up the end
        self._end: asyncio.Future[Any] | None = None
        self._is_settled = True
        self._begin = ""

    def stop(self) -> asyncio.Future[Any] | None:
        self._end = super().stop()
        return self._end

    async def end(self) -> None:
        """After it was stopped: until its thread has no more to tell to the loop."""
        if self._end:
            await self._end

    def cursor(self) -> "_Cursor":  # type: ignore[override]
        return _Cursor(self)

    def begin(self, statement: str) -> None:
        """A transaction, with the next work that can: `statement` goes to the thread along with it."""
        self._begin = statement

    async def run(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """In the thread of the connection."""
        self._is_settled = False
        await self._execute(_run, self._conn, self._begin, work)  # type: ignore[no-untyped-call]
        self._begin = ""

    async def commit(self) -> None:
        await self._settle(super().commit)

    async def rollback(self) -> None:
        """SQLAlchemy asks for it after every commit, too: a trip to the thread for nothing."""
        await self._settle(super().rollback)

    async def _settle(self, end: Callable[[], Awaitable[None]]) -> None:
        """Where no work was done, there is nothing to end."""
        self._begin = ""
        if not self._is_settled:
            await end()
            self._is_settled = True


def _run(connection: sqlite3.Connection, begin: str, work: Callable[[sqlite3.Connection], None]) -> None:
    if begin and not connection.in_transaction:  # it may have begun with work that failed
        connection.execute(begin)
    work(connection)


class _Cursor:
    """What SQLAlchemy asks of a driver. The rows are here, and the thread is done with them, when `execute` returns."""

    arraysize = 1
    description: Sequence[Any] | None = None
    rowcount = -1
    lastrowid: int | None = None

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        await self._connection.run(lambda connection: self._take(connection.execute(statement, values)))

    async def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        await self._connection.run(lambda connection: self._take(connection.executemany(statement, rows)))

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        """Nothing is left open."""

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall()
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        cursor.close()


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, check_same_thread=False, cached_statements=_PREPARED)


def _make_file(file: Path) -> None:
    """For loa's user alone: it holds who reads what. What is in the way is told as SQLite would, before any thread.

    A file that is there is never opened here: closing it would end the locks that this process's own connections hold
    on it, and another process that comes and goes would take the write-ahead log away with all that is in it.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            with suppress(FileExistsError):  # another connection was faster
                os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise sqlite3.OperationalError(f"{file}: {error.strerror}") from error
    if not os.access(file, os.R_OK | os.W_OK):
        raise sqlite3.OperationalError(f"{file} may not be written")


def _set_up(connection: Any, _record: object) -> None:
    """A connection that cannot be set up is closed, or its thread would outlive the loop."""
    try:
        _set_pragmas(connection, _WRITING)
    except sqlite3.Error:
        connection.close()
        raise


def _set_pragmas(connection: Any, pragmas: Iterable[str]) -> None:
    """Hand transactions to SQLAlchemy's own BEGIN: the driver's would come late and never be IMMEDIATE."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.begin(connection.get_execution_options().get("loa_begin", "BEGIN"))
