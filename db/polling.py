"""Sources, and whose turn it is to be polled: claims by lease, results in one commit. It never fetches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from db.health import merge_days
from db.models import Article, ArticleKey, ArticleState, Host, Source, SourceState, Topic
from db.statements import execute_count, insert
from db.text import searchable

#: How many of an address's keys are looked up in one statement.
_KEYS_AT_ONCE = 500


class KnownKey(NamedTuple):
    """A key that is stored: whose article it names, and whether this source or another one brought it."""

    article_id: int
    title: str
    published_at: datetime
    own: bool


class NewArticle(NamedTuple):
    """An entry to be stored; `announce` false means that it can be found but is pushed to nobody."""

    url: str
    host: str
    title: str
    description: str
    published_at: datetime
    keys: tuple[str, ...]
    announce: bool


class SourceRow(NamedTuple):
    """A source as the boards show it."""

    source: Source
    topic: str
    articles: int


def is_free(leased_until: InstrumentedAttribute[datetime | None], now: datetime) -> ColumnElement[bool]:
    return or_(leased_until.is_(None), leased_until <= now)


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
    """A new source that is due at once; None when the address is watched already."""
    values = {
        "name": name,
        "topic_id": topic_id,
        "next_poll_at": now,
        "created_at": now,
        "added_by_chat_id": chat_id,
        "allow_bad_certificate": allow_bad_certificate,
        "kind": kind,
        "rules": dict(rules or {}),
    }
    return await _insert_source(session, url, host, values)


async def find_source(session: AsyncSession, url: str) -> Source | None:
    return (await session.scalars(select(Source).where(Source.url == url))).one_or_none()


async def has_sources(session: AsyncSession) -> bool:
    return await session.scalar(select(Source.id).limit(1)) is not None


async def import_source(
    session: AsyncSession, *, url: str, host: str, name: str, topic_id: int, now: datetime, due_at: datetime
) -> Source | None:
    """A new source among many, which starts without a word, at `due_at`; None when the address is watched already."""
    values = {"name": name, "topic_id": topic_id, "next_poll_at": due_at, "created_at": now, "quiet_start": True}
    return await _insert_source(session, url, host, values)


async def _insert_source(session: AsyncSession, url: str, host: str, values: dict[str, object]) -> Source | None:
    await add_hosts(session, [host])
    values |= {"url": url, "host": host}
    statement = insert(session, Source).values(values).on_conflict_do_nothing(index_elements=["url"])
    return (await session.scalars(statement.returning(Source))).one_or_none()


async def set_bad_certificate(session: AsyncSession, url: str, *, allowed: bool) -> bool:
    """Whether the server of this one source may show a bad certificate; false when the address is not watched."""
    changed = update(Source).where(Source.url == url).values(allow_bad_certificate=allowed)
    return await execute_count(session, changed) == 1


async def add_hosts(session: AsyncSession, names: Collection[str]) -> None:
    if names:
        rows = [{"name": name} for name in sorted(set(names))]
        await session.execute(insert(session, Host).values(rows).on_conflict_do_nothing())


async def claim_source(session: AsyncSession, now: datetime, lease: timedelta) -> Source | None:
    """The source that is most overdue on a host nobody is talking to, leased together with its host."""
    due = (
        select(Source)
        .join(Host, Host.name == Source.host)
        .where(Source.state == SourceState.ACTIVE, Source.next_poll_at <= now, is_free(Source.leased_until, now))
        .where(is_free(Host.leased_until, now), or_(Host.next_request_at.is_(None), Host.next_request_at <= now))
        .order_by(Source.next_poll_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=[Source, Host])
    )
    source = (await session.scalars(due)).one_or_none()
    if source is None or not await claim_host(session, source.host, now, lease):
        return None
    source.leased_until = now + lease
    return source


async def claim_host(session: AsyncSession, name: str, now: datetime, lease: timedelta) -> bool:
    """Whether the host is ours now: one request at a time for a host, whichever process sends it."""
    claimed = update(Host).where(Host.name == name, is_free(Host.leased_until, now)).values(leased_until=now + lease)
    return await execute_count(session, claimed) == 1


async def renew(session: AsyncSession, source: Source, until: datetime) -> None:
    """Hold a claimed source and its host for longer, unless the claim ran out and somebody else has it."""
    held = update(Source).where(Source.id == source.id, Source.leased_until == source.leased_until)
    if await execute_count(session, held.values(leased_until=until)):
        source.leased_until = until
        await renew_host(session, source.host, until)


async def renew_host(session: AsyncSession, name: str, until: datetime) -> None:
    held = update(Host).where(Host.name == name, Host.leased_until.is_not(None)).values(leased_until=until)
    await execute_count(session, held)


async def release_host(session: AsyncSession, name: str, next_request_at: datetime | None = None) -> None:
    values = {"leased_until": None} | ({"next_request_at": next_request_at} if next_request_at else {})
    await session.execute(update(Host).where(Host.name == name).values(values))


async def get_known(session: AsyncSession, source_id: int, keys: Sequence[str]) -> dict[str, KnownKey]:
    """The stored ones among `keys`: this source's own, and other sources' links (`l:`), own ones first."""
    known: dict[str, KnownKey] = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        found = await session.execute(_find_keys(source_id, keys[start : start + _KEYS_AT_ONCE]))
        for key, article_id, title, published_at, owner in found:
            row = KnownKey(article_id, title, published_at, owner == source_id)
            if row.own or key not in known:
                known[key] = row
    return known


def _find_keys(source_id: int, keys: Sequence[str]) -> Select[str, int, str, datetime, int]:
    return (
        select(ArticleKey.key, Article.id, Article.title, Article.published_at, ArticleKey.source_id)
        .join(Article, Article.id == ArticleKey.article_id)
        .where(ArticleKey.key.in_(keys), or_(ArticleKey.source_id == source_id, ArticleKey.key.startswith("l:")))
        .order_by(Article.id)
    )


async def get_newest_date(session: AsyncSession, source_id: int) -> datetime | None:
    """When the newest stored article of the source was published; None when there is none."""
    dates = select(Article.published_at).where(Article.source_id == source_id)
    return await session.scalar(dates.order_by(Article.published_at.desc()).limit(1))


async def add_articles(session: AsyncSession, source_id: int, articles: Iterable[NewArticle], now: datetime) -> int:
    """Store new entries, to be read next, with the keys that will recognise them; returns how many."""
    articles = list(articles)
    await add_hosts(session, {article.host for article in articles if article.host})
    common = {"source_id": source_id, "state": ArticleState.FOUND, "found_at": now, "due_at": now}
    if articles:
        await session.execute(insert(session, Article), [common | _columns(new) for new in articles])
    ids = reversed(list(await session.scalars(_select_last(source_id, len(articles)))))
    await add_keys(session, source_id, {key: id_ for id_, new in zip(ids, articles, strict=True) for key in new.keys})
    return len(articles)


def _select_last(source_id: int, count: int) -> Select[int]:
    """Ids, last first: whoever holds the source's lease is the only one to store articles for it."""
    return select(Article.id).where(Article.source_id == source_id).order_by(Article.id.desc()).limit(count)


