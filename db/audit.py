"""Who did what: written in the transaction of the act itself, so that there is never the one without the other."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Act, AuditEntry, Member


class AuditRow(NamedTuple):
    """An act with the names that its people have now; empty where nobody is named any more."""

    entry: AuditEntry
    by: str
    member: str


async def note(
    session: AsyncSession,
    act: Act,
    *,
    by: int | None,
    now: datetime,
    member_id: int | None = None,
    what: str = "",
    detail: str = "",
) -> None:
    """Write down what was done; `by` is None for the command line and the settings."""
    session.add(AuditEntry(at=now, act=act, by_id=by, member_id=member_id, what=what, detail=detail))
    await session.flush()


async def count_acts(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(AuditEntry)) or 0


async def list_acts(session: AsyncSession, *, offset: int = 0, limit: int) -> list[AuditRow]:
    """Some of what was done, the newest first."""
    newest = select(AuditEntry).order_by(AuditEntry.id.desc()).offset(offset).limit(limit)
    return await _add_names(session, (await session.scalars(newest)).all())


async def walk_acts(session: AsyncSession, *, batch: int = 1000) -> AsyncIterator[AuditRow]:
    """All that was done, in its order."""
    after = 0
    while True:
        some = select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id).limit(batch)
        rows = await _add_names(session, (await session.scalars(some)).all())
        for row in rows:
            yield row
        if len(rows) < batch:
            return
        after = rows[-1].entry.id


async def _add_names(session: AsyncSession, entries: Sequence[AuditEntry]) -> list[AuditRow]:
    ids = {number for entry in entries for number in (entry.by_id, entry.member_id)} - {None}
    people = await session.execute(select(Member.id, Member.name).where(Member.id.in_(ids)))
    names = {person.id: person.name for person in people}
    return [AuditRow(entry, names.get(entry.by_id or 0, ""), names.get(entry.member_id or 0, "")) for entry in entries]
