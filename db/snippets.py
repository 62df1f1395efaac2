"""Cuts from an article the piece that shows best why it was found, and marks the words in it. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from db.text import fold

#: About how many letters a snippet has.
LENGTH = 120
#: How many letters before its first marked word a snippet may begin.
_LEAD_IN = 40

_BORDER = re.compile(r"\s+|$")
_SENTENCE_END = re.compile(r"[.!?…:;]\s+|\n\s*")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text as it is written there, from `start`; `marks` are the places of words in the piece."""

    text: str
    start: int = 0
    marks: tuple[tuple[int, int], ...] = ()


def make_snippet(text: str, words: Collection[str], length: int = LENGTH) -> Snippet:
    """The piece of NFC text with the most of the folded words, cut at word borders; its beginning if it has none."""
    folded = fold(text)
    hits = _find(folded, words)
    first = _choose(hits, folded, length)
    start = _begin(text, hits[first][0]) if hits else _skip_spaces(text, 0)
    end = _finish(text, start, length)
    marks = tuple((left - start, right - start) for left, right in hits if start <= left and right <= end)
    return Snippet(text[start:end], start, marks)


def _find(folded: str, words: Collection[str]) -> list[tuple[int, int]]:
    return [match.span() for match in _make_pattern(frozenset(words)).finditer(folded)] if words else []


@lru_cache(maxsize=64)
def _make_pattern(words: frozenset[str]) -> re.Pattern[str]:
    """Any of the words as a whole; the engine passes over the others faster than Python could."""
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(words)))})(?![^\W_])")


def _choose(hits: list[tuple[int, int]], folded: str, length: int) -> int:
    """The hit with which the piece begins that has the most words, those in a row counting twice."""
    best, chosen = 0, 0
    for first, (start, _) in enumerate(hits):
        words, neighbours, last = set(), set(), None
        for left, right in hits[first:]:
            if right > start + length - _LEAD_IN:
                break
            word = folded[left:right]
            words.add(word)
            if last is not None and left - last[0] == 1:
                neighbours.add((last[1], word))
            last = (right, word)
        if len(words) + len(neighbours) > best:
            best, chosen = len(words) + len(neighbours), first
    return chosen


def _begin(text: str, hit: int) -> int:
    """A sentence's beginning a little before the hit, or else a word's."""
    earliest = max(0, hit - _LEAD_IN)
    ends = list(_SENTENCE_END.finditer(text, earliest, hit))
    if ends:
        return ends[-1].end()
    if earliest == 0:
        return _skip_spaces(text, 0)
    border = _BORDER.search(text, earliest)
    return border.end() if border and border.end() <= hit else hit


def _skip_spaces(text: str, start: int) -> int:
    return len(text) - len(text[start:].lstrip())


def _finish(text: str, start: int, length: int) -> int:
    """The last word's end that is not too far; in a word without end, a plain cut."""
    if len(text) <= start + length:
        return start + len(text[start:].rstrip())
    ends = [match.start() for match in _BORDER.finditer(text, start, start + length + 1)]
    ends = [end for end in ends if start < end <= start + length]
    return ends[-1] if ends else start + length
