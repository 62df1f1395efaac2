"""Chaos: loa as real processes while all around it fails at random, from a seed. The platform's ledger is the judge.

`make chaos` runs the long form on both databases and prints a table; tests/test_chaos.py runs a short one.
"""

import asyncio
import os
import platform
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bot.demo.archive import Post, load_articles
from bot.demo.newsroom import Newsroom
from db import following
from db.engine import Database
from db.folding import is_pending
from db.models import Article, ArticleState, Chat, Delivery, DeliveryState
from tests import make
from tests.bot_api import FakeTelegram, Fault, Limits, faults
from tests.databases import PostgresqlGround, SqliteGround
from tests.processes import LoaProcess

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

OPENING = 3
FIRST_CHAT = 2000
#: Seconds without a message after which the next fault strikes all the same: longer than a process needs to start.
SILENCE = 6.0
_FAULTS: dict[str, Callable[[random.Random], Fault]] = {
    "429": lambda chance: faults.flood(chance.randint(1, 3)),
    "500": lambda _: faults.server_error(),
    "502 with HTML": lambda _: faults.bad_gateway(),
    "captive portal": lambda _: faults.captive_portal(),
    "half an answer": lambda _: faults.invalid_json(taken=True),
    "reset before": lambda _: faults.reset_before(),
    "reset after": lambda _: faults.reset_after(),
    "slow": lambda chance: faults.slow(chance.uniform(0.2, 1.0)),
    "no answer in time": lambda _: faults.slow(20.0, taken=True),
}
KILL, OUTAGE = "kill -9", "database away"
#: Takes the database away for a moment.
Outage = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """So many chats get so many articles, from so many processes, while so many faults strike.

    Whatever is killed is started anew, unless the others are to go on without it.
    """

    seed: int
    chats: int
    articles: int
    kills: int
    faults: int
    outages: int = 0
    processes: int = 1
    rate: int = 30
    hasty: bool = False
    revive: bool = True
    patience: float = 60.0


@dataclass(slots=True)
class Verdict:
    """What the platform's ledger and the outbox say in the end.

    `lost`: what the platform never took, and the admins are not told of either. `twice`: messages that told a chat
    something again. `repeats`: so many the outbox counted. `unsure`: unknown a second time and left at that, and told
    in /failed; `missing` are those of them that did not arrive.
    """

    struck: Counter[str] = field(default_factory=Counter)
    owed: int = 0
    lost: int = 0
    twice: int = 0
    repeats: int = 0
    unsure: int = 0
    missing: int = 0
    unsettled: int = 0
    exit_codes: list[int] = field(default_factory=list)
    stopped_in: float = 0.0
    seconds: float = 0.0
    told_token: bool = False
    with_pictures: int = 0


