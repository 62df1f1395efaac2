"""Polls 500 feeds of 20 items on a loopback server with loa's own steps and with `reader`: first time and unchanged.

Each host has one request at a time, so each feed has a loopback address of its own. The server and each peer are
processes of their own; `reader` and `sgmllib3k` come with the extra `bench`.

The clock starts when all is loaded, loa's reading processes too, which stand for years in `loa run`. Both peers run
with the garbage collector spared, as `loa run` does it.
"""

import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from feeds.workers import Workers

FEEDS = 500
ITEMS = 20
PORT = 8098
WORKERS = 10
#: How often what is unchanged is polled: once would be over in half a second.
ROUNDS = 4
NOW = datetime.now(UTC)
_Answer = TypeVar("_Answer")
_ITEM = """<item><title>Chỉ số giá tiêu dùng kỳ {n} của huyện số {feed} tăng 0,{n}% so với tháng trước</title>
<link>{url}/tin/{n}.html</link><guid isPermaLink="true">{url}/tin/{n}.html</guid><pubDate>{date}</pubDate>
<description><![CDATA[<p><img src="{url}/anh/{n}.jpg" alt="">Theo số liệu <b>tổng hợp</b>, riêng tháng {n}/2026,
giá nhóm hàng ăn và dịch vụ ăn uống tăng 0,{n}% &amp; giá gạo tẻ thường giảm nhẹ.</p>]]></description>
<category>Giá cả</category><author>cuc@thongke.example.vn (Cục Thống kê)</author></item>"""


class Speed(NamedTuple):
    """Feeds a second by the clock on the wall, and the processors' milliseconds for a feed, which no load spoils."""

    wall: float
    cpu: float


class Result(NamedTuple):
    """The first time and unchanged, articles that were stored, and the peak of memory in MB."""

    first: Speed
    unchanged: Speed
    articles: int
    memory: float


def get_url(feed: int) -> str:
    return f"http://127.0.{1 + feed // 250}.{1 + feed % 250}:{PORT}"


def make_feed(feed: int) -> str:
    url = get_url(feed)
    dates = [format_datetime(NOW - timedelta(hours=n)) for n in range(ITEMS)]
    items = "".join(_ITEM.format(n=n, feed=feed, url=url, date=dates[n]) for n in range(ITEMS))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Huyện số {feed}</title><link>{url}</link><description>Tin</description>{items}</channel></rss>"
    )


def main() -> None:
    with run_server():
        floor = json.loads(run_peer("feedparser"))
        print(f"feedparser alone: {1000 / floor:.1f} ms a feed, {floor:.0f} feeds/s on one core")
        rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
        best: dict[str, Result] = {}
        for name in ("reader", "loa") * rounds:
            first, unchanged, *rest = json.loads(run_peer(name))
            result = Result(Speed(*first), Speed(*unchanged), *rest)
            best[name] = choose_best(best.get(name, result), result)
            print(render(name, result), flush=True)
    compare(best["loa"], best["reader"], floor)


def choose_best(one: Result, other: Result) -> Result:
    """Of each part."""
    return Result(*map(max, one, other))


def compare(ours: Result, theirs: Result, floor: float) -> None:
    walls = ours.first.wall / theirs.first.wall, ours.unchanged.wall / theirs.unchanged.wall
    cpus = theirs.first.cpu / ours.first.cpu, theirs.unchanged.cpu / ours.unchanged.cpu
    print(f"the best of each: {walls[0]:.1f} times the first time, {walls[1]:.1f} times unchanged;", end=" ")
    print(f"by the processors' time {cpus[0]:.1f} and {cpus[1]:.1f} times;", end=" ")
    print(f"{ours.first.wall / floor:.2f} of the floor of one core, {1000 / ours.first.cpu / floor:.2f} by that time")


def render(name: str, result: Result) -> str:
    return (
        f"{name:8} first {result.first.wall:5.0f} feeds/s, {result.first.cpu:5.1f} ms   "
        f"unchanged {result.unchanged.wall:5.0f} feeds/s, {result.unchanged.cpu:5.2f} ms   "
        f"{result.articles} articles   {result.memory:5.0f} MB"
    )


@contextmanager
def run_server() -> Iterator[None]:
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE)
    assert server.stdout is not None
    server.stdout.readline()
    try:
        yield
    finally:
        server.terminate()
        server.wait()


