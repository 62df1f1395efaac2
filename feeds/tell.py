"""Tells people what became of a source, through the outbox; the words are the bot's. It sends nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db import members, outbox, polling
from db.health import LAYOUTS_LOST, get_rhythm, is_silent
from db.models import Source

#: The admins hear of a source that failed so many times in a row.
FAILURES_TO_TELL = 3
#: A source that comes and goes is told once in so long.
ONCE_IN = timedelta(days=1)
#: When so many sources fail within an hour, as when the office's line is down, the others are told as one.
MOST_AT_ONCE = 5

_FAILING, _BROKEN, _MANY = "failing", "broken", "many"


async def tell_failure(session: AsyncSession, source: Source, now: datetime, *, reason: str, is_layout: bool) -> None:
    """A poll failed, as others before it; `source` is the row as it was before."""
    layouts = source.layout_failures + is_layout
    is_failing = source.failures + 1 - layouts >= FAILURES_TO_TELL
    trouble = _BROKEN if layouts >= LAYOUTS_LOST else _FAILING if is_failing else ""
    if _is_untold(source) or not trouble or trouble == source.told_of or source.told_of == _MANY:
        return
    if not source.told_of and source.told_at is not None and now < source.told_at + ONCE_IN:
        return
    if trouble == _FAILING and await polling.count_told(session, _FAILING, now - timedelta(hours=1)) >= MOST_AT_ONCE:
        trouble = _MANY
    await polling.record_told(session, source, trouble, now)
    if trouble == _MANY:
        await _tell_of_many(session, "sources_failing", now)
    else:
        await tell_admins(session, f"source_{trouble}", source, now, reason=reason)


async def tell_back(session: AsyncSession, source: Source, now: datetime) -> None:
    """A poll came through: the trouble that was told is over."""
    if not source.told_of:
        return
    await polling.record_told(session, source, "", source.told_at)
    if source.told_of == _MANY:
        await _tell_of_many(session, "sources_back", now)
    else:
        await tell_admins(session, "source_back", source, now)


async def tell_silence(session: AsyncSession, source: Source, now: datetime) -> None:
    """A poll brought nothing new: said once, when the silence has become longer than usual since the last poll."""
    rhythm = get_rhythm(source.news_days)
    if rhythm is None or source.last_ok_at is None or not is_silent(source, now):
        return
    if not is_silent(source, source.last_ok_at):
        gap, quiet = rhythm.gap.total_seconds(), (now - (source.last_new_at or now)).total_seconds()
        await tell_admins(session, "source_silent", source, now, gap=int(gap), quiet=int(quiet))


async def tell_admins(session: AsyncSession, notice: str, source: Source, now: datetime, **data: Any) -> None:
    """At most one such notice of a source a day: a source that comes and goes is told once."""
    if _is_untold(source):
        return
    await outbox.owe_notice(
        session,
        await members.list_admin_chat_ids(session),
        notice=notice,
        key=f"{source.id}:{now.date().isoformat()}",
        data={"source_id": source.id, "name": source.name or source.host, "url": source.url} | data,
        now=now,
    )


async def _tell_of_many(session: AsyncSession, notice: str, now: datetime) -> None:
    chats = await members.list_admin_chat_ids(session)
    await outbox.owe_notice(session, chats, notice=notice, key=now.date().isoformat(), data={}, now=now)


def _is_untold(source: Source) -> bool:
    """Whether it came with many others and was never read: how those do stands in the lists."""
    return source.quiet_start and source.first_polled_at is None


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
