"""Sources, and whose turn it is to be polled: claims by lease, results in one commit. It never fetches."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from db import carriages
from db.base import UtcDateTime
from db.health import merge_days
from db.hosts import add_hosts, is_free, lease_hosts, release_held, release_host, renew_host
from db.models import Host, Source, SourceState, Topic
from db.rules import split_rules
from db.statements import execute_count, get_table, insert

# What every poll runs is made once.
_SOURCES = get_table(Source)
_NOW = bindparam("now", type_=UtcDateTime)
_DUE = (
    select(Source)
    .join(Host, Host.name == Source.host)
    .where(Source.state == SourceState.ACTIVE, Source.next_poll_at <= _NOW, is_free(Source.leased_until, _NOW))
    .where(is_free(Host.leased_until, _NOW), or_(Host.next_request_at.is_(None), Host.next_request_at <= _NOW))
    .order_by(Source.next_poll_at, Source.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True, of=[Source, Host])
)
_THIS = _SOURCES.c.id == bindparam("id_")
_LEASE = update(_SOURCES).where(_THIS).values(leased_until=bindparam("until"))
_HELD_LEASE = select(_SOURCES.c.leased_until).where(_THIS).with_for_update()
_HELD = _SOURCES.c.leased_until == bindparam("lease")
_RECORD_SUCCESS = (
    update(_SOURCES).where(_THIS, _HELD).values(failures=0, layout_failures=0, reason="", leased_until=None)
)
_NAME = case((_SOURCES.c.name == "", bindparam("title")), else_=_SOURCES.c.name)
_RECORD_FIND = _RECORD_SUCCESS.values(name=_NAME)
#: It stands in the lists.
_IS_WATCHED = Source.state != SourceState.REMOVED


class SourceRow(NamedTuple):
    """A source as the boards show it; `articles` are those that it brought or carries."""

    source: Source
    topic: str
    articles: int


async def add_source(
    session: AsyncSession,
    *,
    url: str,
    host: str,
    name: str,
    topic_id: int,
    now: datetime,
    chat_id: int | None = None,
    allow_bad_certificate: bool = False,
    kind: str = "auto",
    rules: Mapping[str, str] | None = None,
) -> Source | None:
    """A new source that is due at once, or one that was removed; None when the address is watched already."""
    listing, article = split_rules(rules or {})
    values = {
        "name": name,
        "topic_id": topic_id,
        "next_poll_at": now,
        "created_at": now,
        "added_by_chat_id": chat_id,
        "allow_bad_certificate": allow_bad_certificate,
        "kind": kind,
        "rules": listing,
        "article_rules": article,
    }
    return await _insert_source(session, url, host, values)


async def find_source(session: AsyncSession, url: str) -> Source | None:
    return (await session.scalars(select(Source).where(Source.url == url))).one_or_none()


async def find_watched(session: AsyncSession, url: str) -> Source | None:
    """The same unless it was removed."""
    source = await find_source(session, url)
    return source if source is not None and source.state is not SourceState.REMOVED else None


async def has_sources(session: AsyncSession) -> bool:
    return await session.scalar(select(Source.id).where(_IS_WATCHED).limit(1)) is not None


async def import_source(
    session: AsyncSession, *, url: str, host: str, name: str, topic_id: int, now: datetime, due_at: datetime
) -> Source | None:
    """A new source among many, which starts without a word, at `due_at`; None when the address is watched already."""
    values = {"name": name, "topic_id": topic_id, "next_poll_at": due_at, "created_at": now, "quiet_start": True}
    return await _insert_source(session, url, host, values)


async def _insert_source(session: AsyncSession, url: str, host: str, values: dict[str, object]) -> Source | None:
    await add_hosts(session, [host])
    values |= {"url": url, "host": host}
    back = {"state": SourceState.ACTIVE, "reason": ""} | {key: values[key] for key in ("topic_id", "next_poll_at")}
    adding = insert(session, Source).values(values)
    statement = adding.on_conflict_do_update(
        index_elements=["url"], set_=back, where=Source.state == SourceState.REMOVED
    ).returning(Source)
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()


async def set_bad_certificate(session: AsyncSession, url: str, *, allowed: bool) -> bool:
    """Whether the server of this one source may show a bad certificate; false when the address is not watched."""
    changed = update(Source).where(Source.url == url).values(allow_bad_certificate=allowed)
    return await execute_count(session, changed) == 1


async def set_article_rules(session: AsyncSession, url: str, rules: Mapping[str, str]) -> None:
    """How the articles of this one source are read from now on; `rules` by the names that split_rules knows."""
    changed = update(Source).where(Source.url == url).values(article_rules=split_rules(rules).article)
    await execute_count(session, changed)


async def claim_sources(session: AsyncSession, now: datetime, lease: timedelta, limit: int = 1) -> list[Source]:
    """The most overdue sources on hosts nobody is talking to, one a host, each leased together with its host."""
    claimed: list[Source] = []
    while limit > len(claimed):
        due = (await session.scalars(_DUE, {"now": now, "count": limit - len(claimed)})).all()
        firsts = {source.host: source for source in reversed(due)}
        await _lease(session, firsts, now + lease)
        claimed += sorted(firsts.values(), key=lambda source: (source.next_poll_at, source.id))
        if len(firsts) == len(due):
            break
    return claimed


async def _lease(session: AsyncSession, due: Mapping[str, Source], until: datetime) -> None:
    """One source a host, all of which are free; this transaction has their rows to itself."""
    if due:
        await lease_hosts(session, due, until)
        await session.execute(_LEASE, [{"id_": source.id, "until": until} for source in due.values()])
    for source in due.values():
        set_committed_value(source, "leased_until", until)


async def renew(session: AsyncSession, source: Source, until: datetime) -> None:
    """Hold a claimed source and its host for longer, unless the claim ran out and somebody else has it."""
    held = update(Source).where(Source.id == source.id, Source.leased_until == source.leased_until)
    if await execute_count(session, held.values(leased_until=until)):
        source.leased_until = until
        await renew_host(session, source.host, until)


async def list_sources(session: AsyncSession) -> list[SourceRow]:
    counts = carriages.select_counts().subquery()
    rows = await session.execute(
        select(Source, Topic.name, func.coalesce(counts.c.articles, 0))
        .join(Topic, Topic.id == Source.topic_id)
        .outerjoin(counts, counts.c.source_id == Source.id)
        .where(_IS_WATCHED)
        .order_by(Source.id)
    )
    return [SourceRow(*row) for row in rows]


async def list_urls(session: AsyncSession) -> Sequence[str]:
    return (await session.scalars(select(Source.url).where(_IS_WATCHED))).all()


async def get_source(session: AsyncSession, source_id: int) -> Source | None:
    return await session.get(Source, source_id)


async def pause_source(session: AsyncSession, source_id: int, reason: str = "") -> bool:
    paused = update(Source).where(Source.id == source_id, Source.state == SourceState.ACTIVE)
    return await execute_count(session, paused.values(state=SourceState.PAUSED, reason=reason)) == 1


async def resume_source(session: AsyncSession, source_id: int, now: datetime) -> bool:
    """Poll it again, at once; false when it was not paused or gone."""
    resumed = update(Source).where(Source.id == source_id, Source.state.in_([SourceState.PAUSED, SourceState.GONE]))
    values = {
        "state": SourceState.ACTIVE,
        "reason": "",
        "failures": 0,
        "layout_failures": 0,
        "told_of": "",
        "told_at": None,
        "next_poll_at": now,
    }
    return await execute_count(session, resumed.values(values)) == 1


async def poll_now(session: AsyncSession, now: datetime) -> int:
    """Make every active source due; returns how many."""
    return await execute_count(
        session, update(Source).where(Source.state == SourceState.ACTIVE).values(next_poll_at=now)
    )


class Outcome(NamedTuple):
    """What a poll that came through leaves in the source's row, in the commit that stores its entries."""

    etag: str | None
    last_modified: str | None
    body_hash: str | None
    interval: float
    next_poll_at: datetime


