"""Summarises a story by its best sentences, by position and likeness to the title; never changes a word."""

from math import inf, sqrt

from db.text import bigrams, syllables
from feeds.summarisers.fit import fit, trim_end_mark
from feeds.summarisers.sentences import split_sentences
from feeds.types import CELL_BREAK, Story, Summary

_FUNCTION_WORDS = frozenset(
    syllables(
        "và của là các những có được cho trong với đã đang sẽ không khi để từ tại ở này đó một về theo trên "
        "vào ra do bị cũng như thì mà nhiều đến"
    )
)
_SHORT, _LONG = 8, 60


def summarise(story: Story, *, sentences: int, limit: int) -> Summary | None:
    """The best sentences in the text's order, as many as fit whole; a single one is cut if it is too long."""
    prose = (text for text in story.paragraphs if CELL_BREAK not in text)
    found = list(dict.fromkeys(split_sentences(trim_end_mark("\n".join(prose)))))
    text = ""
    for count in range(min(sentences, len(found)), 0, -1):
        text = " ".join(found[index] for index in choose(found, story.title, count))
        if len(text) <= limit:
            break
    return Summary(fit(text, limit), "extractive") if text else None


def choose(sentences: list[str], title: str, count: int) -> list[int]:
    """The indexes of the best sentences, in the text's order; likeness to those chosen before counts against."""
    heading = syllables(title)
    spoken = [syllables(sentence) for sentence in sentences]
    words = [_content(one) for one in spoken]
    scores = [
        0.25 / (1 + place) + 0.5 * _likeness(spoken[place], heading) - _faults(sentence, len(spoken[place]))
        for place, sentence in enumerate(sentences)
    ]
    chosen: list[int] = []
    for _ in range(min(count, len(sentences))):
        best = max(range(len(sentences)), key=scores.__getitem__)
        chosen.append(best)
        scores = [score - 0.3 * _cosine(one, words[best]) for score, one in zip(scores, words, strict=True)]
        scores[best] = -inf
    return sorted(chosen)


def _likeness(spoken: list[str], heading: list[str]) -> float:
    pairs, wanted = set(bigrams(spoken)), set(bigrams(heading))
    share = len(pairs & wanted) / len(wanted) if wanted else 0.0
    return _cosine(_content(spoken), _content(heading)) + 0.5 * share


def _faults(sentence: str, length: int) -> float:
    return 1.0 * (length < _SHORT) + 0.3 * (length > _LONG) + 1.0 * sentence.endswith((":", "?"))


def _content(spoken: list[str]) -> frozenset[str]:
    return frozenset(spoken) - _FUNCTION_WORDS


def _cosine(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / sqrt(len(first) * len(second)) if first and second else 0.0
