"""Urgent news by the other channel while one is down: told once, there, and it says so."""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.channel import ClosedError, Ration, TemporaryError
from bot.deliver import Courier
from bot.push import render_for
from bot.standin import StandIn
from db import detours, outbox, watches
from db.engine import Database
from db.models import Article, Chat, ChatState, Delivery, DeliveryState, Member, MemberState, Role, Source
from tests import make
from tests.bot.talk import Talk, get_text
from tests.fakes import Clock, FakeChannel

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TITLE = "Bão số 5 vào bờ"


@dataclass
class Desk:
    """Somebody with a chat on each platform, who watches for storms on Zalo, urgently."""

    database: Database
    clock: Clock
    telegram: FakeChannel = field(default_factory=FakeChannel)
    zalo: FakeChannel = field(default_factory=FakeChannel)
    follows: int = 0

    async def open(self, *, is_urgent: bool = True) -> None:
        self.zalo.name = "zalo"
        async with self.database.write() as session:
            member = await make.member(session)
            await make.chat(session, address="t", member_id=member.id)
            there = await make.chat(session, address="z", channel="zalo", member_id=member.id)
            await watches.add_watch(session, there.id, "bão", make.NOW, is_urgent=is_urgent)

    async def owe(self, title: str = TITLE) -> Article:
        async with self.database.write() as session:
            article = await make.article(session, title=title)
            topic_id = (await session.get_one(Source, article.source_id)).topic_id
            if self.follows:
                await make.follow(session, self.follows, topic_id)
            await outbox.owe_article(session, article.id, self.clock())
            return article

    async def turn(self, minutes: float = 5) -> None:
        """Let time go by, and both channels do what they can."""
        self.clock.advance(timedelta(minutes=minutes))
        for channel in (self.telegram, self.zalo):
            other = {"telegram", "zalo"} - {channel.name}
            await StandIn(self.database, channel, other, self.clock).stand_in()
        for channel in (self.telegram, self.zalo):
            await Courier(self.database, channel, lambda due: render_for(due, ZONE), lanes=9, now=self.clock).deliver()

    async def change(self, address: str, /, **values: object) -> None:
        async with self.database.write() as session:
            await session.execute(update(Chat).where(Chat.address == address).values(**values))

    async def list_states(self) -> dict[str, DeliveryState]:
        async with self.database.read() as session:
            rows = await session.execute(select(Delivery.channel, Delivery.state))
            return {channel: state for channel, state in rows}  # noqa: C416 - rows are no pairs


@pytest.fixture
async def desk(database: Database, clock: Clock) -> Desk:
    desk = Desk(database, clock)
    await desk.open()
    return desk


async def test_urgent_news_goes_the_other_way_and_is_not_told_again(desk: Desk) -> None:
    """D14: the month's messages are out; when Zalo speaks again, it says nothing of it."""
    desk.zalo.ration = Ration(is_spent=True)
    article = await desk.owe()
    await desk.turn(4)
    assert desk.telegram.taken == []
    await desk.turn(1)
    ((address, text),) = desk.telegram.taken
    assert address == "t"
    assert text.startswith(f"↪️ Tin khẩn: loa không gửi được cho anh/chị ở bên Zalo nên báo ở đây.\n\n{TITLE}")
    desk.zalo.ration = Ration()
    for _ in range(3):
        await desk.turn(60)
    assert (len(desk.telegram.taken), desk.zalo.taken) == (1, [])
    assert await desk.list_states() == {"zalo": DeliveryState.CARRIED, "telegram": DeliveryState.SENT}
    talk = Talk(desk.database, desk.clock)
    assert "Đã gửi đến đây" in get_text(await talk.say("t", f"/why {article.url}"))


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_a_refused_token_is_told_on_the_other_platform_and_urgent_news_too(desk: Desk) -> None:
    """D13 D14: it is Telegram that refuses loa here; its admins hear of it on Zalo, once."""
    await desk.change("z", channel="telegram", address="z2")
    await desk.change("t", channel="zalo", address="t2")
    async with desk.database.write() as session:
        await session.execute(update(Member).values(role=Role.ADMIN))
    desk.telegram.will("z2", *[ClosedError("Telegram refuses the bot token")] * 9)
    await desk.owe()
    for minutes in (0, 2, 10):
        await desk.turn(minutes)
    closed, urgent = (text for address, text in desk.zalo.taken)
    assert closed.startswith("⛔ Telegram")
    assert urgent.startswith("↪️ Tin khẩn")
    assert [address for address, _ in desk.telegram.asked] == ["z2"]


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_why_tells_where_it_went(desk: Desk) -> None:
    await desk.change("z", channel="telegram", address="z2")
    await desk.change("t", channel="zalo", address="t2")
    desk.telegram.will("z2", *[TemporaryError("the network is away")] * 9)
    article = await desk.owe()
    for minutes in (0, 2):
        await desk.turn(minutes)
    assert [address for address, _ in desk.zalo.taken] == ["t2"]
    talk = Talk(desk.database, desk.clock)
    assert "báo anh/chị ở bên Zalo" in get_text(await talk.say("z2", f"/why {article.url}"))


