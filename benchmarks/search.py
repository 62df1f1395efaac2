"""Measures what search finds, in four ways of typing, on real texts: R@1, R@10, MRR@10, beside SQLite FTS5.

Weights were tuned on the half of the queries called A; B is the other half. Each figure is: all (A, B).
"""

import gzip
import hashlib
import json
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from db.aliases import BUILT_IN, Aliases, make_pair
from db.changes import Cursor
from db.index import Reader, SearchIndex, State
from db.index_writer import Entry, Writer
from db.matching import READ, Moment, match, put_in_order
from db.passages import find_hits, rate
from db.query import parse
from db.text import fold, nfc

DATA = Path(__file__).parents[2] / "shared" / "data"
NOW = datetime(2026, 8, 6, tzinfo=UTC)
ALIASES = Aliases(make_pair(*pair) for pair in BUILT_IN)
DEPTH = 10
BEST = f"SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, 2.0, 1.0) LIMIT {DEPTH}"

_OLD = ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"]
_NEW = ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"]
_PLACES = dict(zip([*_OLD, *_NEW], [*_NEW, *_OLD], strict=True))
_WORD = re.compile(r"[^\W_]+")


class Task(NamedTuple):
    """A set of queries; the titles are looked for in an index that has none."""

    name: str
    file: str
    queries: str
    has_titles: bool


TASKS = (
    Task("titles", "search_news5k", "title_no_title_field", False),
    Task("key words", "search_news5k", "keywords3", True),
    Task("websnip", "search_websnip", "question", True),
    Task("xquad", "search_xquad", "question", True),
)

#: Finds the places of the best documents for a query.
Find = Callable[[str], Sequence[int]]


def strip(text: str) -> str:
    return fold(nfc(text))


def strip_half(text: str) -> str:
    number = count()
    return _WORD.sub(lambda word: fold(word[0]) if next(number) % 2 else word[0], nfc(text))


def replace_tones(text: str) -> str:
    return _WORD.sub(lambda word: _replace_tone(word[0]), nfc(text))


def _replace_tone(word: str) -> str:
    is_open = word[-2:] in _PLACES and not word.lower().startswith("qu")
    return word[:-2] + _PLACES[word[-2:]] if is_open else word


FORMS: dict[str, Callable[[str], str]] = {
    "typed": nfc,
    "stripped": strip,
    "half": strip_half,
    "tones": replace_tones,
}


def main() -> None:
    if not DATA.exists():
        print("The texts are not there: nothing to measure.")
        return
    print("R@1, R@10, MRR@10 in %: all (A, B); A is the half on which the weights were tuned")
    with tempfile.TemporaryDirectory() as folder:
        for task in TASKS:
            measure(task, Path(folder) / task.name)


def measure(task: Task, folder: Path) -> None:
    with gzip.open(DATA / f"{task.file}.json.gz", "rt", encoding="utf-8") as file:
        data = json.load(file)
    docs = [(title if task.has_titles else "", body) for _, title, body in data["docs"]]
    places = {name: place for place, (name, *_) in enumerate(data["docs"])}
    queries = [
        (name, text, {places[found] for found in wanted}) for name, text, wanted in data["queries"][task.queries]
    ]
    engines = {"loa": index(docs, folder)} | ({} if "--alone" in sys.argv else {"fts5": index_fts5(docs)})
    for engine, find in engines.items():
        for form, spoil in FORMS.items():
            ranks = [(name, rank(find(spoil(text)), wanted)) for name, text, wanted in queries]
            print(f"{task.name:10} {engine:5} {form:9} {render(ranks)}", flush=True)


def rank(found: Sequence[int], wanted: set[int]) -> int:
    """The place of the first right answer, 0 if it is not among them."""
    return next((number for number, place in enumerate(found[:DEPTH], 1) if place in wanted), 0)


def render(ranks: list[tuple[str, int]]) -> str:
    halves = [
        [rank for name, rank in ranks if hashlib.sha256(name.encode()).digest()[0] % 2 == half] for half in (0, 1)
    ]
    everything = [rank for _, rank in ranks]
    figures = zip(*(get_figures(part) for part in (everything, *halves)), strict=True)
    return "   ".join(f"{whole:5.1f} ({a:5.1f}, {b:5.1f})" for whole, a, b in figures)


def get_half(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0] % 2


def get_figures(ranks: list[int]) -> tuple[float, float, float]:
    found = [rank for rank in ranks if rank]
    totals = (sum(rank == 1 for rank in found), len(found), sum(1 / rank for rank in found))
    return tuple(100 * total / len(ranks) for total in totals)  # type: ignore[return-value]


def index(docs: Sequence[tuple[str, str]], folder: Path) -> Find:
    """The index and the function that the chat asks."""
    search_index = SearchIndex(folder)
    writer = Writer(search_index)
    writer.claim()
    writer.add(Entry(place + 1, [1], title, body, NOW) for place, (title, body) in enumerate(docs))
    writer.commit(State(Cursor(0), built_to=None))
    writer.close()
    reader = search_index.get_reader()
    assert reader
    pages = [(nfc(title), nfc(body)) for title, body in docs]
    return lambda text: ask(reader, pages, text)


def ask(reader: Reader, pages: Sequence[tuple[str, str]], text: str) -> list[int]:
    moment = Moment(NOW, newest_id=sys.maxsize, zone=UTC)
    matches = match(reader, parse(text, NOW.date()), ALIASES, moment, lambda ids: {one: pages[one - 1] for one in ids})
    added = {}
    for article_id in matches.article_ids[:READ]:
        title, body = pages[article_id - 1]
        added[article_id] = rate(title, body, find_hits(body, matches.marked), matches.sought)
    return [article_id - 1 for article_id in put_in_order(matches, added, moment)]


def index_fts5(docs: Sequence[tuple[str, str]]) -> Find:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE docs USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 2')")
    database.executemany(
        "INSERT INTO docs (rowid, title, body) VALUES (?, ?, ?)", ((n, *doc) for n, doc in enumerate(docs))
    )

    def find(text: str) -> list[int]:
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(text))
        rows = database.execute(
            f"SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, 2.0, 1.0) LIMIT {DEPTH}", [words]
        )
        return [place for (place,) in rows]

    return find


if __name__ == "__main__":
    main()
