"""An article that several sources carry belongs to each of them, wherever somebody asks by source or topic."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import delete, select

from db import carriages, library, search, stories, summaries
from db.engine import Database
from db.index import SearchIndex
from db.index_writer import Writer
from db.indexing import index_some
from db.models import Article, ArticleState, Carriage, Question, Source, TextOrigin
from db.search import Archive
from db.summaries import Reading
from tests import make

HOUR = timedelta(hours=1)
LISTINGS = ["nguồn: Tin mới", "nguồn: Giá cả", "chủ đề: Giá cả", "chủ đề: Giá cả tháng 8 năm 2026"]


class Archived(NamedTuple):
    """Two lists of a site, each of a topic of its own, and an article that the first one brought."""

    database: Database
    index: SearchIndex
    writer: Writer
    latest: Source
    prices: Source
    article: Article

    async def follow(self) -> int:
        """How many steps the index took."""
        steps = 0
        while await index_some(self.database, self.writer):
            steps += 1
        return steps

    async def titles(self, words: str, *, limit: int = 10, offset: int = 0) -> list[list[str]]:
        """By the index, and by the database alone; the totals agree with them where all is shown."""
        question = Question(words=words, newest_article_id=2**31 - 1, asked_at=make.NOW)
        answers = [
            await search.find(archive, question, offset=offset, limit=limit)
            for archive in (Archive(self.database, self.index), Archive(self.database))
        ]
        assert limit < 10 or all(answer.total == len(answer.articles) for answer in answers)
        return [[article.title for article in answer.articles] for answer in answers]

    async def get_latest(self, topic_id: int) -> list[str]:
        async with self.database.read() as session:
            return [row.title for row in await library.get_latest(session, limit=5, topic_id=topic_id)]

    async def carry(self, *articles: Article) -> None:
        async with self.database.write() as session:
            await carriages.carry(session, self.prices.id, [one.id for one in articles or (self.article,)])

    async def list_carriages(self) -> list[tuple[int, int]]:
        async with self.database.read() as session:
            rows = await session.execute(
                select(Carriage.article_id, Carriage.source_id).order_by(Carriage.article_id, Carriage.source_id)
            )
            return [(row.article_id, row.source_id) for row in rows]


@pytest.fixture
async def archived(database: Database, tmp_path: Path) -> AsyncIterator[Archived]:
    async with database.write() as session:
        sources = [
            await make.source(session, name=name, topic_id=(await make.topic(session, name)).id)
            for name in ("Tin mới", "Giá cả")
        ]
        article = await make.article(session, source_id=sources[0].id, title="CPI tháng 7 tăng")
    writer = Writer(index := SearchIndex(tmp_path / "index"))
    archived = Archived(database, index, writer, *sources, article)
    await archived.follow()
    yield archived
    writer.close()


async def test_who_asks_by_a_second_topic_finds_what_its_list_carries(archived: Archived) -> None:
    """N8 C5"""
    assert await archived.titles("chủ đề: Giá cả CPI") == [[], []]
    await archived.carry()
    assert await archived.follow() == 1
    for words in (*LISTINGS, "chủ đề: Giá cả CPI", "nguồn: Giá cả CPI", "chủ đề: Tin mới CPI"):
        assert await archived.titles(words) == [["CPI tháng 7 tăng"]] * 2
    assert await archived.get_latest(archived.prices.topic_id) == ["CPI tháng 7 tăng"]


async def test_an_index_that_is_built_knows_all_who_carry_an_article(archived: Archived) -> None:
    """N8 C5"""
    await archived.carry()
    archived.writer.start_anew()
    await archived.follow()
    assert await archived.titles("chủ đề: Giá cả CPI") == [["CPI tháng 7 tăng"]] * 2


async def test_what_both_sources_of_a_topic_have_counts_once(archived: Archived) -> None:
    """N8"""
    await archived.carry()
    async with archived.database.write() as session:
        third = await make.source(session, name="Giá cả", topic_id=archived.prices.topic_id)
        await carriages.carry(session, third.id, [archived.article.id])
        own = await make.article(session, source_id=third.id, title="Giá lúa tăng", published_at=make.NOW - HOUR)
        await carriages.carry(session, archived.prices.id, [own.id])
        await carriages.carry(session, third.id, [own.id])
    await archived.follow()
    expected = ["CPI tháng 7 tăng", "Giá lúa tăng"]
    assert await archived.titles("chủ đề: Giá cả") == [expected] * 2
    assert await archived.titles("chủ đề: Giá cả", limit=1) == [expected[:1]] * 2
    assert await archived.titles("chủ đề: Giá cả", limit=1, offset=1) == [expected[1:]] * 2
    assert sorted((await archived.titles("chủ đề: Giá cả tăng"))[1]) == sorted(expected)
    assert await archived.get_latest(archived.prices.topic_id) == expected


async def test_what_a_source_carries_leaves_it_with_the_source(archived: Archived) -> None:
    """N8"""
    await archived.carry()
    await archived.follow()
    async with archived.database.write() as session:
        await session.execute(delete(Source).where(Source.id == archived.prices.id))
    assert await archived.follow() == 1
    assert await archived.list_carriages() == []
    assert await archived.titles("nguồn: Tin mới CPI") == [["CPI tháng 7 tăng"]] * 2
    assert await archived.get_latest(archived.prices.topic_id) == []


async def test_a_deleted_article_takes_along_that_it_was_carried(archived: Archived) -> None:
    await archived.carry()
    async with archived.database.write() as session:
        await session.execute(delete(Article).where(Article.id == archived.article.id))
    assert await archived.list_carriages() == []
    await archived.follow()
    assert await archived.titles("nguồn: Giá cả") == [[], []]


async def test_what_is_carried_and_not_read_yet_is_shown_when_it_is(archived: Archived) -> None:
    """N8"""
    async with archived.database.write() as session:
        found = await make.article(session, source_id=archived.latest.id, title="Lúa", state=ArticleState.FOUND)
    await archived.carry(found)
    assert await archived.follow() == 0
    assert await archived.titles("nguồn: Giá cả") == [[], []]
    reading = Reading("Lúa", "", "", "Giá lúa.", "", "", "lead", TextOrigin.PAGE, published_at=make.NOW - HOUR)
    async with archived.database.write() as session:
        await summaries.record_reading(session, found.id, reading, make.NOW)
    assert await archived.follow() == 1
    assert await archived.titles("nguồn: Giá cả lúa") == [["Lúa"]] * 2
    async with archived.database.read() as session:
        assert await session.scalar(select(Carriage.published_at)) == make.NOW - HOUR


@pytest.mark.parametrize("is_carried_first", [True, False])
async def test_who_carries_a_retelling_carries_the_first_telling(archived: Archived, is_carried_first: bool) -> None:
    """N8"""
    async with archived.database.write() as session:
        paper = await make.source(session, name="Báo")
        retelling = await make.article(session, source_id=paper.id, title="Giá tăng")
        if is_carried_first:
            for source in (archived.prices, archived.latest):
                await carriages.carry(session, source.id, [retelling.id])
        await stories.record_story(session, retelling.id, fingerprint=b"", keys=(), same_as_id=archived.article.id)
        if not is_carried_first:
            for source in (archived.prices, archived.latest):
                await carriages.carry(session, source.id, [retelling.id])
    assert await archived.list_carriages() == [(archived.article.id, one.id) for one in (archived.prices, paper)]
    await archived.follow()
    for words in ("nguồn: Giá cả", "nguồn: Báo", "nguồn: Báo CPI"):
        assert await archived.titles(words) == [["CPI tháng 7 tăng"]] * 2


async def test_a_source_carries_nothing_that_it_brought(archived: Archived) -> None:
    async with archived.database.write() as session:
        await carriages.carry(session, archived.latest.id, [archived.article.id])
        await carriages.carry(session, archived.latest.id, [])
        again = await make.article(session, source_id=archived.latest.id)
        await stories.record_story(session, again.id, fingerprint=b"", keys=(), same_as_id=archived.article.id)
    assert await archived.list_carriages() == []