async def test_news_that_waited_there_for_its_hour_becomes_urgent_and_comes_once(desk: Desk) -> None:
    async with desk.database.read() as session:
        desk.follows = (await session.scalars(select(Chat.id).where(Chat.address == "t"))).one()
    await desk.change("t", hours={"digests": ["23:00"]})
    desk.zalo.will("z", *[TemporaryError("502")] * 9)
    await desk.owe()
    for _ in range(4):
        await desk.turn()
    assert len(desk.telegram.taken) == 1
    assert await desk.list_states() == {"zalo": DeliveryState.CARRIED, "telegram": DeliveryState.SENT}
    await desk.turn(24 * 60)
    assert (len(desk.telegram.taken), desk.zalo.taken) == (1, [])


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_what_was_told_there_anyway_waits_in_its_own_chat_as_all_news(desk: Desk) -> None:
    async with desk.database.read() as session:
        desk.follows = (await session.scalars(select(Chat.id).where(Chat.address == "t"))).one()
    desk.zalo.ration = Ration(is_spent=True)
    await desk.owe()
    for minutes in (0, 5):
        await desk.turn(minutes)
    assert [text.startswith(TITLE) for _, text in desk.telegram.taken] == [True]
    assert await desk.list_states() == {"zalo": DeliveryState.OWED, "telegram": DeliveryState.SENT}


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_only_what_is_urgent_goes_another_way(database: Database, clock: Clock) -> None:
    desk = Desk(database, clock)
    await desk.open(is_urgent=False)
    desk.zalo.ration = Ration(is_spent=True)
    await desk.owe()
    await desk.turn(600)
    assert (desk.telegram.taken, await desk.list_states()) == ([], {"zalo": DeliveryState.OWED})


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("address", "state"), [("z", ChatState.STOPPED), ("t", ChatState.STOPPED), ("t", ChatState.PARKED)]
)
async def test_nobody_is_told_where_they_want_nothing(desk: Desk, address: str, state: ChatState) -> None:
    desk.zalo.ration = Ration(is_spent=True)
    await desk.owe()
    await desk.change(address, state=state)
    await desk.turn()
    assert desk.telegram.taken == []


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_who_was_put_out_and_who_has_no_other_chat_hear_nothing(desk: Desk) -> None:
    """A1"""
    desk.zalo.ration = Ration(is_spent=True)
    await desk.owe()
    async with desk.database.write() as session:
        await session.execute(update(Member).values(state=MemberState.REFUSED))
    await desk.turn()
    await desk.change("t", member_id=None)
    async with desk.database.write() as session:
        await session.execute(update(Member).values(state=MemberState.ACCEPTED))
    await desk.turn()
    assert desk.telegram.taken == []


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_nothing_is_moved_about_while_both_are_down(desk: Desk) -> None:
    """D6: the office's own line is cut; each channel tells its own when it is back."""
    desk.telegram.is_deaf = True
    desk.zalo.will("z", TemporaryError("the network is away"))
    await desk.owe()
    await desk.turn(0)
    await desk.turn(2.1)
    assert desk.telegram.taken == []
    await desk.turn(10)
    assert [address for address, _ in desk.zalo.taken] == ["z"]
    assert await desk.list_states() == {"zalo": DeliveryState.SENT}


async def test_what_is_on_its_way_stays_where_it_is(desk: Desk) -> None:
    """D12"""
    await desk.owe()
    now = desk.clock.advance(timedelta(minutes=9))
    async with desk.database.write() as session:
        await outbox.claim(session, "zalo", now, lease=timedelta(seconds=10), limit=9)
        assert await detours.take_over(session, "telegram", {"zalo"}, now) == 0
    assert await desk.list_states() == {"zalo": DeliveryState.SENDING}
