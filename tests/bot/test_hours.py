"""A chat is told its news at its hours: what waited comes in one message, late if need be, and nothing is lost."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.channel import TemporaryError, UnknownOutcomeError
from bot.deliver import Courier
from bot.locales import load_translators
from bot.message import Message
from bot.push import render_due
from db import following, outbox
from db.engine import Database
from db.hours import Hours, Office
from db.models import Chat, Delivery, DeliveryState, Lane, Rank
from db.outbox import Due
from tests import make
from tests.fakes import Clock, FakeChannel

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = Office(HANOI, Hours(quiet=((time(20), time(7)),)))
DAY = Office(HANOI)


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 6, zone: ZoneInfo = HANOI) -> datetime:
    return datetime(2026, 8, day, hour, minute, second, tzinfo=zone).astimezone(UTC)


class Night:
    """Chats that follow one topic of an office with its hours, and what they are told."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.channel = FakeChannel()
        self.office = NIGHT
        self.source_id = 0

    async def begin(self, *addresses: str, now: datetime) -> None:
        self.clock.now = now
        async with self.database.write() as session:
            source = await make.source(session)
            self.source_id = source.id
            for address in addresses:
                await make.chat(session, address=address, follows=(source.topic_id,))

    async def choose(self, address: str, **hours: object) -> None:
        async with self.database.write() as session:
            await session.execute(update(Chat).where(Chat.address == address).values(hours=hours))

    async def owe_news(self, *titles: str) -> None:
        async with self.database.write() as session:
            for title in titles:
                article = await make.article(session, source_id=self.source_id, title=title)
                await outbox.owe_article(session, article.id, self.clock())

    async def owe_notice(self, what: str) -> None:
        async with self.database.write() as session:
            ids = (await session.scalars(select(Chat.id))).all()
            await outbox.owe_notice(session, ids, notice=what, key="1", data={}, now=self.clock())

    async def deliver(self) -> list[str]:
        """What the chats are told by now that was not told before."""
        before = len(self.channel.taken)
        courier = Courier(
            self.database, self.channel, _render, lanes=50, now=self.clock, fold_over=5, office=self.office
        )
        while await courier.deliver():
            pass
        return [f"{address} {text}" for address, text in self.channel.taken[before:]]

    async def deliver_at(self, moment: datetime) -> list[str]:
        self.clock.now = moment
        return await self.deliver()

    async def rows(self) -> list[Delivery]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Delivery).order_by(Delivery.id)))

    async def lane(self) -> Lane:
        async with self.database.read() as session:
            return (await session.scalars(select(Lane))).one()


def _render(due: Due) -> Message:
    return render_due(due, load_translators().get("en", HANOI))


@pytest.fixture
def night(database: Database, clock: Clock) -> Night:
    return Night(database, clock)


async def test_what_came_in_the_night_is_one_digest_at_its_end(night: Night) -> None:
    """D18"""
    await night.begin("1", now=at(22, day=5))
    await night.owe_news(*(f"night {number}" for number in range(10)))
    assert await night.deliver() == []
    night.clock.now = at(6, 59, 59)
    await night.owe_news(*(f"morning {number}" for number in range(9)))
    assert await night.deliver() == []
    (told,) = await night.deliver_at(at(7))
    assert told.startswith("1 19 new articles")
    assert "This should have come" not in told
    assert all(f"night {number}" in told for number in range(10))
    assert {row.state for row in await night.rows()} == {DeliveryState.SENT}


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_eighty_articles_found_a_second_before_are_one_message(night: Night) -> None:
    """D18"""
    await night.begin("1", now=at(6, 59, 59))
    await night.owe_news(*(f"morning {number}." for number in range(80)))
    assert await night.deliver() == []
    (told,) = await night.deliver_at(at(7)) + await night.deliver()
    assert all(f"morning {number}." in told for number in range(80))


async def test_more_than_one_message_holds_come_in_several(night: Night) -> None:
    """D18"""
    night.channel.digest = 20
    await night.begin("1", now=at(6, 59, 59))
    await night.owe_news(*(f"morning {number}." for number in range(43)))
    told = await night.deliver_at(at(7)) + await night.deliver()
    assert [one.splitlines()[0] for one in told] == ["1 20 new articles", "1 20 new articles", "1 3 new articles"]
    assert all(any(f"morning {number}." in one for one in told) for number in range(43))


