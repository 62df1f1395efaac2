"""The outbox whatever happens and in whatever order: nothing is lost, doubled or overtaken. On SQLite, for speed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import outbox, upkeep
from db.engine import Database
from db.models import Chat, ChatState, Delivery, DeliveryState
from db.outbox import Due
from tests import make
from tests.fakes import Clock

LEASE = timedelta(minutes=1)
SENDING = DeliveryState.SENDING
SETTLED = {DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.DROPPED}
CHATS = 3
SETTINGS = settings(max_examples=20, stateful_step_count=40, deadline=None, derandomize=True)

T = TypeVar("T")
Step = Callable[[AsyncSession], Awaitable[T]]


class Outbox(RuleBasedStateMachine):
    """Senders that claim, finish in any way, or die; `held` is what some sender still believes to hold."""

    database: Database
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.owed: dict[int, list[str]] = {}
        self.held: list[Due] = []
        self.rows: list[Delivery] = []
        self.write(self.add_chats)

    def teardown(self) -> None:
        self.drain()

    def write(self, step: Step[T]) -> T:
        async def work() -> T:
            async with self.database.write() as session:
                return await step(session)

        return self.runner.run(work())

    async def add_chats(self, session: AsyncSession) -> None:
        await session.execute(delete(Chat))
        for _ in range(CHATS):
            self.owed[(await make.chat(session)).id] = []

    def list_deliveries(self) -> list[Delivery]:
        async def read(session: AsyncSession) -> list[Delivery]:
            return list(await session.scalars(select(Delivery).order_by(Delivery.id)))

        return self.write(read)

    @rule(key=st.integers(1, 12))
    def owe(self, key: int) -> None:
        notice = {"notice": "n", "key": str(key), "data": {}, "now": self.clock()}
        added = self.write(lambda session: outbox.owe_notice(session, list(self.owed), **notice))  # type: ignore[arg-type]
        name = f"notice:n:{key}"
        is_new = name not in next(iter(self.owed.values()))
        assert added == (CHATS if is_new else 0)
        for names in self.owed.values():
            names.extend([name] if is_new else [])

    @rule(limit=st.integers(1, CHATS))
    def claim(self, limit: int) -> None:
        now = self.clock()
        before = {delivery.id: delivery for delivery in self.rows}
        dues = self.write(lambda session: outbox.claim(session, "telegram", now, lease=LEASE, limit=limit))
        for due in dues:
            pending = [d.id for d in before.values() if d.chat_id == due.chat_id and d.state not in SETTLED]
            assert due.id == pending[0], "an earlier debt was overtaken"
            until = before[due.id].leased_until
            assert until is None or until <= now, "a debt in flight was claimed"
            self.held.append(due)

    def settle(self, number: int, step: Callable[[AsyncSession, Due], Awaitable[None]], state: DeliveryState) -> None:
        """One of those that senders believe to hold: it becomes `state` if its sender does hold it."""
        due = self.held.pop(number % len(self.held))
        expected = {delivery.id: delivery.state for delivery in self.rows}
        if any(row.id == due.id and row.state is SENDING and row.attempts == due.attempts for row in self.rows):
            expected[due.id] = state
        self.write(lambda session: step(session, due))
        assert {delivery.id: delivery.state for delivery in self.list_deliveries()} == expected

    @precondition(lambda self: self.held)
    @rule(number=st.integers(0, 9))
    def send(self, number: int) -> None:
        now = self.clock()
        later = now + timedelta(seconds=1)
        self.settle(
            number,
            lambda session, due: outbox.record_sent(session, due, message_id="1", now=now, next_send_at=later),
            DeliveryState.SENT,
        )

    @precondition(lambda self: self.held)
    @rule(number=st.integers(0, 9), wait=st.integers(0, 200))
    def retry(self, number: int, wait: int) -> None:
        due_at = self.clock() + timedelta(seconds=wait)
        self.settle(
            number,
            lambda session, due: outbox.record_retry(session, due, due_at=due_at, reason="502"),
            DeliveryState.OWED,
        )

    @precondition(lambda self: self.held)
    @rule(number=st.integers(0, 9))
    def lose_the_answer(self, number: int) -> None:
        due = self.held[number % len(self.held)]
        expected = DeliveryState.UNKNOWN if due.reason == outbox.UNKNOWN else DeliveryState.OWED
        now = self.clock()
        self.settle(number, lambda session, due: outbox.record_unknown(session, due, due_at=now), expected)

    @precondition(lambda self: self.held)
    @rule(number=st.integers(0, 9))
    def drop(self, number: int) -> None:
        self.settle(
            number,
            lambda session, due: outbox.record_dropped(session, due, reason="empty"),
            DeliveryState.DROPPED,
        )

    @precondition(lambda self: self.held)
    @rule(number=st.integers(0, 9))
    def park(self, number: int) -> None:
        now = self.clock()
        self.settle(
            number,
            lambda session, due: outbox.record_parked(session, due, now=now, reason="blocked"),
            DeliveryState.OWED,
        )

    @precondition(lambda self: self.held)
    @rule(number=st.integers(0, 9))
    def die(self, number: int) -> None:
        self.held.pop(number % len(self.held))

    @rule(seconds=st.sampled_from([1, 30, 60, 90]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @rule()
    def restore(self) -> None:
        self.write(lambda session: session.execute(update(Chat).values(state=ChatState.ACTIVE)))

    @rule()
    def tidy(self) -> None:
        self.write(lambda session: upkeep.drop_stale_debts(session, self.clock()))

    @invariant()
    def nothing_is_lost_or_doubled_and_one_at_most_is_in_flight_to_a_chat(self) -> None:
        self.rows = self.list_deliveries()
        for chat_id, names in self.owed.items():
            assert [row.key for row in self.rows if row.chat_id == chat_id] == names
        sending = [row.chat_id for row in self.rows if row.state is SENDING]
        assert len(sending) == len(set(sending))

    def drain(self) -> None:
        """Whatever happened: once the chats can be reached, everything goes out."""
        self.restore()
        self.clock.advance(timedelta(hours=1))
        while self.write(self.send_all):
            self.clock.advance(timedelta(seconds=1))
        assert {delivery.state for delivery in self.list_deliveries()} <= SETTLED

    async def send_all(self, session: AsyncSession) -> int:
        now = self.clock()
        dues = await outbox.claim(session, "telegram", now, lease=LEASE, limit=CHATS)
        for due in dues:
            await outbox.record_sent(session, due, message_id="1", now=now, next_send_at=now)
        return len(dues)


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_nothing_is_lost_doubled_or_overtaken(database_url: str) -> None:
    """D1, D2, D5, D9, D12"""
    with asyncio.Runner() as Outbox.runner:
        Outbox.database = Database(database_url)
        try:
            run_state_machine_as_test(Outbox, settings=SETTINGS)
        finally:
            Outbox.runner.run(Outbox.database.close())
