"""Describes the sentences of a story by figures that a scorer weighs; never says which are good."""

import re
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
_SAID = re.compile(r"cho (?:biết|hay)", re.IGNORECASE)
_FUNCTION_WORDS = frozenset(
    _WORD.findall(
        "và của là các những có được cho trong với đã đang sẽ không khi để từ tại ở này đó một về theo trên "
        "vào ra do bị cũng như thì mà nhiều đến"
    )
)


class Features(NamedTuple):
    """One sentence among those of its story; lengths are in syllables, likeness is to the title."""

    place_inverse: float
    place_first: float
    place_share: float
    place_last: float
    title_cosine: float
    title_recall: float
    title_pairs: float
    pairs_in_title: float
    title_cosine_early: float
    length_log: float
    length_under_8: float
    length_under_16: float
    length_under_24: float
    length_over_32: float
    length_over_45: float
    length_over_60: float
    pairs_repeated: float
    says: float
    ends_in_stop: float


class Spoken(NamedTuple):
    """A sentence as the scorer hears it: exact syllables in lower case, told apart by their marks."""

    length: int
    content: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def hear(text: str) -> Spoken:
    words = _WORD.findall(text.lower())
    return Spoken(len(words), frozenset(words) - _FUNCTION_WORDS, frozenset(pairwise(words)))


def describe(sentences: list[str], spoken: list[Spoken], heading: Spoken) -> list[Features]:
    """The features of each sentence, in order; `spoken` holds the same sentences as heard."""
    count = len(sentences)
    seen: set[tuple[str, str]] = set()
    again: set[tuple[str, str]] = set()
    for one in spoken:
        again |= one.pairs & seen
        seen |= one.pairs
    return [
        Features._make(
            (
                *_place(place, count),
                *_likeness(one, heading, place),
                *_length(one.length),
                len(one.pairs & again) / (len(one.pairs) or 1),
                *_manner(sentence),
            )
        )
        for place, (sentence, one) in enumerate(zip(sentences, spoken, strict=True))
    ]


def cosine(first: frozenset[str], second: frozenset[str]) -> float:
    """How alike two sets of syllables are; 0 when one is empty."""
    return len(first & second) / sqrt(len(first) * len(second)) if first and second else 0.0


def _place(place: int, count: int) -> tuple[float, ...]:
    return 1 / (1 + place), float(place == 0), place / count, float(place >= count - 3)


def _likeness(one: Spoken, heading: Spoken, place: int) -> tuple[float, ...]:
    near = cosine(one.content, heading.content)
    shared = len(one.pairs & heading.pairs)
    recall = len(one.content & heading.content) / (len(heading.content) or 1)
    return near, recall, shared / (len(heading.pairs) or 1), shared / (len(one.pairs) or 1), near / (1 + place)


def _length(length: int) -> tuple[float, ...]:
    under = (float(length < 8), max(0, 16 - length) / 16, max(0, 24 - length) / 24)
    return log(1 + length), *under, max(0, length - 32) / 32, max(0, length - 45) / 45, max(0, length - 60) / 60


def _manner(sentence: str) -> tuple[float, ...]:
    return _SAID.search(sentence) is not None, sentence.endswith(".")
