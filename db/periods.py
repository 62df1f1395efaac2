"""Finds the time that a query speaks of, in the ways people write dates: day first, in words or in figures. Pure."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from db.text import fold

_YEAR = r"(?P<{0}y>(?:19|20)\d\d)"
_DATE = r"(?:ngay )?(?P<{0}d>\d\d?)[/.-](?P<{0}m>\d\d?)(?:[/.-]" + _YEAR + ")?"
_MONTH = r"(?:thang )?(?P<{0}m>\d\d?)(?:/| nam )" + _YEAR
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
    for pattern, read in _READERS:
        for match in pattern.finditer(folded):
            try:
                period = read({name: value for name, value in match.groupdict().items() if value}, today)
            except ValueError:  # there is no 31/2
                continue
            return FoundPeriod(period, *match.span())
    return None


def _read_days(parts: dict[str, str], today: date) -> Period:
    last = _get_day(parts, "b", today)
    year = int(parts["ay"]) if "ay" in parts else last.year
    first = date(year, int(parts["am"]), int(parts["ad"]))
    return _order(first, last)


def _read_months(parts: dict[str, str], _today: date) -> Period:
    year = int(parts["by"])
    first = date(int(parts.get("ay", year)), int(parts["am"]), 1)
    return _order(first, _end_month(year, int(parts["bm"])))


def _order(first: date, last: date) -> Period:
    return Period(min(first, last), max(first, last), is_strict=True)


def _read_day(parts: dict[str, str], today: date) -> Period:
    day = _get_day(parts, "", today)
    return Period(day, day)


def _get_day(parts: dict[str, str], end: str, today: date) -> date:
    month, day = int(parts[f"{end}m"]), int(parts[f"{end}d"])
    if f"{end}y" in parts:
        return date(int(parts[f"{end}y"]), month, day)
    found = date(today.year, month, day)
    return found if found <= today else found.replace(year=today.year - 1)


def _read_month(parts: dict[str, str], today: date) -> Period:
    month = int(parts["m"])
    year = int(parts.get("y", today.year if month <= today.month else today.year - 1))
    return Period(date(year, month, 1), _end_month(year, month))


def _read_quarter(parts: dict[str, str], today: date) -> Period:
    year, quarter = int(parts.get("y", today.year)), _QUARTERS[parts["q"]]
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
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_compile(r"(?:tu )?" + _DATE.format("a") + _TO + _DATE.format("b")), _read_days),
    (
        _compile(r"(?:tu )?thang (?P<am>\d\d?)(?:(?:/| nam )(?P<ay>(?:19|20)\d\d))?" + _TO + _MONTH.format("b")),
        _read_months,
    ),
    (_compile(r"(?:ngay )?(?P<d>\d\d?)[/.-](?P<m>\d\d?)[/.-]" + _YEAR.format("")), _read_day),
    (_compile(r"(?:ngay )?(?P<d>\d\d?) thang (?P<m>\d\d?)(?: nam " + _YEAR.format("") + ")?"), _read_day),
    (_compile(r"ngay (?P<d>\d\d?)[/-](?P<m>\d\d?)"), _read_day),
    (_compile(_MONTH.format("")), _read_month),
    (_compile(r"quy (?P<q>iv|i{1,3}|[1-4])(?:(?:/| nam | )" + _YEAR.format("") + ")?"), _read_quarter),
    (_compile(rf"(?P<near>{'|'.join(_NEAR)})"), _read_near),
    (_compile(r"thang (?P<m>\d\d?)"), _read_month),
    (_compile(r"(?:nam )?" + _YEAR.format("")), _read_year),
)
