"""What becomes of a debt, for everything a platform may answer."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from bot import deliver
from bot.channel import (
    ClosedError,
    MovedError,
    PermanentError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
)
from bot.deliver import Courier
from bot.message import Message, say
from db import outbox, upkeep
from db.engine import Database
from db.lease import LEASE, kept
from db.models import Chat, ChatKind, ChatState, Delivery, DeliveryState, Lane, Role, Source
from db.outbox import Due
from tests import make
from tests.fakes import Clock, FakeChannel


def render(due: Due) -> Message:
    return say(due.news.title if due.news else f"{due.notice}")


class Post:
    """Chats that follow one topic, and the step that pays what they are owed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.channel = FakeChannel()
        self.render = render
        self.fold_over: int | None = None

    async def add_chats(self, *addresses: str, kind: ChatKind = ChatKind.PRIVATE) -> None:
        async with self.database.write() as session:
            for address in addresses:
                await make.chat(session, address=address, kind=kind)

    async def add_admin(self, address: str) -> None:
        async with self.database.write() as session:
            admin = await make.member(session, role=Role.ADMIN)
            await make.chat(session, address=address, member_id=admin.id)

    async def owe(self, *titles: str, to: tuple[str, ...] | None = None) -> None:
        """Owe each title to all chats, or to some."""
        async with self.database.write() as session:
            chats = await session.scalars(select(Chat).order_by(Chat.id))
            ids = [chat.id for chat in chats if to is None or chat.address in to]
            for title in titles:
                await outbox.owe_notice(session, ids, notice=title, key="1", data={}, now=self.clock())

    async def owe_news(self, title: str) -> None:
        """To all chats that are active."""
        async with self.database.write() as session:
            article = await make.article(session, title=title)
            topic_id = (await session.get_one(Source, article.source_id)).topic_id
            for chat in await session.scalars(select(Chat).order_by(Chat.id)):
                await make.follow(session, chat.id, topic_id)
            await outbox.owe_article(session, article.id, self.clock())

    async def wait_for(self, is_met: Callable[[], bool]) -> None:
        while not is_met():  # noqa: ASYNC110 - the channel rings no bell
            await asyncio.sleep(0)

    async def deliver(self, limit: int = 50) -> bool:
        """Another sender's round, with so many lanes."""
        return await self.get_courier(limit).deliver()

    def get_courier(self, lanes: int = 50, stop: asyncio.Event | None = None) -> Courier:
        return Courier(
            self.database,
            self.channel,
            lambda due: self.render(due),
            lanes=lanes,
            now=self.clock,
            stop=stop,
            fold_over=self.fold_over,
        )

    async def deliver_all(self) -> None:
        while await self.deliver():
            pass

    async def debts(self) -> list[Delivery]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Delivery).order_by(Delivery.id)))

    async def debt(self) -> Delivery:
        (debt,) = await self.debts()
        return debt

    async def chats(self) -> list[Chat]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Chat).order_by(Chat.id)))

    async def wait(self) -> float:
        """Seconds until the one debt is sent."""
        debt = await self.debt()
        async with self.database.read() as session:
            lane = await session.get_one(Lane, debt.chat_id)
        return (max(debt.due_at, lane.due_at) - self.clock()).total_seconds()


@pytest.fixture
def post(database: Database, clock: Clock) -> Post:
    return Post(database, clock)


@pytest.fixture
async def one(post: Post) -> Post:
    """One chat that is owed one thing."""
    await post.add_chats("1")
    await post.owe("a")
    return post


async def test_nothing_owed_is_nothing_done(post: Post) -> None:
    assert not await post.deliver()


