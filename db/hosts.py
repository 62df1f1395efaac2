"""Web hosts, and who may talk to them: one request at a time for a host, whichever process sends it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Host
from db.statements import execute_count, get_table, insert

_HOSTS = get_table(Host)


def is_free(leased_until: Any, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return or_(leased_until.is_(None), leased_until <= now)


_THIS = _HOSTS.c.name == bindparam("host")
_LEASE = update(_HOSTS).where(_THIS).values(leased_until=bindparam("until"))
_CLAIM = _LEASE.where(is_free(_HOSTS.c.leased_until, bindparam("now"))).returning(_HOSTS.c.name)
_RELEASE = update(_HOSTS).where(_THIS).values(leased_until=None)
_RELEASE_HELD = _RELEASE.where(_HOSTS.c.leased_until == bindparam("held_until"))


async def add_hosts(session: AsyncSession, names: Collection[str]) -> None:
    if names:
        rows = [{"name": name} for name in sorted(set(names))]
        await session.execute(insert(session, Host).values(rows).on_conflict_do_nothing())


async def claim_host(session: AsyncSession, name: str, now: datetime, lease: timedelta) -> bool:
    """Whether it is ours now."""
    claimed = await session.execute(_CLAIM, {"host": name, "now": now, "until": now + lease})
    return claimed.first() is not None


async def lease_hosts(session: AsyncSession, names: Iterable[str], until: datetime) -> None:
    """Hosts that are free, whose rows this transaction has to itself."""
    await session.execute(_LEASE, [{"host": name, "until": until} for name in names])


async def renew_host(session: AsyncSession, name: str, until: datetime) -> None:
    held = update(Host).where(Host.name == name, Host.leased_until.is_not(None)).values(leased_until=until)
    await execute_count(session, held)


async def release_host(session: AsyncSession, name: str, next_request_at: datetime | None = None) -> None:
    await session.execute(_RELEASE, {"host": name})
    if next_request_at:
        await hold_host(session, name, next_request_at)


async def release_held(session: AsyncSession, leases: Iterable[tuple[str, datetime | None]]) -> None:
    """The hosts whose lease is still the one named."""
    rows = [{"host": name, "held_until": until} for name, until in leases]
    await session.execute(_RELEASE_HELD, rows)


async def hold_host(session: AsyncSession, name: str, until: datetime) -> None:
    """Send the host no request before `until`: it asks for a pause between two of them."""
    await execute_count(session, update(Host).where(Host.name == name).values(next_request_at=until))