def _columns(new: NewArticle) -> dict[str, object]:
    columns = new._asdict()
    del columns["keys"]
    return columns | {"folded": searchable(new.title, new.description)}


async def add_keys(session: AsyncSession, source_id: int, keys: Mapping[str, int]) -> None:
    if keys:
        rows = [{"source_id": source_id, "key": key, "article_id": article_id} for key, article_id in keys.items()]
        await session.execute(insert(session, ArticleKey.__table__).on_conflict_do_nothing(), rows)


async def list_sources(session: AsyncSession) -> list[SourceRow]:
    rows = await session.execute(
        select(Source, Topic.name, func.count(Article.id))
        .join(Topic, Topic.id == Source.topic_id)
        .outerjoin(Article, Article.source_id == Source.id)
        .group_by(Source.id, Topic.name)
        .order_by(Source.id)
    )
    return [SourceRow(*row) for row in rows]


async def list_urls(session: AsyncSession) -> Sequence[str]:
    return (await session.scalars(select(Source.url))).all()


async def get_source(session: AsyncSession, source_id: int) -> Source | None:
    return await session.get(Source, source_id)


async def pause_source(session: AsyncSession, source_id: int, reason: str = "") -> bool:
    paused = update(Source).where(Source.id == source_id, Source.state == SourceState.ACTIVE)
    return await execute_count(session, paused.values(state=SourceState.PAUSED, reason=reason)) == 1


async def resume_source(session: AsyncSession, source_id: int, now: datetime) -> bool:
    """Poll it again, at once; false when it was not paused or gone."""
    resumed = update(Source).where(Source.id == source_id, Source.state != SourceState.ACTIVE)
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


async def record_success(session: AsyncSession, source: Source, outcome: Outcome, now: datetime) -> None:
    """The poll came through: validators, rhythm, and the lease's end. `source` is the claimed row."""
    values = outcome._asdict() | {
        "failures": 0,
        "layout_failures": 0,
        "reason": "",
        "first_polled_at": source.first_polled_at or now,
        "last_polled_at": now,
        "last_ok_at": now,
    }
    await _settle(session, source, values)


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
    held = update(Source).where(Source.id == source.id, Source.leased_until == source.leased_until)
    return await execute_count(session, held.values(leased_until=source.leased_until)) == 1


async def _settle(session: AsyncSession, source: Source, values: Mapping[str, object]) -> None:
    await release_host(session, source.host)
    settled = update(Source).where(Source.id == source.id).values(dict(values) | {"leased_until": None})
    await execute_count(session, settled)


async def record_name(session: AsyncSession, source: Source, name: str) -> None:
    """A source nobody named takes the name that its feed has."""
    await execute_count(session, update(Source).where(Source.id == source.id, Source.name == "").values(name=name))


async def record_news(session: AsyncSession, source: Source, published: Sequence[datetime], now: datetime) -> None:
    """Something new was found, or the source was read for the first time; the dates make its rhythm."""
    values = {"last_new_at": now, "news_days": merge_days(source.news_days, published)}
    await execute_count(session, update(Source).where(Source.id == source.id).values(values))


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


async def hold_host(session: AsyncSession, name: str, until: datetime) -> None:
    """Send the host no request before `until`: it asks for a pause between two of them."""
    await execute_count(session, update(Host).where(Host.name == name).values(next_request_at=until))


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
