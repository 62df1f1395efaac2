"""Words find articles, whatever their marks, their case and what else is in the query."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db import search
from db.engine import Database
from db.models import ArticleState, Question
from db.search import Archive, Found
from tests import make

HOUR = timedelta(hours=1)


async def ask(database: Database, words: str) -> Question:
    async with database.write() as session:
        return await search.add_question(session, (await make.chat(session)).id, words, make.NOW)


async def find(database: Database, words: str, *, offset: int = 0, limit: int = 10) -> Found:
    question = await ask(database, words)
    return await search.find(Archive(database), question, offset=offset, limit=limit)


async def add(
    database: Database, *titles: str, text: str = "Nội dung", state: ArticleState = ArticleState.READY
) -> None:
    """Articles one hour apart, the last of them the newest."""
    async with database.write() as session:
        for number, title in enumerate(titles):
            await make.article(session, title=title, text=text, state=state, published_at=make.NOW + number * HOUR)


def list_titles(found: Found) -> list[str]:
    return [article.title for article in found.articles]


@pytest.mark.parametrize(
    "words",
    ["thong ke", "Thống kê", "THỐNG KÊ", "ke thong", "Tho\u0302\u0301ng ke\u0302", '"thống" AND* -kê', "  thong\nke  "],
)
async def test_marks_case_and_order_do_not_matter(database: Database, words: str) -> None:
    """C5"""
    await add(database, "Hội nghị Thống kê tỉnh", "Giá vàng")
    found = await find(database, words.replace("AND", ""))
    assert (list_titles(found), found.total) == (["Hội nghị Thống kê tỉnh"], 1)


@pytest.mark.parametrize(("words", "title"), [("Dak Lak", "Đắk Lắk"), ("hòa", "Khánh hoà"), ("8,2%", "Tăng 8,2%")])
async def test_letters_written_two_ways_are_the_same(database: Database, words: str, title: str) -> None:
    """C5"""
    await add(database, title)
    assert list_titles(await find(database, words)) == [title]


@pytest.mark.parametrize(
    "words", ["", "%", "_", '"', "*", "-", "%%__", "|", "' OR 1=1 --", "NEAR(thong ke)", "t%", "th_ng"]
)
async def test_nothing_in_a_query_is_an_operator(database: Database, words: str) -> None:
    """C5"""
    await add(database, "Thống kê", "Điều tra")
    assert await find(database, words) == Found([], 0)


async def test_only_whole_words_are_found(database: Database) -> None:
    """C5"""
    await add(database, "Thống kê")
    assert (await find(database, "thon")).total == 0
    assert (await find(database, "t")).total == 0


async def test_four_thousand_letters_are_a_query_like_any_other(database: Database) -> None:
    """C5"""
    await add(database, "Thống kê")
    assert (await find(database, "thống " * 700)).total == 1
    assert (await find(database, "x" * 4000)).total == 0
    assert (await find(database, " ".join(f"từ{n}" for n in range(600)))).total == 0


async def test_titles_come_before_texts_and_words_together_before_words_apart(database: Database) -> None:
    await add(database, "Trong tên: điều tra dân số")
    await add(database, "Liền nhau", text="Cuộc điều tra dân số bắt đầu")
    await add(database, "Cách nhau", text="Dân số được điều tra")
    found = await find(database, "điều tra dân số")
    assert list_titles(found) == ["Trong tên: điều tra dân số", "Liền nhau", "Cách nhau"]


async def test_of_equal_hits_the_newest_comes_first(database: Database) -> None:
    await add(database, "Thống kê 1", "Thống kê 2", "Thống kê 3")
    assert list_titles(await find(database, "thong ke")) == ["Thống kê 3", "Thống kê 2", "Thống kê 1"]


async def test_an_article_that_was_not_read_yet_is_not_shown(database: Database) -> None:
    await add(database, "Thống kê", state=ArticleState.FOUND)
    assert await find(database, "thong ke") == Found([], 0)


async def test_pages_stay_as_they_were_after_new_articles(database: Database) -> None:
    await add(database, *(f"Thống kê {n}" for n in range(12)))
    question = await ask(database, "thong ke")
    first = await search.find(Archive(database), question, offset=0, limit=10)
    await add(database, "Thống kê mới")
    assert await search.find(Archive(database), question, offset=0, limit=10) == first
    second = await search.find(Archive(database), question, offset=10, limit=10)
    assert list_titles(second) == ["Thống kê 1", "Thống kê 0"]
    assert (first.total, second.total) == (12, 12)


async def test_a_search_in_an_empty_store_finds_nothing(database: Database) -> None:
    question = await ask(database, "thong ke")
    assert question.newest_article_id == 0
    await add(database, "Thống kê")
    assert await search.find(Archive(database), question, offset=0, limit=10) == Found([], 0)


async def test_only_the_chat_that_asked_may_turn_the_pages(database: Database) -> None:
    """A6"""
    question = await ask(database, "thong ke")
    async with database.read() as session:
        stored = (await session.scalars(select(Question))).one()
        assert await search.get_question(session, question.id, stored.chat_id) is stored
        assert await search.get_question(session, question.id, stored.chat_id + 1) is None
        assert await search.get_question(session, question.id + 1, stored.chat_id) is None
