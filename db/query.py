"""Reads what somebody typed to search: words, phrases, dates, places, document numbers. Pure; it refuses nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.periods import Period, find_period
from db.text import find_document_numbers, find_words, fold, nfc, syllables

#: More words than this say no more about what is meant, and cost more.
MAX_WORDS = 32

_PHRASE = re.compile(r'["“”„«»](.+?)["“”„«»]', re.DOTALL)
_PLACE = re.compile(r"(?<!\w)(?P<kind>nguon|source|chu de|topic)\s*:\s*")
_LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Known:
    """The names that `nguồn:` and `chủ đề:` may be followed by, with the sources that each means."""

    sources: Mapping[str, frozenset[int]]
    topics: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `words` are as typed, those of phrases and of loose dates among them.

    `source_ids` are the only sources wanted; None when any will do. `unknown_place` is what followed `nguồn:` or
    `chủ đề:` and is no name of either; its words are looked for like others.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    period: Period | None = None
    source_ids: frozenset[int] | None = None
    unknown_place: str = ""

    @property
    def is_listing(self) -> bool:
        """Whether only a time or a place was named: the newest of it are wanted."""
        return not self.words and (self.period is not None or self.source_ids is not None)

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.is_listing


NOTHING_KNOWN = Known({}, {})


def names_a_place(text: str) -> bool:
    """Whether `parse` needs to be told the names of sources and topics."""
    return _PLACE.search(fold(nfc(text))) is not None


def parse(text: str, today: date, known: Known = NOTHING_KNOWN) -> Query:
    """The query that a text means; whatever is no date, name or phrase is words."""
    rest, source_ids, unknown_place = _take_places(nfc(text), known)
    phrases = tuple(phrase for match in _PHRASE.finditer(rest) if (phrase := tuple(syllables(match[1]))))
    found = find_period(_PHRASE.sub(lambda match: " " * len(match[0]), rest), today)
    if found and (found.period.is_strict or not _has_words(rest[: found.start] + " " + rest[found.end :])):
        rest = f"{rest[: found.start]} {rest[found.end :]}"
    words = tuple(dict.fromkeys(match[0] for match in find_words(rest)))[:MAX_WORDS]
    numbers = tuple(find_document_numbers(rest))
    return Query(words, phrases, numbers, found.period if found else None, source_ids, unknown_place)


def _has_words(text: str) -> bool:
    return next(find_words(text), None) is not None


def _take_places(text: str, known: Known) -> tuple[str, frozenset[int] | None, str]:
    """The text without its `nguồn:` and `chủ đề:`, and the sources they mean; an unknown name stays as words."""
    chosen: frozenset[int] | None = None
    unknown = ""
    for match in reversed(list(_PLACE.finditer(fold(text)))):
        names = known.topics if match["kind"] in ("chu de", "topic") else known.sources
        length, ids = _read_name(text[match.end() :], names)
        if ids:
            text = f"{text[: match.start()]} {text[match.end() + length :]}"
            chosen = ids if chosen is None else chosen & ids
        else:
            unknown = text[match.end() :].strip()
    return text, chosen, unknown


def _read_name(text: str, names: Mapping[str, frozenset[int]]) -> tuple[int, frozenset[int]]:
    """How much of the text's beginning is part of a name, at the longest, and the sources of that name."""
    ends = [match.end() for match, _ in zip(find_words(text), range(_LONGEST_NAME), strict=False)]
    for end in reversed(ends):
        part = f" {' '.join(syllables(text[:end]))} "
        ids = frozenset[int]().union(*(ids for name, ids in names.items() if part in f" {' '.join(syllables(name))} "))
        if ids:
            return end + (text[end : end + 1] in ('"', "”", ",", ";")), ids
    return 0, frozenset()