class TestOutcomes:
    async def test_what_was_sent_is_settled_and_the_chat_gets_its_pause(self, one: Post) -> None:
        one.channel.pause = 3.0
        await one.owe("b")
        assert await one.deliver()
        assert not await one.deliver()
        one.clock.advance(timedelta(seconds=3))
        assert await one.deliver()
        assert one.channel.taken == [("1", "a"), ("1", "b")]
        assert [(d.state, d.message_id, d.attempts, d.repeats) for d in await one.debts()] == [
            (DeliveryState.SENT, "1", 1, 0),
            (DeliveryState.SENT, "2", 1, 0),
        ]

    async def test_the_time_the_platform_names_is_kept_over_a_restart(self, one: Post) -> None:
        """D4"""
        one.channel.will("1", TemporaryError("flood", retry_in=43_838))
        await one.deliver()
        assert (await one.wait(), (await one.debt()).reason) == (43_838, "flood")
        one.clock.advance(timedelta(seconds=43_837))
        assert not await one.deliver()
        one.clock.advance(timedelta(seconds=1))
        assert await one.deliver()
        assert (await one.debt()).state is DeliveryState.SENT

    async def test_a_wait_for_ever_is_one_of_a_week(self, one: Post) -> None:
        """D4: a number that no clock can hold bars no other chat's news."""
        one.channel.will("1", TemporaryError("flood", retry_in=1e18))
        await one.deliver()
        assert await one.wait() == 7 * 86400

    async def test_the_admins_hear_once_a_day_of_a_very_long_wait(self, post: Post) -> None:
        """D4"""
        await post.add_chats("1", "2")
        await post.add_admin("9")
        await post.owe("a", to=("1", "2"))
        for address in "12":
            post.channel.will(address, TemporaryError("flood", retry_in=43_838))
        await post.deliver_all()
        assert post.channel.taken == [("9", "long_wait")]
        told = (await post.debts())[-1]
        until = post.clock() + timedelta(seconds=43_838)
        assert told.data == {"chat": "Phòng Tổng hợp", "channel": "telegram", "until": until.isoformat()}
        post.channel.will("1", TemporaryError("flood", retry_in=601))
        post.clock.advance(timedelta(seconds=43_838))
        await post.deliver_all()
        assert [to for to, what in post.channel.taken if what == "long_wait"] == ["9"]

    @pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
    async def test_to_tell_the_admins_takes_their_lanes_in_the_order_of_the_chats(self, post: Post) -> None:
        """P1: or whoever owes both at this moment and the sender would wait for each other."""
        await post.add_admin("9")
        await post.add_chats("1")
        await post.owe("a")
        post.channel.will("1", TemporaryError("flood", retry_in=43_838))
        admin, chat = [chat.id for chat in await post.chats()]
        async with post.database.write() as other, post.database.read() as session:
            await outbox.hold_lanes(other, [admin])
            delivering = asyncio.create_task(post.deliver())
            while not await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                pass
            await outbox.hold_lanes(other, [chat])
        await delivering

    async def test_a_reason_that_no_database_takes_holds_nobody_up(self, one: Post) -> None:
        """D6: or it would be recorded in vain for ever, and with it all that was sent meanwhile."""
        one.channel.will("1", TemporaryError("502: \x00 \ud83d"))
        await one.deliver()
        assert (await one.debt()).reason.startswith("502: ")

    async def test_without_a_time_the_waits_double_up_to_some_minutes(self, one: Post) -> None:
        """D6"""
        one.channel.will("1", *[TemporaryError("502")] * 12)
        waits = []
        for _ in range(12):
            await one.deliver()
            waits.append(await one.wait())
            one.clock.advance(timedelta(seconds=waits[-1]))
        assert waits == [5, 10, 20, 40, 80, 160, 320, *[600] * 5]
        await one.deliver()
        assert (await one.debt()).state is DeliveryState.SENT

    async def test_a_network_that_is_dead_for_a_week_loses_nothing(self, one: Post) -> None:
        one.channel.will("1", *[TemporaryError("no network")] * 3)
        async with one.database.write() as session:
            (await session.get_one(Delivery, 1)).attempts = 1000
        for _ in range(4):
            await one.deliver()
            one.clock.advance(timedelta(hours=1))
        assert (await one.debt()).state is DeliveryState.SENT

    async def test_what_is_refused_for_a_month_bars_the_chat_no_longer(self, one: Post) -> None:
        await one.owe("b")
        one.channel.will("1", TemporaryError("500"))
        async with one.database.write() as session:
            (await session.get_one(Delivery, 1)).attempts = deliver.MAX_ATTEMPTS - 1
        await one.deliver_all()
        first, second = await one.debts()
        assert (first.state, first.reason) == (DeliveryState.DROPPED, "500")
        assert second.state is DeliveryState.SENT

    async def test_an_unknown_outcome_is_tried_once_more_and_left_at_that(self, one: Post) -> None:
        """D5"""
        one.channel.will("1", *[UnknownOutcomeError("connection broke")] * 3)
        await one.deliver()
        debt = await one.debt()
        assert (debt.state, debt.reason, debt.repeats) == (DeliveryState.OWED, outbox.UNKNOWN, 1)
        assert not await one.deliver()
        one.clock.advance(timedelta(seconds=deliver.UNKNOWN_RETRY))
        assert await one.deliver()
        assert (await one.debt()).state is DeliveryState.UNKNOWN
        one.clock.advance(timedelta(days=1))
        assert not await one.deliver()
        assert len(one.channel.asked) == 2

    async def test_an_unknown_outcome_that_is_cleared_up_is_counted(self, one: Post) -> None:
        """D5"""
        one.channel.will("1", UnknownOutcomeError("connection broke"))
        await one.deliver()
        one.clock.advance(timedelta(seconds=deliver.UNKNOWN_RETRY))
        await one.deliver()
        debt = await one.debt()
        assert (debt.state, debt.reason, debt.repeats) == (DeliveryState.SENT, "", 1)

    async def test_an_unknown_outcome_waits_for_the_platform_to_answer(self, one: Post) -> None:
        """D5 D6: in a dead network nothing is sent a second time, and nothing is given up."""
        one.channel.will("1", UnknownOutcomeError("connection broke"))
        await one.deliver()
        one.channel.is_deaf = True
        for _ in range(20):
            one.clock.advance(timedelta(hours=1))
            await one.deliver()
        assert len(one.channel.asked) == 1
        assert (await one.debt()).reason == outbox.UNKNOWN
        one.channel.is_deaf = False
        one.clock.advance(timedelta(hours=1))
        await one.deliver()
        debt = await one.debt()
        assert (debt.state, debt.repeats) == (DeliveryState.SENT, 1)

    async def test_one_that_fails_on_and_on_lets_the_next_ones_pass(self, one: Post) -> None:
        """D10"""
        await one.owe("b")
        one.channel.will("1", *[TemporaryError("500")] * outbox.OVERTAKEN)
        for _ in range(outbox.OVERTAKEN):
            await one.deliver()
            one.clock.advance(timedelta(hours=1))
        one.clock.advance(-timedelta(minutes=55))
        await one.deliver_all()
        assert ("1", "b") in one.channel.taken

    async def test_a_chat_that_cannot_be_reached_is_silenced_and_its_news_waits(self, one: Post) -> None:
        """D9"""
        await one.owe("b")
        one.channel.will("1", PermanentError("bot was blocked by the user"))
        await one.deliver_all()
        one.clock.advance(timedelta(days=3))
        assert not await one.deliver()
        (chat,) = await one.chats()
        assert (chat.state, chat.reason) == (ChatState.PARKED, "bot was blocked by the user")
        assert {debt.state for debt in await one.debts()} == {DeliveryState.OWED}
        async with one.database.write() as session:
            (await session.get_one(Chat, chat.id)).state = ChatState.ACTIVE
        await one.deliver_all()
        assert one.channel.taken == [("1", "a"), ("1", "b")]

    async def test_a_message_that_is_refused_for_itself_is_dropped_and_the_next_one_goes(self, one: Post) -> None:
        await one.owe("b")
        one.channel.will("1", *[RejectedError("message is too long")] * deliver.MAX_REFUSALS)
        for _ in range(deliver.MAX_REFUSALS):
            await one.deliver()
            one.clock.advance(timedelta(minutes=10))
        await one.deliver_all()
        first, second = await one.debts()
        assert (first.state, first.reason) == (DeliveryState.DROPPED, "message is too long")
        assert second.state is DeliveryState.SENT

    async def test_a_refused_token_costs_no_news(self, one: Post) -> None:
        """D13"""
        one.channel.will("1", *[ClosedError("the token is refused")] * 20)
        for _ in range(20):
            await one.deliver()
            one.clock.advance(timedelta(minutes=10))
        await one.deliver()
        assert one.channel.taken == [("1", "a")]


