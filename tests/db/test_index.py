"""The index: in step with the articles, whatever happens to it, its writer or its files."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from db import indexing, search
from db.engine import Database
from db.index import SearchIndex
from db.index_writer import Writer
from db.indexing import index_some
from db.models import Article, Question
from db.search import Archive, Found
from tests import make

EVERYTHING = 2**31 - 1


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return SearchIndex(tmp_path / "index")


@pytest.fixture
def writer(index: SearchIndex) -> Iterator[Writer]:
    writer = Writer(index)
    yield writer
    writer.close()


async def follow(database: Database, writer: Writer) -> None:
    while await index_some(database, writer):
        pass


async def find(
    database: Database, index: SearchIndex, words: str, *, newest: int = EVERYTHING, offset: int = 0, limit: int = 10
) -> Found:
    question = Question(words=words, newest_article_id=newest, asked_at=make.NOW)
    return await search.find(Archive(database, index), question, offset=offset, limit=limit)


async def find_titles(database: Database, index: SearchIndex, words: str) -> list[str]:
    found = await find(database, index, words)
    assert not found.is_partial
    return [article.title for article in found.articles]


async def add(database: Database, **titles: str) -> list[int]:
    async with database.write() as session:
        source = await make.source(session)
        rows = [
            await make.article(session, source_id=source.id, title=name, text=text) for name, text in titles.items()
        ]
        return [row.id for row in rows]


async def test_added_corrected_and_deleted_articles_are_followed(
    database: Database, index: SearchIndex, writer: Writer
) -> None:
    await follow(database, writer)
    first, second = await add(database, Một="giá lúa gạo", Hai="giá xăng dầu")
    await follow(database, writer)
    assert await find_titles(database, index, "lua gao") == ["Một"]
    async with database.write() as session:
        await session.execute(update(Article).where(Article.id == first).values(text="đính chính"))
        await session.execute(delete(Article).where(Article.id == second))
    await follow(database, writer)
    assert await find_titles(database, index, "lua gao") == []
    assert await find_titles(database, index, "xăng dầu") == []
    assert await find_titles(database, index, "đính chính") == ["Một"]


async def test_while_there_is_no_index_the_database_answers(database: Database, index: SearchIndex) -> None:
    await add(database, Một="giá lúa gạo")
    found = await find(database, index, "lua gao")
    assert found.is_partial
    assert [article.title for article in found.articles] == ["Một"]
    assert "lúa" in found.snippets[0].text


async def test_an_index_deleted_under_its_writer_comes_back(
    database: Database, index: SearchIndex, writer: Writer
) -> None:
    await add(database, Một="giá lúa gạo")
    await follow(database, writer)
    shutil.rmtree(index.folder)
    assert (await find(database, index, "lua gao")).is_partial
    await follow(database, writer)
    assert await find_titles(database, index, "lua gao") == ["Một"]


@pytest.mark.parametrize("name", ["meta.json", "*.term", "*.idx", "*.store", "*.fast", ".managed.json"])
async def test_a_damaged_index_is_built_again(
    database: Database, index: SearchIndex, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    await add(database, Một="giá lúa gạo")
    first = Writer(index)
    await follow(database, first)
    first.close()
    for path in index.folder.glob(name):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    index.forget()
    assert (await find(database, index, "lua gao")).is_partial
    second = Writer(index)
    await follow(database, second)
    second.close()
    assert await find_titles(database, index, "lua gao") == ["Một"]
    assert "built anew" in caplog.text


async def test_an_index_of_another_form_is_built_again(
    database: Database, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(database, Một="giá lúa gạo")
    old = Writer(index)
    await follow(database, old)
    old.close()
    monkeypatch.setattr("db.index.FORM", 99)
    index.forget()
    assert (await find(database, index, "lua gao")).is_partial


async def test_a_second_process_reads_what_the_first_one_writes(
    database: Database, index: SearchIndex, writer: Writer
) -> None:
    """D12"""
    await follow(database, writer)
    other = Writer(SearchIndex(index.folder))
    assert not await index_some(database, other)
    await add(database, Một="giá lúa gạo")
    await follow(database, writer)
    assert await find_titles(database, other.index, "lua gao") == ["Một"]
    writer.close()
    await follow(database, other)
    await add(database, Hai="giá lúa gạo")
    await follow(database, other)
    assert sorted(await find_titles(database, index, "lua gao")) == ["Hai", "Một"]
    other.close()


KILLED = """
import asyncio, sys
from pathlib import Path
from db import indexing
from db.engine import Database
from db.index import SearchIndex
from db.index_writer import Writer
indexing.BATCH, indexing.BUILD = 5, 10

async def main():
    writer = Writer(SearchIndex(Path(sys.argv[2])))
    while await indexing.index_some(Database(sys.argv[1]), writer):
        print("step", flush=True)
    writer.add([])
    print("idle", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_writer_that_is_killed_leaves_nothing_broken(
    database: Database, database_url: str, index: SearchIndex, writer: Writer
) -> None:
    """D1"""
    await add(database, **{f"Bài {number}": f"giá lúa gạo kỳ {number}" for number in range(90)})
    command = (sys.executable, "-c", KILLED, database_url, str(index.folder))
    for steps in range(1, 4):
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout
        for _ in range(steps):
            await process.stdout.readline()
        process.kill()
        await process.wait()
    await follow(database, writer)
    reader = index.get_reader()
    assert reader is not None
    assert reader.articles == 90
    assert (await find(database, index, "lúa gạo", limit=100)).total == 90


async def test_a_build_goes_on_where_it_was_stopped(
    database: Database, index: SearchIndex, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    monkeypatch.setattr(indexing, "BUILD", 4)
    added = await add(database, **{f"Bài {number}": f"giá lúa kỳ {number}" for number in range(10)})
    assert [await index_some(database, writer) for _ in range(3)] == [True] * 3
    assert (await find(database, index, "lúa")).is_partial
    writer.close()
    assert (reader := index.get_reader())
    assert reader.articles == 4
    async with database.write() as session:
        await session.execute(update(Article).where(Article.id == added[0]).values(text="đính chính"))
    other = Writer(index)
    await follow(database, other)
    other.close()
    assert (await find(database, index, "lúa", limit=100)).total == 9
    assert await find_titles(database, index, "đính chính") == ["Bài 0"]


async def test_a_restored_database_has_its_index_built_again(
    database: Database, index: SearchIndex, writer: Writer
) -> None:
    await add(database, Một="giá lúa gạo")
    await follow(database, writer)
    async with database.write() as session:
        await session.execute(delete(Article))
        await session.execute(delete(indexing.changes.ArticleChange))
    await follow(database, writer)
    assert await find_titles(database, index, "lua gao") == []
