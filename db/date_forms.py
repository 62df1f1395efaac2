"""The ways in which people write days: a pattern for each, and in which order they are looked for. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from functools import cache
from typing import NamedTuple

from db.days import (
    ENGLISH_MONTHS,
    MONTH_WORDS,
    NEAR,
    Days,
    Reader,
    read_day,
    read_month,
    read_months_of_year,
    read_near,
    read_part_of_month,
    read_part_of_year,
    read_past,
    read_quarter,
    read_range,
    read_year,
    read_years,
)


class Kind(Enum):
    """What days were named by."""

    #: Both ends stand in what was read.
    RANGE = auto()
    DAY = auto()
    MONTH = auto()
    QUARTER = auto()
    YEAR = auto()
    #: A part of a month or year, or a time that is told from today.
    OTHER = auto()
    #: Figures that are a day, or else a share.
    MAYBE_DAY = auto()


class Typed(NamedTuple):
    """A text in NFC, and the same folded, letter for letter."""

    text: str
    folded: str


class Named(NamedTuple):
    """Days, and where in the text they are named."""

    days: Days
    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to name days. `starts`: the words it may begin with, "0" for a figure. `refused`: what the typed text
    must not be, where words differ by their marks alone."""

    kind: Kind
    read: Reader
    pattern: re.Pattern[str]
    starts: frozenset[str]
    refused: re.Pattern[str] | None


_EDGE = r"(?<![\w/.-])"
_START = re.compile(rf"{_EDGE}(?:([a-z]+)|\d)")


def find_days(typed: Typed, today: date) -> Named | None:
    """The longest and first; those named without a year are the latest that have begun."""
    known = _list_starts()
    found = ((match[1] or "0", match.start()) for match in _START.finditer(typed.folded))
    starts = [(word, place) for word, place in found if word in known]
    for form in _list_forms():
        for word, place in starts:
            if word in form.starts and (named := _read(form, typed, place, today)):
                return named
    return None


def read_days(typed: Typed, start: int, today: date) -> Named | None:
    """Those that are named from that place on."""
    read = (_read(form, typed, start, today) for form in _list_forms())
    return next(filter(None, read), None)


def _read(form: _Form, typed: Typed, start: int, today: date) -> Named | None:
    match = form.pattern.match(typed.folded, start)
    if not match or (form.refused and form.refused.search(typed.text[start : match.end()])):
        return None
    try:
        days = form.read({name: value for name, value in match.groupdict().items() if value}, today)
    except (ValueError, OverflowError):  # there is no 31/2
        return None
    return Named(days, start, match.end(), form.kind)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{_EDGE}{pattern}(?![\w/]|[.-]\d)".replace(" ", r"\s+"))


_YEAR = r"(?P<{0}y>(?:19|20)\d\d)"
_Y = _YEAR.format("")
_AGO = "(?P<ago>nay|ngoai|truoc)"
_IN_YEAR = f" nam (?:{_Y}|{_AGO})"
_DATE = r"(?:ngay )?(?P<{0}d>\d\d?)(?:[/.-]| thang )(?P<{0}m>\d\d?)(?:(?:[/.-]| nam )" + _YEAR + ")?"
_D, _M, _DAY = r"(?P<d>\d\d?)", r"(?P<m>\d\d?)", "(?:ngay )?(?:m[uo]ng )?"
_DAYS = "ngay mung mong"
_TO = r"\s*(?:(?:den|toi|to)(?: het)?|-|–)\s*"
#: Not of "ba quý đầu năm".
_PART = r"(?<!quy\s)(?P<part>nua dau|nua cuoi|dau|giua|cuoi)"
_PARTS = "nua dau giua cuoi"
_COUNT = r"(?P<n>\d\d?|mot|hai|ba|bon|sau|bay|tam|chin|muoi)"
_COUNTS = "0 mot hai ba bon sau bay tam chin muoi"
_WORDS = "|".join(sorted(MONTH_WORDS, key=len, reverse=True))
_WORD = f"(?P<word>{_WORDS})"
_FULL = "january|february|march|april|june|july|august|september|october|november|december"
#: No cloth (dệt may); and machines (máy) have marks.
_MON = rf"(?<!det\s)(?P<{{0}}mon>{_FULL}|{'|'.join(ENGLISH_MONTHS)}|sept)"
_A_MON = _MON.format("")
_MONS = " ".join((*_FULL.split("|"), *ENGLISH_MONTHS, "sept"))
_MARKED = r"[^\W\x00-\x7f]"
#: What the number of a class or a paper stands behind.
_PAPERS = (
    r"khoa|so|lop|dot|lan|phien|dieu|khoan|lo|luat|nq|qd|tt|nd|ct|kh|cv"
    r"|quyet\sdinh|nghi\sdinh|nghi\squyet|thong\stu|chi\sthi|ke\shoach|cong\svan"
)
_NUMBERED = r"(?=\d)" + "".join(rf"(?<!\b{words}\s)" for words in _PAPERS.split("|"))
#: What of which there are eight in ten, and round the clock.
_NO_SHARE = r"(?!%|-\w| (?:so|tong|dan|dien|lan|len|chang|xa|phuong|huyen|tinh|tieu|chi|nguoi|ho|don|dai|thoi)\b)"


