"""Finds the time that a query speaks of, in the ways people write dates: day first, in words or in figures. Pure."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from db.text import fold

_YEAR = r"(?P<{0}y>(?:19|20)\d\d)"
_DATE = r"(?:ngay )?(?P<{0}d>\d\d?)(?:[/.-]| thang )(?P<{0}m>\d\d?)(?:(?:[/.-]| nam )" + _YEAR + ")?"
_MONTH = r"(?:thang |t)?(?P<{0}m>\d\d?)(?:/| nam )" + _YEAR
_QUARTER = r"quy (?P<q>iv|i{1,3}|[1-4])(?:(?:[/-]| nam | )" + _YEAR.format("") + ")?"
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last. A strict one was given by both its ends: nothing else is wanted."""

    first: date
    last: date
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """A period, and where in the text it stands."""

    period: Period
    start: int
    end: int


_Reader = Callable[[dict[str, str], date], Period]


def find_period(text: str, today: date) -> FoundPeriod | None:
    """The first and longest date in NFC text; a date without a year is the latest one that is not to come."""
    folded = fold(text)
    for pattern, read in _get_readers():
        for match in pattern.finditer(folded):
            try:
                period = read({name: value for name, value in match.groupdict().items() if value}, today)
            except ValueError:  # there is no 31/2
                continue
            return FoundPeriod(period, *match.span())
    return None


def _read_days(parts: dict[str, str], today: date) -> Period:
    last = _get_day(parts, "b", today)
    if "am" not in parts:
        return Period(_get_last(int(parts["ad"]), last), last, is_strict=True)
    year, month, day = int(parts.get("ay", last.year)), int(parts["am"]), int(parts["ad"])
    first = date(year, month, day)
    if first > last and "ay" not in parts:
        first = date(year - 1, month, day)  # from December to January
    return _order(first, last)


def _get_last(day: int, end: date) -> date:
    """The last day of that number until the end: from the 28th to the 2nd begins in the month before."""
    return (end if day <= end.day else end.replace(day=1) - timedelta(days=1)).replace(day=day)


def _read_months(parts: dict[str, str], _today: date) -> Period:
    year, month = int(parts["by"]), int(parts["am"])
    last = _end_month(year, int(parts["bm"]))
    begins = int(parts.get("ay", year if month <= last.month else year - 1))
    return _order(date(begins, month, 1), last)


def _read_years(parts: dict[str, str], _today: date) -> Period:
    """A loose one: titles name the years of a plan, which was news before they began."""
    first, last = sorted((int(parts["ay"]), int(parts["by"])))
    return Period(date(first, 1, 1), date(last, 12, 31))


def _since(read: _Reader) -> _Reader:
    """From the beginning of what is read until today."""
    return lambda parts, today: _order(read(parts, today).first, today)


def _order(first: date, last: date) -> Period:
    return Period(min(first, last), max(first, last), is_strict=True)


def _read_day(parts: dict[str, str], today: date) -> Period:
    day = _get_day(parts, "", today)
    return Period(day, day)


def _get_day(parts: dict[str, str], end: str, today: date) -> date:
    month, day = int(parts[f"{end}m"]), int(parts[f"{end}d"])
    if year := parts.get(f"{end}y"):
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    found = date(today.year, month, day)
    return found if found <= today else found.replace(year=today.year - 1)


def _read_month(parts: dict[str, str], today: date) -> Period:
    month = int(parts.get("m") or parts["bare"])
    year = int(parts.get("y", today.year if month <= today.month else today.year - 1))
    return Period(date(year, month, 1), _end_month(year, month))


def _read_quarter(parts: dict[str, str], today: date) -> Period:
    quarter = _QUARTERS[parts["q"]]
    year = int(parts.get("y", today.year if 3 * quarter - 2 <= today.month else today.year - 1))
    return Period(date(year, 3 * quarter - 2, 1), _end_month(year, 3 * quarter))


def _read_year(parts: dict[str, str], _today: date) -> Period:
    year = int(parts["y"])
    return Period(date(year, 1, 1), date(year, 12, 31))


