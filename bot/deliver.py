"""Pays what chats are owed: claims debts, sends them through a channel, records each outcome. It makes no debts."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import (
    Channel,
    ChannelError,
    ClosedError,
    MovedError,
    PermanentError,
    RejectedError,
    TemporaryError,
    ThreadError,
    UnknownOutcomeError,
)
from bot.message import Message
from bot.outages import tell_closed
from db import following, members, outbox, threads
from db.engine import Database
from db.hours import Office
from db.lease import LEASE, kept
from db.outbox import Due

log = logging.getLogger(__name__)

#: How long one send may take altogether, and the wait for its turn before; the channel bounds each request.
SEND_TIMEOUT = 120.0
#: How long to wait before a message whose outcome is unknown is sent once more, if the platform answers by then.
UNKNOWN_RETRY = 30.0
#: The platform's refusal of a message is believed after so many tries.
MAX_REFUSALS = 3
#: How long to wait before the second try, in seconds; doubled for each further one.
FIRST_RETRY = 5.0
#: The longest of these waits: when the network is back, so is the news.
LONGEST_RETRY = 600.0
#: After so many tries, about a month of them, a message is given up, lest it bar the chat's other news for ever.
MAX_ATTEMPTS = 4000
#: The same for one that fails in a way nobody foresaw, which is a mistake in loa: after about half an hour.
MAX_MISTAKES = 10
#: When the platform names a longer wait than this, in seconds, the admins hear of it.
LONGEST_QUIET = 600.0
#: Seconds after which new debts are looked for while nothing changes with those on their way.
LOOK = 0.5

Render = Callable[[Due], Message]


class Ending(StrEnum):
    """What became of a message on its way."""

    SENT = "sent"
    RETRIED = "retried"  #: it waits for its next try
    PARKED = "parked"  #: its chat cannot be reached, and it waits for it
    UNKNOWN = "unknown"  #: it may have arrived
    DROPPED = "dropped"  #: it is given up


#: Told of each message once its outcome is recorded, with the refusal and when it was.
Count = Callable[[Due, Ending, ChannelError | None, datetime], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it."""

    message_id: str


class UnforeseenError(ChannelError):
    """No refusal: something broke here while the message was made or sent."""


Outcome = Sent | ChannelError


