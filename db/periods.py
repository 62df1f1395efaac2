"""Finds the time that a query speaks of, in the ways people write dates: its days, and whether they bound it. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from db.date_forms import Kind, Named, Typed, find_days, read_days
from db.days import Days, order
from db.text import fold

#: What has no bound on one side reaches to these, which every store of times can hold.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
#: When news began to be published on the web; what was before is history.
_FIRST_NEWS = date(1997, 1, 1)
#: More words than this beside a bound are a headline or a sentence that was pasted: there the bound is a part of it.
_MOST_BESIDE = 10
_IN = re.compile(r"(?<!\w)(?:trong|vao|hom|in|on|during)\s+$")
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last. A strict one was bounded by whoever typed it: nothing else is wanted."""

    first: date
    last: date
    is_strict: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether it has both its ends."""
        return self.first > EARLIEST and self.last < LATEST


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """A period, and where in the text it stands."""

    period: Period
    start: int
    end: int


class _Side(StrEnum):
    """What is wanted of all time."""

    BEFORE = "before"
    UNTIL = "until"
    SINCE = "since"
    AFTER = "after"


class _Bound(NamedTuple):
    """A word for a side, before the days that bound it. `is_whole`: until the end of them was said."""

    side: _Side
    start: int
    is_whole: bool


def find_period(text: str, today: date) -> FoundPeriod | None:
    """The longest and first date in NFC text, with its bounds.

    A date without a year is the latest one that is not to come. Whoever names a bound means it, so it is strict. But
    beside words it is no bound where nothing or everything was published beyond it ("trước năm 1975"), where it is a
    plan's ("đến năm 2025"), and in what is as long as a headline: that is read as the date alone.
    """
    typed = Typed(text, fold(text))
    named = find_days(typed, today)
    if named is None:
        return None
    bound = _find_bound(typed, named)
    found = _read_range(typed, named, bound, today)
    if found is None and bound:
        found = _read_open(typed, named, bound, today)
    return found or FoundPeriod(Period(*named.days), _skip_in(typed, named.start), named.end)


#: Letters.
_LONGEST_BOUND, _LONGEST_BEGINNING = 32, 48
_BOUND = re.compile(
    r"(?<![\w-])(?:"
    r"(?P<before>(?:tu\s+|den\s+)?truoc|before|prior\s+to)"
    r"|(?P<after>(?<!truoc\sva\s)(?:tu\s+)?sau|after)"
    r"|(?P<since>(?:ke\s+)?tu|since|from)"
    r"|(?P<until>(?:tinh\s+|cho\s+)?(?:den|toi)(?P<whole>\s+het)?|until|till|up\s+to)"
    r")(?:\s+(?:thoi\s+diem|moc|luc))?\s+$"
)
#: Words that differ from those of bounds by their marks; "toi" is the evening, more often than not.
_OTHER_WORDS = re.compile(r"(?<!\w)(?:t[ưựứửụúùủ]|s[áâấầ]u|đ[eèềé]n|t[oôốộỏồ]i|tỉnh)(?!\w)", re.IGNORECASE)
#: What makes another word of an unmarked "tu" or "sau": đầu tư, thông tư, thứ tư, thứ sáu, điện tử, tháng sáu.
_WORD_BEGINS = re.compile(r"(?<!\w)(?:dau|thu|thong|quy|trung|vat|thang|dien|phan|nhan|chuyen|muoi|lop)\s+$")
_TO_NOW = re.compile(r"\s+(?:den|toi|to|until|till)\s+(?:hien\s+)?(?:nay|hom\s+nay|bay\s+gio|now|today|date)(?!\w)")
_TO = re.compile(r"\s*(?:(?<!\w)(?:den|toi|to|until|till)(?:\s+het)?(?!\w)|[-–])\s*")
_SINCE = re.compile(r"(?<!\w)(?:tu|from|since)\s+")
_ON = re.compile(r"\s+tro\s+(?:(?P<back>ve\s+truoc)|di|len|lai\s+day|ve\s+sau)(?!\w)")


def _skip_in(typed: Typed, end: int) -> int:
    """Where a date begins with what stands before it and tells no more: in October, on the 13th."""
    match = _IN.search(typed.folded, max(0, end - _LONGEST_BOUND), end)
    return match.start() if match else end


def _find_bound(typed: Typed, named: Named) -> _Bound | None:
    """The one that stands right before; behind a time there is but one, "trở đi"."""
    end = named.start
    begin = max(0, end - _LONGEST_BOUND)
    match = _BOUND.search(typed.folded, begin, end)
    if not match:
        return _Bound(_Side.SINCE, end, is_whole=False) if _ON.match(typed.folded, named.end) else None
    words = typed.text[match.start() : end]
    if _OTHER_WORDS.search(words) or (words.isascii() and _WORD_BEGINS.search(typed.folded, 0, match.start())):
        return None
    side = next(side for side in _Side if match[side])
    return _Bound(side, match.start(), bool(match["whole"]))


def _read_range(typed: Typed, named: Named, bound: _Bound | None, today: date) -> FoundPeriod | None:
    """What has two ends, of which one was found."""
    side = bound.side if bound else None
    start = bound.start if bound and side is _Side.SINCE else named.start
    if named.kind is Kind.RANGE:
        return FoundPeriod(Period(*named.days, is_strict=True), _skip_in(typed, start), named.end)
    if bound and side is _Side.UNTIL:
        return _read_beginning(typed, named, bound)
    if side not in (_Side.SINCE, None):
        return None
    now = _TO_NOW.match(typed.folded, named.end)
    if side and now:
        return FoundPeriod(Period(*order(named.days.first, Days(today, today)), is_strict=True), start, now.end())
    to = _TO.match(typed.folded, named.end)
    last = read_days(typed, to.end(), today) if to else None
    if last is None or (side is None and last.kind is not named.kind):
        return None
    return _join(typed, named, last, start)


def _read_beginning(typed: Typed, last: Named, bound: _Bound) -> FoundPeriod | None:
    for since in _SINCE.finditer(typed.folded, max(0, bound.start - _LONGEST_BEGINNING), bound.start):
        first = read_days(typed, since.end(), last.days.last)
        if first and not typed.folded[first.end : bound.start].strip():
            return _join(typed, first, last, since.start())
    return None


def _join(typed: Typed, first: Named, last: Named, start: int) -> FoundPeriod:
    """From the latest such days until the last. Two years are loose: titles name those of a plan, which was news
    before they began."""
    begin = read_days(typed, first.start, last.days.last) or first
    is_plan = first.kind is last.kind is Kind.YEAR
    return FoundPeriod(Period(*order(begin.days.first, last.days), is_strict=not is_plan), start, last.end)


def _read_open(typed: Typed, named: Named, bound: _Bound, today: date) -> FoundPeriod | None:
    """What has one end, if it is meant to bound what is wanted."""
    side, end = bound.side, named.end
    on = _ON.match(typed.folded, end) if side is _Side.SINCE else None
    if on:
        side, end = (_Side.UNTIL if on["back"] else side), on.end()
    days = _cut_time(side, named.days)
    others = _count_others(typed, bound.start, end)
    is_told = others > _MOST_BESIDE or not _bounds_news(days, today)
    if side is _Side.UNTIL and not (bound.is_whole or on):
        is_share = named.kind is Kind.MAYBE_DAY and _WORD.search(typed.folded, end) is not None
        is_told = is_told or is_share or named.kind is Kind.YEAR
    if days.first > days.last or (others and is_told):
        return None
    return FoundPeriod(Period(*days, is_strict=True), bound.start, end)


def _bounds_news(days: Days, today: date) -> bool:
    """Whether news may have been published on both sides of the bound."""
    return days.first <= today and days.last >= _FIRST_NEWS and (days.first >= _FIRST_NEWS or days.last < today)


def _count_others(typed: Typed, start: int, end: int) -> int:
    return len(typed.text[:start].split()) + len(typed.text[end:].split())


def _cut_time(side: _Side, days: Days) -> Days:
    match side:
        case _Side.BEFORE:
            return Days(EARLIEST, days.first - timedelta(1))
        case _Side.UNTIL:
            return Days(EARLIEST, days.last)
        case _Side.SINCE:
            return Days(days.first, LATEST)
        case _Side.AFTER:
            return Days(days.last + timedelta(1), LATEST)
