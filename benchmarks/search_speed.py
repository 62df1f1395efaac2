"""Measures the index at a size: time to build and to catch up, size, memory, time to answer; beside SQLite FTS5.

An article is the title of a real one and eight sentences of any real ones, so that its words are as frequent as they
are in the language. loa is asked through the function that the chat calls, with the rows and snippets of a page; FTS5
in SQL, for any of the words, and only for the numbers of the best ten. Beside each figure stands how fast the machine
was just then: its load of the last minute, and how long feedparser took for a feed of 20 items, which is 6.5 ms where
the figures that loa is to reach were set. Run it as: python -m benchmarks.search_speed 10000 100000; with --alone FTS5
is left out.
"""

import asyncio
import gzip
import json
import os
import random
import re
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.polling import measure_feedparser
from db import migrate, search
from db.engine import Database
from db.index import SearchIndex
from db.index_writer import Writer
from db.indexing import build, index_some
from db.models import Question
from db.search import Archive
from db.text import fold

DATA = Path(__file__).parents[2] / "shared" / "data" / "search_news5k.json.gz"
NOW = datetime(2026, 8, 6, tzinfo=UTC)
SENTENCES = 8
ASKED = 400
#: FTS5 takes seconds for an answer at a million articles.
ASKED_OF_FTS5 = 40
BURST = 1_000

Row = tuple[str, str]


def main() -> None:
    if not DATA.exists():
        print("The texts are not there: nothing to measure.")
        return
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        data = json.load(file)
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    for size in sizes or [10_000]:
        with tempfile.TemporaryDirectory() as folder:
            queries = asyncio.run(measure(data, size, Path(folder)))
            if "--alone" not in sys.argv:
                measure_fts5(Path(folder) / "loa.db", queries[:ASKED_OF_FTS5])


async def measure(data: dict[str, list[list[str]]], size: int, folder: Path) -> list[str]:
    """The queries that were asked."""
    database = Database(f"sqlite:///{folder / 'loa.db'}")
    await migrate.upgrade(database)
    chance = random.Random(size)
    add_articles(folder / "loa.db", make_articles(data["docs"], size, chance))
    writer = Writer(SearchIndex(folder / "index"))
    start, spent = time.perf_counter(), time.process_time()
    async for _ in build(database, writer):
        pass
    print(
        f"{size:,} articles: built in {time.perf_counter() - start:.1f} s "
        f"with {time.process_time() - spent:.1f} s of the processors, {get_size(folder / 'index'):,.0f} MB, "
        f"resident at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB, {render_minute()}",
        flush=True,
    )
    queries = make_queries([title for _, title, _ in data["docs"]], chance)
    await ask(database, writer.index, queries[:20])
    await measure_answers("at once", database, writer.index, queries)
    wait_until_idle()
    await measure_answers("once what was built is merged", database, writer.index, queries)
    add_articles(folder / "loa.db", make_articles(data["docs"], BURST, chance))
    start = time.perf_counter()
    while await index_some(database, writer):
        pass
    print(f"  {BURST:,} more caught up with in {time.perf_counter() - start:.2f} s", flush=True)
    writer.close()
    await database.close()
    return queries


async def measure_answers(when: str, database: Database, index: SearchIndex, queries: Sequence[str]) -> None:
    spent = time.process_time()
    times = await ask(database, index, queries)
    each = 1000 * (time.process_time() - spent) / len(times)
    print(f"  answers {when}: {render(times)} with {each:.1f} ms of the processors each, {render_minute()}", flush=True)


def wait_until_idle() -> None:
    """Until no thread of this process has had work for three seconds; tantivy merges segments in threads of its own."""
    quiet = 0
    while quiet < 3:
        spent = time.process_time()
        time.sleep(1)
        quiet = quiet + 1 if time.process_time() - spent < 0.05 else 0


