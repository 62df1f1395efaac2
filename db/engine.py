"""The connection to the store: one way to read, one way to write, the same on SQLite and PostgreSQL."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from db import sqlite

_Result = TypeVar("_Result")


#: How many read at once in threads: a search takes a core for itself.
_READING = 4
#: How long one of them has to end, once it was interrupted, in seconds.
_PATIENCE = 0.1


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


class LinksError(Exception):
    """A change of tables would leave rows that point to what is not there; it was not made."""


class Database:
    """A store that is open. `read()` and `write()` give a session inside one transaction.

    A write commits when its block ends and rolls back when it raises. On SQLite writes of this process stand in one
    line and take the database's write lock at once, so that none fails half way with "database is locked".
    """

    def __init__(self, url: str) -> None:
        self.url = get_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = sqlite.create_engine(self.url) if self.is_sqlite else _create_postgresql(self.url)
        self.writing_engine = self.engine.execution_options(loa_begin="BEGIN IMMEDIATE")
        self._threads_engine = (
            sqlite.create_reading_engine(self.url) if self.is_sqlite else _create_reading_engine(self.url)
        )
        self._threads = ThreadPoolExecutor(_READING, thread_name_prefix="read")
        self._at_work: set[Any] = set()
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

    async def read_in_thread(self, work: Callable[[Connection], _Result]) -> _Result:
        """What the work makes of a transaction that may only read, in a thread: a statement needs no trip to another.

        The threads are few and the database's own, so that work that takes long keeps nothing else waiting.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read_here, work)

    def _read_here(self, work: Callable[[Connection], _Result]) -> _Result:
        with self._threads_engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            self._at_work.add(driver)
            try:
                return work(connection)
            finally:
                self._at_work.discard(driver)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        async with self._turn, self._writers.begin() as session:
            yield session

    @asynccontextmanager
    async def rebuild(self) -> AsyncIterator[AsyncConnection]:
        """One transaction in which tables may be changed. Raises LinksError when rows point to what is not there.

        SQLite changes many a table by making it anew; what points to its rows is neither asked nor taken along then.
        """
        async with (
            self.writing_engine.connect() as connection,
            sqlite.unguarded(connection) if self.is_sqlite else nullcontext(),
            connection.begin(),
        ):
            yield connection
            if self.is_sqlite:
                await _check_links(connection)

    async def close(self) -> None:
        """Whoever still reads in a thread is interrupted, at each of its statements."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        end = asyncio.create_task(asyncio.to_thread(self._threads.shutdown))
        while not end.done():
            for driver in list(self._at_work):
                await asyncio.to_thread(driver.interrupt if self.is_sqlite else driver.cancel)
            await asyncio.wait([end], timeout=_PATIENCE)
        await asyncio.to_thread(self._threads_engine.dispose)
        await self.engine.dispose()


async def _check_links(connection: AsyncConnection) -> None:
    if broken := (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all():
        raise LinksError(f"{len(broken)} rows point to what is not there, one of them in {broken[0][0]}")


def _create_postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)


def _create_reading_engine(url: URL) -> Engine:
    options = {"postgresql_readonly": True}
    return create_engine(
        url, pool_size=_READING, max_overflow=0, pool_pre_ping=True, hide_parameters=True, execution_options=options
    )