class TestMoves:
    """D8"""

    async def test_a_chat_that_moved_gets_it_at_its_new_address(self, one: Post) -> None:
        one.channel.will("1", MovedError("group became a supergroup", address="-1001"))
        await one.deliver_all()
        (chat,) = await one.chats()
        assert (chat.address, chat.kind) == ("-1001", ChatKind.GROUP)
        assert one.channel.taken == [("-1001", "a")]
        assert (await one.debt()).repeats == 0

    async def test_one_that_moved_to_a_chat_known_already_becomes_one_with_it(self, post: Post) -> None:
        await post.add_chats("1", "-1001")
        await post.owe("a")
        await post.owe("b", to=("1",))
        post.channel.will("1", MovedError("group became a supergroup", address="-1001"))
        await post.deliver_all()
        assert [chat.address for chat in await post.chats()] == ["-1001"]
        assert sorted(post.channel.taken) == [("-1001", "a"), ("-1001", "b")]


class TestSideBySide:
    async def test_an_error_nobody_foresaw_keeps_no_news_from_the_others(
        self, post: Post, caplog: pytest.LogCaptureFixture
    ) -> None:
        """D10"""
        await post.add_chats("1", "2", "3")
        await post.owe("a")
        post.channel.will("2", *[ZeroDivisionError("nobody foresaw")] * deliver.MAX_MISTAKES)
        await post.deliver()
        assert {address for address, _ in post.channel.taken} == {"1", "3"}
        assert "nobody foresaw" in caplog.text
        await post.owe("b")
        for _ in range(deliver.MAX_MISTAKES):
            post.clock.advance(timedelta(minutes=10))
            await post.deliver_all()
        states = Counter(debt.state for debt in await post.debts())
        assert states == {DeliveryState.SENT: 5, DeliveryState.DROPPED: 1}

    async def test_a_message_that_cannot_be_made_keeps_no_news_from_the_others(self, post: Post) -> None:
        """D10"""
        await post.add_chats("1", "2")
        await post.owe("a", to=("1",))
        await post.owe("b", to=("2",))
        post.render = lambda due: render(due) if due.notice == "b" else say(1 // 0)  # type: ignore[arg-type]
        await post.deliver()
        assert post.channel.taken == [("2", "b")]
        assert {debt.reason for debt in await post.debts()} == {"", "ZeroDivisionError"}

    async def test_a_chat_that_is_flooded_waits_alone(self, post: Post) -> None:
        """D3"""
        await post.add_chats("1", "2", "3")
        await post.owe("a", "b")
        post.channel.will("2", TemporaryError("flood", retry_in=120))
        await post.deliver_all()
        assert sorted(post.channel.taken) == [("1", "a"), ("1", "b"), ("3", "a"), ("3", "b")]
        post.clock.advance(timedelta(seconds=120))
        await post.deliver_all()
        assert post.channel.taken[4:] == [("2", "a"), ("2", "b")]

    async def test_a_chat_gets_its_news_in_order(self, post: Post) -> None:
        """D2"""
        await post.add_chats("1", "2")
        titles = [f"tin {number}" for number in range(20)]
        await post.owe(*titles)
        post.channel.will("1", TemporaryError("502"), UnknownOutcomeError("broke"))
        for _ in range(4):
            while any(await asyncio.gather(post.deliver(3), post.deliver(3), post.deliver(1))):
                pass
            post.clock.advance(timedelta(minutes=1))
        for address in ("1", "2"):
            assert [title for to, title in post.channel.taken if to == address] == titles

    async def test_senders_at_once_send_nothing_twice(self, post: Post) -> None:
        """D12"""
        await post.add_chats(*map(str, range(30)))
        await post.owe("a", "b")
        while any(await asyncio.gather(*(post.deliver(7) for _ in range(4)))):
            pass
        assert len(post.channel.asked) == 60
        assert set(Counter(post.channel.asked).values()) == {1}

    async def test_a_send_that_hangs_keeps_no_outcome_from_being_recorded(self, post: Post) -> None:
        gate = asyncio.Event()
        await post.add_chats("1", "2")
        await post.owe("a")
        post.channel.will("1", gate)
        sending = asyncio.create_task(post.deliver())
        while (await post.debts())[1].state is not DeliveryState.SENT:  # noqa: ASYNC110 - each look is a wait
            await asyncio.sleep(0)
        assert (await post.debts())[0].state is DeliveryState.SENDING
        gate.set()
        assert await sending
        assert [debt.state for debt in await post.debts()] == [DeliveryState.SENT] * 2

    async def test_a_long_send_keeps_its_claim(self, one: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(deliver, "kept", partial(kept, every=0.01))
        gate = asyncio.Event()
        one.channel.will("1", gate)
        sending = asyncio.create_task(one.deliver())
        for _ in range(3):
            until = one.clock.advance(LEASE / 2) + LEASE
            while (await one.debt()).leased_until != until:  # noqa: ASYNC110 - each look is a wait
                await asyncio.sleep(0)
            assert not await one.deliver()
        gate.set()
        await sending
        assert ((await one.debt()).state, (await one.debt()).repeats) == (DeliveryState.SENT, 0)

    async def test_what_waited_too_long_for_its_turn_was_not_sent(
        self, one: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """D5: and is no repeat when it is."""
        monkeypatch.setattr(deliver, "SEND_TIMEOUT", 0.01)
        one.channel.turns = asyncio.Semaphore(0)
        for _ in range(2):
            await one.deliver()
            debt = await one.debt()
            assert (debt.state, debt.repeats) == (DeliveryState.OWED, 0)
            one.clock.advance(timedelta(minutes=1))
        one.channel.turns = None
        await one.deliver()
        assert (await one.debt()).state is DeliveryState.SENT

    async def test_a_send_without_an_answer_in_time_is_an_unknown_outcome(
        self, one: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """D5"""
        monkeypatch.setattr(deliver, "SEND_TIMEOUT", 0.01)
        one.channel.will("1", asyncio.Event())
        await one.deliver()
        debt = await one.debt()
        assert (debt.state, debt.reason, debt.repeats) == (DeliveryState.OWED, outbox.UNKNOWN, 1)


class TestLanes:
    """D3"""

    async def test_what_hangs_delays_no_other_chat(self, post: Post) -> None:
        """A send that hangs holds its own lane; the others get what comes meanwhile."""
        hung = [str(number) for number in range(40)]
        await post.add_chats(*hung, "a", "b")
        gate = asyncio.Event()
        for address in hung:
            post.channel.will(address, gate)
        await post.owe("một")
        sending = asyncio.create_task(post.deliver(limit=42))
        await post.wait_for(lambda: len(post.channel.taken) == 2)
        await post.owe("hai")
        await post.wait_for(lambda: len(post.channel.taken) == 4)
        assert {address for address, _ in post.channel.taken} == {"a", "b"}
        gate.set()
        await sending
        assert len(post.channel.taken) == 84

    async def test_there_are_no_more_lanes_than_were_set(self, post: Post) -> None:
        await post.add_chats(*map(str, range(5)))
        await post.owe("một")
        gate = asyncio.Event()
        for number in range(5):
            post.channel.will(str(number), gate)
        sending = asyncio.create_task(post.deliver(limit=3))
        await post.wait_for(lambda: len(post.channel.asked) == 3)
        assert Counter(debt.state for debt in await post.debts()) == {
            DeliveryState.SENDING: 3,
            DeliveryState.OWED: 2,
        }
        gate.set()
        await sending
        assert len(post.channel.taken) == 5

    async def test_few_wait_for_the_bots_pace_so_that_what_is_urgent_goes_first(self, post: Post) -> None:
        """A notice that comes while news goes out to many overtakes what has not had its turn."""
        post.channel.ahead, post.channel.turns = 2, asyncio.Semaphore(0)
        await post.add_chats(*map(str, range(9)))
        async with post.database.write() as session:
            await session.execute(update(Chat).where(Chat.address == "8").values(state=ChatState.STOPPED))
        await post.owe_news("tin")
        async with post.database.write() as session:
            await session.execute(update(Chat).values(state=ChatState.ACTIVE))
        sending = asyncio.create_task(post.deliver())
        await post.wait_for(lambda: post.channel.waiting == 2)
        await post.owe("gấp", to=("8",))
        for _ in range(9):
            post.channel.turns.release()
        await sending
        assert ("8", "gấp") in post.channel.taken[:4]
        assert len(post.channel.taken) == 9

    async def test_one_that_is_told_to_stop_finishes_what_is_on_its_way(self, post: Post) -> None:
        """P3"""
        stop, gate = asyncio.Event(), asyncio.Event()
        await post.add_chats("1", "2")
        await post.owe("một", "hai")
        post.channel.will("1", gate)
        post.channel.will("2", gate)
        sending = asyncio.create_task(post.get_courier(2, stop).deliver())
        await post.wait_for(lambda: len(post.channel.asked) == 2)
        stop.set()
        gate.set()
        await sending
        assert sorted(post.channel.taken) == [("1", "một"), ("2", "một")]
        assert Counter(debt.state for debt in await post.debts()) == {DeliveryState.SENT: 2, DeliveryState.OWED: 2}

    async def test_what_was_sent_while_the_store_was_away_is_recorded_when_it_is_back(
        self, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """P2"""
        await post.add_chats("1")
        await post.owe("một")
        courier = post.get_courier()
        record, failures = outbox.record_all_sent, iter([True])

        async def fail_once(*args: Any) -> None:
            if next(failures, False):
                raise OSError("the database is gone")
            await record(*args)

        monkeypatch.setattr(outbox, "record_all_sent", fail_once)
        with pytest.raises(OSError, match="gone"):
            await courier.deliver()
        assert not await courier.deliver()
        assert ((await post.debt()).state, (await post.debt()).repeats) == (DeliveryState.SENT, 0)
        assert post.channel.taken == [("1", "một")]


class TestFolding:
    """D2: a burst becomes one message, and nothing of it is lost or told twice."""

    @pytest.fixture
    async def burst(self, post: Post) -> Post:
        """Two chats; one of them is owed eight articles and a notice, the other one article."""
        post.fold_over = 5
        post.render = render_folded
        await post.add_chats("1")
        for number in range(7):
            await post.owe_news(f"tin {number}")
        await post.add_chats("2")
        await post.owe_news("tin 7")
        await post.owe("gấp", to=("1",))
        return post

    async def test_many_articles_become_one_message_and_what_is_urgent_stays_apart(self, burst: Post) -> None:
        await burst.deliver_all()
        told = "+".join(f"tin {number}" for number in range(8))
        assert sorted(burst.channel.taken) == [("1", "gấp"), ("1", told), ("2", "tin 7")]
        digest = burst.channel.taken.index(("1", told)) + 1
        mine = [debt for debt in await burst.debts() if debt.chat_id == 1 and debt.article_id]
        assert {(debt.state, debt.message_id, debt.sent_at) for debt in mine} == {
            (DeliveryState.SENT, str(digest), burst.clock())
        }

    async def test_a_few_articles_come_one_by_one(self, burst: Post) -> None:
        burst.fold_over = 8
        await burst.deliver_all()
        assert len(burst.channel.taken) == 10

    async def test_a_message_of_many_that_may_have_arrived_is_sent_once_more(self, burst: Post) -> None:
        """D5"""
        async with burst.database.write() as session:
            await session.execute(delete(Delivery).where(Delivery.notice.is_not(None)))
        burst.channel.will("1", UnknownOutcomeError("broke"), UnknownOutcomeError("broke"))
        for _ in range(3):
            burst.clock.advance(timedelta(minutes=1))
            await burst.deliver_all()
        mine = [debt for debt in await burst.debts() if debt.chat_id == 1 and debt.article_id]
        assert {debt.state for debt in mine} == {DeliveryState.UNKNOWN}
        assert sum(debt.repeats for debt in mine) == 1
        assert len([what for to, what in burst.channel.asked if to == "1" and "+" in what]) == 2

    async def test_what_was_in_flight_at_a_crash_is_the_same_message_again(self, burst: Post) -> None:
        """D1"""
        async with burst.database.write() as session:
            await session.execute(delete(Delivery).where(Delivery.notice.is_not(None)))
            dues = await outbox.claim(session, "telegram", burst.clock(), lease=LEASE, limit=9, fold_over=5)
        assert {len(due.folded) for due in dues} == {8, 0}
        await burst.owe_news("tin 8")
        burst.clock.advance(LEASE)
        await burst.deliver_all()
        told = "+".join(f"tin {number}" for number in range(8))
        assert [what for to, what in burst.channel.taken if to == "1"] == [told, "tin 8"]
        assert {debt.state for debt in await burst.debts()} == {DeliveryState.SENT}

    async def test_articles_whose_message_is_refused_go_one_by_one(self, burst: Post) -> None:
        burst.channel.will("2", RejectedError("message is too long"))
        burst.render = lambda due: say(1 // 0) if due.folded else render(due)  # type: ignore[arg-type]
        await burst.deliver_all()
        assert {what for to, what in burst.channel.taken if to == "1"} == {"gấp", *(f"tin {n}" for n in range(8))}

    async def test_a_chat_that_moves_into_another_one_takes_along_what_was_folded(self, burst: Post) -> None:
        """D8"""
        burst.channel.will("1", RejectedError("once"), MovedError("group became a supergroup", address="2"))
        for _ in range(3):
            await burst.deliver_all()
            burst.clock.advance(timedelta(minutes=10))
        told = [title for to, what in burst.channel.taken if to == "2" for title in what.split("+")]
        assert sorted(told) == ["gấp", *(f"tin {number}" for number in range(8))]

    async def test_what_was_folded_into_something_that_is_gone_goes_alone(self, burst: Post) -> None:
        async with burst.database.write() as session:
            await outbox.claim(session, "telegram", burst.clock(), lease=LEASE, limit=9, fold_over=5)
            await session.execute(delete(Delivery).where(Delivery.notice.is_not(None)))
        burst.clock.advance(LEASE)
        async with burst.database.write() as session:
            await outbox.claim(session, "telegram", burst.clock(), lease=LEASE, limit=9, fold_over=5)
            head = (
                await session.scalars(select(Delivery.id).where(Delivery.chat_id == 1).order_by(Delivery.id))
            ).first()
            await session.execute(delete(Delivery).where(Delivery.id == head))
            await upkeep.tidy(session, burst.clock())
        burst.fold_over = None
        burst.clock.advance(LEASE)
        await burst.deliver_all()
        assert [what for to, what in burst.channel.taken if to == "1"] == [f"tin {number}" for number in range(1, 8)]


def render_folded(due: Due) -> Message:
    return say("+".join(news.title for news in due.folded)) if due.folded else render(due)


class TestCrashes:
    """D1"""

    async def test_what_was_in_flight_is_sent_again_when_its_lease_ends_and_counted(self, post: Post) -> None:
        await post.add_chats("1", "2", "3")
        await post.owe("a", "b")
        post.channel.will("2", asyncio.Event())
        sending = asyncio.create_task(post.deliver(limit=2))
        while len(post.channel.asked) < 2:  # noqa: ASYNC110 - the channel rings no bell
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert len(asyncio.all_tasks()) == 1
        await post.deliver_all()
        assert ("2", "a") not in post.channel.taken
        assert ("2", "b") not in post.channel.taken
        post.clock.advance(LEASE)
        await post.deliver_all()
        assert set(post.channel.taken) == {(to, title) for to in "123" for title in "ab"}
        assert {debt.state for debt in await post.debts()} == {DeliveryState.SENT}
        assert sum(debt.repeats for debt in await post.debts()) == len(post.channel.asked) - 6

    async def test_an_outcome_that_comes_after_the_lease_changes_nothing(self, one: Post) -> None:
        async with one.database.write() as session:
            (due,) = await outbox.claim(session, "telegram", one.clock(), lease=LEASE, limit=1)
        one.clock.advance(LEASE)
        await one.deliver()
        async with one.database.write() as session:
            await deliver.record_refusal(session, due, RejectedError("late"), one.clock())
        debt = await one.debt()
        assert (debt.state, debt.reason, debt.repeats) == (DeliveryState.SENT, "", 1)
