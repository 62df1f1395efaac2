"""When the store is tidied."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.app import open_app
from bot.config import DatabaseSettings, Settings
from bot.run import SETTLED, schedule_upkeep
from bot.speak import Part
from db import outbox, upkeep
from db.engine import Database
from db.models import ChatState, Delivery, DeliveryState
from tests import make


async def test_a_machine_that_is_off_at_night_is_tidied_after_its_start(database: Database, database_url: str) -> None:
    """P4"""
    now = datetime.now(UTC)
    async with database.write() as session:
        chat = await make.chat(session, state=ChatState.STOPPED)
        long_ago = now - SETTLED - 2 * upkeep.PATIENCE
        await outbox.owe_notice(session, [chat.id], notice="n", key="1", data={}, now=long_ago)
    settings = Settings(database=DatabaseSettings(url=database_url))
    async with open_app(settings, now=lambda: now - SETTLED) as app, schedule_upkeep(app, {Part.DELIVER}):
        state = DeliveryState.OWED
        while state is DeliveryState.OWED:
            async with database.read() as session:
                state = (await session.scalars(select(Delivery.state))).one()
    assert state is DeliveryState.DROPPED
