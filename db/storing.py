"""New articles of a source, and the keys by which they are recognised again. It decides nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.hosts import add_hosts
from db.models import Article, ArticleKey, ArticleState, Source
from db.statements import get_bare_table, get_table, make_insert_if_new
from db.text import searchable

#: How many of an address's keys are looked up in one statement.
_KEYS_AT_ONCE = 500
#: How the keys begin that mean the same in every source.
_LINK = "l:"

# What every poll that brings news runs is made once.
_ARTICLES, _KEYS, _SOURCES = get_table(Article), get_table(ArticleKey), get_table(Source)
_KNOWN_KEYS = (
    select(_KEYS.c.key, _ARTICLES.c.id, _ARTICLES.c.title, _ARTICLES.c.published_at, _KEYS.c.source_id)
    .join(_ARTICLES, _ARTICLES.c.id == _KEYS.c.article_id)
    .where(_KEYS.c.key.in_(bindparam("keys", expanding=True)))
    .where(or_(_KEYS.c.source_id == bindparam("source_id"), _KEYS.c.key.startswith(_LINK)))
    .order_by(_ARTICLES.c.id)
)
_LINKS = select(_KEYS.c.key).distinct().where(_KEYS.c.key.in_(bindparam("keys", expanding=True)))
_OF_SOURCE = _ARTICLES.c.source_id == _SOURCES.c.id
_NEWEST_DATE = select(_ARTICLES.c.published_at).where(_OF_SOURCE).order_by(_ARTICLES.c.published_at.desc()).limit(1)
_STANDINGS = (
    select(
        _SOURCES.c.id,
        _SOURCES.c.leased_until,
        _NEWEST_DATE.scalar_subquery(),
        exists().where(_KEYS.c.source_id == _SOURCES.c.id).label("has_keys"),
    )
    .where(_SOURCES.c.id.in_(bindparam("source_ids", expanding=True)))
    .order_by(_SOURCES.c.id)
    .with_for_update(of=_SOURCES)
)
_ADD_ARTICLES = insert(get_bare_table(Article))
_LAST_ID = select(func.coalesce(func.max(_ARTICLES.c.id), 0))
_NEXT_IDS = (
    select(_ARTICLES.c.id, _ARTICLES.c.source_id).where(_ARTICLES.c.id > bindparam("last")).order_by(_ARTICLES.c.id)
)
_ADD_KEYS = make_insert_if_new(_KEYS)


class KnownKey(NamedTuple):
    """A key that is stored: whose article it names, and whether this source or another one brought it."""

    article_id: int
    title: str
    published_at: datetime
    own: bool


class Standing(NamedTuple):
    """How a source stands: its claim, when the newest article that it brought was published, what it is known by."""

    leased_until: datetime | None
    newest: datetime | None
    has_keys: bool


class NewArticle(NamedTuple):
    """An entry to be stored; `announce` false means that it can be found but is pushed to nobody.

    `folded` is what the database search reads; it is made here where it was not made before.
    """

    url: str
    host: str
    title: str
    description: str
    published_at: datetime
    keys: tuple[str, ...]
    announce: bool
    folded: str = ""


async def get_standing(session: AsyncSession, source_id: int) -> Standing:
    """Until the end of the transaction nobody else claims the source anew or records for it."""
    return (await get_standings(session, [source_id])).get(source_id, Standing(None, None, has_keys=False))


async def get_standings(session: AsyncSession, source_ids: Sequence[int]) -> dict[int, Standing]:
    """The same of several, where they are still there."""
    rows = await session.execute(_STANDINGS, {"source_ids": source_ids})
    return {source_id: Standing(*standing) for source_id, *standing in rows}


async def get_known(
    session: AsyncSession, source_id: int, keys: Sequence[str], *, has_keys: bool = True
) -> dict[str, KnownKey]:
    """The stored ones among `keys`: this source's own, if it `has_keys`, and other sources' links, own ones first."""
    keys = keys if has_keys else [key for key in keys if key.startswith(_LINK)]
    known: dict[str, KnownKey] = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        values = {"keys": keys[start : start + _KEYS_AT_ONCE], "source_id": source_id}
        found = await session.execute(_KNOWN_KEYS, values)
        for key, article_id, title, published_at, owner in found:
            row = KnownKey(article_id, title, published_at, owner == source_id)
            if row.own or key not in known:
                known[key] = row
    return known


def choose_links(keys: Iterable[str]) -> set[str]:
    return {key for key in keys if key.startswith(_LINK)}


async def find_links(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    """The links among `keys` by which any source's article is known."""
    links = sorted(choose_links(keys))
    known: set[str] = set()
    for start in range(0, len(links), _KEYS_AT_ONCE):
        known |= set(await session.scalars(_LINKS, {"keys": links[start : start + _KEYS_AT_ONCE]}))
    return known


async def add_articles(
    session: AsyncSession, source_id: int, articles: Sequence[NewArticle], now: datetime, *, host: str = ""
) -> int:
    """Store new entries, to be read next, with the keys that will recognise them; returns how many.

    `host` is the source's own, which is known.
    """
    if articles:
        await add_all_articles(session, {source_id: articles}, now, hosts={host})
    return len(articles)


async def add_all_articles(
    session: AsyncSession, articles: Mapping[int, Sequence[NewArticle]], now: datetime, *, hosts: Collection[str] = ()
) -> None:
    """The same of several sources, by their ids; there must be some. `hosts` are known.

    Whoever holds a source's lease is the only one to store articles for it.
    """
    new = [(source_id, one) for source_id, ones in articles.items() for one in ones]
    await add_hosts(session, {one.host for _, one in new} - {"", *hosts})
    last = await session.scalar(_LAST_ID)
    common = {"state": ArticleState.FOUND, "found_at": now, "due_at": now}
    await session.execute(_ADD_ARTICLES, [common | _columns(one) | {"source_id": source_id} for source_id, one in new])
    ids: dict[int, list[int]] = {source_id: [] for source_id in articles}
    for article_id, source_id in await session.execute(_NEXT_IDS, {"last": last}):
        if source_id in ids:
            ids[source_id].append(article_id)
    await _add_keys(
        session,
        [
            {"source_id": source_id, "key": key, "article_id": article_id}
            for source_id, ones in articles.items()
            for article_id, one in zip(ids[source_id], ones, strict=True)
            for key in one.keys
        ],
    )


def _columns(new: NewArticle) -> dict[str, object]:
    columns = new._asdict()
    del columns["keys"]
    return columns | {"folded": new.folded or searchable(new.title, new.description)}


async def add_keys(session: AsyncSession, source_id: int, keys: Mapping[str, int]) -> None:
    rows = [{"source_id": source_id, "key": key, "article_id": article_id} for key, article_id in keys.items()]
    await _add_keys(session, rows)


async def _add_keys(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        await session.execute(_ADD_KEYS[session.get_bind().dialect.name], rows)
