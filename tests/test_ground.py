"""Faults of the ground: a full disk, a damaged file, a clock that jumps. What is said is clear, nothing half done."""

import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db import migrate
from db.engine import Database, get_cause
from db.models import Source
from tests.bot_api import faults
from tests.flow import Flow, open_flow
from tests.papers import item, rss
from tests.road import FEED, Road

HOA, AN = 11, 12


@contextmanager
def no_file_longer_than(length: int) -> Iterator[None]:
    """As on a full disk, the system refuses what would be written beyond it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_a_full_disk_leaves_nothing_half_done(road: Road) -> None:
    """P2: what could not be stored is polled again when there is room."""
    source_id = await road.source()
    road.web.put(FEED, rss([]))
    await road.poll_next()
    many = [item(n).but(description=f"Tin số {n}. " * 400) for n in range(40)]
    road.web.put(FEED, rss(many), etag='"full"')
    with no_file_longer_than(100_000), pytest.raises(SQLAlchemyError) as caught:
        await road.poll_next()
    assert get_cause(caught.value) in ("disk I/O error", "database or disk is full")
    assert await road.titles() == []
    assert (await road.get(Source, source_id)).etag != '"full"'
    road.clock.advance(timedelta(minutes=2))
    assert await road.poll()
    assert len(await road.titles()) == len(many)
    async with road.database.read() as session:
        assert await session.scalar(text("PRAGMA integrity_check")) == "ok"


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
@pytest.mark.parametrize("length", [6000, None])
def test_a_damaged_file_is_named_and_left_as_it_is(database_url: str, length: int | None) -> None:
    """P2: one that was cut off, and one that is something else."""
    file = Path(database_url.removeprefix("sqlite:///"))
    content = file.read_bytes()[:length] if length else b"no database at all" * 100
    file.write_bytes(content)

    async def upgrade() -> None:
        database = Database(database_url)
        try:
            await migrate.upgrade(database)
        finally:
            await database.close()

    with pytest.raises(SQLAlchemyError) as caught:
        asyncio.run(upgrade())
    assert get_cause(caught.value) in ("file is not a database", "database disk image is malformed")
    assert file.read_bytes()[100:] == content[100:]


@pytest.fixture
async def flow(road: Road) -> AsyncIterator[Flow]:
    async with open_flow(road) as flow:
        await flow.begin(HOA, AN)
        yield flow


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_clock_that_jumps_loses_and_repeats_nothing(flow: Flow, jump: timedelta) -> None:
    """P4 D1: an hour forward, as after a sleep, or an hour back, while news is owed and on its way."""
    flow.publish(item(1))
    flow.telegram.fail(faults.server_error(), chat=HOA)
    await flow.travel(minutes=4)
    flow.road.clock.advance(jump)
    flow.publish(item(2), item(1))
    await flow.travel(minutes=80)
    assert flow.headlines(HOA) == flow.headlines(AN) == [item(1).title, item(2).title]
    assert await flow.repeats() == 0


async def test_a_machine_that_slept_while_a_message_was_on_its_way_sends_it_once(flow: Flow) -> None:
    """P4: its lease ran out meanwhile, but its sender knows of it."""
    gate = asyncio.Event()
    flow.telegram.fail(faults.held(gate), chat=HOA)
    flow.publish(item(1))
    await flow.road.poll_next()
    await flow.road.read_all()
    sending = asyncio.create_task(flow.deliver())
    await flow.telegram.wait_for(lambda: flow.pushes(AN))
    flow.road.clock.advance(timedelta(hours=8))
    gate.set()
    await sending
    await flow.travel(minutes=8)
    assert flow.headlines(HOA) == flow.headlines(AN) == [item(1).title]
    assert await flow.repeats() == 0
