"""Tells people what became of a source, through the outbox; the words are the bot's. It sends nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db import members, outbox
from db.models import Source


async def tell_admins(session: AsyncSession, notice: str, source: Source, now: datetime, **data: Any) -> None:
    """At most one such notice of a source a day: a source that comes and goes is told once."""
    await outbox.owe_notice(
        session,
        await members.list_admin_chat_ids(session),
        notice=notice,
        key=f"{source.id}:{now.date().isoformat()}",
        data={"source_id": source.id, "name": source.name or source.host, "url": source.url} | data,
        now=now,
    )


async def tell_added(
    session: AsyncSession, source: Source, now: datetime, *, articles: int, titles: Sequence[str]
) -> None:
    """To the chat that asked for the source: it is watched now, and what was found."""
    data = {
        "source_id": source.id,
        "name": source.name or source.host,
        "url": source.url,
        "articles": articles,
        "titles": list(titles),
    }
    await _tell_asker(session, "source_added", source, data, now)


async def tell_add_failed(session: AsyncSession, source: Source, now: datetime, *, reason: str) -> None:
    """To the chat that asked for the source: why nothing could be read there."""
    await _tell_asker(session, "source_failed", source, {"url": source.url, "reason": reason}, now)


async def _tell_asker(session: AsyncSession, notice: str, source: Source, data: dict[str, Any], now: datetime) -> None:
    if source.added_by_chat_id is not None:
        chats = [source.added_by_chat_id]
        await outbox.owe_notice(session, chats, notice=notice, key=str(source.id), data=data, now=now)
