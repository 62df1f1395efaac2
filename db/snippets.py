"""Cuts from an article the piece that shows best why it was found, and marks the words in it. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from db.passages import Hit, find_hits

#: About how many letters a snippet has.
LENGTH = 120
#: How many letters before its first marked word a snippet may begin.
_LEAD_IN = 40

_BORDER = re.compile(r"\s+|$")
_LAST_END = re.compile(r"(.*\S)\s", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?…:;]\s+|\n\s*")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text as it is written there, from `start`; `marks` are the places of words in the piece."""

    text: str
    start: int = 0
    marks: tuple[tuple[int, int], ...] = ()


def make_snippet(text: str, words: Collection[str], length: int = LENGTH) -> Snippet:
    """The piece of NFC text with the most of the folded words, cut at word borders; its beginning if it has none."""
    return cut_snippet(text, find_hits(text, words), length)


def cut_snippet(text: str, hits: Sequence[Hit], length: int = LENGTH) -> Snippet:
    """The same, of a text in which the words were found already."""
    start = _begin(text, hits[_choose(hits, length)].start) if hits else _skip_spaces(text, 0)
    end = _finish(text, start, length)
    marks = tuple((hit.start - start, hit.end - start) for hit in hits if start <= hit.start and hit.end <= end)
    return Snippet(text[start:end], start, marks)


def _choose(hits: Sequence[Hit], length: int) -> int:
    """The hit with which the piece begins that has the most words, those in a row counting twice."""
    best, chosen = 0, 0
    for first, (start, _, _) in enumerate(hits):
        words, neighbours, last = set(), set(), None
        for hit in hits[first:]:
            if hit.end > start + length - _LEAD_IN:
                break
            words.add(hit.word)
            if last is not None and hit.start - last.end == 1:
                neighbours.add((last.word, hit.word))
            last = hit
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
    border = _LAST_END.match(text, start, start + length + 1)
    return border.end(1) if border else start + length
