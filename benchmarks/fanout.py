"""One article to many chats: how long owing takes on either database, and how fast it leaves through a fake Bot API.

`owe [CHATS]` measures owing. `send [CHATS]` sends to a Bot API that takes everything, in a process of its own, beside a
bare loop of `Bot.send_message` with the same transport and as many at once. `pace [CHATS]` sends to the strict one of
the tests, which answers 429 to whatever is too much. `memory [DEBTS]` compares what a sender takes up while 10,000
debts wait and while DEBTS do. All on loopback and a fresh database; the garbage collector is set as by `loa run`, for
the bare loop, too.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

os.environ.setdefault("PTB_TIMEDELTA", "true")

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import func, insert, literal, select

from bot.app import LANES
from bot.config import TelegramSettings
from bot.deliver import Courier
from bot.message import Message
from bot.push import render_for
from bot.run import spare_collector
from bot.telegram import TelegramChannel, connect
from bot.telegram.render import render_html, render_keyboard
from db import migrate, outbox
from db.base import UtcDateTime
from db.engine import Database
from db.models import Article, Chat, ChatKind, ChatState, Delivery, DeliveryState, Follow, Source
from db.outbox import Due
from tests import make
from tests.bot_api import FakeTelegram
from tests.bot_api.server import TOKEN
from tests.databases import PostgresqlGround

OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")
PORT = 8099
#: The fastest that Telegram allows.
PAID = 1000
UNLIMITED = 1_000_000
#: How often each sends in turn; the best of each counts, as the machine has other work, too.
ROUNDS = 3


def utcnow() -> datetime:
    return datetime.now(UTC)


def render(due: Due) -> Message:
    return render_for(due, OFFICE)


@contextmanager
def open_grounds() -> Iterator[dict[str, str]]:
    """The address of a fresh database of each kind."""
    ground = PostgresqlGround()
    with tempfile.TemporaryDirectory() as folder, ground.make(Path(folder), migrated=True) as url:
        yield {"SQLite": f"sqlite:///{folder}/loa.db", "PostgreSQL": url}
    ground.close()


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    await migrate.upgrade(database)
    yield database
    await database.close()


async def add_chats(database: Database, number: int) -> int:
    """Chats that follow the topic of one article; its id."""
    now = utcnow()
    chat = {"channel": "telegram", "kind": ChatKind.PRIVATE, "language": "vi", "state": ChatState.ACTIVE}
    async with database.write() as session:
        article = await make.article(session, title="Chỉ số giá tiêu dùng tháng 7 tăng 0,3% so với tháng trước")
        topic = select(Source.topic_id).where(Source.id == article.source_id).scalar_subquery()
        rows = [chat | {"address": str(1000 + n), "created_at": now} for n in range(number)]
        for begin in range(0, number, 5000):
            await session.execute(insert(Chat), rows[begin : begin + 5000])
        followers = select(Chat.id, topic, literal(now, UtcDateTime))
        await session.execute(insert(Follow).from_select(["chat_id", "topic_id", "created_at"], followers))
    return article.id


async def owe(database: Database, article_id: int) -> float:
    begin = time.perf_counter()
    async with database.write() as session:
        await outbox.owe_article(session, article_id, utcnow())
    return time.perf_counter() - begin


async def deliver(database: Database, channel: TelegramChannel) -> float:
    courier = Courier(database, channel, render, lanes=LANES, now=utcnow)
    begin = time.perf_counter()
    await courier.deliver()
    seconds = time.perf_counter() - begin
    async with database.read() as session:
        left = await session.scalar(select(func.count()).where(Delivery.state != DeliveryState.SENT))
    assert not left, f"{left} were not sent"
    return seconds


async def send_bare(api_url: str, chats: int) -> float:
    """As many `Bot.send_message` as loa has lanes, with the same words; nothing is recorded."""
    bot = connect(TelegramSettings(token=SecretStr(TOKEN), api_url=api_url))
    await bot.initialize()
    message = render(make_due())
    text, keyboard = render_html(message), render_keyboard(message)
    numbers = iter(range(chats))

    async def work() -> None:
        for number in numbers:
            await bot.send_message(1000 + number, text=text, parse_mode="HTML", reply_markup=keyboard)

    begin = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(LANES)))
    seconds = time.perf_counter() - begin
    await bot.shutdown()
    return seconds


def make_due() -> Due:
    text = "Chỉ số sản xuất công nghiệp toàn tỉnh tăng 8,2% so với cùng kỳ năm trước."
    title = "Chỉ số giá tiêu dùng tháng 7 tăng 0,3% so với tháng trước"
    url = "https://thongke.example.vn/tin/1.html"
    news = outbox.News(1, title, text, url, utcnow(), "Chi cục Thống kê", "", 1, "Kinh tế")
    return Due(1, 1, "telegram", "1000", "", ChatKind.PRIVATE, "vi", utcnow(), 1, "", None, {}, news)


async def measure_owing(urls: dict[str, str], chats: int) -> None:
    for name, url in urls.items():
        async with open_database(url) as database:
            seconds = await owe(database, await add_chats(database, chats))
            print(f"owe    {name:10} {chats} chats in {seconds:.2f} s", flush=True)


async def measure_sending(urls: dict[str, str], chats: int) -> None:
    with run_server() as api_url:
        await send_bare(api_url, 500)
        for name, url in urls.items():
            bares, rounds = [], []
            async with open_database(url) as database, open_channel(api_url, UNLIMITED) as channel:
                article_id = await add_chats(database, chats)
                for _ in range(ROUNDS):
                    bares.append(await send_bare(api_url, chats))
                    await owe(database, article_id)
                    cpu = time.process_time()
                    seconds = await deliver(database, channel)
                    rounds.append((seconds, time.process_time() - cpu))
                    article_id = await add_article(database, article_id)
            bare, (seconds, cpu) = min(bares), min(rounds)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"send   {name:10} {chats} chats: {chats / seconds:.0f}/s, bare loop {chats / bare:.0f}/s, "
                f"{bare / seconds:.2f} of it; {1000 * cpu / chats:.2f} ms of processor each, {memory:.0f} MB",
                flush=True,
            )


async def measure_pace(urls: dict[str, str], chats: int) -> None:
    for name, url in urls.items():
        async with FakeTelegram() as fake, open_database(url) as database:
            for number in range(chats):
                fake.person(1000 + number, f"Người {number}", known=True)
            async with open_channel(fake.url, 30) as channel:
                await owe(database, await add_chats(database, chats))
                seconds = await deliver(database, channel)
            refused = sum(n for (_, status), n in fake.requests.items() if status == 429)
            rate = chats / seconds
            print(f"pace   {name:10} {chats} chats: {rate:.2f}/s, {rate / 30:.1%} of 30/s, {refused} answers 429")


async def measure_memory(urls: dict[str, str], debts: int) -> None:
    """A process of its own sends some of them, so that nothing else is counted."""
    chats = 10_000
    with run_server() as api_url:
        for name, url in urls.items():
            async with open_database(url) as database:
                article_id = await add_chats(database, chats)
                await owe(database, article_id)
                few = send_apart(url, api_url)
                for _ in range(debts // chats - 1):
                    await owe(database, await add_article(database, article_id))
            many = send_apart(url, api_url)
            print(
                f"memory {name:10} {few:.0f} MB with {chats} debts, {many:.0f} MB with {debts}: {many / few:.2f}",
                flush=True,
            )


async def add_article(database: Database, like: int) -> int:
    async with database.write() as session:
        source_id = (await session.get_one(Article, like)).source_id
        return (await make.article(session, source_id=source_id)).id


def send_apart(url: str, api_url: str) -> float:
    """The most megabytes that sending took."""
    run = subprocess.run([sys.executable, __file__, "some", url, api_url], stdout=subprocess.PIPE, check=True)
    return float(run.stdout)


async def send_some(url: str, api_url: str) -> None:
    """For five seconds."""
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(5, stop.set)
    async with open_channel(api_url, UNLIMITED) as channel, open_database(url) as database:
        await Courier(database, channel, render, lanes=LANES, now=utcnow, stop=stop).deliver()
    print(get_peak())


def get_peak() -> float:
    """The most megabytes of this process since its program began: `ru_maxrss` begins with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@asynccontextmanager
