"""How much there is and was."""

from datetime import timedelta

from db import search, tallies
from db.engine import Database
from db.models import ChatState, Delivery, DeliveryState, SourceState
from tests import make
from tests.fakes import Clock

DAY = timedelta(days=1)


async def test_all_there_is_and_what_came_since(database: Database, clock: Clock) -> None:
    now = clock()
    async with database.write() as session:
        source = await make.source(session, now=now)
        source.failures = 2
        await make.source(session, now=now, state=SourceState.REMOVED)
        for age in (0, 2, 90):
            await make.article(session, source_id=source.id, now=now - age * DAY)
        chat = await make.chat(session, now=now - 40 * DAY)
        lost = await make.chat(session, now=now - 40 * DAY, state=ChatState.PARKED)
        lost.parked_at = now - DAY
        for number, age in enumerate((0, 2)):
            session.add(make_debt(chat.id, number, state=DeliveryState.SENT, created_at=now, sent_at=now - age * DAY))
        session.add(make_debt(chat.id, 2, created_at=now))
        await session.flush()
        head = await session.get_one(Delivery, 1)
        session.add(
            make_debt(chat.id, 3, state=DeliveryState.SENT, created_at=now, sent_at=now, folded_into_id=head.id)
        )
        await search.add_question(session, chat.id, "giá lúa", now)
    since = {"today": now - DAY / 2, "lately": now - 30 * DAY}
    async with database.read() as session:
        found = {one.what: (one.all, *one.since.values()) for one in await tallies.count_all(session, since)}
    assert found == {
        "sources": (1, 1, 1),
        "sources that fail": (1,),
        "articles": (3, 1, 2),
        "chats": (1, 0, 0),
        "chats out of reach": (1, 0, 1),
        "messages sent": (2, 1, 2),
        "messages owed": (1,),
        "searches": (1, 1, 1),
    }


def make_debt(chat_id: int, number: int, **values: object) -> Delivery:
    now = values["created_at"]
    kept = {"state": DeliveryState.OWED, "data": {}, "due_at": now, "notice": "welcome", "rank": 0} | values
    return Delivery(chat_id=chat_id, channel="telegram", key=f"notice:{number}", **kept)
