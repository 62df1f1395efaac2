"""Measures the extractive scorer against the first two sentences, by ROUGE on real newspaper articles."""

import gzip
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from feeds.summarisers.extractive import choose

DATA = Path(__file__).parents[2] / "shared" / "data" / "summaries_news1000.jsonl.gz"
_WORD = re.compile(r"\w+")

Chooser = Callable[[list[str], str], list[int]]


class Sample(NamedTuple):
    title: str
    abstract: str
    sentences: list[str]


def main() -> None:
    if not DATA.exists():
        print(f"{DATA.name} is not there: nothing to measure.")
        return
    samples = list(read_samples(DATA))
    print(f"{len(samples)} articles; ROUGE-1/2/L, articles a second")
    for name, chooser in CHOOSERS.items():
        print(f"{name:8} {measure(samples, chooser)}")


def read_samples(path: Path) -> Iterator[Sample]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Sample(_undo(row["title"]), _undo(row["abstract"]), [_undo(s) for s in row["sents"]])


def _undo(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("_", " "))


def measure(samples: list[Sample], chooser: Chooser) -> str:
    start = time.perf_counter()
    chosen = [chooser(sample.sentences, sample.title) for sample in samples]
    speed = len(samples) / (time.perf_counter() - start)
    totals = [0.0, 0.0, 0.0]
    for sample, indexes in zip(samples, chosen, strict=True):
        shown = _tokens(" ".join(sample.sentences[index] for index in indexes))
        for place, score in enumerate(rouge(shown, _tokens(sample.abstract))):
            totals[place] += score
    figures = "/".join(f"{100 * total / len(samples):.1f}" for total in totals)
    return f"{figures}  {speed:,.0f}/s"


def rouge(shown: list[str], target: list[str]) -> tuple[float, float, float]:
    common = [_common_ngrams(shown, target, size) for size in (1, 2)]
    return (
        _f1(common[0], len(shown), len(target)),
        _f1(common[1], len(shown) - 1, len(target) - 1),
        _f1(_longest_common(shown, target), len(shown), len(target)),
    )


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _common_ngrams(first: list[str], second: list[str], size: int) -> int:
    counts = [Counter(zip(*(words[i:] for i in range(size)), strict=False)) for words in (first, second)]
    return (counts[0] & counts[1]).total()


def _longest_common(first: list[str], second: list[str]) -> int:
    row = [0] * (len(second) + 1)
    for word in first:
        previous = row
        row = [0]
        for column, other in enumerate(second):
            row.append(previous[column] + 1 if word == other else max(previous[column + 1], row[-1]))
    return row[-1]


def _f1(common: int, first: int, second: int) -> float:
    return 2 * common / (first + second) if common else 0.0


CHOOSERS: dict[str, Chooser] = {
    "lead-2": lambda sentences, title: list(range(min(2, len(sentences)))),
    "scorer": lambda sentences, title: choose(sentences, title, 2),
}

if __name__ == "__main__":
    main()