async def test_a_silent_chat_is_looked_at_once_however_much_comes(night: Night) -> None:
    await night.begin("1", now=at(22, day=5))
    await night.owe_news("one")
    await night.deliver()
    lane = await night.lane()
    assert (lane.rank, lane.due_at) == (Rank.LATER, at(7))
    await night.owe_news("two")
    assert await night.lane() is not None
    assert ((await night.lane()).rank, (await night.lane()).due_at) == (Rank.LATER, at(7))


async def test_one_article_that_waited_is_told_as_ever(night: Night) -> None:
    await night.begin("1", now=at(22, day=5))
    await night.owe_news("one")
    await night.deliver()
    (told,) = await night.deliver_at(at(7))
    assert "new article" not in told
    assert "one" in told


async def test_what_answers_a_person_and_other_chats_do_not_wait(night: Night) -> None:
    await night.begin("1", "2", now=at(22, day=5))
    await night.choose("2", quiet=[])
    await night.owe_news("one")
    assert [told[0] for told in await night.deliver()] == ["2"]
    await night.owe_notice("gấp")
    assert sorted(told[0] for told in await night.deliver()) == ["1", "2"]
    assert [told[0] for told in await night.deliver_at(at(7))] == ["1"]


async def test_what_could_not_be_sent_before_the_night_waits_for_its_end(night: Night) -> None:
    await night.begin("1", now=at(19, 59))
    night.channel.will("1", TemporaryError("busy", retry_in=120))
    await night.owe_news("one", "two")
    await night.deliver()
    assert await night.deliver_at(at(20, 2)) == []
    assert len(await night.deliver_at(at(7, day=7))) == 2  # what was tried alone goes alone


async def test_a_digest_missed_while_loa_was_down_goes_out_once_late_and_says_so(night: Night) -> None:
    """D18 P4"""
    await night.begin("1", now=at(6))
    night.office = Office(HANOI, Hours(digests=(time(7, 30), time(16))))
    await night.owe_news("one", "two")
    assert await night.deliver() == []
    (told,) = await night.deliver_at(at(9))
    assert "2 new articles" in told
    assert "This should have come at" in told
    assert "7:30" in told
    await night.owe_news("three")
    assert await night.deliver() == []
    assert await night.deliver_at(at(15, 59, 59)) == []
    (told,) = await night.deliver_at(at(16))
    assert "three" in told
    assert "This should have come" not in told


async def test_a_digest_that_may_have_arrived_is_the_same_message_once_more(night: Night) -> None:
    """D5 D18"""
    await night.begin("1", now=at(22, day=5))
    await night.owe_news("one", "two")
    await night.deliver()
    night.channel.will("1", UnknownOutcomeError("broke"))
    await night.deliver_at(at(7))
    (told,) = await night.deliver_at(at(7, 1))
    assert "2 new articles" in told
    assert sum(row.repeats for row in await night.rows()) == 1


async def test_new_hours_hold_at_once_for_what_waits(night: Night) -> None:
    await night.begin("1", now=at(22, day=5))
    await night.owe_news("one")
    await night.deliver()
    await night.choose("1", quiet=[])
    assert await night.deliver() == []
    async with night.database.write() as session:
        await outbox.wake(session, night.clock())
    assert len(await night.deliver()) == 1


async def test_many_silent_chats_delay_no_other(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.lanes._TOGETHER", 7)
    await night.begin(*map(str, range(70)), now=at(22, day=5))
    await night.choose("69", quiet=[])
    await night.owe_news("one")
    assert [told.split()[0] for told in await night.deliver()] == ["69"]
    assert len(await night.deliver_at(at(7))) == 69


async def test_by_the_clock_of_the_office_on_the_night_it_changes(night: Night) -> None:
    """P4"""
    berlin = ZoneInfo("Europe/Berlin")
    night.office = Office(berlin, NIGHT.hours)
    await night.begin("1", now=datetime(2026, 10, 24, 21, 0, tzinfo=berlin).astimezone(UTC))
    await night.owe_news("one")
    assert await night.deliver_at(datetime(2026, 10, 25, 5, 59, tzinfo=UTC)) == []
    assert len(await night.deliver_at(datetime(2026, 10, 25, 6, 0, tzinfo=UTC))) == 1


async def test_a_silent_chat_that_moves_into_another_one_takes_its_news_along(night: Night) -> None:
    """D8"""
    await night.begin("1", "2", now=at(22, day=5))
    await night.owe_news("one")
    await night.deliver()
    async with night.database.write() as session:
        chat = (await session.scalars(select(Chat).where(Chat.address == "1"))).one()
        await following.move_chat(session, chat.id, "2")
    (told,) = await night.deliver_at(at(7) + timedelta(seconds=1))
    assert told.startswith("2 ")