class Storm:
    """One run of a plan."""

    def __init__(self, plan: Plan, url: str, folder: Path, outage: Outage | None = None) -> None:
        self.plan = plan
        self.url = url
        self.folder = folder
        self.chance = random.Random(plan.seed)
        self.verdict = Verdict()
        self._outage = outage
        self._posts: list[Post] = []

    async def run(self) -> Verdict:
        begin = time.monotonic()
        await self._add_chats()
        async with AsyncExitStack() as stack:
            limits = None if self.plan.rate > 30 else Limits()
            self.fake = await stack.enter_async_context(FakeTelegram(limits=limits))
            self.newsroom = await stack.enter_async_context(
                Newsroom(load_articles(), now=lambda: datetime.now(UTC), opening=OPENING)
            )
            for number in range(self.plan.chats):
                self.fake.person(FIRST_CHAT + number, f"Người {number}", known=True)
            self.processes = [
                await stack.enter_async_context(self._make_process(number)) for number in range(self.plan.processes)
            ]
            await self._until(self._has_looked, 60)
            await self._rage()
            await self._revive()
            self.fake.mend()
            await self._until(self._is_settled, self.plan.patience)
            await self._stop_all()
        await self._judge()
        self.verdict.seconds = time.monotonic() - begin
        return self.verdict

    async def _stop_all(self) -> None:
        begin = time.monotonic()
        self.verdict.exit_codes = await asyncio.gather(
            *(one.stop(within=60) for one in self.processes if not one.has_ended)
        )
        self.verdict.stopped_in = time.monotonic() - begin

    def _make_process(self, number: int) -> LoaProcess:
        return LoaProcess(
            self.folder / str(number),
            database=self.url,
            token=self.fake.token,
            api_url=self.fake.url,
            feed=self.newsroom.feed_url,
            rate=self.plan.rate,
            hasty=self.plan.hasty,
        )

    async def _add_chats(self) -> None:
        async with open_database(self.url) as database, database.write() as session:
            topic = await following.get_or_add_topic(session, "Thống kê", datetime.now(UTC))
            for number in range(self.plan.chats):
                await make.chat(session, address=str(FIRST_CHAT + number), follows=(topic.id,))

    async def _rage(self) -> None:
        """Articles appear and faults strike at random points of the fan-out."""
        plan = self.plan
        total = plan.chats * plan.articles
        refusals = [self.chance.choice(list(_FAULTS)) for _ in range(plan.faults)]
        events = [*refusals, *[KILL] * plan.kills, *[OUTAGE] * plan.outages]
        self.chance.shuffle(events)
        points = sorted(self.chance.randrange(total * 19 // 20) for _ in events)
        for point, event in zip(points, events, strict=True):
            while len(self._posts) < plan.articles and point >= len(self._posts) * plan.chats * 7 // 10:
                self._posts += self.newsroom.publish()
            await self._wait_for_progress(point)
            await self._strike(event)
        while len(self._posts) < plan.articles:
            self._posts += self.newsroom.publish()

    async def _wait_for_progress(self, point: int) -> None:
        """Until so many were sent, or nothing happens any more."""
        sent = -1
        while sent < len(self.fake.sent) < point:
            sent = len(self.fake.sent)
            try:
                await self.fake.wait_for(lambda sent=sent: len(self.fake.sent) > sent, SILENCE)
            except TimeoutError:
                return

    async def _strike(self, event: str) -> None:
        if event == KILL:
            await self._choose_victim().kill()
            await self._revive()
        elif event == OUTAGE:
            assert self._outage is not None
            await self._outage()
            await self._revive()
        else:
            missing = sorted(self._list_missing())
            if not missing:
                return
            self.fake.fail(_FAULTS[event](self.chance), method=None, chat=self.chance.choice(missing)[0])
        self.verdict.struck[event] += 1

    async def _revive(self) -> None:
        """As whoever watches over processes does: one that just began ends when it finds no database."""
        for process in self.processes:
            if process.has_ended and self.plan.revive:
                await process.start()

    def _choose_victim(self) -> LoaProcess:
        """As a rule the one that sends: it prints a line for each message."""
        alive = [process for process in self.processes if not process.has_ended]
        sender = max(alive, key=lambda one: one.printed_at)
        return sender if self.chance.random() < 0.7 else self.chance.choice(alive)

    def _list_missing(self) -> set[tuple[int, str]]:
        chats = range(FIRST_CHAT, FIRST_CHAT + self.plan.chats)
        wanted = {(chat, post.path) for chat in chats for post in self._posts}
        return wanted - {(chat, path) for chat, paths in self._list_told() for path in paths}

    def _list_told(self) -> Iterator[tuple[int, set[str]]]:
        """Which articles each message told, alone or in a digest."""
        paths = {self.newsroom.url + post.path: post.path for post in self._posts}
        for sent in self.fake.sent:
            yield sent.chat_id, {paths[url] for url in sent.links.values() if url in paths}

    def _count_repeats(self) -> int:
        told: set[tuple[int, str]] = set()
        repeats = 0
        for chat, paths in self._list_told():
            news = {(chat, path) for path in paths}
            repeats += not news.isdisjoint(told)
            told |= news
        return repeats

    async def _has_looked(self) -> bool:
        async with open_database(self.url) as database, database.read() as session:
            ready = select(func.count()).select_from(Article).where(Article.state == ArticleState.READY)
            return (await session.scalar(ready) or 0) >= OPENING

    async def _is_settled(self) -> bool:
        async with open_database(self.url) as database, database.read() as session:
            owed = select(func.count()).select_from(Delivery).where(Delivery.article_id.is_not(None))
            if (await session.scalar(owed) or 0) < self.plan.chats * self.plan.articles:
                return False
            return not await session.scalar(select(func.count()).select_from(Delivery).where(is_pending(Delivery)))

    @staticmethod
    async def _until(check: Callable[[], Awaitable[bool]], seconds: float) -> None:
        """What is not so by then is for the verdict."""
        end = time.monotonic() + seconds
        while not await check() and time.monotonic() < end:  # noqa: ASYNC110 - another process makes it so
            await asyncio.sleep(0.2)

    async def _judge(self) -> None:
        verdict = self.verdict
        verdict.twice = self._count_repeats()
        verdict.with_pictures = sum(sent.method == "sendPhoto" for sent in self.fake.sent)
        verdict.told_token = any(self.fake.token.partition(":")[2] in process.printed for process in self.processes)
        async with open_database(self.url) as database, database.read() as session:
            rows = (
                await session.execute(
                    select(Chat.address, Article.url, Delivery.state, Delivery.repeats)
                    .join(Chat, Chat.id == Delivery.chat_id)
                    .join(Article, Article.id == Delivery.article_id)
                )
            ).all()
        verdict.owed = len(rows)
        verdict.repeats = sum(row.repeats for row in rows)
        unsure = {(int(row.address), row.url) for row in rows if row.state is DeliveryState.UNKNOWN}
        settled = (DeliveryState.SENT, DeliveryState.FOLDED, DeliveryState.UNKNOWN)
        verdict.unsure, verdict.unsettled = len(unsure), sum(row.state not in settled for row in rows)
        missing = {(chat, self.newsroom.url + path) for chat, path in self._list_missing()}
        verdict.lost, verdict.missing = len(missing - unsure), len(missing & unsure)


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    yield database
    await database.close()


async def hold_sqlite(url: str) -> None:
    """Another program writes for two seconds."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=20)
    connection.execute("BEGIN IMMEDIATE")
    await asyncio.sleep(2)
    connection.execute("ROLLBACK")
    connection.close()


def play(name: str, plan: Plan) -> Verdict:
    """The plan on a fresh database of that name."""
    with tempfile.TemporaryDirectory() as folder:
        ground = SqliteGround(Path(folder)) if name == "SQLite" else PostgresqlGround()
        with ground.make(Path(folder), migrated=True) as url:
            return asyncio.run(Storm(plan, url, Path(folder), _get_outage(ground, url)).run())


def _get_outage(ground: SqliteGround | PostgresqlGround, url: str) -> Outage:
    if isinstance(ground, PostgresqlGround):
        return lambda: asyncio.to_thread(ground.restart)
    return lambda: hold_sqlite(url)


def render(rows: dict[str, tuple[Plan, Verdict]]) -> str:
    """The table of docs/reliability.md."""
    kinds = sorted({kind for _, verdict in rows.values() for kind in verdict.struck})
    lines = ["| | " + " | ".join(rows) + " |", "|---|" + "---|" * len(rows)]

    def add(what: str, get: Callable[[Plan, Verdict], object]) -> None:
        lines.append(f"| {what} | " + " | ".join(str(get(*row)) for row in rows.values()) + " |")

    add("processes", lambda plan, _: plan.processes)
    add("messages owed", lambda _, verdict: verdict.owed)
    for kind in kinds:
        add(f"{kind}", lambda _, verdict, kind=kind: verdict.struck[kind])
    add("**faults in all**", lambda _, verdict: verdict.struck.total())
    add("**lost**", lambda _, verdict: verdict.lost)
    add("messages that told something again", lambda _, verdict: verdict.twice)
    add("repeats counted in the outbox", lambda _, verdict: verdict.repeats)
    add("outcome unknown twice over, told in `/failed`", lambda _, verdict: verdict.unsure)
    add("of these, not arrived", lambda _, verdict: verdict.missing)
    add("sent with a picture", lambda _, verdict: verdict.with_pictures)
    add("still owed in the end", lambda _, verdict: verdict.unsettled)
    add("seconds from SIGTERM to the end of the last process", lambda _, verdict: round(verdict.stopped_in, 1))
    add("seconds in all", lambda _, verdict: round(verdict.seconds))
    return "\n".join(lines)


def main() -> int:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20261122
    plans = {
        "SQLite": Plan(seed, chats=150, articles=12, kills=25, faults=185, outages=5, patience=240),
        "PostgreSQL": Plan(seed, chats=150, articles=12, kills=25, faults=185, outages=5, processes=3, patience=240),
    }
    rows = {name: (plan, play(name, plan)) for name, plan in plans.items()}
    cores, load = os.cpu_count(), os.getloadavg()[2]
    machine = f"{cores} cores, load {load:.0f}, Python {platform.python_version()}, seed {seed}"
    sys.stdout.write(f"{datetime.now(UTC):%d/%m/%Y}, {machine}\n\n")
    sys.stdout.write(render(rows) + "\n")
    return 0 if all(is_good(verdict) for _, verdict in rows.values()) else 1


def is_good(verdict: Verdict) -> bool:
    """Nothing lost, whatever arrived twice was counted, and all came to their end within 10 s of SIGTERM.

    That may come before a process that starts knows it.
    """
    has_ended = set(verdict.exit_codes) <= {0, -signal.SIGTERM} and verdict.stopped_in < 10
    is_clean = not verdict.told_token and not verdict.unsettled
    return verdict.lost == 0 and verdict.twice <= verdict.repeats and has_ended and is_clean


if __name__ == "__main__":
    sys.exit(main())
