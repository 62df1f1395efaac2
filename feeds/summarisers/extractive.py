"""Summarises a story by its best sentences, weighed by what editors chose to say; never changes a word."""

import json
from functools import cache
from importlib.resources import files
from operator import mul

from feeds.summarisers.features import Features, Spoken, cosine, describe, hear
from feeds.summarisers.fit import fit, trim_end_mark
from feeds.summarisers.lead import LEAST_SYLLABLES
from feeds.summarisers.sentences import split_sentences
from feeds.types import Story, Summary

#: Editors' leads have 34 syllables: a second sentence joins when both together have at most this many.
_ENOUGH = 45
_ALIKE = 0.6
_UNTOLD = 100.0


@cache
def load_weights() -> tuple[float, ...]:
    """As benchmarks/train_summaries.py learned them, in the order of `Features`."""
    text = (files("feeds.summarisers") / "weights.json").read_text("utf-8")
    return tuple(Features(**json.loads(text)))


def summarise(story: Story, *, sentences: int, limit: int) -> Summary | None:
    """The best sentences in the text's order, as many as fit whole; a single one is cut if it is too long."""
    found = list(dict.fromkeys(split_sentences(trim_end_mark("\n".join(story.paragraphs)))))
    text = ""
    for count in range(min(sentences, len(found)), 0, -1):
        text = " ".join(found[index] for index in choose(found, story.title, count))
        if len(text) <= limit:
            break
    return Summary(fit(text, limit), "extractive") if text else None


def choose(sentences: list[str], title: str, count: int) -> list[int]:
    """The indexes of at most `count` sentences, in the text's order: the best one, and others while it stays short."""
    spoken = [hear(sentence) for sentence in sentences]
    scores = score(sentences, title, spoken)
    ordered = sorted(range(len(sentences)), key=scores.__getitem__, reverse=True)
    chosen = ordered[: min(count, 1)]
    for index in ordered[1:]:
        if len(chosen) >= count:
            break
        if tells(sentences[index], spoken[index].length) and _adds(spoken[index], [spoken[i] for i in chosen]):
            chosen.append(index)
    return sorted(chosen)


def score(sentences: list[str], title: str, spoken: list[Spoken]) -> list[float]:
    """How much each sentence would please the reader of the title; only differences mean something."""
    weights = load_weights()
    return [
        sum(map(mul, weights, features)) - _UNTOLD * (not tells(sentence, one.length))
        for features, sentence, one in zip(describe(sentences, spoken, hear(title)), sentences, spoken, strict=True)
    ]


def tells(sentence: str, length: int) -> bool:
    """Whether it can stand alone: no heading, no question, no stump."""
    return length >= LEAST_SYLLABLES and not sentence.endswith((":", "?"))


def _adds(one: Spoken, chosen: list[Spoken]) -> bool:
    """Whether it leaves the whole short enough, and is not told by those chosen before."""
    is_short = one.length + sum(other.length for other in chosen) <= _ENOUGH
    return is_short and all(cosine(one.content, other.content) <= _ALIKE for other in chosen)
