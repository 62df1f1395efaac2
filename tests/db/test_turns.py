"""Turns: what one process at a time may do, and how it is free again when that process is no more."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database
from db.turns import BusyError, LockError, Turns, alone

NAMES = ("chat:telegram:7", "deliver:telegram:7")
HOLDER = """
import sys, time
from db.engine import Database
from db.turns import alone
with alone(Database(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


class TestOnSqlite:
    def test_a_second_process_is_refused_and_told_who_is_there(self, tmp_path: Path) -> None:
        """D12"""
        database = Database(f"sqlite:///{tmp_path}/data/loa.db")
        with alone(database):
            with pytest.raises(BusyError) as caught, alone(database):
                pass
            assert (caught.value.file, caught.value.process) == (f"{tmp_path}/data/loa.db", str(os.getpid()))
        with alone(database):
            pass

    def test_a_killed_process_bars_nobody(self, tmp_path: Path) -> None:
        """D1 D12"""
        url = f"sqlite:///{tmp_path}/loa.db"
        with subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(BusyError) as caught, alone(Database(url)):
                pass
            assert caught.value.process == str(holder.pid)
            holder.kill()
        with alone(Database(url)):
            pass

    def test_a_lock_that_cannot_be_made_is_told(self, tmp_path: Path) -> None:
        """P2"""
        (tmp_path / "data").touch()
        with pytest.raises(LockError) as caught, alone(Database(f"sqlite:///{tmp_path}/data/loa.db")):
            pass
        assert "data" in caught.value.reason

    async def test_whoever_is_alone_has_every_turn(self, tmp_path: Path) -> None:
        turns = Turns(Database(f"sqlite:///{tmp_path}/loa.db"))
        assert await turns.take(NAMES) == set(NAMES)
        await turns.close()


async def test_that_no_turn_can_be_taken_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """P2: or a process would stand by for ever, and nobody know why."""
    turns = Turns(Database("postgresql://127.0.0.1:1/loa"))
    for _ in range(2):
        assert not await turns.take(NAMES)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
class TestOnPostgresql:
    @pytest.fixture
    async def turns(self, database: Database) -> AsyncIterator[tuple[Turns, Turns]]:
        pair = Turns(database), Turns(database)
        yield pair
        await asyncio.gather(*(one.close() for one in pair))

    async def test_each_name_is_held_by_one(self, turns: tuple[Turns, Turns]) -> None:
        """D12"""
        one, other = turns
        assert await one.take(NAMES[:1]) == {NAMES[0]}
        assert await other.take(NAMES) == {NAMES[1]}
        assert await one.take(NAMES) == {NAMES[0]}

    async def test_what_is_given_back_is_free_at_once(self, turns: tuple[Turns, Turns]) -> None:
        one, other = turns
        await one.take(NAMES)
        await one.take(NAMES)
        assert not await other.take(NAMES)
        await one.close()
        assert await other.take(NAMES) == set(NAMES)

    async def test_who_lost_the_server_holds_nothing_until_it_is_back(
        self, turns: tuple[Turns, Turns], database: Database
    ) -> None:
        """D12"""
        one, other = turns
        await one.take(NAMES)
        async with database.write() as session:
            others = "pid <> pg_backend_pid() AND datname = current_database() AND state = 'idle'"
            await session.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}"))
        assert not await one.take(NAMES)
        assert await other.take(NAMES) == set(NAMES)
        assert not await one.take(NAMES)

    def test_processes_run_side_by_side(self, database_url: str) -> None:
        database = Database(database_url)
        with alone(database), alone(database):
            pass
