"""Pays what chats are owed: claims debts, sends them through a channel, records each outcome. It makes no debts."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import (
    Channel,
    ChannelError,
    MovedError,
    PermanentError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
)
from bot.message import Message
from db import following, outbox
from db.engine import Database
from db.lease import LEASE, kept
from db.outbox import Due

log = logging.getLogger(__name__)

#: How long one send may take altogether, its wait for the channel's pace included; the channel bounds each request.
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

Render = Callable[[Due], Message]


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it."""

    message_id: str


class UnforeseenError(ChannelError):
    """No refusal: something broke here while the message was made or sent."""


Outcome = Sent | ChannelError


async def deliver_some(
    database: Database,
    channel: Channel,
    render: Render,
    *,
    limit: int,
    now: Callable[[], datetime],
    in_flight: set[int] | None = None,
) -> bool:
    """Claim at most `limit` debts, one a chat, send them side by side, and record each as soon as it is known.

    `in_flight` is shared by the senders of a process: what one of them holds is no other's, however late the lease.
    """
    in_flight = set() if in_flight is None else in_flight
    async with database.write() as session:
        dues = await outbox.claim(session, channel.name, now(), lease=LEASE, limit=limit, in_flight=in_flight)
        in_flight.update(due.id for due in dues)
    if not dues:
        return False

    async def renew(session: AsyncSession) -> None:
        await outbox.renew(session, dues, now() + LEASE)

    sending = {asyncio.create_task(_send(channel, render, due)): due for due in dues}
    try:
        async with kept(database, renew):
            await _record_all(database, channel, sending, now)
    finally:
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        in_flight.difference_update(due.id for due in dues)
    return True


async def _record_all(
    database: Database, channel: Channel, sending: dict[asyncio.Task[Outcome], Due], now: Callable[[], datetime]
) -> None:
    pending: Collection[asyncio.Task[Outcome]] = sending.keys()
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        async with database.write() as session:
            for task in done:
                await record(session, channel, sending[task], _get_outcome(task, sending[task]), now())


async def _send(channel: Channel, render: Render, due: Due) -> Outcome:
    try:
        async with asyncio.timeout(SEND_TIMEOUT):
            if due.reason == outbox.UNKNOWN:
                await channel.probe()
            return Sent(await channel.send(due.address, render(due)))
    except TimeoutError:
        return UnknownOutcomeError("no answer in time")
    except ChannelError as error:
        return error


def _get_outcome(task: asyncio.Task[Outcome], due: Due) -> Outcome:
    """What nobody foresaw is one chat's misfortune: the others get their news."""
    error = task.exception()
    if error is None:
        return task.result()
    log.error("delivery %s could not be sent", due.id, exc_info=error)
    return UnforeseenError(type(error).__name__)


async def record(session: AsyncSession, channel: Channel, due: Due, outcome: Outcome, now: datetime) -> None:
    """Settle one debt by what became of it; the chat's pace and state change in the same commit."""
    match outcome:
        case Sent(message_id):
            pause = timedelta(seconds=channel.get_pause(due.kind))
            await outbox.record_sent(session, due, message_id=message_id, now=now, next_send_at=now + pause)
        case MovedError(address=address):
            await outbox.record_retry(session, due, due_at=now, reason=outcome.reason)
            await following.move_chat(session, due.chat_id, address)
        case PermanentError():
            await outbox.record_parked(session, due, now=now, reason=outcome.reason)
        case UnknownOutcomeError():
            await outbox.record_unknown(session, due, due_at=now + timedelta(seconds=UNKNOWN_RETRY))
        case RejectedError() if due.attempts >= MAX_REFUSALS:
            await outbox.record_dropped(session, due, reason=outcome.reason)
        case UnforeseenError() if due.attempts >= MAX_MISTAKES:
            await outbox.record_dropped(session, due, reason=outcome.reason)
        case TemporaryError(retry_in=None) if due.attempts >= MAX_ATTEMPTS:
            await outbox.record_dropped(session, due, reason=outcome.reason)
        case _:
            await _postpone(session, due, outcome, now)
    _log_outcome(due, outcome)


async def _postpone(session: AsyncSession, due: Due, outcome: ChannelError, now: datetime) -> None:
    retry_in = getattr(outcome, "retry_in", None)
    wait = retry_in if retry_in is not None else min(FIRST_RETRY * 2.0 ** min(due.attempts - 1, 30), LONGEST_RETRY)
    until = now + timedelta(seconds=wait)
    reason = outbox.UNKNOWN if due.reason == outbox.UNKNOWN else outcome.reason
    await outbox.record_retry(session, due, due_at=until, reason=reason)
    if due.attempts < outbox.OVERTAKEN or retry_in is not None:
        await outbox.hold_chat(session, due.chat_id, until)


def _log_outcome(due: Due, outcome: Outcome) -> None:
    if isinstance(outcome, Sent):
        log.info("delivery %s sent to chat %s, attempt %s", due.id, due.chat_id, due.attempts)
    else:
        kind = type(outcome).__name__
        log.warning("delivery %s to chat %s: %s: %s", due.id, due.chat_id, kind, outcome.reason)
