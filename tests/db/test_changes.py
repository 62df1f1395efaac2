"""Every change of a ready article is noted with it, and read once, however the transactions overtake each other."""

import pytest
from sqlalchemy import delete, update

from db import carriages, changes
from db.changes import Changes, Cursor
from db.engine import Database
from db.models import Article, ArticleState, Source
from tests import make


async def get_cursor(database: Database) -> Cursor:
    async with database.read() as session:
        return await changes.get_cursor(session)


async def read(database: Database, cursor: Cursor, limit: int = 100) -> Changes:
    async with database.read() as session:
        return await changes.get_changes(session, cursor, limit)


async def add(database: Database, number: int = 1) -> list[int]:
    async with database.write() as session:
        return [(await make.article(session)).id for _ in range(number)]


async def test_what_was_added_is_read_once(database: Database) -> None:
    cursor = await get_cursor(database)
    (article_id,) = await add(database)
    found = await read(database, cursor)
    assert found.article_ids == {article_id}
    assert await read(database, found.cursor) == Changes(frozenset(), found.cursor)


async def test_corrections_deletions_and_other_tellers_are_changes(database: Database) -> None:
    first, second, third, fourth = await add(database, 4)
    cursor = await get_cursor(database)
    async with database.write() as session:
        await session.execute(update(Article).where(Article.id == first).values(title="Đính chính"))
        await session.execute(delete(Article).where(Article.id == second))
        await session.execute(update(Article).where(Article.id == third).values(same_as_id=first))
    assert (await read(database, cursor)).article_ids == {first, second, third}
    assert fourth not in (await read(database, cursor)).article_ids


async def test_a_deleted_source_takes_its_articles_along(database: Database) -> None:
    (article_id,) = await add(database)
    cursor = await get_cursor(database)
    async with database.write() as session:
        article = await session.get_one(Article, article_id)
        await session.execute(delete(Source).where(Source.id == article.source_id))
    assert (await read(database, cursor)).article_ids == {article_id}


async def test_leases_and_articles_that_were_not_read_are_no_changes(database: Database) -> None:
    (article_id,) = await add(database)
    cursor = await get_cursor(database)
    async with database.write() as session:
        await session.execute(update(Article).where(Article.id == article_id).values(leased_until=make.NOW, attempts=2))
        found = await make.article(session, state=ArticleState.FOUND)
    assert (await read(database, cursor)).article_ids == set()
    async with database.write() as session:
        await session.execute(update(Article).where(Article.id == found.id).values(state=ArticleState.READY))
    assert (await read(database, cursor)).article_ids == {found.id}


async def test_a_change_that_is_undone_is_none(database: Database) -> None:
    cursor = await get_cursor(database)
    async with database.read() as session:
        await make.article(session)
        await session.rollback()
    assert (await read(database, cursor)).article_ids == set()


async def test_a_long_list_is_read_in_parts(database: Database) -> None:
    cursor = await get_cursor(database)
    added = await add(database, 5)
    seen: list[int] = []
    for _ in range(4):
        found = await read(database, cursor, limit=2)
        seen += sorted(found.article_ids)
        cursor = found.cursor
    assert seen == added
    assert (await read(database, cursor)).cursor == cursor


async def test_a_number_that_is_committed_late_is_not_missed(database: Database) -> None:
    """On PostgreSQL a transaction may take its number first and commit last."""
    if database.is_sqlite:
        pytest.skip("SQLite writes one at a time")
    await add(database)  # the host is there, nobody waits for the other to add it
    cursor = await get_cursor(database)
    async with database.write() as slow:
        early = (await make.article(slow)).id
        (late,) = await add(database)
        found = await read(database, cursor)
        assert found.article_ids == {late}
    assert (await read(database, found.cursor)).article_ids == {early}


async def test_a_late_number_is_not_missed_while_a_list_is_read(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite writes one at a time")
    await add(database)  # the host is there, nobody waits for the other to add it
    cursor = await get_cursor(database)
    async with database.write() as slow:
        early = (await make.article(slow)).id
        added = await add(database, 3)
        found = await read(database, cursor, limit=2)
    seen = set(found.article_ids)
    for _ in range(3):
        found = await read(database, found.cursor, limit=2)
        seen |= found.article_ids
    assert seen == {early, *added}


async def test_a_cursor_of_another_history_is_not_known(database: Database) -> None:
    await add(database)
    cursor = await get_cursor(database)
    async with database.read() as session:
        assert await changes.is_known(session, cursor)
        assert not await changes.is_known(session, Cursor(cursor.number + 7, cursor.home, cursor.since))
        assert await changes.is_known(session, Cursor(0, cursor.home, cursor.since))


async def test_old_changes_are_forgotten(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "KEPT", 2)
    before = await get_cursor(database)
    await add(database, 5)
    cursor = await get_cursor(database)
    async with database.write() as session:
        await changes.prune(session)
    async with database.read() as session:
        assert await changes.is_known(session, cursor)
        assert not await changes.is_known(session, before)


async def test_whoever_begins_or_ends_to_carry_an_article_changes_it(database: Database) -> None:
    """N8"""
    carried, other = await add(database, 2)
    async with database.write() as session:
        source = await make.source(session)
        found = await make.article(session, state=ArticleState.FOUND)
    cursor = await get_cursor(database)
    async with database.write() as session:
        await carriages.carry(session, source.id, [carried, found.id])
    added = await read(database, cursor)
    async with database.write() as session:
        await carriages.carry(session, source.id, [carried])
    assert (await read(database, added.cursor)).article_ids == set()
    async with database.write() as session:
        await session.execute(delete(Source).where(Source.id == source.id))
    assert added.article_ids == (await read(database, added.cursor)).article_ids == {carried}
    assert other not in added.article_ids