class Find(NamedTuple):
    """What a poll that brought something leaves: a source that nobody named takes its feed's `title`.

    `dates` are those of what was new, which make its rhythm; None when nothing was.
    """

    source: Source
    outcome: Outcome
    title: str = ""
    dates: Sequence[datetime] | None = None


async def record_finds(session: AsyncSession, finds: Sequence[Find], now: datetime) -> None:
    """The polls came through: validators, rhythm, and the leases' ends. The sources are the claimed rows."""
    await session.execute(_RECORD_FIND, [_build_row(*find[:2], now) | _build_news(find, now) for find in finds])
    await release_held(session, [(find.source.host, find.source.leased_until) for find in finds])


def _build_news(find: Find, now: datetime) -> dict[str, object]:
    source, dates = find.source, find.dates
    if dates is None:
        return {"title": find.title, "last_new_at": source.last_new_at, "news_days": source.news_days}
    return {"title": find.title, "last_new_at": now, "news_days": merge_days(source.news_days, dates)}


async def record_successes(session: AsyncSession, polls: Sequence[tuple[Source, Outcome]], now: datetime) -> None:
    """The same where nothing changed; a source whose claim ran out meanwhile is passed over."""
    await session.execute(_RECORD_SUCCESS, [_build_row(*poll, now) for poll in polls])
    await release_held(session, [(source.host, source.leased_until) for source, _ in polls])