class Courier:
    """The sender of one channel: chats side by side, in as many lanes as are free, so that none waits for another.

    What is on its way stays so when the store fails; its outcomes are recorded when the store is back.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        render: Render,
        *,
        lanes: int,
        now: Callable[[], datetime],
        stop: asyncio.Event | None = None,
        fold_over: int | None = None,
        count: Count | None = None,
        office: Office = Office(ZoneInfo("UTC")),  # noqa: B008 - a value that never changes
    ) -> None:
        self._database = database
        self._channel = channel
        self._render = render
        self._lanes = lanes
        self._now = now
        self._stop = stop or asyncio.Event()
        self._fold_over = fold_over
        self._count = count
        self._office = office
        self._sending: dict[asyncio.Task[Outcome], Due] = {}
        self._waiting = 0
        self._bell = asyncio.Event()

    async def deliver(self) -> bool:
        """Claim, send and record until nothing is due and nothing on its way; once stopped, only what is on its way."""
        await self._turn_over()
        if not self._sending:
            return False
        try:
            async with kept(self._database, self._renew):
                while self._sending:
                    await self._wait()
                    await self._turn_over()
        except asyncio.CancelledError:
            await self._abandon()
            raise
        return True

    async def _turn_over(self) -> None:
        """Record what is known by now, and claim for the lanes that are free then, in one commit."""
        done = {task: due for task, due in self._sending.items() if task.done()}
        ration = await self._channel.get_ration()
        room = 0 if ration.is_spent else self._get_room(len(done))
        if not done and not room:
            return
        dues: list[Due] = []
        async with self._database.write() as session:
            outcomes = [(due, _get_outcome(task, due)) for task, due in done.items()]
            endings = await _record_all(session, self._channel, outcomes, self._now())
            if room:
                in_flight = {due.id for task, due in self._sending.items() if task not in done}
                dues = await outbox.claim(
                    session,
                    self._channel.name,
                    self._now(),
                    lease=LEASE,
                    limit=room,
                    in_flight=in_flight,
                    fold_over=self._fold_over,
                    fold_most=self._channel.digest,
                    office=replace(self._office, saving=ration.digests),
                )
        for task in done:
            del self._sending[task]
        self._tell(outcomes, endings)
        for due in dues:
            self._start(due)

    def _tell(self, outcomes: Sequence[tuple[Due, Outcome]], endings: Sequence[Ending]) -> None:
        for (due, outcome), ending in zip(outcomes, endings, strict=True):
            if self._count:
                self._count(due, ending, None if isinstance(outcome, Sent) else outcome, self._now())

    def _get_room(self, done: int) -> int:
        """How many more to claim: few wait for their turn at a time, so that what is urgent is claimed in between."""
        if self._stop.is_set():
            return 0
        free = self._lanes - len(self._sending) + done
        ahead = self._channel.ahead - self._waiting
        return min(free, ahead) if ahead * 2 >= self._channel.ahead else 0

    def _start(self, due: Due) -> None:
        self._waiting += 1
        task = asyncio.create_task(self._send(due))
        self._sending[task] = due
        task.add_done_callback(lambda _: self._bell.set())

    async def _send(self, due: Due) -> Outcome:
        try:
            await self._get_ready(due)
            async with asyncio.timeout(SEND_TIMEOUT):
                if due.is_correction:
                    return Sent(await self._correct(due))
                return Sent(await self._channel.send(due.address, self._render(due), thread=due.thread))
        except TimeoutError:
            return UnknownOutcomeError("no answer in time")
        except ChannelError as error:
            return error

    async def _get_ready(self, due: Due) -> None:
        """Until the message may be handed over; raises TemporaryError when it takes too long."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._wait_turn()
                if due.reason == outbox.UNKNOWN:
                    await self._channel.probe()
        except TimeoutError:
            raise TemporaryError("no turn in time") from None

    async def _correct(self, due: Due) -> str:
        """In its place; anew where nothing can be changed, once, if it matters. Empty where nothing is to be done."""
        if not due.edits:
            return ""
        if await self._channel.correct(due.address, due.edits, self._render(due)):
            return due.edits
        if not self._channel.edits and due.data.get("matters") and not due.was_told:
            return await self._channel.send(due.address, self._render(due._replace(edits="", folded=())))
        return ""

    async def _wait_turn(self) -> None:
        try:
            await self._channel.wait_turn()
        finally:
            self._waiting -= 1
            self._bell.set()

    async def _wait(self) -> None:
        """Until a send is over or has had its turn, or there may be new debts."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await self._bell.wait()
        self._bell.clear()

    async def _renew(self, session: AsyncSession) -> None:
        await outbox.renew(session, self._sending.values(), self._now() + LEASE)

    async def _abandon(self) -> None:
        """What is on its way is left to its lease."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        self._sending.clear()
        self._waiting = 0


def _get_outcome(task: asyncio.Task[Outcome], due: Due) -> Outcome:
    """What nobody foresaw is one chat's misfortune: the others get their news."""
    error = task.exception()
    if error is None:
        return task.result()
    log.error("delivery %s could not be sent", due.id, exc_info=error)
    return UnforeseenError(type(error).__name__)


async def _record_all(
    session: AsyncSession, channel: Channel, outcomes: Sequence[tuple[Due, Outcome]], now: datetime
) -> list[Ending]:
    if not outcomes:
        return []
    to_tell = await members.list_admin_chat_ids(session) if any(_is_told(one) for _, one in outcomes) else ()
    if not all(isinstance(outcome, Sent) for _, outcome in outcomes):
        await outbox.hold_lanes(session, {*to_tell, *(due.chat_id for due, _ in outcomes)})
    delivered, endings = [], []
    for due, outcome in outcomes:
        if isinstance(outcome, Sent):
            next_send_at, paced_until = channel.get_budget(due.kind).spend(due.paced_until, now)
            delivered.append(outbox.Delivered(due, outcome.message_id, next_send_at, paced_until))
            endings.append(Ending.SENT)
            log.info("delivery %s sent to chat %s, attempt %s", due.id, due.chat_id, due.attempts)
        else:
            endings.append(await record_refusal(session, due, outcome, now))
    if delivered:
        await outbox.record_all_sent(session, delivered, now)
    return endings