async def open_channel(api_url: str, rate: int) -> AsyncIterator[TelegramChannel]:
    bot = connect(TelegramSettings(token=SecretStr(TOKEN), api_url=api_url))
    await bot.initialize()
    yield TelegramChannel(bot, rate)
    await bot.shutdown()


@contextmanager
def run_server() -> Iterator[str]:
    """A Bot API that takes everything, in a process of its own."""
    server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE)
    assert server.stdout is not None
    server.stdout.readline()
    try:
        yield f"http://127.0.0.1:{PORT}"
    finally:
        server.terminate()
        server.wait()


async def serve() -> None:
    me = {"id": 7000000001, "is_bot": True, "first_name": "Loa", "username": "loa_test_bot"}
    flags = dict.fromkeys(("can_join_groups", "can_read_all_group_messages", "supports_inline_queries"), True)
    chat = {"id": 1, "type": "private", "first_name": "A"}
    said = {"ok": True, "result": {"message_id": 1, "date": 1786000000, "chat": chat, "text": "tin"}}
    answers = {
        "getMe": json.dumps({"ok": True, "result": me | flags}).encode(),
        "sendMessage": json.dumps(said).encode(),
    }

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=answers[request.match_info["method"]], content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT, backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


MEASURES = {
    "owe": (measure_owing, 100_000),
    "send": (measure_sending, 10_000),
    "pace": (measure_pace, 900),
    "memory": (measure_memory, 1_000_000),
}

if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    if asked == "serve":
        asyncio.run(serve())
    if asked == "some":
        spare_collector()
        asyncio.run(send_some(*sys.argv[2:]))
    spare_collector()
    for kind, (measure, default) in MEASURES.items():
        if asked in ("", kind):
            number = int(sys.argv[2]) if len(sys.argv) > 2 else default
            print(f"load {os.getloadavg()[0]:.1f}", flush=True)
            with open_grounds() as urls:
                asyncio.run(measure(urls, number))
