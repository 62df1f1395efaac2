"""A month on Zalo's free plan, with more news than messages: told together, saved up, and in the end all of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.deliver import Courier
from bot.push import render_for
from bot.zalo import Books, ZaloChannel
from db import outbox, watches
from db.engine import Database
from db.hours import Office
from db.models import Article, Delivery, DeliveryState, Source
from tests import make
from tests.bot.zalo.conftest import OFFICE
from tests.fakes import Clock
from tests.zalo_api import FakeZalo, Person

PER_MONTH = 10
SQLITE = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)


class Month:
    """Lan follows a source there; each day brings five articles, and a warning if one is called for."""

    def __init__(self, database: Database, clock: Clock, channel: ZaloChannel, zalo: FakeZalo) -> None:
        self.database = database
        self.clock = clock
        self.titles: list[str] = []
        self._channel = channel
        self._zalo = zalo
        self._source_id = 0

    async def begin(self, lan: Person) -> None:
        async with self.database.write() as session:
            source = await make.source(session)
            self._source_id = source.id
            topic_id = (await session.get_one(Source, source.id)).topic_id
            chat = await make.chat(session, channel="zalo", address=lan.id, follows=(topic_id,))
            await watches.add_watch(session, chat.id, "lũ quét", self.clock(), is_urgent=True)

    async def live(self, *, warning: str = "") -> None:
        """A day, hour by hour, with what the courier sends in it."""
        async with self.database.write() as session:
            number = len(self.titles)
            for title in [*(f"Tin số {number + more}" for more in range(5)), *([warning] if warning else [])]:
                article = await make.article(session, source_id=self._source_id, title=title, now=self.clock())
                await outbox.owe_article(session, article.id, self.clock())
                self.titles.append(title)
        for _ in range(6):
            await self.deliver()
            self.clock.advance(timedelta(hours=4))

    @property
    def number(self) -> int:
        """By the office's calendar, on which Zalo counts anew: 1 is August."""
        return self.clock().astimezone(OFFICE).month - 7

    async def deliver(self) -> None:
        self._zalo.per_month = self.number * PER_MONTH
        office = Office(OFFICE)
        await Courier(
            self.database,
            self._channel,
            lambda due: render_for(due, OFFICE),
            lanes=9,
            now=self.clock,
            fold_over=5,
            office=office,
        ).deliver()


@SQLITE
async def test_more_news_than_messages_is_saved_up_and_nothing_is_lost(
    zalo: FakeZalo, channel: ZaloChannel, books: Books, database: Database, clock: Clock, lan: Person
) -> None:
    """D14: ten messages a month; each day of its last days brings five articles."""
    clock.advance(timedelta(days=20))
    month = Month(database, clock, channel, zalo)
    await month.begin(lan)
    await month.live()
    assert len(zalo.sent) == 5
    await month.live()
    sent = len(zalo.sent)
    await month.live(warning="Cảnh báo lũ quét")
    assert any(one.text.startswith("Cảnh báo lũ quét") for one in zalo.sent[sent:])
    while month.number == 1:
        await month.live()
    assert PER_MONTH - 2 <= len(zalo.sent) <= PER_MONTH + 5  # the last day reaches into September
    for _ in range(4):
        await month.live()
    told = "\n".join(one.text for one in zalo.sent)
    waits = await list_waiting(database)
    assert {title for title in month.titles if f"{title}\n" not in f"{told}\n" and f"{title} ·" not in told} <= waits
    assert len(waits) < 10 < len(month.titles) / 4
    assert not zalo.refusals


async def list_waiting(database: Database) -> set[str]:
    async with database.read() as session:
        owed = select(Article.title).join(Delivery, Delivery.article_id == Article.id)
        states = (DeliveryState.OWED, DeliveryState.FOLDED)
        return set(await session.scalars(owed.where(Delivery.state.in_(states))))