async def record_refusal(session: AsyncSession, due: Due, error: ChannelError, now: datetime) -> Ending:
    """Settle one debt that was not sent; the chat's lane and state change in the same commit."""
    log.warning("delivery %s to chat %s: %s: %s", due.id, due.chat_id, type(error).__name__, error.reason)
    match error:
        case MovedError(address=address):
            await outbox.record_retry(session, due, due_at=now, reason=error.reason)
            await following.move_chat(session, due.chat_id, address)
        case ThreadError() if due.thread is not None:
            await outbox.record_retry(session, due, due_at=now, reason=error.reason)
            await _leave_thread(session, due, due.thread, now)
        case PermanentError():
            await outbox.record_parked(session, due, now=now, reason=error.reason)
            return Ending.PARKED
        case UnknownOutcomeError():
            await outbox.record_unknown(session, due, due_at=now + timedelta(seconds=UNKNOWN_RETRY))
            return Ending.UNKNOWN
        case RejectedError() | UnforeseenError() if due.folded and not due.is_correction:
            await outbox.record_unfolded(session, due, now=now, reason=error.reason)
        case _ if _is_given_up(due, error):
            await outbox.record_dropped(session, due, reason=error.reason)
            return Ending.DROPPED
        case _:
            await _postpone(session, due, error, now)
    return Ending.RETRIED


def _is_given_up(due: Due, error: ChannelError) -> bool:
    match error:
        case RejectedError():
            return due.attempts >= MAX_REFUSALS
        case UnforeseenError():
            return due.attempts >= MAX_MISTAKES
        case TemporaryError(retry_in=None):
            return due.attempts >= MAX_ATTEMPTS
    return False


async def _postpone(session: AsyncSession, due: Due, error: ChannelError, now: datetime) -> None:
    retry_in = getattr(error, "retry_in", None)
    wait = retry_in if retry_in is not None else min(FIRST_RETRY * 2.0 ** min(due.attempts - 1, 30), LONGEST_RETRY)
    until = now + timedelta(seconds=wait)
    reason = outbox.UNKNOWN if due.reason == outbox.UNKNOWN else error.reason
    is_held = due.attempts < outbox.OVERTAKEN or retry_in is not None
    await outbox.record_retry(session, due, due_at=until, reason=reason, look_at=until if is_held else now)
    if _is_long(error):
        await _tell_admins(session, due, until, now)
    if isinstance(error, ClosedError):
        await tell_closed(session, due.channel, error.reason, now)


def _is_told(outcome: Outcome) -> bool:
    """Whether the admins are to hear of it."""
    return _is_long(outcome) or isinstance(outcome, ClosedError)


def _is_long(outcome: Outcome) -> bool:
    """Whether the platform named a wait beyond what is usual."""
    return isinstance(outcome, TemporaryError) and (outcome.retry_in or 0.0) > LONGEST_QUIET


async def _leave_thread(session: AsyncSession, due: Due, thread: int, now: datetime) -> None:
    """The chat goes on in its forum's general topic, and is told so there."""
    if topics := await threads.leave(session, due.chat_id, thread):
        data = {"topics": topics}
        key = f"{thread}:{now.isoformat()}"
        await outbox.owe_notice(session, [due.chat_id], notice="thread_lost", key=key, data=data, now=now)


async def _tell_admins(session: AsyncSession, due: Due, until: datetime, now: datetime) -> None:
    """Once a day, however many chats have to wait: when the whole bot has to, they all do."""
    data = {"chat": due.title or due.address, "channel": due.channel, "until": until.isoformat()}
    admins = await members.list_admin_chat_ids(session)
    await outbox.owe_notice(session, admins, notice="long_wait", key=f"{due.channel}:{now.date()}", data=data, now=now)