def _end_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 else date(year, month, 1)


def _read_near(parts: dict[str, str], today: date) -> Period:
    return _NEAR[parts["near"]](today)


def _days_ago(days: int) -> Callable[[date], Period]:
    return lambda today: Period(today - timedelta(days), today - timedelta(days))


def _weeks_ago(weeks: int) -> Callable[[date], Period]:
    def read(today: date) -> Period:
        monday = today - timedelta(today.weekday() + 7 * weeks)
        return Period(monday, monday + timedelta(6))

    return read


def _this_month(today: date) -> Period:
    return Period(today.replace(day=1), _end_month(today.year, today.month))


def _last_month(today: date) -> Period:
    last = today.replace(day=1) - timedelta(1)
    return Period(last.replace(day=1), last)


def _years_ago(years: int) -> Callable[[date], Period]:
    return lambda today: Period(date(today.year - years, 1, 1), date(today.year - years, 12, 31))


_NEAR: dict[str, Callable[[date], Period]] = {
    "hom nay": _days_ago(0),
    "today": _days_ago(0),
    "hom qua": _days_ago(1),
    "yesterday": _days_ago(1),
    "hom kia": _days_ago(2),
    "tuan nay": _weeks_ago(0),
    "tuan truoc": _weeks_ago(1),
    "tuan qua": _weeks_ago(1),
    "thang nay": _this_month,
    "thang truoc": _last_month,
    "thang qua": _last_month,
    "nam nay": _years_ago(0),
    "nam ngoai": _years_ago(1),
    "nam truoc": _years_ago(1),
}


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/.-]){pattern}(?![\w/]|[.-]\d)".replace(" ", r"\s+"))


_TO = r"\s*(?:den|toi|-|–)\s*"
_NOW = r" (?:den|toi) (?:nay|hom nay)"


@cache
def _get_readers() -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    """What is looked for, in this order; made when it is asked for first, since it takes a while."""
    a_day, a_month, a_year = _DATE.format(""), _MONTH.format(""), "(?:nam )?" + _YEAR
    patterns: tuple[tuple[str, _Reader], ...] = (
        (r"(?:tu )?" + _DATE.format("a") + _TO + _DATE.format("b"), _read_days),
        (r"(?:tu (?:ngay )?|ngay )(?P<ad>\d\d?)" + _TO + _DATE.format("b"), _read_days),
        (
            r"(?:tu )?thang (?P<am>\d\d?)(?:(?:/| nam )(?P<ay>(?:19|20)\d\d))?" + _TO + _MONTH.format("b"),
            _read_months,
        ),
        ("tu " + a_year.format("a") + _TO + a_year.format("b"), _read_years),
        ("tu " + a_day + _NOW, _since(_read_day)),
        (rf"tu (?:{a_month}|thang (?P<bare>\d\d?))" + _NOW, _since(_read_month)),
        ("tu " + a_year.format("") + _NOW, _since(_read_year)),
        (r"(?:ngay )?(?P<d>\d\d?)[/.-](?P<m>\d\d?)[/.-]" + _YEAR.format(""), _read_day),
        (_YEAR.format("") + r"-(?P<m>\d\d)-(?P<d>\d\d)", _read_day),
        (r"(?:ngay )?(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d\d)", _read_day),
        (r"(?:ngay )?(?P<d>\d\d?) thang (?P<m>\d\d?)(?: nam " + _YEAR.format("") + ")?", _read_day),
        (r"ngay (?P<d>\d\d?)[/-](?P<m>\d\d?)", _read_day),
        (_QUARTER, _read_quarter),
        (a_month, _read_month),
        (r"(?:thang |t)(?P<m>\d\d?)[.-]" + _YEAR.format(""), _read_month),
        (rf"(?P<near>{'|'.join(_NEAR)})", _read_near),
        (r"thang (?P<m>\d\d?)", _read_month),
        (a_year.format(""), _read_year),
    )
    return tuple((_compile(pattern), read) for pattern, read in patterns)
