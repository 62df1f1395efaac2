"""The connection to the store: one way to read, one way to write, the same on SQLite and PostgreSQL."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

#: How long a writer waits for another process's write on SQLite, in milliseconds.
BUSY_TIMEOUT = 15_000


def get_url(text: str) -> URL:
    """The address with the driver loa uses; raises ArgumentError for what is no database address."""
    url = make_url(text)
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+psycopg",
        "postgres": "postgresql+psycopg",
    }
    return url.set(drivername=drivers.get(url.drivername, url.drivername))


def get_cause(error: SQLAlchemyError) -> str:
    """The driver's own words in one line, without the statement, its values or the address."""
    words = str(getattr(error, "orig", None) or type(error).__name__).strip()
    return words.splitlines()[0] if words else type(error).__name__


class Database:
    """A store that is open. `read()` and `write()` give a session inside one transaction.

    A write commits when its block ends and rolls back when it raises. On SQLite writes of this process stand in one
    line and take the database's write lock at once, so that none fails half way with "database is locked".
    """

    def __init__(self, url: str) -> None:
        self.url = get_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _create_sqlite(self.url) if self.is_sqlite else _create_postgresql(self.url)
        self.writing_engine = self.engine.execution_options(loa_begin="BEGIN IMMEDIATE")
        self._readers = async_sessionmaker(self.engine, expire_on_commit=False)
        self._writers = async_sessionmaker(self.writing_engine, expire_on_commit=False)
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def index_folder(self) -> Path:
        """Where this machine keeps its search index: beside the SQLite file, or in `data` of the current folder."""
        return Path(f"{self.url.database}.index") if self.is_sqlite else Path("data") / f"{self.url.database}.index"

    @property
    def is_new(self) -> bool:
        """Whether it is an SQLite file that was not made yet."""
        return self.is_sqlite and not Path(self.url.database or "").exists()

    def find_obstacle(self) -> str:
        """What keeps loa from writing an SQLite file or making it; empty if nothing does. Makes nothing itself."""
        file = Path(self.url.database or "")
        if not self.is_sqlite:
            return ""
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            return f"{file} may not be written"
        folder = next(parent for parent in file.absolute().parents if parent.exists())
        if not folder.is_dir():
            return f"{folder} is no folder"
        return "" if os.access(folder, os.W_OK | os.X_OK) else f"the folder {folder} may not be written"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with self._readers() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        async with self._turn, self._writers.begin() as session:
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def _create_postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)


def _create_sqlite(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=10, max_overflow=10, hide_parameters=True)
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        event.listen(engine.sync_engine, "do_connect", lambda *_: _make_file(file))
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _make_file(file: Path) -> None:
    """For loa's user alone: it holds who reads what. What is in the way is told as SQLite would, before any thread."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise sqlite3.OperationalError(f"{file}: {error.strerror}") from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """A connection that cannot be set up is closed, or its thread would outlive the loop."""
    try:
        _set_pragmas(connection)
    except sqlite3.Error:
        connection.close()
        raise


def _set_pragmas(connection: Any) -> None:
    """Hand transactions to SQLAlchemy's own BEGIN: the driver's would come late and never be IMMEDIATE."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -32000",
        "analysis_limit = 1000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("loa_begin", "BEGIN"))
