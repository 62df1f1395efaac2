"""News in the topics of a forum: each article where its topic goes, and in the general one where that is no more."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.channel import PermanentError, ThreadError
from bot.deliver import Courier
from bot.locales import load_translators
from bot.message import Message, say
from bot.notices import render_notice
from db import carriages, following, managing, outbox, threads
from db.engine import Database
from db.models import Chat, ChatKind, ChatState, Source, Topic
from db.outbox import Due
from tests import make
from tests.fakes import Clock, FakeChannel

ADDRESS = "-1001"


class Forum:
    """A group that follows two topics, one of which goes to its forum's topic 7; each has a source."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.channel = FakeChannel()
        self.sources: list[int] = []
        self.topics: list[int] = []
        self.courier = Courier(database, self.channel, _render, lanes=9, now=clock, fold_over=1)

    async def open(self) -> None:
        async with self.database.write() as session:
            sources = [await make.source(session, name=name) for name in ("Giá", "Y tế")]
            self.sources = [source.id for source in sources]
            self.topics = [source.topic_id for source in sources]
            chat = await make.chat(session, address=ADDRESS, kind=ChatKind.GROUP, follows=tuple(self.topics))
            await threads.place(session, chat.id, self.topics[0], 7)

    async def publish(self, *numbers: int) -> None:
        """An article of each of these sources, in this order, titled by its number."""
        async with self.database.write() as session:
            for number in numbers:
                article = await make.article(session, source_id=self.sources[number], title=f"{number}")
                await outbox.owe_article(session, article.id, self.clock())

    async def deliver(self) -> list[tuple[str, int | None]]:
        while await self.courier.deliver():
            self.clock.advance(timedelta(minutes=1))
        return list(zip((text for _, text in self.channel.asked), self.channel.threads, strict=True))

    async def list_threads(self) -> list[int | None]:
        async with self.database.read() as session:
            chat = (await session.scalars(select(Chat).where(Chat.address == ADDRESS))).one()
            rows = await following.list_topics(session, chat.id)
        return [row.thread for row in sorted(rows, key=lambda row: row.id) if row.followed]


def _render(due: Due) -> Message:
    titles = [news.title for news in due.folded] or [due.news.title if due.news else f"{due.notice}"]
    return say(" ".join(titles))


@pytest.fixture
async def forum(database: Database, clock: Clock) -> Forum:
    forum = Forum(database, clock)
    await forum.open()
    return forum


async def test_each_article_goes_where_its_topic_goes_and_many_are_folded_there(forum: Forum) -> None:
    """D2"""
    await forum.publish(0, 1)
    assert await forum.deliver() == [("0", 7), ("1", None)]
    forum.clock.advance(timedelta(hours=1))
    await forum.publish(0, 1, 0, 1, 0, 1)
    assert (await forum.deliver())[2:] == [("0 0 0", 7), ("1 1 1", None)]


async def test_what_a_second_topic_carries_goes_where_that_one_goes(forum: Forum) -> None:
    """N8 D2"""
    async with forum.database.write() as session:
        for number in range(3):
            article = await make.article(session, title=f"{number}")
            await carriages.carry(session, forum.sources[number % 2], [article.id])
            await outbox.owe_article(session, article.id, forum.clock())
    assert await forum.deliver() == [("0 2", 7), ("1", None)]


async def test_what_went_to_a_closed_topic_goes_to_the_general_one_which_is_told(forum: Forum) -> None:
    """D9"""
    forum.channel.will(ADDRESS, ThreadError("TOPIC_CLOSED"))
    await forum.publish(0)
    assert await forum.deliver() == [("0", 7), ("thread_lost", None), ("0", None)]
    assert await forum.list_threads() == [None, None]


async def test_a_closed_general_topic_silences_the_chat(forum: Forum) -> None:
    """D9"""
    forum.channel.will(ADDRESS, ThreadError("TOPIC_CLOSED"))
    await forum.publish(1)
    await forum.deliver()
    async with forum.database.read() as session:
        chat = (await session.scalars(select(Chat).where(Chat.address == ADDRESS))).one()
    assert (chat.state, chat.reason) == (ChatState.PARKED, "TOPIC_CLOSED")
    assert issubclass(ThreadError, PermanentError)


async def test_a_notice_goes_where_the_news_goes_if_none_goes_to_the_general_topic(forum: Forum) -> None:
    """D9"""
    async with forum.database.write() as session:
        chat = (await session.scalars(select(Chat).where(Chat.address == ADDRESS))).one()
        await outbox.owe_notice(session, [chat.id], notice="mixed", key="1", data={}, now=forum.clock())
    assert await forum.deliver() == [("mixed", None)]
    async with forum.database.write() as session:
        await threads.place(session, chat.id, forum.topics[1], 9)
        await outbox.owe_notice(session, [chat.id], notice="apart", key="1", data={}, now=forum.clock())
    assert (await forum.deliver())[1:] == [("apart", 7)]


async def test_a_merged_topic_goes_where_the_other_one_went(forum: Forum) -> None:
    async with forum.database.write() as session:
        into = await make.topic(session, "Giá cả")
        topic = await session.get_one(Topic, forum.topics[0])
        await managing.merge_topics(session, topic, into, forum.clock())
        assert (await session.get_one(Source, forum.sources[0], populate_existing=True)).topic_id == into.id
    assert await forum.list_threads() == [None, 7]


def test_the_notice_names_what_went_there() -> None:
    words = load_translators().get("vi", ZoneInfo("Asia/Ho_Chi_Minh"))
    assert "Giá cả và Y tế" in render_notice("thread_lost", {"topics": ["Giá cả", "Y tế"]}, words).text
