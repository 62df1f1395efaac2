"""Measures near-duplicates: precision and recall on made-up families, and the cost of an article beside 100,000."""

import asyncio
import gzip
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean, quantiles

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import insert

from bot.demo.archive import load_articles
from db import migrate, stories
from db.engine import Database
from db.models import Article, ArticleState, Source, StoryKey, Topic
from feeds.same import Fingerprint, are_same, fingerprint
from tests.families import Piece, can_have_twin, make_rewrite, make_twin

DATA = Path(__file__).parents[2] / "shared" / "data" / "search_news5k.json.gz"
STORED = 100_000
ASKED = 500
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def main() -> None:
    newsroom = [Piece(one.title, tuple(filter(None, (one.lead, *one.paragraphs)))) for one in load_articles()]
    print("each article against its rewrites (2 to 5 changes each) and, if it has three figures, as many twins of it")
    measure("newsroom, 20 articles", newsroom, rounds=100)
    if not DATA.exists():
        print(f"{DATA.name} is not there: the rest is not measured.")
        return
    real = list(read_real())
    measure("real news, tuned on", real[::5], rounds=2)
    measure("real news, unseen", [piece for number, piece in enumerate(real) if number % 5], rounds=1)
    asyncio.run(measure_cost(real))


def read_real() -> Iterator[Piece]:
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        for _, title, body in json.load(file)["docs"]:
            yield Piece(title, tuple(body.split("\n")))


def measure(name: str, pieces: list[Piece], *, rounds: int) -> None:
    rng = random.Random(20)
    counts: Counter[str] = Counter()
    for piece in pieces:
        own = fingerprint(piece.title, piece.text)
        for _ in range(rounds):
            counts["rewrites"] += 1
            counts["found"] += is_same(own, make_rewrite(piece, rng))
            if can_have_twin(piece):
                counts["twins"] += 1
                counts["wrong"] += is_same(own, make_twin(piece, rng))
    precision, recall = counts["found"] / (counts["found"] + counts["wrong"]), counts["found"] / counts["rewrites"]
    print(f"{name:28} precision {precision:.4f}  recall {recall:.4f}  ", end="")
    print(f"{counts['rewrites']} rewrites, {counts['twins']} twins, {counts['wrong']} of them taken for the same")


def is_same(own: Fingerprint, piece: Piece) -> bool:
    return are_same(own, fingerprint(piece.title, piece.text))


async def measure_cost(real: list[Piece]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loa.db"
        database = Database(f"sqlite:///{path}")
        await migrate.upgrade(database)
        marks = [fingerprint(piece.title, piece.text) for piece in real]
        await fill(database, marks)
        print(
            f"{STORED:,} stored articles within 14 days, {path.stat().st_size / 1e6:.0f} MB with indexes and keys;",
            end=" ",
        )
        print(f"a fingerprint takes {fmean(len(mark.to_bytes()) for mark in marks):.0f} bytes")
        await ask(database, real)
        await database.close()
    print(f"memory of this process at its peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


async def fill(database: Database, marks: list[Fingerprint]) -> None:
    """The real articles, and made-up ones of the same sizes with other runs."""
    rng = random.Random(5)
    async with database.write() as session:
        session.add(Topic(id=1, name="Tin", slug="tin", created_at=NOW))
        await session.flush()
        session.add(Source(id=1, url="http://a.vn/rss", host="a.vn", topic_id=1, next_poll_at=NOW, created_at=NOW))
        await session.flush()
        for start in range(0, STORED, 5000):
            rows = list(enumerate((vary(marks[n % len(marks)], n, rng) for n in range(start, start + 5000)), start + 1))
            await session.execute(insert(Article), [make_row(number, mark) for number, mark in rows])
            keys = [{"value": key, "article_id": number} for number, mark in rows for key in mark.keys]
            await session.execute(insert(StoryKey.__table__), keys)


def vary(mark: Fingerprint, number: int, rng: random.Random) -> Fingerprint:
    """The real ones as they are; of the others a tenth of the runs stays, as phrases do that everybody writes."""
    if number < 5000:
        return mark
    sketch = sorted({run if rng.random() < 0.1 else (run + rng.randint(0, 9**7)) % 2**32 for run in mark.sketch})
    return Fingerprint(mark.size, rng.getrandbits(32), tuple(sketch), mark.facts)


def make_row(number: int, mark: Fingerprint) -> dict[str, object]:
    stamp = NOW - timedelta(minutes=number % 20_000)
    return {
        "id": number,
        "source_id": 1,
        "url": f"http://a.vn/{number}",
        "host": "a.vn",
        "title": "Tin",
        "state": ArticleState.READY,
        "fingerprint": mark.to_bytes(),
        "due_at": NOW,
        "published_at": stamp,
        "found_at": NOW,
    }


async def ask(database: Database, real: list[Piece]) -> None:
    """The fingerprint, the look-up and the comparison for rewrites of stored articles."""
    rng = random.Random(3)
    prints, lookups, found, candidates = [], [], 0, 0
    for number in rng.sample(range(5000), ASKED):
        rewrite = make_rewrite(real[number], rng)
        start = time.perf_counter()
        mark = fingerprint(rewrite.title, rewrite.text)
        prints.append(time.perf_counter() - start)
        async with database.read() as session:
            likely = await stories.find_candidates(session, STORED, mark.keys)
            same = [one.id for one in likely if are_same(mark, Fingerprint.from_bytes(one.fingerprint))]
        lookups.append(time.perf_counter() - start - prints[-1])
        found += number + 1 in same
        candidates += len(likely)
    print(f"an article costs {1000 * fmean(prints):.2f} ms for its fingerprint and", end=" ")
    print(
        f"{1000 * fmean(lookups):.2f} ms (p95 {1000 * quantiles(lookups, n=20)[-1]:.2f}) to be looked up and compared",
        end=" ",
    )
    print(f"with {candidates / ASKED:.1f} candidates; {found / ASKED:.3f} of the rewrites were found")


if __name__ == "__main__":
    main()
