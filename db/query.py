"""Reads what somebody typed to search: words, phrases, dates, places, document numbers. Pure; it refuses nothing."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import NamedTuple

from db.periods import Period, find_period
from db.text import find_document_numbers, find_words, fold, key_word, nfc, syllables

#: More words than this say no more about what is meant, and cost more.
MAX_WORDS = 32

_PHRASE = re.compile(r'["“”„«»](.+?)["“”„«»]', re.DOTALL)
_PLACE = re.compile(r"(?<!\w)(?P<kind>nguon|source|chu de|topic)\s*:\s*")
_LONGEST_NAME = 12
#: How like a name has to be to what was typed, to be taken for it, and to be asked about.
_SAME, _ALIKE = 0.85, 0.6


@dataclass(frozen=True, slots=True)
class Known:
    """The names that `nguồn:` and `chủ đề:` may be followed by, with the sources that each means."""

    sources: Mapping[str, frozenset[int]]
    topics: Mapping[str, frozenset[int]]


class UnknownPlace(NamedTuple):
    """What followed `nguồn:` or `chủ đề:` and is no name of either, and the name most like it; empty if none is."""

    name: str
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, and the NFC `text` as it was typed.

    `words` are as they stand in it, those of phrases and of times that news writes so among them; `timed` are the
    folded ones that name such a time alone. A phrase is made of keys, as `key_word` makes them. `source_ids` are the
    only sources wanted; None when any will do. The words of an `unknown_place` are looked for like others.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    period: Period | None = None
    source_ids: frozenset[int] | None = None
    timed: frozenset[str] = frozenset()
    unknown_place: UnknownPlace | None = None

    @property
    def is_listing(self) -> bool:
        """Whether only a time or a place was named: the newest of it are wanted."""
        return not self.words and (self.period is not None or self.source_ids is not None)

    @property
    def may_be_text(self) -> bool:
        """Whether it is a listing of a time that news may write so itself, such as `quý III/2026`."""
        has_figures = any(letter.isdigit() for letter in self.text)
        return self.is_listing and self.period is not None and not self.period.is_strict and has_figures

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.is_listing


NOTHING_KNOWN = Known({}, {})


def names_a_place(text: str) -> bool:
    """Whether `parse` needs to be told the names of sources and topics."""
    return _PLACE.search(fold(nfc(text))) is not None


def parse(text: str, today: date, known: Known = NOTHING_KNOWN, *, is_timed: bool = True) -> Query:
    """The query that a text means; whatever is no date, name or phrase is words. Without `is_timed` dates are words."""
    text = nfc(text)
    rest, source_ids, unknown_place = _take_places(text, known)
    phrases = tuple(phrase for match in _PHRASE.finditer(rest) if (phrase := _read_keys(match[1])))
    found = find_period(_blank_phrases(rest), today) if is_timed else None
    timed: frozenset[str] = frozenset()
    if found:
        outside = f"{rest[: found.start]} {rest[found.end :]}"
        timed = frozenset(syllables(rest[found.start : found.end])).difference(syllables(outside))
        if found.period.is_strict or not syllables(outside):
            rest, timed = outside, frozenset()
    words = tuple(dict.fromkeys(match[0] for match in find_words(rest)))[:MAX_WORDS]
    numbers = tuple(find_document_numbers(rest))
    period = found.period if found else None
    return Query(text, words, phrases, numbers, period, source_ids, timed, unknown_place)


def leave_out_time(text: str, today: date) -> str:
    """NFC text without its date; empty if it has none."""
    found = find_period(_blank_phrases(text), today)
    return " ".join(f"{text[: found.start]} {text[found.end :]}".split()) if found else ""


def replace_words(text: str, others: Mapping[str, str]) -> str:
    """NFC text with other words in the place of some, which are given as they are typed."""
    end = 0
    parts = []
    for match in find_words(text):
        parts += [text[end : match.start()], others.get(match[0], match[0])]
        end = match.end()
    return "".join(parts) + text[end:]


def _read_keys(text: str) -> tuple[str, ...]:
    return tuple(key_word(match[0]) for match in find_words(text))


def _blank_phrases(text: str) -> str:
    return _PHRASE.sub(lambda match: " " * len(match[0]), text)


def _take_places(text: str, known: Known) -> tuple[str, frozenset[int] | None, UnknownPlace | None]:
    """The text without its `nguồn:` and `chủ đề:`, and the sources they mean; an unknown name stays as words."""
    chosen: frozenset[int] | None = None
    unknown = None
    for match in reversed(list(_PLACE.finditer(fold(text)))):
        names = known.topics if match["kind"] in ("chu de", "topic") else known.sources
        typed = text[match.end() :]
        length, meant = _read_name(typed, names)
        if meant:
            text = f"{text[: match.start()]} {typed[length:]}"
            ids = frozenset[int]().union(*(names[name] for name in meant))
            chosen = ids if chosen is None else chosen & ids
        else:
            unknown = UnknownPlace(typed.strip(), _find_nearest(typed, names, _ALIKE))
    return text, chosen, unknown


def _read_name(text: str, names: Collection[str]) -> tuple[int, Sequence[str]]:
    """How much of the text's beginning is a name or part of one, at the longest, and all names that it may be."""
    ends = [match.end() for match, _ in zip(find_words(text), range(_LONGEST_NAME), strict=False)]
    words, meant = _read_part([syllables(text[:end]) for end in ends], names)
    nearest = _find_nearest(text, names, _SAME)
    if words < len(syllables(nearest)) <= len(ends):
        words, meant = len(syllables(nearest)), [nearest]
    end = ends[words - 1] if meant else 0
    return end + (text[end : end + 1] in ('"', "”", ",", ";")), meant


def _read_part(beginnings: Sequence[Sequence[str]], names: Iterable[str]) -> tuple[int, Sequence[str]]:
    """How many words of the longest beginning that stands in names, and which names."""
    folded = {name: f" {' '.join(syllables(name))} " for name in names}
    for number in range(len(beginnings), 0, -1):
        part = f" {' '.join(beginnings[number - 1])} "
        if meant := [name for name, words in folded.items() if part in words]:
            return number, meant
    return 0, []


def _find_nearest(text: str, names: Iterable[str], least: float) -> str:
    """The name most like the text's beginning, of as many words as it has itself; empty if none is like enough."""
    typed = syllables(text)

    def rate(name: str) -> float:
        folded = syllables(name)
        return SequenceMatcher(None, " ".join(folded), " ".join(typed[: len(folded)])).ratio()

    nearest = max(names, key=rate, default="")
    return nearest if nearest and rate(nearest) >= least else ""