def _build_row(source: Source, outcome: Outcome, now: datetime) -> dict[str, object]:
    times = {"last_polled_at": now, "last_ok_at": now, "first_polled_at": source.first_polled_at or now}
    return outcome._asdict() | times | {"id_": source.id, "lease": source.leased_until}


async def record_failure(
    session: AsyncSession,
    source: Source,
    *,
    reason: str,
    next_poll_at: datetime,
    now: datetime,
    is_layout: bool = False,
) -> None:
    """`is_layout` says that the page came, and no news could be found on it."""
    values = {
        "failures": source.failures + 1,
        "layout_failures": source.layout_failures + is_layout,
        "reason": reason,
        "next_poll_at": next_poll_at,
        "last_polled_at": now,
    }
    await _settle(session, source, values)


async def record_gone(session: AsyncSession, source: Source, *, reason: str, now: datetime) -> None:
    """It is polled no more until an admin resumes it."""
    await _settle(session, source, {"state": SourceState.GONE, "reason": reason, "last_polled_at": now})


async def give_back(session: AsyncSession, source: Source) -> None:
    """Undo a claim: the source is as due as it was."""
    if await is_held(session, source):
        await _settle(session, source, {})


async def is_held(session: AsyncSession, source: Source) -> bool:
    """Whether the claim did not run out meanwhile; if so, nobody else records for the source before this commit."""
    lease = await session.scalar(_HELD_LEASE, {"id_": source.id})
    return lease is not None and lease == source.leased_until


async def _settle(session: AsyncSession, source: Source, values: Mapping[str, object]) -> None:
    await release_host(session, source.host)
    settled = update(Source).where(Source.id == source.id).values(dict(values) | {"leased_until": None})
    await execute_count(session, settled)


async def record_gap(session: AsyncSession, source: Source, now: datetime) -> None:
    await execute_count(session, update(Source).where(Source.id == source.id).values(gap_at=now))


async def record_told(session: AsyncSession, source: Source, trouble: str, told_at: datetime | None) -> None:
    """What the admins heard of the source, and when; an empty trouble is over."""
    told = update(Source).where(Source.id == source.id).values(told_of=trouble, told_at=told_at)
    await execute_count(session, told)


async def count_told(session: AsyncSession, trouble: str, since: datetime) -> int:
    """Of how many sources the admins heard that trouble, which is not over, since then."""
    told = select(func.count()).select_from(Source).where(Source.told_of == trouble, Source.told_at > since)
    return await session.scalar(told) or 0


async def record_move(session: AsyncSession, source: Source, *, url: str, host: str, now: datetime) -> bool:
    """The source lives elsewhere for good; false when that address is watched already.

    What was allowed for its old host does not go along to another one.
    """
    await add_hosts(session, [host])
    taken = select(Source.id).where(Source.url == url)
    if (await session.scalars(taken)).first() is not None:
        return False
    values = {
        "url": url,
        "host": host,
        "moved_at": now,
        "allow_bad_certificate": source.allow_bad_certificate and host == source.host,
    }
    await execute_count(session, update(Source).where(Source.id == source.id).values(values))
    return True
