"""Measures near-duplicates: precision and recall on made-up families, and the cost of an article beside 100,000.

Each figure stands twice: by fingerprints alone, which only say what to compare, and as loa decides, by the words too.
"""

import asyncio
import gzip
import json
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from statistics import fmean, quantiles

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import insert

from bot.demo.archive import load_articles
from db import migrate, stories
from db.engine import Database
from db.models import Article, ArticleState, Source, StoryKey, Topic
from feeds.retold import are_one_story, read_telling
from feeds.same import Fingerprint, fingerprint, may_be_same
from tests.families import Piece, can_have_twin, make_rewrite, make_twin
from tests.lookalikes import FOOTERS, LOOKALIKES, Draw

DATA = Path(__file__).parents[2] / "shared" / "data" / "search_news5k.json.gz"
STORED = 100_000
ASKED = 500
PAIRS = 500
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def main() -> None:
    newsroom = [Piece(one.title, tuple(filter(None, (one.lead, *one.paragraphs)))) for one in load_articles()]
    print("each article against its rewrites (2 to 5 changes each) and, if it has three figures, as many twins of it")
    measure("newsroom, 20 articles", newsroom, rounds=100)
    real = list(read_real()) if DATA.exists() else []
    if real:
        measure("real news, tuned on", real[::5], rounds=2)
        measure("real news, unseen", [piece for number, piece in enumerate(real) if number % 5], rounds=1)
    print(f"{PAIRS} pairs of different short articles of each kind, and the rewrites of one of each pair")
    for name, draw in LOOKALIKES.items():
        measure_lookalikes(name, draw)
    if not real:
        print(f"{DATA.name} is not there: the rest is not measured.")
        return
    measure_lookalikes("real teasers, made-up footers", lambda rng: draw_teasers(real, rng))
    measure_different(real)
    asyncio.run(measure_cost(real))


def read_real() -> Iterator[Piece]:
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        for _, title, body in json.load(file)["docs"]:
            yield Piece(title, tuple(body.split("\n")))


def measure(name: str, pieces: list[Piece], *, rounds: int) -> None:
    rng = random.Random(20)
    rewrites, twins = Verdicts(), Verdicts()
    for piece in pieces:
        for _ in range(rounds):
            rewrites.add(piece, make_rewrite(piece, rng))
            if can_have_twin(piece):
                twins.add(piece, make_twin(piece, rng))
    report(name, rewrites, twins)


def measure_lookalikes(name: str, draw: Draw) -> None:
    rng = random.Random(20)
    rewrites, lookalikes = Verdicts(), Verdicts()
    for _ in range(PAIRS):
        one, other = draw(rng)
        lookalikes.add(one, other)
        rewrites.add(one, make_rewrite(one, rng))
    report(name, rewrites, lookalikes)


def report(name: str, rewrites: "Verdicts", others: "Verdicts") -> None:
    print(f"{name:30}", end="")
    for what, found, wrong in (
        ("fingerprints", rewrites.alike, others.alike),
        ("decided", rewrites.same, others.same),
    ):
        precision = found / (found + wrong) if found + wrong else 1.0
        print(f" {what}: precision {precision:.4f} recall {found / rewrites.asked:.4f} wrong {wrong:4};", end="")
    print(f" {rewrites.asked} rewrites, {others.asked} others")


@dataclass
class Verdicts:
    """How many pairs were asked about, look alike by their fingerprints, and are taken for one story."""

    asked: int = 0
    alike: int = 0
    same: int = 0

    def add(self, one: Piece, other: Piece) -> None:
        self.asked += 1
        if may_be_same(fingerprint(one.title, one.text), fingerprint(other.title, other.text)):
            self.alike += 1
            self.same += are_told_the_same(one, other)


def are_told_the_same(one: Piece, other: Piece) -> bool:
    return are_one_story(read_telling(one.title, one.text), read_telling(other.title, other.text))


def draw_teasers(real: list[Piece], rng: random.Random) -> tuple[Piece, Piece]:
    """Two real articles as a feed has them, the first 30 words, with one footer."""
    footer = rng.choice(FOOTERS)
    one, other = (Piece(piece.title, (f"{cut(piece.text, 30)}… {footer}",)) for piece in rng.sample(real, 2))
    return one, other


