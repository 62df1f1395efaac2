"""Addresses that somebody wants to watch: what they would give is found out first, and kept only on a yes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.hosts import add_hosts, claim_host, is_free, renew_host
from db.models import Host, Preview, PreviewState, Source
from db.rules import split_rules
from db.statements import execute_count


async def add_preview(
    session: AsyncSession, *, chat_id: int, url: str, host: str, topic: str, rules: dict[str, Any], now: datetime
) -> Preview:
    """Somebody wants to know what an address gives; with rules for a list it is read as a page."""
    await add_hosts(session, [host])
    kind = "page" if split_rules(rules).listing else "auto"
    preview = Preview(chat_id=chat_id, url=url, host=host, topic=topic, kind=kind, rules=rules, asked_at=now)
    session.add(preview)
    await session.flush()
    return preview


async def claim_preview(session: AsyncSession, now: datetime, lease: timedelta) -> Preview | None:
    """The one that waits longest on a host nobody is talking to, leased together with its host."""
    waiting = (
        select(Preview)
        .join(Host, Host.name == Preview.host)
        .where(Preview.state == PreviewState.ASKED, is_free(Preview.leased_until, now), is_free(Host.leased_until, now))
        .order_by(Preview.asked_at, Preview.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Preview)
    )
    preview = (await session.scalars(waiting)).one_or_none()
    if preview is None or not await claim_host(session, preview.host, now, lease):
        return None
    preview.leased_until = now + lease
    return preview


async def renew(session: AsyncSession, preview: Preview, until: datetime) -> None:
    """Hold a claimed preview and its host for longer, unless the claim ran out and somebody else has it."""
    held = update(Preview).where(Preview.id == preview.id, Preview.leased_until == preview.leased_until)
    if await execute_count(session, held.values(leased_until=until)):
        preview.leased_until = until
        await renew_host(session, preview.host, until)


async def record(session: AsyncSession, preview: Preview, **values: Any) -> bool:
    """What was found; false when the claim ran out meanwhile and somebody else looks."""
    held = update(Preview).where(Preview.id == preview.id, Preview.leased_until == preview.leased_until)
    return await execute_count(session, held.values(leased_until=None, **values)) == 1


async def get_preview(session: AsyncSession, preview_id: int, chat_id: int) -> Preview | None:
    """What this chat asked for and was shown, if it has not answered yet."""
    preview = await session.get(Preview, preview_id)
    is_open = preview is not None and preview.chat_id == chat_id and preview.state is PreviewState.FOUND
    return preview if is_open else None


async def replace_rules(
    session: AsyncSession, source: Source, *, kind: str, rules: Mapping[str, str], now: datetime
) -> None:
    """Read a source that is watched already in the new way, from now on; what it has is known, so nothing floods.

    Where no rule for its articles is given, those it has stay.
    """
    listing, article = split_rules(rules)
    values: dict[str, Any] = {
        "kind": kind,
        "rules": listing,
        "article_rules": article or source.article_rules,
        "body_hash": None,
        "etag": None,
        "last_modified": None,
        "failures": 0,
        "layout_failures": 0,
        "next_poll_at": now,
    }
    await execute_count(session, update(Source).where(Source.id == source.id).values(values))
