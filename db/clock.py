"""Times of day as people write them: `7:30`, `16h`, `20:00-07:00`, `từ 21h đến 6h30`. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import time

from db.text import fold, nfc

#: From the first time to the second, over midnight if it is the earlier one.
Span = tuple[time, time]

#: So many spans or times one chat has at most.
MOST = 6

_MINUTES = 24 * 60
_TIME = r"\d{1,2}(?:\s*(?:[:h.]|gio)\s*(?:\d{2})?)?(?!\w)"
_TO = r"(?:-|–|—|~|den|toi|to|until)"
_AND = r"(?:[,;+]|va\b|and\b|\s)"
_READ = re.compile(r"(\d{1,2})\D*(\d{2})?")
_TIMES = re.compile(rf"(?:luc|vao|at)?\s*({_TIME})\s*{_AND}*")
_SPANS = re.compile(rf"(?:tu|from)?\s*({_TIME})\s*{_TO}\s*({_TIME})\s*{_AND}*")


def parse_times(text: str) -> tuple[time, ...]:
    """The times in their order, each once. Raises ValueError for what is no list of times."""
    times = sorted({_read(match[1]) for match in _list_matches(_TIMES, text)})
    if not 0 < len(times) <= MOST:
        raise ValueError("no times")
    return tuple(times)


def parse_spans(text: str) -> tuple[Span, ...]:
    """The spans in their order. Raises ValueError for what is none, and for spans that leave no minute of a day."""
    spans = sorted({(_read(match[1]), _read(match[2])) for match in _list_matches(_SPANS, text)})
    if not 0 < len(spans) <= MOST or any(first == last for first, last in spans) or _cover_a_day(spans):
        raise ValueError("no spans")
    return tuple(spans)


def write_times(times: Iterable[time]) -> list[str]:
    return [f"{one:%H:%M}" for one in times]


def write_spans(spans: Iterable[Span]) -> list[str]:
    return [f"{first:%H:%M}-{last:%H:%M}" for first, last in spans]


def _list_matches(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Of a text that consists of nothing else. Raises ValueError."""
    text = fold(nfc(text)).strip()
    found, end = [], 0
    while end < len(text):
        match = pattern.match(text, end)
        if match is None:
            raise ValueError("no times")
        found.append(match)
        end = match.end()
    return found


def _read(text: str) -> time:
    match = _READ.match(text)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)


def _cover_a_day(spans: Sequence[Span]) -> bool:
    covered: set[int] = set()
    for first, last in spans:
        start = first.hour * 60 + first.minute
        length = (last.hour * 60 + last.minute - start) % _MINUTES
        covered.update(minute % _MINUTES for minute in range(start, start + length))
    return len(covered) == _MINUTES
