"""The road as tests walk it: the real steps over a real database, with a web and a clock that are made up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple, TypeVar

import httpx
from sqlalchemy import inspect, select

from db.engine import Database
from db.models import Article, Base, Chat, Delivery, Source
from feeds.fetch import Fetcher
from feeds.model import Model
from feeds.poll import Poller, PollRules
from feeds.summarise import summarise_one
from feeds.types import Size
from tests import make
from tests.fakes import Clock, Web

_Row = TypeVar("_Row", bound=Base)

FEED = "https://thongke.example.vn/rss/tin.xml"
RULES = PollRules(min_interval=60.0, max_interval=3600.0)


class Owed(NamedTuple):
    """A debt, as tests compare it: to whom, and the article's title or the notice's name."""

    address: str
    what: str


class Road:
    """Steps, one call each; `rules` and `model` may be replaced."""

    def __init__(self, database: Database, web: Web, clock: Clock) -> None:
        self.database = database
        self.web = web
        self.clock = clock
        self.rules = RULES
        self.fetcher = Fetcher(web)
        self.model: Model | None = None
        self.pictured: tuple[str, ...] = ("telegram",)

    async def poll(self) -> bool:
        return await Poller(self.database, self.fetcher, self.rules, self.clock).poll_one()

    async def poll_next(self) -> None:
        """Wait until a source is due, and poll it."""
        async with self.database.read() as session:
            due = (await session.scalars(select(Source.next_poll_at).order_by(Source.next_poll_at))).first()
        assert due is not None
        self.clock.now = max(self.clock.now, due)
        assert await self.poll()

    async def read(self) -> bool:
        return await summarise_one(
            self.database, self.fetcher, self.clock, size=Size(), model=self.model, pictured=self.pictured
        )

    async def read_all(self) -> None:
        """Read what was found, waiting for the tries of pages that cannot be had."""
        for _ in range(4):
            while await self.read():
                pass
            self.clock.advance(timedelta(minutes=3))

    async def source(self, url: str = FEED, *, topic_id: int | None = None, name: str = "Thống kê") -> int:
        async with self.database.write() as session:
            host = httpx.URL(url).host
            row = await make.source(session, url=url, host=host, topic_id=topic_id, name=name, now=self.clock())
        return row.id

    async def follower(self, source_id: int) -> Chat:
        """A chat that follows the source's topic."""
        async with self.database.write() as session:
            source = await session.get_one(Source, source_id)
            return await make.chat(session, follows=(source.topic_id,), now=self.clock())

    async def get(self, kind: type[_Row], id_: int) -> _Row:
        async with self.database.read() as session:
            return await session.get_one(kind, id_)

    async def rows(self, kind: type[_Row]) -> list[_Row]:
        async with self.database.read() as session:
            return list(await session.scalars(select(kind).order_by(*inspect(kind).primary_key)))

    async def titles(self, *, announced: bool | None = None) -> list[str]:
        """Titles of what is stored, oldest first; all, or only what is (not) to be announced."""
        articles = await self.rows(Article)
        return [one.title for one in articles if announced is None or one.announce is announced]

    async def owed(self) -> list[Owed]:
        """Every debt there ever was, in the order they were made."""
        query = (
            select(Chat.address, Article.title, Delivery.notice)
            .select_from(Delivery)
            .join(Chat, Chat.id == Delivery.chat_id)
            .outerjoin(Article, Article.id == Delivery.article_id)
            .order_by(Delivery.id)
        )
        async with self.database.read() as session:
            return [Owed(address, title or notice or "") for address, title, notice in await session.execute(query)]

    async def notices(self) -> list[str]:
        return [row.notice for row in await self.rows(Delivery) if row.notice]


@asynccontextmanager
async def open_road(database: Database, clock: Clock) -> AsyncIterator[Road]:
    web = Web()
    yield Road(database, web, clock)
