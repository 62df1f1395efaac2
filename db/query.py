"""Reads what somebody typed to search: words, phrases, dates, places, document numbers. Pure; it refuses nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import NamedTuple, Self

from db.periods import FoundPeriod, Period, find_period
from db.text import find_document_numbers, find_words, fold, key_word, nfc, syllables

#: More words than this say no more about what is meant, and cost more.
MAX_WORDS = 32

_PHRASE = re.compile(r'["“”„«»](.+?)["“”„«»]', re.DOTALL)
_PLACE = re.compile(r"(?<!\w)(?P<kind>nguon|source|chu de|topic)\s*:\s*")
_FROM = re.compile(r"(?:ke )?(?:tu|from)\b")
_LONGEST_NAME = 12
#: No more letters of it are compared.
_LONGEST_TYPED = 100
#: So many of them are read in one query; others are words.
_MOST_PLACES = 3
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
    only sources wanted; None when any will do; `places` are the names that a part of one was taken for. The words of an
    `unknown_place` are looked for like others.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    period: Period | None = None
    source_ids: frozenset[int] | None = None
    timed: frozenset[str] = frozenset()
    unknown_place: UnknownPlace | None = None
    places: tuple[str, ...] = ()

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


class _Place(NamedTuple):
    """What `nguồn:` and `chủ đề:` mean: some sources, guessed by a part of their names, or nothing known."""

    source_ids: frozenset[int] | None = None
    guessed: tuple[str, ...] = ()
    unknown: UnknownPlace | None = None

    def join(self, other: Self) -> Self:
        """Within both."""
        both = [ids for ids in (self.source_ids, other.source_ids) if ids is not None]
        ids = frozenset.intersection(*both) if both else None
        return self._replace(
            source_ids=ids, guessed=other.guessed + self.guessed, unknown=other.unknown or self.unknown
        )


NOTHING_KNOWN = Known({}, {})


def names_a_place(text: str) -> bool:
    """Whether `parse` needs to be told the names of sources and topics."""
    return _PLACE.search(fold(nfc(text))) is not None


def parse(text: str, today: date, known: Known = NOTHING_KNOWN, *, is_timed: bool = True) -> Query:
    """The query that a text means; whatever is no date, name or phrase is words. Without `is_timed` dates are words."""
    text = nfc(text)
    rest, place = _take_places(text, known)
    phrases = tuple(phrase for match in _PHRASE.finditer(rest) if (phrase := _read_keys(match[1])))
    found = find_period(_blank_phrases(rest), today) if is_timed else None
    timed: frozenset[str] = frozenset()
    period = None
    if found:
        outside = f"{rest[: found.start]} {rest[found.end :]}"
        timed = frozenset(syllables(rest[found.start : found.end])).difference(syllables(outside))
        period = _weigh_bounds(found, rest) if syllables(outside) else found.period
        if period.is_strict or not syllables(outside):
            rest, timed = outside, frozenset()
    words = tuple(dict.fromkeys(match[0] for match in find_words(rest)))[:MAX_WORDS]
    numbers = tuple(find_document_numbers(rest))
    return Query(text, words, phrases, numbers, period, place.source_ids, timed, place.unknown, place.guessed)


def _weigh_bounds(found: FoundPeriod, text: str) -> Period:
    """Beside words a time is strict when it was told from where to where.

    One bound belongs to a headline as often: `Tăng lương cơ sở từ 1/7/2024` was published before.
    """
    has_both = _FROM.match(fold(text), found.start) and found.period.is_closed
    return found.period if has_both else replace(found.period, is_strict=False)


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


def _blank_phrases(text: str, sign: str = " ") -> str:
    return _PHRASE.sub(lambda match: sign * len(match[0]), text)


def _take_places(text: str, known: Known) -> tuple[str, _Place]:
    """The text without its `nguồn:` and `chủ đề:`, and what they mean; an unknown name stays as words."""
    place = _Place()
    for match in reversed(list(_PLACE.finditer(fold(_blank_phrases(text, '"'))))[:_MOST_PLACES]):
        typed = text[match.end() :]
        if syllables(typed):
            length, one = _read_place(typed, known.topics if match["kind"] in ("chu de", "topic") else known.sources)
            text, place = f"{text[: match.start()]} {typed[length:]}", place.join(one)
    return text, place


def _read_place(text: str, names: Mapping[str, frozenset[int]]) -> tuple[int, _Place]:
    """How much of the text's beginning is a name or part of one, at the longest, and what it means."""
    ends = [match.end() for match, _ in zip(find_words(text), range(_LONGEST_NAME), strict=False)]
    words, meant = _read_part([syllables(text[:end]) for end in ends], names)
    nearest = _find_nearest(text, names, _SAME)
    if words < len(syllables(nearest)) <= len(ends):
        words, meant = len(syllables(nearest)), [nearest]
    if not meant:
        return 0, _Place(unknown=UnknownPlace(text.strip(), _find_nearest(text, names, _ALIKE)))
    end = ends[words - 1]
    is_whole = any(len(syllables(name)) == words for name in meant)
    ids = frozenset[int]().union(*(names[name] for name in meant))
    return end + (text[end : end + 1] in ('"', "”", ",", ";")), _Place(ids, () if is_whole else tuple(meant))


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
    typed = syllables(text[:_LONGEST_TYPED])
    best, nearest = least, ""
    for name in names:
        folded = syllables(name)
        matcher = SequenceMatcher(None, " ".join(folded), " ".join(typed[: len(folded)]))
        if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best and (ratio := matcher.ratio()) >= best:
            best, nearest = ratio, name
    return nearest