def make_articles(docs: Sequence[Sequence[str]], size: int, chance: random.Random) -> Iterator[Row]:
    titles = [title for _, title, _ in docs]
    sentences = [sentence for _, _, body in docs for sentence in re.split(r"(?<=[.!?])\s+", body) if len(sentence) > 20]
    for _ in range(size):
        yield chance.choice(titles), " ".join(chance.choices(sentences, k=SENTENCES))


def add_articles(path: Path, articles: Iterator[Row]) -> None:
    """Past the road, which would take hours; triggers note the changes all the same."""
    with sqlite3.connect(path) as database:
        when = f"{NOW:%Y-%m-%d %H:%M:%S.%f}"
        database.execute(
            "INSERT OR IGNORE INTO topics (id, name, slug, created_at) VALUES (1, 'Tin', 'tin', ?)", [when]
        )
        database.execute(
            "INSERT OR IGNORE INTO sources (id, url, host, topic_id, state, next_poll_at, created_at)"
            " VALUES (1, 'https://a.example', 'a.example', 1, 'active', ?, ?)",
            [when, when],
        )
        database.executemany(
            "INSERT INTO articles (source_id, url, host, title, text, state, due_at, published_at, found_at)"
            " VALUES (1, 'https://a.example/1', 'a.example', ?, ?, 'ready', ?, ?, ?)",
            ((title, text, when, get_date(number), when) for number, (title, text) in enumerate(articles)),
        )
    database.close()


def get_date(number: int) -> str:
    """Any minute of the last five years."""
    return f"{NOW - timedelta(minutes=number * 7919 % 2_628_000):%Y-%m-%d %H:%M:%S.%f}"


def make_queries(titles: Sequence[str], chance: random.Random) -> list[str]:
    """Whole titles, a few words of them, without marks, with a month, a phrase, an abbreviation, a slip."""
    queries = []
    for number in range(ASKED):
        words = chance.choice(titles).split()
        some = words[:3]
        kinds = (
            words,
            [fold(word) for word in words],
            chance.sample(words, min(3, len(words))),
            [fold(word) for word in some],
            [*some, "tháng 7 năm 2023"],
            [f'"{" ".join(words[:2])}"', *words[2:5]],
            ["UBND", *some],
            [*some[:2], some[-1] + "x"],
        )
        queries.append(" ".join(kinds[number % len(kinds)]))
    return queries


async def ask(database: Database, index: SearchIndex, queries: Sequence[str]) -> list[float]:
    """Seconds that the chat's own function takes, with rows and snippets of a page."""
    archive = Archive(database, index)
    times = []
    for words in queries:
        start = time.perf_counter()
        question = Question(words=words, newest_article_id=2**31 - 1, asked_at=NOW)
        await search.find(archive, question, offset=0, limit=10)
        times.append(time.perf_counter() - start)
    return times


def measure_fts5(path: Path, queries: Sequence[str]) -> None:
    with sqlite3.connect(path) as database:
        start, before = time.perf_counter(), path.stat().st_size
        tokens = "tokenize = 'unicode61 remove_diacritics 2'"
        database.execute(
            f"CREATE VIRTUAL TABLE docs USING fts5 (title, text, content = 'articles', content_rowid = 'id', {tokens})"
        )
        database.execute("INSERT INTO docs (docs) VALUES ('rebuild')")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        built = time.perf_counter() - start
        times = []
        for words in queries:
            start = time.perf_counter()
            text = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", words))
            database.execute("SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT 10", [text]).fetchall()
            times.append(time.perf_counter() - start)
    print(
        f"  fts5: built in {built:.1f} s, {(path.stat().st_size - before) / 1e6:,.0f} MB, answers: {render(times)}, "
        f"{render_minute()}",
        flush=True,
    )


def render_minute() -> str:
    return f"load {os.getloadavg()[0]:.1f}, feedparser {1000 / measure_feedparser():.1f} ms a feed"


def render(times: Sequence[float]) -> str:
    parts = statistics.quantiles(times, n=100)
    return ", ".join(f"p{part} {1000 * parts[part - 1]:.1f} ms" for part in (50, 95, 99))


def get_size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


if __name__ == "__main__":
    main()
