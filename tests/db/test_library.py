"""What was read last."""

from datetime import timedelta

from db import carriages, library
from db.engine import Database
from db.models import ArticleState
from tests import make

HOUR = timedelta(hours=1)


async def test_the_newest_come_first_and_no_more_than_asked(database: Database) -> None:
    async with database.write() as session:
        ids = [(await make.article(session, published_at=make.NOW + n * HOUR)).id for n in range(4)]
        await make.article(session, state=ArticleState.FOUND)
    async with database.read() as session:
        assert [row.id for row in await library.get_latest(session, limit=3)] == ids[:0:-1]


async def test_the_latest_of_one_topic_leave_out_the_others(database: Database) -> None:
    async with database.write() as session:
        source = await make.source(session)
        article = await make.article(session, source_id=source.id)
        await make.article(session)
    async with database.read() as session:
        rows = await library.get_latest(session, limit=9, topic_id=source.topic_id)
    assert [row.id for row in rows] == [article.id]


async def test_a_topic_has_the_stories_that_its_sources_retold(database: Database) -> None:
    async with database.write() as session:
        source = await make.source(session)
        own = await make.article(session, source_id=source.id, published_at=make.NOW - HOUR)
        first, unread = await make.article(session), await make.article(session, state=ArticleState.FOUND)
        for told in (first, unread):
            retelling = await make.article(session, source_id=source.id, published_at=make.NOW + HOUR)
            retelling.same_as_id = told.id
            await carriages.retell(session, retelling.id, told.id)
    async with database.read() as session:
        rows = await library.get_latest(session, limit=9, topic_id=source.topic_id)
        assert [row.id for row in rows] == [first.id, own.id]
        assert len(await library.get_latest(session, limit=1, topic_id=source.topic_id)) == 1
        assert await library.get_latest(session, limit=9, topic_id=999) == []


async def test_a_row_names_its_source_and_topic(database: Database) -> None:
    async with database.write() as session:
        topic = await make.topic(session, "Giá cả")
        named = await make.source(session, topic_id=topic.id, name="Sở Công Thương")
        nameless = await make.source(session, topic_id=topic.id, name="", host="a.vn")
        ids = [(await make.article(session, source_id=source.id)).id for source in (named, nameless)]
    async with database.read() as session:
        rows = await library.get_articles(session, ids)
    assert [(row.source, row.topic) for row in rows] == [("Sở Công Thương", "Giá cả"), ("a.vn", "Giá cả")]


async def test_articles_come_in_the_order_they_were_asked_for(database: Database) -> None:
    async with database.write() as session:
        first, second = await make.article(session), await make.article(session)
    async with database.read() as session:
        rows = await library.get_articles(session, [second.id, 999, first.id])
        assert [row.id for row in rows] == [second.id, first.id]
        assert await library.get_articles(session, []) == []
