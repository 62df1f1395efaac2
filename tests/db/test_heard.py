"""What platforms told is stored once, handled in order, and forgotten in the end."""

from datetime import timedelta

from sqlalchemy import select

from db import heard, upkeep
from db.engine import Database
from db.talk_models import Heard
from tests.fakes import Clock


async def test_what_is_told_again_is_known(database: Database, clock: Clock) -> None:
    """D15"""
    async with database.write() as session:
        assert await heard.add(session, "zalo", "1:a", {"text": "/tin"}, clock())
        assert not await heard.add(session, "zalo", "1:a", {"text": "/tin"}, clock())
        assert await heard.add(session, "zalo", "1:b", {"text": "2"}, clock())
    async with database.write() as session:
        first, second = await heard.take(session, "zalo", clock(), limit=5)
        assert (first.body, second.body) == ({"text": "/tin"}, {"text": "2"})
        assert not await heard.take(session, "zalo", clock(), limit=5, in_hand=[first.id, second.id])
        await heard.record_handled(session, first.id, clock())
    async with database.write() as session:
        assert [one.id for one in await heard.take(session, "zalo", clock(), limit=5)] == [second.id]
        assert not await heard.add(session, "zalo", "1:a", {"text": "/tin"}, clock())


async def test_what_ends_the_process_is_left_alone(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        await heard.add(session, "zalo", "1:a", {}, clock())
    for is_there in (True, True, True, False):
        async with database.write() as session:
            assert bool(await heard.take(session, "zalo", clock(), limit=5)) is is_there


async def test_what_nobody_waits_for_any_more_is_left_and_then_forgotten(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        await heard.add(session, "zalo", "1:a", {"text": "chuyện riêng"}, clock())
    clock.advance(timedelta(hours=1))
    async with database.write() as session:
        assert not await heard.take(session, "zalo", clock(), limit=5)
        await upkeep.tidy(session, clock())
        assert (await session.scalars(select(Heard.body))).all() == [{}]
    clock.advance(heard.REMEMBERED)
    async with database.write() as session:
        await upkeep.tidy(session, clock())
        assert await heard.add(session, "zalo", "1:a", {}, clock())
