"""The whole road for tests: feeds and pages on a made-up web at one end, a strict Bot API over HTTP at the other."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import delete, select

from bot.config import TelegramSettings
from bot.deliver import Courier
from bot.locales import load_translators
from bot.message import Message
from bot.push import render_due
from bot.telegram import TelegramChannel, connect
from db import outbox, pictures
from db.engine import Database
from db.models import Chat, ChatKind, Delivery, Follow, Source
from db.outbox import Due
from tests import make
from tests.bot_api import FakeTelegram, Sent
from tests.papers import Item, page, rss
from tests.road import FEED, Road

OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")


class Flow:
    """Everything between a newspaper and a person, step by step."""

    def __init__(self, road: Road, telegram: FakeTelegram, channel: TelegramChannel) -> None:
        self.road = road
        self.telegram = telegram
        self._channel = channel
        self.courier = self.make_courier()

    def make_courier(self, *, fold_over: int | None = None) -> Courier:
        road = self.road
        return Courier(road.database, self._channel, _render, lanes=15, now=road.clock, fold_over=fold_over)

    async def begin(self, *people: int, opening: Sequence[Item] = (), **page_parts: str) -> None:
        """A source that was polled once, while its feed was empty unless for an `opening`, and people who follow it."""
        source_id = await self.road.source()
        for person_id in people:
            self.telegram.person(person_id, f"Người {person_id}", known=True)
            chat = await self.road.follower(source_id)
            async with self.road.database.write() as session:
                (await session.merge(chat)).address = str(person_id)
        self.publish(*opening, **page_parts)
        await self.road.poll_next()

    async def add_group(self, group_id: int) -> None:
        """A group that follows what the people follow."""
        self.telegram.group(group_id, "Phòng Thống kê")
        async with self.road.database.write() as session:
            topic = (await session.scalars(select(Source.topic_id))).one()
            await make.chat(session, address=str(group_id), kind=ChatKind.GROUP, follows=(topic,))

    async def owe(self, person_id: int, *titles: str) -> None:
        """So many articles at once, to one chat."""
        async with self.road.database.write() as session:
            source = (await session.scalars(select(Source))).one()
            others = delete(Follow).where(Follow.chat_id.in_(select(Chat.id).where(Chat.address != str(person_id))))
            await session.execute(others)
            for title in titles:
                article = await make.article(session, source_id=source.id, title=title)
                await outbox.owe_article(session, article.id, self.road.clock())

    def publish(self, *items: Item, **page_parts: str) -> None:
        """Put the feed on the web, and a page for each item."""
        self.road.web.put(FEED, rss(items), content_type="application/rss+xml")
        for item in items:
            html = page(item.title, f"Nội dung: {item.description}", item.description, **page_parts)
            self.road.web.put(item.url, html, content_type="text/html; charset=utf-8")

    async def deliver(self) -> bool:
        return await self.courier.deliver()

    async def work(self) -> None:
        """Run every step until none finds any work."""
        for step in (self.road.poll, self.road.read, self.deliver):
            while await step():
                pass

    async def travel(self, *, minutes: int = 60, stride: int = 4) -> None:
        """Work on and on, as time goes by."""
        for _ in range(0, minutes, stride):
            await self.work()
            self.road.clock.advance(timedelta(minutes=stride))
        await self.work()

    def pushes(self, person_id: int) -> list[Sent]:
        return self.telegram.sent_to(person_id)

    def headlines(self, person_id: int) -> list[str]:
        return [sent.text.splitlines()[0] for sent in self.pushes(person_id)]

    async def repeats(self) -> int:
        return sum(debt.repeats for debt in await self.road.rows(Delivery))


async def _load(database: Database, article_id: int) -> bytes | None:
    async with database.read() as session:
        return await pictures.get_content(session, article_id)


def _render(due: Due) -> Message:
    return render_due(due, load_translators().get(due.language, OFFICE))


@asynccontextmanager
async def open_flow(road: Road) -> AsyncIterator[Flow]:
    """Telegram's limits go by the road's clock."""
    async with FakeTelegram(monotonic=lambda: road.clock().timestamp()) as telegram:
        bot = connect(TelegramSettings(token=SecretStr(telegram.token), api_url=telegram.url))
        await bot.initialize()
        try:
            yield Flow(road, telegram, TelegramChannel(bot, 1000, load=partial(_load, road.database)))
        finally:
            await bot.shutdown()
