"""New articles of a source, and the keys by which they are recognised again. It decides nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, exists, insert, or_, select
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
_OF_SOURCE = _ARTICLES.c.source_id == bindparam("source_id")
_NEWEST_DATE = select(_ARTICLES.c.published_at).where(_OF_SOURCE).order_by(_ARTICLES.c.published_at.desc()).limit(1)
_STANDING = (
    select(
        _SOURCES.c.leased_until,
        _NEWEST_DATE.scalar_subquery(),
        exists().where(_KEYS.c.source_id == bindparam("source_id")).label("has_keys"),
    )
    .where(_SOURCES.c.id == bindparam("source_id"))
    .with_for_update(of=_SOURCES)
)
_ADD_ARTICLES = insert(get_bare_table(Article))
#: Last first: whoever holds the source's lease is the only one to store articles for it.
_LAST_IDS = select(_ARTICLES.c.id).where(_OF_SOURCE).order_by(_ARTICLES.c.id.desc()).limit(bindparam("count"))
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
    """An entry to be stored; `announce` false means that it can be found but is pushed to nobody."""

    url: str
    host: str
    title: str
    description: str
    published_at: datetime
    keys: tuple[str, ...]
    announce: bool


async def get_standing(session: AsyncSession, source_id: int) -> Standing:
    """Until the end of the transaction nobody else claims the source anew or records for it."""
    row = (await session.execute(_STANDING, {"source_id": source_id})).one_or_none()
    return Standing(*row) if row else Standing(None, None, has_keys=False)


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


async def add_articles(
    session: AsyncSession, source_id: int, articles: Sequence[NewArticle], now: datetime, *, host: str = ""
) -> int:
    """Store new entries, to be read next, with the keys that will recognise them; returns how many.

    `host` is the source's own, which is known.
    """
    if not articles:
        return 0
    await add_hosts(session, {article.host for article in articles} - {"", host})
    common = {"source_id": source_id, "state": ArticleState.FOUND, "found_at": now, "due_at": now}
    await session.execute(_ADD_ARTICLES, [common | _columns(new) for new in articles])
    last = await session.scalars(_LAST_IDS, {"source_id": source_id, "count": len(articles)})
    ids = reversed(last.all())
    await add_keys(session, source_id, {key: id_ for id_, new in zip(ids, articles, strict=True) for key in new.keys})
    return len(articles)


def _columns(new: NewArticle) -> dict[str, object]:
    columns = new._asdict()
    del columns["keys"]
    return columns | {"folded": searchable(new.title, new.description)}


async def add_keys(session: AsyncSession, source_id: int, keys: Mapping[str, int]) -> None:
    if keys:
        rows = [{"source_id": source_id, "key": key, "article_id": article_id} for key, article_id in keys.items()]
        await session.execute(_ADD_KEYS[session.get_bind().dialect.name], rows)