def _in_year_after(signs: str) -> str:
    """A year behind one of the signs or the word for it."""
    return f"(?:(?:{signs}| nam ){_Y}| nam {_AGO})"


#: `quỹ 2 tỷ đồng` is no quarter.
_FUND = "qu[ỹỳỷ]"


def _form(kind: Kind, read: Reader, pattern: str, starts: str, refused: str = "") -> _Form:
    typed = re.compile(refused, re.IGNORECASE) if refused else None
    return _Form(kind, read, _compile(pattern), frozenset(starts.split()), typed)


@cache
def _list_forms() -> tuple[_Form, ...]:
    """What is looked for, in this order; made when it is asked for first, since it takes a while."""
    return (*_list_ranges(), *_list_dated(), *_list_months(), *_list_undated())


@cache
def _list_starts() -> frozenset[str]:
    return frozenset[str]().union(*(form.starts for form in _list_forms()))


def _list_ranges() -> Iterator[_Form]:
    first, last, year = _DATE.format("a"), _DATE.format("b"), _YEAR.format("b")
    yield _form(Kind.RANGE, read_range, first + _TO + last, "0 ngay")
    yield _form(Kind.RANGE, read_range, rf"(?:tu (?:ngay )?|ngay )(?P<ad>\d\d?){_TO}{last}", "tu ngay")
    short = rf"(?P<ad>\d\d?)\s*[-–]\s*(?P<bd>\d\d?)/(?P<bm>\d\d?)(?:(?:/| nam ){year})?"
    yield _form(Kind.RANGE, read_range, _NUMBERED + short + _NO_SHARE, "0")
    month = rf"thang (?P<am>\d\d?)(?:(?:/| nam ){_YEAR.format('a')})?"
    yield _form(Kind.RANGE, read_range, rf"{month}{_TO}(?:thang |t)?(?P<bm>\d\d?)(?:/| nam ){year}", "thang")
    end = _MON.format("b")
    months = f"{_MON.format('a')}(?: {_YEAR.format('a')})?{_TO}{end} {year}"
    yield _form(Kind.RANGE, read_range, months, _MONS, _MARKED)
    days = rf"(?P<ad>\d\d?){_TO}(?P<bd>\d\d?) {end}(?: {year}|(?<!may))"
    yield _form(Kind.RANGE, read_range, days, "0", _MARKED)
    yield _form(Kind.YEAR, read_years, rf"tu (?:nam )?{_YEAR.format('a')}\s*[-–]\s*{year}", "tu")


def _list_dated() -> Iterator[_Form]:
    """Days, and parts of a month or year that is named."""
    yield _form(Kind.DAY, read_day, f"{_DAY}{_D}[/.-]{_M}[/.-]{_Y}", f"0 {_DAYS}")
    yield _form(Kind.DAY, read_day, _Y + r"[/-](?P<m>\d\d)[/-](?P<d>\d\d)", "0")
    yield _form(Kind.DAY, read_day, rf"{_DAY}{_D}/{_M}/(?P<y>\d\d)", f"0 {_DAYS}")
    yield _form(Kind.DAY, read_day, f"{_DAY}{_D} thang {_M}{_in_year_after(',? ')}?", f"0 {_DAYS}")
    yield _form(Kind.DAY, read_day, f"ngay {_D} thang {_WORD}{_IN_YEAR}", "ngay")
    day = f"(?:ngay (?:m[uo]ng )?|m[uo]ng ){_D}[/.-]{_M}{_in_year_after(' ')}?"
    yield _form(Kind.DAY, read_day, day, _DAYS)
    yield _form(Kind.DAY, read_day, f"{_D}/{_M}{_in_year_after(' ')}", "0")
    day = f"{_D}(?:st|nd|rd|th)?(?: |-|/){_A_MON}(?:(?: |-|/|, ?){_Y}|(?<!may))"
    yield _form(Kind.DAY, read_day, day, "0", _MARKED)
    yield _form(Kind.DAY, read_day, f"{_A_MON} {_D}(?:st|nd|rd|th)?,? {_Y}", _MONS, _MARKED)
    yield _form(Kind.OTHER, read_months_of_year, f"{_COUNT} thang(?: (?P<part>dau|cuoi))?{_IN_YEAR}", _COUNTS)
    yield _form(Kind.OTHER, read_part_of_month, f"{_PART} thang {_M}{_in_year_after('[/.-]')}?", _PARTS)
    yield _form(Kind.OTHER, read_part_of_year, _PART + _IN_YEAR, _PARTS)


