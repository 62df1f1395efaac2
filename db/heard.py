"""What platforms told, kept from the moment it came until it was handled. It reads none of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.statements import execute_count, insert
from db.talk_models import Heard

#: What was begun so often and never ended is left alone: it may be what ends the process.
MOST_ATTEMPTS = 3
#: What was not handled for so long is left alone: nobody waits for an answer any more.
STALE = timedelta(hours=1)
#: How long a platform may tell a thing again.
REMEMBERED = timedelta(days=14)


async def add(session: AsyncSession, channel: str, key: str, body: Mapping[str, Any], now: datetime) -> bool:
    """Store what was told; false when it was told before."""
    values = {"channel": channel, "key": key, "body": dict(body), "received_at": now}
    adding = insert(session, Heard).values(values).on_conflict_do_nothing(index_elements=["channel", "key"])
    return await execute_count(session, adding) == 1


async def take(
    session: AsyncSession, channel: str, now: datetime, *, limit: int, in_hand: Collection[int] = ()
) -> Sequence[Heard]:
    """What waits to be handled, in the order it came; each time it is taken counts as an attempt."""
    waiting = (
        select(Heard)
        .where(Heard.channel == channel, Heard.handled_at.is_(None), Heard.id.not_in(in_hand))
        .where(Heard.attempts < MOST_ATTEMPTS, Heard.received_at > now - STALE)
        .order_by(Heard.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = (await session.scalars(waiting)).all()
    for heard in found:
        heard.attempts += 1
    return found


async def record_handled(session: AsyncSession, heard_id: int, now: datetime) -> None:
    await execute_count(session, update(Heard).where(Heard.id == heard_id).values(handled_at=now, body={}))


async def forget(session: AsyncSession, now: datetime) -> None:
    """What was never handled is not kept either; only that it was told is, for a while."""
    stale = update(Heard).where(Heard.handled_at.is_(None), Heard.received_at <= now - STALE)
    await execute_count(session, stale.values(handled_at=now, body={}))
    await execute_count(session, delete(Heard).where(Heard.received_at < now - REMEMBERED))