def run_peer(name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", __file__, "--peer", name, folder]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


async def serve() -> None:
    from aiohttp import web

    bodies = {get_url(feed).removeprefix("http://"): make_feed(feed).encode() for feed in range(FEEDS)}

    async def answer(request: web.Request) -> web.Response:
        etag = f'"{request.host}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(
            body=bodies[request.host], headers={"Content-Type": "application/rss+xml; charset=utf-8", "ETag": etag}
        )

    app = web.Application()
    app.router.add_get("/rss.xml", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", PORT).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


def get_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def ask_each(workers: "Workers | None", question: Callable[[], _Answer]) -> list[_Answer]:
    """What each reading process answers; they start when they are first asked."""
    from feeds.workers import count_workers

    return await asyncio.gather(*(workers.run(question) for _ in range(count_workers()))) if workers else []


async def get_workers_memory(workers: "Workers | None") -> float:
    """Their peaks; what the system tells of a process that ended is its parent's."""
    told = await ask_each(workers, partial(Path.read_text, Path("/proc/self/status")))
    return sum(int(status.split("VmHWM:")[1].split()[0]) / 1024 for status in told)


def spare_collector() -> None:
    """As `bot.run` does it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def measure_feedparser(_: Path | None = None) -> float:
    """Feeds a second: parsing alone, with feedparser's own settings, against the clock of this process."""
    import io

    import feedparser

    bodies = [make_feed(feed).encode() for feed in range(100)]
    start = time.process_time()
    for body in bodies:
        feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/xml; charset=utf-8"})
    return len(bodies) / (time.process_time() - start)


def measure_reader(folder: Path) -> Result:
    from reader import make_reader

    reader = make_reader(str(folder / "reader.db"))
    for feed in range(FEEDS):
        reader.add_feed(f"{get_url(feed)}/rss.xml")
    spare_collector()
    speeds = []
    for rounds in (1, ROUNDS):
        start = time.perf_counter(), time.process_time()
        for _ in range(rounds):
            reader.update_feeds(workers=WORKERS, scheduled=False)
        speeds.append(get_speed(*start, rounds=rounds))
    return Result(*speeds, reader.get_entry_counts().total, get_memory())


def measure_loa(folder: Path) -> Result:
    return asyncio.run(_measure_loa(folder))


async def _measure_loa(folder: Path) -> Result:
    from ipaddress import ip_network

    from sqlalchemy import func, select

    from db import following, migrate, polling
    from db.engine import Database
    from db.models import Article
    from feeds.client import create_client
    from feeds.fetch import Fetcher
    from feeds.poll import Poller, PollRules
    from feeds.workers import count_workers, open_workers

    database = Database(f"sqlite:///{folder / 'loa.db'}")
    await migrate.upgrade(database)
    async with database.write() as session:
        topic = await following.get_or_add_topic(session, "Tin chung", NOW)
        for feed in range(FEEDS):
            url = get_url(feed)
            host = url.removeprefix("http://").split(":")[0]
            await polling.add_source(session, url=f"{url}/rss.xml", host=host, name="", topic_id=topic.id, now=NOW)
    rules = PollRules(min_interval=900.0, max_interval=7200.0)
    speeds = []
    networks = [ip_network("127.0.0.0/8")]
    async with create_client(networks) as client, open_workers(count_workers()) as workers:
        spare_collector()
        day = NOW
        poller = Poller(database, Fetcher(client), rules, lambda: day, workers)
        for rounds in (1, ROUNDS):
            used = sum(await ask_each(workers, time.process_time))
            start = time.perf_counter(), time.process_time() + used
            for _ in range(rounds):
                await run(poller.poll_one)
                day += timedelta(days=1)
            speeds.append(get_speed(*start, sum(await ask_each(workers, time.process_time)), rounds=rounds))
        memory = await get_workers_memory(workers)
    async with database.read() as session:
        articles = await session.scalar(select(func.count()).select_from(Article)) or 0
    await database.close()
    return Result(*speeds, articles, get_memory() + memory)


def get_speed(wall: float, cpu: float, elsewhere: float = 0.0, *, rounds: int) -> Speed:
    """Since then. `elsewhere` is the time, in seconds, that processes of its own used."""
    polls = rounds * FEEDS
    return Speed(polls / (time.perf_counter() - wall), 1000 * (time.process_time() + elsewhere - cpu) / polls)


async def run(poll: Callable[[], Awaitable[bool]]) -> None:
    """All feeds once, by as many loops as the settings run by default."""

    async def loop() -> int:
        count = 0
        while await poll():
            count += 1
        return count

    done = sum(await asyncio.gather(*(loop() for _ in range(WORKERS))))
    assert done == FEEDS, done


PEERS: dict[str, Callable[[Path], object]] = {
    "feedparser": measure_feedparser,
    "reader": measure_reader,
    "loa": measure_loa,
}

if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    match sys.argv[1:]:
        case ["--serve"]:
            asyncio.run(serve())
        case ["--peer", name, folder]:
            print(json.dumps(PEERS[name](Path(folder))))
        case _:
            main()