def _list_months() -> Iterator[_Form]:
    """Quarters and months with their years."""
    quarter = "quy (?P<q>iv|i{1,3}|[1-4])"
    yield _form(Kind.QUARTER, read_quarter, f"{quarter}{_in_year_after('[/-]| ')}?", "quy", _FUND)
    # Q1 without a year is a district
    yield _form(Kind.QUARTER, read_quarter, f"q(?P<q>[1-4])(?:[/-]| ){_Y}", "q")
    yield _form(Kind.QUARTER, read_quarter, f"quy (?P<q>nhat|mot|hai|ba|tu|bon){_in_year_after('/')}", "quy", _FUND)
    # "tháng sau" is the next one, and "tháng từ" none
    yield _form(Kind.MONTH, read_month, f"thang {_WORD}{_in_year_after('/')}", "thang", r"từ|tháng\s+sau")
    yield _form(Kind.MONTH, read_month, f"(?:thang |t)?{_M}(?:/| nam ){_Y}", "0 thang t")
    yield _form(Kind.MONTH, read_month, f"thang {_M}{_IN_YEAR}", "thang")
    yield _form(Kind.MONTH, read_month, f"(?:thang |t){_M}(?:[.-]|,? ){_Y}", "thang t")
    yield _form(Kind.MONTH, read_month, f"{_NUMBERED}{_M}[.-]{_Y}", "0")
    yield _form(Kind.MONTH, read_month, _Y + r"[/-](?P<m>\d\d)", "0")
    yield _form(Kind.MONTH, read_month, f"{_A_MON}(?:,| of)? {_Y}", _MONS, _MARKED)


def _list_undated() -> Iterator[_Form]:
    """What is told from today, and what has no year."""
    yield _form(Kind.OTHER, read_months_of_year, f"{_COUNT} thang (?P<part>dau|cuoi) nam", _COUNTS)
    past = f"{_COUNT} (?P<unit>ngay|tuan|thang|nam) (?:vua )?(?:qua|gan day|gan nhat|tro lai day)"
    yield _form(Kind.OTHER, read_past, past, _COUNTS)
    past = r"(?:last|past) (?P<n>\d\d?) (?P<unit>day|week|month|year)s?"
    yield _form(Kind.OTHER, read_past, past, "last past")
    yield _form(Kind.OTHER, read_part_of_month, f"{_PART} thang (?P<of>nay|truoc|qua)", _PARTS)
    near = " ".join(name.split()[0] for name in NEAR)
    yield _form(Kind.OTHER, read_near, f"(?P<near>{'|'.join(NEAR)})", near)
    yield _form(Kind.MONTH, read_month, rf"thang {_M}(?! nam \d)", "thang")
    refused = r"^th[^aá]ng|(?:\s|^)(?:từ|tu|sau|mot|một|nam|năm)$"
    yield _form(Kind.MONTH, read_month, f"thang {_WORD}", "thang", refused)
    yield _form(Kind.YEAR, read_year, f"(?:nam )?{_Y}", "0 nam")
    yield _form(Kind.MONTH, read_month, f"(?P<mon>{_FULL})", _FULL.replace("|", " "), _MARKED)
    bare = rf"{_PART} thang(?! (?:\d|(?:toi|gieng|chap|{_WORDS})\b))"
    yield _form(Kind.OTHER, read_part_of_month, bare, _PARTS)
    yield _form(Kind.OTHER, read_part_of_year, rf"{_PART} nam(?! (?:\d|hoc|toi|sau|moi))", _PARTS)
    yield _form(Kind.MAYBE_DAY, read_day, f"{_NUMBERED}(?!24/7){_D}/{_M}{_NO_SHARE}", "0")
