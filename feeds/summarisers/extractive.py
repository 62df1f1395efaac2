"""Chooses the best sentences of a story, weighed by what editors chose to say; never changes a word."""

import json
import re
from functools import cache
from importlib.resources import files
from operator import mul

from feeds.summarisers.features import Features, Spoken, cosine, describe, hear
from feeds.summarisers.lead import LEAST_SYLLABLES

#: Editors' leads have 34 syllables: a second sentence joins when both together have at most this many.
_ENOUGH = 45
_ALIKE = 0.6
_MOST_OF_TITLE = 0.5
_LEANING = re.compile(
    r"(?:theo đó|tuy nhiên|ngoài ra|bên cạnh|đồng thời|trong đó|cụ thể|qua đó|từ đó|do đó|vì vậy|nhưng|và|còn|cũng|"
    r"đặc biệt|trước đó|sau đó|khi đó|trong khi đó|mặt khác|đây|anh|chị|cô|họ|nó|\w+ (?:\w+ )?(?:này|đó|ấy|trên))\b",
    re.IGNORECASE,
)


@cache
def load_weights() -> tuple[float, ...]:
    """As benchmarks/train_summaries.py learned them, in the order of `Features`."""
    text = (files("feeds.summarisers") / "weights.json").read_text("utf-8")
    return tuple(Features(**json.loads(text)))


def choose(sentences: list[str], title: str, count: int) -> list[int]:
    """The indexes of at most `count` sentences, in the text's order: the best one, and others while it stays short."""
    spoken = [hear(sentence) for sentence in sentences]
    heading = hear(title)
    scores = score(sentences, spoken, heading)
    worth = [_is_worth_telling(*one, heading) for one in zip(sentences, spoken, strict=True)]
    ordered = sorted(range(len(sentences)), key=lambda index: (worth[index], scores[index]), reverse=True)
    chosen = ordered[: min(count, 1)]
    for index in ordered[1:]:
        if len(chosen) >= count or not worth[index]:
            break
        is_clear = not leans(sentences[index]) or index - 1 in chosen
        if is_clear and _adds(spoken[index], [spoken[i] for i in chosen]):
            chosen.append(index)
    return sorted(chosen)


def score(sentences: list[str], spoken: list[Spoken], heading: Spoken) -> list[float]:
    """How much each sentence would please the reader of the title; only differences mean something."""
    weights = load_weights()
    return [sum(map(mul, weights, features)) for features in describe(sentences, spoken, heading)]


def tells(sentence: str, length: int) -> bool:
    """Whether it can stand alone: no heading, no question, no stump."""
    return length >= LEAST_SYLLABLES and not sentence.endswith((":", "?"))


def leans(sentence: str) -> bool:
    """Whether it begins with what only the sentence before it explains."""
    return _LEANING.match(sentence) is not None


def _is_worth_telling(sentence: str, one: Spoken, heading: Spoken) -> bool:
    """Whether it can stand alone and is not mostly the title again."""
    return tells(sentence, one.length) and len(one.pairs & heading.pairs) <= _MOST_OF_TITLE * len(one.pairs)


def _adds(one: Spoken, chosen: list[Spoken]) -> bool:
    """Whether it leaves the whole short enough, and is not told by those chosen before."""
    is_short = one.length + sum(other.length for other in chosen) <= _ENOUGH
    return is_short and all(cosine(one.content, other.content) <= _ALIKE for other in chosen)
