"""Measures the reading of articles on real news pages, beside trafilatura and readability-lxml in the same run."""

import gzip
import hashlib
import importlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from feeds.article import read_story
from feeds.charset import decode_page
from feeds.clean import plain_text
from feeds.errors import ArticleError

DATA = Path(__file__).parents[2] / "shared" / "data"
_TOKEN = re.compile(r"\w+")
_SIZE = 4  # tokens of a shingle

#: Takes a page and its address, returns the article's text.
Reader = Callable[[bytes, str], str]


class Sample(NamedTuple):
    name: str
    page: bytes
    url: str
    text: str


class Score(NamedTuple):
    precision: float
    recall: float
    f1: float


class Result(NamedTuple):
    scores: dict[str, Score]
    speed: float


def main() -> None:
    if not DATA.exists():
        print(f"{DATA.name} is not there: nothing to measure.")
        return
    samples = list(read_samples(DATA))
    results = {name: measure(samples, reader) for name, reader in make_readers().items()}
    print(
        f"{len(samples)} pages; F1 of the means, mean F1, precision, recall; F1 where tuned and unseen; pages a second"
    )
    for name, result in results.items():
        print(f"{name:16} {render(result)}")
    if "--worst" in sys.argv:
        show_worst(results["loa"])


def read_samples(folder: Path) -> Iterator[Sample]:
    with gzip.open(folder / "pages_ground_truth.json.gz", "rt", encoding="utf-8") as file:
        truth = json.load(file)
    for path in sorted((folder / "pages").glob("*.html.gz")):
        name = path.name.removesuffix(".html.gz")
        yield Sample(name, gzip.decompress(path.read_bytes()), truth[name]["url"], truth[name]["articleBody"])


def measure(samples: list[Sample], reader: Reader) -> Result:
    """Every page once to warm up, then once against the clock of this process."""
    texts = {sample.name: reader(sample.page, sample.url) for sample in samples}
    start = time.process_time()
    for sample in samples:
        reader(sample.page, sample.url)
    speed = len(samples) / (time.process_time() - start)
    return Result({sample.name: score(texts[sample.name], sample.text) for sample in samples}, speed)


def score(text: str, target: str) -> Score:
    found, wanted = shingles(text), shingles(target)
    common = (found & wanted).total()
    precision = common / found.total() if found else 0.0
    recall = common / wanted.total() if wanted else 0.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if common else 0.0)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    if 0 < len(tokens) < _SIZE:
        return Counter([tuple(tokens)])
    return Counter(zip(*(tokens[start:] for start in range(_SIZE)), strict=False))


def is_tuned_on(name: str) -> bool:
    """Whether the page is of the half that the rules were made by; the other half was only measured."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def render(result: Result) -> str:
    every = list(result.scores.values())
    tuned = [score for name, score in result.scores.items() if is_tuned_on(name)]
    unseen = [score for name, score in result.scores.items() if not is_tuned_on(name)]
    precision, recall, mean = (fmean(values) for values in zip(*every, strict=True))
    return (
        f"{usual(every):.4f} {mean:.4f} {precision:.4f} {recall:.4f}  "
        f"{usual(tuned):.4f} {usual(unseen):.4f}  {result.speed:6.1f}/s"
    )


def usual(scores: list[Score]) -> float:
    """F1 of mean precision and mean recall, as the score of these pages is usually given."""
    precision, recall = fmean(score.precision for score in scores), fmean(score.recall for score in scores)
    return 2 * precision * recall / (precision + recall)


def show_worst(result: Result, count: int = 20) -> None:
    for name, found in sorted(result.scores.items(), key=lambda item: item[1].f1)[:count]:
        half = "tuned on" if is_tuned_on(name) else "unseen"
        print(f"{name[:12]} {found.precision:.3f} {found.recall:.3f} {found.f1:.3f} {half}")


def make_readers() -> dict[str, Reader]:
    """loa, and those of its peers that are installed."""
    readers: dict[str, Reader] = {"loa": read_by_loa}
    with suppress(ImportError):
        readers["trafilatura"] = make_trafilatura()
    with suppress(ImportError):
        readers["readability-lxml"] = make_readability()
    return readers


def read_by_loa(page: bytes, url: str) -> str:
    try:
        return read_story(page, url).text
    except ArticleError:
        return ""


def make_trafilatura() -> Reader:
    extract = importlib.import_module("trafilatura").extract
    return lambda page, url: extract(page, url=url, favor_precision=True, include_comments=False) or ""


def make_readability() -> Reader:
    document = importlib.import_module("readability").Document
    return lambda page, _: plain_text(document(decode_page(page)).summary())


if __name__ == "__main__":
    main()
