"""What nobody waits for any more is given up or deleted, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db import members, outbox, search, upkeep
from db.engine import Database
from db.models import ChatState, Delivery, DeliveryState, Invitation, Question
from tests import make
from tests.fakes import Clock

MINUTE = timedelta(minutes=1)


async def tidy(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        await upkeep.tidy(session, clock())


async def get_state(database: Database) -> DeliveryState:
    async with database.read() as session:
        return (await session.scalars(select(Delivery))).one().state


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (ChatState.PARKED, DeliveryState.DROPPED),
        (ChatState.STOPPED, DeliveryState.DROPPED),
        (ChatState.ACTIVE, DeliveryState.OWED),
        (ChatState.NEW, DeliveryState.OWED),
    ],
)
async def test_what_a_silent_chat_is_owed_waits_for_a_set_time(
    database: Database, clock: Clock, state: ChatState, outcome: DeliveryState
) -> None:
    """D9"""
    async with database.write() as session:
        chat = await make.chat(session, state=state)
        await outbox.owe_notice(session, [chat.id], notice="n", key="1", data={}, now=clock())
    clock.advance(upkeep.PATIENCE)
    await tidy(database, clock)
    assert await get_state(database) is DeliveryState.OWED
    clock.advance(MINUTE)
    await tidy(database, clock)
    assert await get_state(database) is outcome


async def test_what_is_in_flight_is_not_given_up(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        chat = await make.chat(session)
        await outbox.owe_notice(session, [chat.id], notice="n", key="1", data={}, now=clock())
        clock.advance(upkeep.PATIENCE + MINUTE)
        await outbox.claim(session, "telegram", clock(), lease=MINUTE, limit=1)
        chat.state = ChatState.STOPPED
    await tidy(database, clock)
    assert await get_state(database) is DeliveryState.SENDING
    clock.advance(MINUTE)
    await tidy(database, clock)
    assert await get_state(database) is DeliveryState.DROPPED


async def test_old_questions_and_invitations_are_deleted(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        chat = await make.chat(session)
        await search.add_question(session, chat.id, "thống kê", clock())
        await members.add_invitation(session, by=None, now=clock(), lifetime=timedelta(0))
    for wait, left in ((upkeep.QUESTIONS_KEPT, 1), (MINUTE, 0)):
        clock.advance(wait)
        await tidy(database, clock)
        async with database.read() as session:
            assert len((await session.scalars(select(Question))).all()) == left
            assert len((await session.scalars(select(Invitation))).all()) == left
