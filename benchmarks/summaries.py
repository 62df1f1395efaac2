"""Measures the summaries of loa beside its peers', by ROUGE on real newspaper articles with their editors' leads.

Half of the articles (by a hash of their id) may be used for training; the figures are those of the other half.
Run: python -m benchmarks.summaries
"""

import gzip
import hashlib
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.peers import Chooser, choose_by_hand, choose_lead, make_lexrank
from feeds.summarisers import summarise
from feeds.types import Story

DATA = Path(__file__).parents[2] / "shared" / "data" / "summaries_news1000.jsonl.gz"
_WORD = re.compile(r"\w+")
_BEFORE_MARK = re.compile(r"\s+([.,;:!?%)\]”’…])")
_AFTER_MARK = re.compile(r"([(\[“‘])\s+")

Teller = Callable[[list[str], str], str]
Scores = tuple[float, float, float]


class Sample(NamedTuple):
    id: str
    title: str
    abstract: str
    sentences: list[str]


class Measured(NamedTuple):
    rouge: list[Scores]
    repeated: float
    speed: float

    def __str__(self) -> str:
        figures = "/".join(f"{100 * sum(one) / len(self.rouge):.1f}" for one in zip(*self.rouge, strict=True))
        return f"{figures}  {100 * self.repeated:3.0f} %  {self.speed:9,.0f}/s"


def main() -> None:
    if not DATA.exists():
        print(f"{DATA.name} is not there: nothing to measure.")
        return
    development, unseen = halve(list(read_samples(DATA)))
    for name, samples in (("development", development), ("unseen", unseen)):
        print(f"{len(samples)} {name} articles: ROUGE-1/2/L, title bigrams said again, articles a second of CPU")
        measured = {name: measure(samples, teller) for name, teller in TELLERS.items()}
        for teller, one in measured.items():
            print(f"  {teller:8} {one}")
        print(f"  loa - by hand, 95 % of 2,000 paired resamples: {compare(measured['loa'], measured['by hand'])}")


def read_samples(path: Path) -> Iterator[Sample]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            sentences = [_undo(sentence) for sentence in row["sents"]]
            yield Sample(str(row["id"]), _undo(row["title"]), _undo(row["abstract"]), sentences)


def halve(samples: list[Sample]) -> tuple[list[Sample], list[Sample]]:
    """For development and unseen; the same halves on every machine."""
    ordered = sorted(samples, key=lambda sample: hashlib.sha256(sample.id.encode()).digest())
    middle = len(ordered) // 2
    return ordered[:middle], ordered[middle:]


def measure(samples: list[Sample], teller: Teller) -> Measured:
    start = time.process_time()
    told = [teller(sample.sentences, sample.title) for sample in samples]
    speed = len(samples) / (time.process_time() - start + 1e-9)
    scores, repeated = [], 0.0
    for sample, text in zip(samples, told, strict=True):
        shown = tokenise(text)
        scores.append(rouge(shown, tokenise(sample.abstract)))
        repeated += share_said_again(shown, tokenise(sample.title))
    return Measured(scores, repeated / len(samples), speed)


def compare(ours: Measured, theirs: Measured) -> str:
    """The middle 95 % of the difference, each article drawn with both of its scores."""
    differences = [
        [100 * (a - b) for a, b in zip(*pair, strict=True)] for pair in zip(ours.rouge, theirs.rouge, strict=True)
    ]
    random = Random(20261121)
    means = [
        [
            sum(column) / len(differences)
            for column in zip(*random.choices(differences, k=len(differences)), strict=True)
        ]
        for _ in range(2_000)
    ]
    edges = [sorted(column) for column in zip(*means, strict=True)]
    return ", ".join(f"{column[50]:+.1f} to {column[1949]:+.1f}" for column in edges)


def share_said_again(shown: list[str], title: list[str]) -> float:
    wanted = set(pairwise(title))
    return len(wanted & set(pairwise(shown))) / len(wanted) if wanted else 0.0


def rouge(shown: list[str], target: list[str]) -> Scores:
    common = [_common_ngrams(shown, target, size) for size in (1, 2)]
    return (
        _f1(common[0], len(shown), len(target)),
        _f1(common[1], len(shown) - 1, len(target) - 1),
        _f1(_longest_common(shown, target), len(shown), len(target)),
    )


def tokenise(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _undo(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("_", " "))
    return _AFTER_MARK.sub(r"\1", _BEFORE_MARK.sub(r"\1", text))


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


def tell(sentences: list[str], title: str) -> str:
    """What loa would push of an article that has no lead of its own: these have been parted from theirs."""
    return summarise(Story(title, paragraphs=tuple(sentences))).text


def _tell_chosen(choose: Chooser) -> Teller:
    return lambda sentences, title: " ".join(sentences[index] for index in choose(sentences, title))


TELLERS: dict[str, Teller] = {"lead-2": _tell_chosen(choose_lead), "by hand": _tell_chosen(choose_by_hand), "loa": tell}
if _lexrank := make_lexrank():
    TELLERS["LexRank"] = _tell_chosen(_lexrank)

if __name__ == "__main__":
    main()