def cut(text: str, words: int) -> str:
    return " ".join(text.split()[:words])


def measure_different(real: list[Piece]) -> None:
    """All real articles against each other: those that share a key."""
    marks = [fingerprint(piece.title, piece.text) for piece in real]
    holders = defaultdict(list)
    for number, mark in enumerate(marks):
        for key in mark.keys:
            holders[key].append(number)
    pairs = {pair for numbers in holders.values() for pair in combinations(numbers, 2)}
    alike = [(one, other) for one, other in pairs if may_be_same(marks[one], marks[other])]
    same = [pair for pair in alike if are_told_the_same(*(real[number] for number in pair))]
    print(f"of {len(pairs):,} pairs of real articles that share a key {len(alike)} look alike, {len(same)} are folded:")
    for one, other in same:
        print(f"    {real[one].title} = {real[other].title}")


async def measure_cost(real: list[Piece]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loa.db"
        database = Database(f"sqlite:///{path}")
        await migrate.upgrade(database)
        marks = [fingerprint(piece.title, piece.text) for piece in real]
        await fill(database, real, marks)
        print(
            f"{STORED:,} stored articles within 14 days, {path.stat().st_size / 1e6:.0f} MB with indexes and keys;",
            end=" ",
        )
        print(f"a fingerprint takes {fmean(len(mark.to_bytes()) for mark in marks):.0f} bytes")
        await ask(database, real)
        await database.close()
    print(f"memory of this process at its peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


async def fill(database: Database, real: list[Piece], marks: list[Fingerprint]) -> None:
    """The real articles, and made-up ones of the same sizes with other runs."""
    rng = random.Random(5)
    async with database.write() as session:
        session.add(Topic(id=1, name="Tin", slug="tin", created_at=NOW))
        await session.flush()
        session.add(Source(id=1, url="http://a.vn/rss", host="a.vn", topic_id=1, next_poll_at=NOW, created_at=NOW))
        await session.flush()
        for start in range(0, STORED, 5000):
            rows = list(enumerate((vary(marks[n % len(marks)], n, rng) for n in range(start, start + 5000)), start + 1))
            await session.execute(
                insert(Article), [make_row(number, mark, real[(number - 1) % len(real)]) for number, mark in rows]
            )
            keys = [{"value": key, "article_id": number} for number, mark in rows for key in mark.keys]
            await session.execute(insert(StoryKey.__table__), keys)


def vary(mark: Fingerprint, number: int, rng: random.Random) -> Fingerprint:
    """The real ones as they are; of the others a tenth of the runs stays, as phrases do that everybody writes."""
    if number < 5000:
        return mark
    sketch = sorted({run if rng.random() < 0.1 else (run + rng.randint(0, 9**7)) % 2**32 for run in mark.sketch})
    return Fingerprint(mark.size, rng.getrandbits(32), tuple(sketch), mark.facts)


def make_row(number: int, mark: Fingerprint, piece: Piece) -> dict[str, object]:
    stamp = NOW - timedelta(minutes=number % 20_000)
    return {
        "id": number,
        "source_id": 1,
        "url": f"http://a.vn/{number}",
        "host": "a.vn",
        "title": piece.title,
        "text": piece.text,
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
            found_by_keys = await stories.find_candidates(session, STORED, mark.keys)
            likely = [one.id for one in found_by_keys if may_be_same(mark, Fingerprint.from_bytes(one.fingerprint))]
            texts = await stories.get_texts(session, likely[:5])
        telling = read_telling(rewrite.title, rewrite.text)
        same = [one for one, text in texts.items() if are_one_story(telling, read_telling(*text))]
        lookups.append(time.perf_counter() - start - prints[-1])
        found += number + 1 in same
        candidates += len(found_by_keys)
    print(f"an article costs {1000 * fmean(prints):.2f} ms for its fingerprint and", end=" ")
    print(
        f"{1000 * fmean(lookups):.2f} ms (p95 {1000 * quantiles(lookups, n=20)[-1]:.2f}) to be looked up and compared",
        end=" ",
    )
    print(f"with {candidates / ASKED:.1f} candidates; {found / ASKED:.3f} of the rewrites were found")


if __name__ == "__main__":
    main()
