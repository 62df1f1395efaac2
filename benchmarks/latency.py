"""How long news takes: from an item's appearance in its feed to the last of 100 chats, with a source polled every 10 s.

`loa run` as a process of its own, on SQLite, against the strict Bot API of the tests: 30 messages a second.
`latency.py [ARTICLES]`; they appear at random moments, 12 to 24 s apart.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.demo.archive import load_articles
from bot.demo.newsroom import Newsroom
from db import following, migrate
from db.engine import Database
from tests import make
from tests.bot_api import FakeTelegram
from tests.processes import LoaProcess

CHATS = 100
OPENING = 3
FIRST_CHAT = 1000


def utcnow() -> datetime:
    return datetime.now(UTC)


async def add_chats(url: str) -> None:
    database = Database(url)
    await migrate.upgrade(database)
    async with database.write() as session:
        topic = await following.get_or_add_topic(session, "Thống kê", utcnow())
        for number in range(CHATS):
            await make.chat(session, address=str(FIRST_CHAT + number), follows=(topic.id,))
    await database.close()


async def measure(articles: int, folder: Path) -> list[float]:
    """Seconds, one for each article."""
    url = f"sqlite:///{folder}/loa.db"
    await add_chats(url)
    chance, seconds = random.Random(7), []
    async with FakeTelegram() as fake, Newsroom(load_articles(), now=utcnow, opening=OPENING) as newsroom:
        for number in range(CHATS):
            fake.person(FIRST_CHAT + number, f"Người {number}", known=True)
        settings = {"database": url, "token": fake.token, "api_url": fake.url, "feed": newsroom.feed_url}
        async with LoaProcess(folder, **settings, every="10s", at_least="10s"):
            await asyncio.sleep(20)
            for _ in range(articles):
                begin = time.monotonic()
                (post,) = newsroom.publish()
                told = await wait_for_all(fake, newsroom.url + post.path)
                seconds.append(told - begin)
                print(f"  {seconds[-1]:.1f} s", flush=True)
                await asyncio.sleep(max(0.0, chance.uniform(12, 24) - seconds[-1]))
    return seconds


async def wait_for_all(fake: FakeTelegram, address: str) -> float:
    """When the last chat was told of it, by the monotonic clock."""

    def list_told() -> list[float]:
        return [sent.time for sent in fake.sent if address in sent.links.values()]

    await fake.wait_for(lambda: len(list_told()) >= CHATS, 120)
    return max(list_told())


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    print(f"load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        taken = sorted(asyncio.run(measure(number, Path(folder))))
    print(f"p50 {statistics.median(taken):.1f} s, p99 {taken[-(len(taken) // 100) - 1]:.1f} s, of {len(taken)}")
