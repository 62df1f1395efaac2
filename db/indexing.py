"""Keeps the search index in step with the articles table: builds it where it is missing, then follows each change."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes
from db.carriages import list_carriers
from db.engine import Database
from db.index import Reader, State
from db.index_writer import Entry, Writer
from db.models import Article, ArticleState, Carriage

log = logging.getLogger(__name__)

#: How many articles are read and turned into tokens at once: it bounds the memory, and what a stop has to wait for.
BATCH = 1_000
#: How many articles of a build are committed at once: what a crash repeats. At a commit one waits for the other half of
#: the work, which is done beside the making of tokens otherwise.
BUILD = 200_000


class Progress(NamedTuple):
    """How many of the articles a build has put in."""

    done: int
    total: int


async def index_some(database: Database, writer: Writer) -> bool:
    """Bring the index a step nearer to the articles; false when nothing is left to do, or another process does it."""
    if not await asyncio.to_thread(writer.claim):
        return False
    state = writer.state
    if state is None or not await _is_known(database, state):
        state = await _start(database, writer)
    if state.built_to is not None:
        await _build_on(database, writer, state, state.built_to)
        return True
    return await _catch_up(database, writer, state)


async def build(database: Database, writer: Writer) -> AsyncIterator[Progress]:
    """Bring the index in step, telling how far it is; it ends at once when another process does it."""
    async with database.read() as session:
        total = await _count(session)
    while await index_some(database, writer):
        reader = await asyncio.to_thread(writer.index.get_reader)
        yield Progress((reader.articles if reader else 0) + writer.added, total)


async def _is_known(database: Database, state: State) -> bool:
    async with database.read() as session:
        return await changes.is_known(session, state.cursor)


async def _start(database: Database, writer: Writer) -> State:
    """An empty index, whose cursor stands before all that is about to be read."""
    log.warning("the search index is built anew; until it is done, the database is searched")
    await asyncio.to_thread(writer.start_anew)
    async with database.read() as session:
        state = State(await changes.get_cursor(session), built_to=0)
    await asyncio.to_thread(writer.commit, state)
    return state


async def _build_on(database: Database, writer: Writer, state: State, built_to: int) -> None:
    async with database.read() as session:
        entries = await _get_next(session, max(built_to, writer.last_id))
    await asyncio.to_thread(writer.add, entries)
    if not entries:
        await asyncio.to_thread(writer.commit, State(state.cursor, built_to=None))
        log.info("the search index is built")
    elif writer.added >= BUILD:
        await asyncio.to_thread(writer.commit, State(state.cursor, built_to=writer.last_id))


async def _catch_up(database: Database, writer: Writer, state: State) -> bool:
    async with database.read() as session:
        found = await changes.get_changes(session, state.cursor, BATCH)
        entries = await _get_entries(session, found.article_ids)
    if found.cursor == state.cursor:
        return False
    await asyncio.to_thread(_apply, writer, found, entries)
    log.debug("search index: %s articles changed", len(found.article_ids))
    return True


def _apply(writer: Writer, found: changes.Changes, entries: Sequence[Entry]) -> None:
    writer.remove(found.article_ids)
    writer.add(entries)
    writer.commit(State(found.cursor, built_to=None))


#: What is found: what was read, of a story told twice the first one.
_IS_FOUND = and_(Article.state == ArticleState.READY, Article.same_as_id.is_(None))
_ENTRY = select(
    Article.id,
    Article.source_id,
    Article.title,
    func.coalesce(func.nullif(Article.text, ""), Article.description),
    Article.published_at,
).where(_IS_FOUND)


async def _get_next(session: AsyncSession, after: int) -> list[Entry]:
    rows = (await session.execute(_ENTRY.where(Article.id > after).order_by(Article.id).limit(BATCH))).all()
    if not rows:
        return []
    return _build_entries(rows, await list_carriers(session, Carriage.article_id.between(after, rows[-1].id)))


async def _get_entries(session: AsyncSession, ids: Collection[int]) -> list[Entry]:
    if not ids:
        return []
    rows = (await session.execute(_ENTRY.where(Article.id.in_(ids)))).all()
    return _build_entries(rows, await list_carriers(session, Carriage.article_id.in_(ids)))


def _build_entries(
    rows: Sequence[Row[int, int, str, str, datetime]], carriers: Mapping[int, Sequence[int]]
) -> list[Entry]:
    """Who begins to carry one between the two readings changes it, and it is read again."""
    return [Entry(row[0], (row[1], *carriers.get(row[0], ())), *row[2:]) for row in rows]


async def _count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Article).where(_IS_FOUND)) or 0


def is_whole(reader: Reader | None) -> bool:
    """Whether the index holds all articles, but for the changes of the last moments."""
    return reader is not None and reader.state.built_to is None
