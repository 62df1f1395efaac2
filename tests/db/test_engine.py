"""One way to read and one way to write, whoever else is at the database."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import AsyncExitStack, closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import aiosqlite
import pytest
from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError, SQLAlchemyError, StatementError

from db import migrate
from db.engine import Database, get_cause, get_url
from db.models import Topic
from tests import make

WRITERS = 20


async def add_topic(database: Database) -> None:
    async with database.write() as session:
        before = await session.scalar(select(func.count()).select_from(Topic))
        await make.topic(session, f"Chủ đề {before} {id(session)}")


async def add_twins(database: Database) -> None:
    async with database.write() as session:
        await make.topic(session, "Giá cả")
        await make.topic(session, "Giá cả")


async def count_topics(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Topic)) or 0


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("sqlite:///data/loa.db", "sqlite+aiosqlite"),
        ("postgresql://loa@db/loa", "postgresql+psycopg"),
        ("postgres://loa@db/loa", "postgresql+psycopg"),
        ("postgresql+psycopg://loa@db/loa", "postgresql+psycopg"),
    ],
)
def test_an_address_gets_the_driver_loa_uses(address: str, driver: str) -> None:
    assert get_url(address).drivername == driver


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ArgumentError):
        get_url("loa.db")


async def test_writers_of_two_processes_and_a_long_reader_do_not_meet(database_url: str) -> None:
    """P1"""
    async with AsyncExitStack() as stack:
        databases = [Database(database_url) for _ in range(2)]
        for database in databases:
            stack.push_async_callback(database.close)
        async with databases[0].read() as reader:
            assert (await reader.scalars(select(Topic))).all() == []
            await asyncio.gather(*(add_topic(database) for database in databases for _ in range(WRITERS)))
        assert await count_topics(databases[1]) == 2 * WRITERS


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_a_reader_on_sqlite_sees_what_was_there_when_it_began(database: Database) -> None:
    """P1"""
    async with database.read() as reader:
        await reader.scalars(select(Topic))
        await add_topic(database)
        assert (await reader.scalars(select(Topic))).all() == []
    assert await count_topics(database) == 1


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_a_process_that_comes_and_goes_takes_nothing_away(database: Database) -> None:
    """P1: once this took away all that a running loa had written since its start."""
    await add_topic(database)
    async with database.read() as one, database.read() as other:
        for reader in (one, other):
            await reader.scalars(select(Topic))
    file = str(database.url.database)
    visit = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM topics').fetchall(); c.close()"
    )
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", visit, file], check=True)
    assert f"{Path(file).name}-wal" in os.listdir(Path(file).parent)


async def test_two_processes_make_the_same_file_at_once(tmp_path: Path) -> None:
    """D12"""
    databases = [Database(f"sqlite:///{tmp_path}/new/loa.db") for _ in range(4)]
    try:
        assert databases[0].is_new
        await asyncio.gather(*(migrate.upgrade(database) for database in databases))
        assert all([await migrate.is_current(database) for database in databases])
        assert not databases[0].is_new
    finally:
        await asyncio.gather(*(database.close() for database in databases))


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_sqlite_is_set_up_for_many_readers_and_true_references(database: Database) -> None:
    async with database.read() as session:
        settings = {name: await session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
    assert settings == {"journal_mode": "wal", "foreign_keys": 1}


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_a_statement_is_one_trip_to_the_thread_of_sqlite(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.write() as session:
        await make.topic(session, "Giá cả")
        trips = _count_trips(monkeypatch)
        assert (await session.scalars(select(Topic.name))).all() == ["Giá cả"]
        assert len(trips) == 1


async def test_a_thread_reads_what_is_committed_and_may_not_write(database: Database) -> None:
    await add_topic(database)

    assert await database.read_in_thread(lambda connection: len(connection.scalars(select(Topic.name)).all())) == 1
    with pytest.raises(SQLAlchemyError, match=r"readonly|read-only"):
        await database.read_in_thread(lambda connection: connection.execute(delete(Topic)))
    assert await count_topics(database) == 1


async def test_who_reads_in_a_thread_is_interrupted_when_the_database_is_closed(database_url: str) -> None:
    """P3"""
    database = Database(database_url)
    has_begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i < 0"

    def read(connection: Connection) -> None:
        connection.execute(select(1))
        loop.call_soon_threadsafe(has_begun.set)
        connection.execute(text(endless))

    reading = [asyncio.create_task(database.read_in_thread(read)) for _ in range(6)]
    await has_begun.wait()
    await database.close()
    ends = await asyncio.gather(*reading, return_exceptions=True)
    assert all(isinstance(end, SQLAlchemyError | asyncio.CancelledError) for end in ends)


def _count_trips(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    trips: list[object] = []
    go = aiosqlite.Connection._execute

    async def count(self: aiosqlite.Connection, work: object, *values: object) -> object:
        trips.append(work)
        return await go(self, work, *values)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", count)
    return trips


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_a_write_that_could_not_begin_begins_with_what_it_does_next(database: Database) -> None:
    """P2"""
    async with database.read() as session:
        await session.execute(text("PRAGMA busy_timeout = 0"))
    async with database.write() as session:
        with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="locked"):
                await session.execute(text("DELETE FROM topics"))
        await make.topic(session)
        await session.rollback()
    assert await count_topics(database) == 0


async def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    """P2"""
    with pytest.raises(IntegrityError) as error:
        await add_twins(database)
    assert await count_topics(database) == 0
    assert "\n" not in get_cause(error.value)
    assert "INSERT" not in get_cause(error.value)


async def test_the_next_writer_has_its_turn_after_one_that_failed(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await add_twins(database)
    await add_topic(database)
    assert await count_topics(database) == 1


async def test_a_time_comes_back_as_aware_utc(database: Database) -> None:
    """P4"""
    vietnamese = datetime(2026, 8, 6, 8, 30, 0, 123456, tzinfo=timezone(timedelta(hours=7)))
    async with database.write() as session:
        topic = await make.topic(session, now=vietnamese)
    async with database.read() as session:
        stored = (await session.get_one(Topic, topic.id)).created_at
    assert stored == vietnamese
    assert stored.utcoffset() == timedelta(0)


async def test_the_hour_that_comes_twice_is_told_apart(database: Database) -> None:
    """P4"""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    async with database.write() as session:
        topics = [await make.topic(session, str(fold), now=first.replace(fold=fold)) for fold in (0, 1)]
    async with database.read() as session:
        stored = [(await session.get_one(Topic, topic.id)).created_at for topic in topics]
    assert stored[1] - stored[0] == timedelta(hours=1)


async def test_a_naive_time_is_refused(database: Database) -> None:
    """P4"""
    with pytest.raises(StatementError, match="must be aware"):
        async with database.write() as session:
            await make.topic(session, now=datetime(2026, 8, 6))  # noqa: DTZ001 - that is the point


def test_the_file_is_for_its_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "loa.db"

    async def make_file() -> None:
        database = Database(f"sqlite:///{file}")
        assert not file.parent.exists()
        await migrate.upgrade(database)
        await database.close()

    asyncio.run(make_file())
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("name", ["a file/data/loa.db", "a file/loa.db", "text.db", "folder"])
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_file_that_cannot_be_is_one_error_and_leaves_no_thread(tmp_path: Path, name: str) -> None:
    """D12"""
    (tmp_path / "a file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.db").write_text("This is no database. " * 100, encoding="utf-8")

    async def open_it() -> None:
        database = Database(f"sqlite:///{tmp_path / name}")
        try:
            with pytest.raises(SQLAlchemyError) as error:
                await migrate.upgrade(database)
            assert "\n" not in get_cause(error.value)
        finally:
            await database.close()

    before = threading.active_count()
    asyncio.run(open_it())
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(1)
    assert threading.active_count() <= before


def test_what_is_in_the_way_is_found_without_making_anything(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    assert "is no folder" in Database(f"sqlite:///{tmp_path}/a file/x/loa.db").find_obstacle()
    assert Database(f"sqlite:///{tmp_path}/new/x/loa.db").find_obstacle() == ""
    assert Database("postgresql://loa@localhost/loa").find_obstacle() == ""
    assert [path.name for path in tmp_path.iterdir()] == ["a file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_folder_that_may_not_be_written_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "may not be written" in Database(f"sqlite:///{tmp_path}/loa.db").find_obstacle()
    tmp_path.chmod(0o700)


async def test_an_error_does_not_repeat_what_was_to_be_stored(database: Database) -> None:
    with pytest.raises(IntegrityError) as error:
        await add_twins(database)
    assert "Giá cả" not in str(error.value).partition("\n")[2]
