"""The days that are meant by the parts of a date: its figures and words, by their names in a pattern. Pure.

A reader takes the parts (`d`, `m`, `y` and others) and the day from which it is asked; it raises ValueError or
OverflowError where there are no such days.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple


class Days(NamedTuple):
    """From the first day to the last."""

    first: date
    last: date


Parts = Mapping[str, str]
Reader = Callable[[Parts, date], Days]

MONTH_WORDS = {
    **{"mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9},
    **{"muoi mot": 11, "muoi hai": 12, "muoi": 10},
}
ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_QUARTERS = {
    **{"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4},
    **{"nhat": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4},
}
_YEARS_AGO = {"nay": 0, "ngoai": 1, "truoc": 1}
#: Of the twelve months.
_PARTS_OF_YEARS = {"nua dau": (1, 6), "nua cuoi": (7, 12), "dau": (1, 3), "giua": (4, 9), "cuoi": (10, 12)}
#: Of 31 days.
_PARTS_OF_MONTHS = {"nua dau": (1, 15), "nua cuoi": (16, 31), "dau": (1, 10), "giua": (11, 20), "cuoi": (21, 31)}


def _in_year(parts: Parts, today: date, build: Callable[[int], Days]) -> Days:
    """In the year that was named, or in the latest in which it has begun."""
    if year := parts.get("y"):
        return build(int(year) if len(year) == 4 else 2000 + int(year))
    if ago := parts.get("ago"):
        return build(today.year - _YEARS_AGO[ago])
    days = build(today.year)
    return days if days.first <= today else build(today.year - 1)


def _get_month(parts: Parts) -> int:
    if "word" in parts:
        return MONTH_WORDS[" ".join(parts["word"].split())]
    return ENGLISH_MONTHS.index(parts["mon"][:3]) + 1 if "mon" in parts else int(parts["m"])


def _make_months(year: int, first: int, last: int) -> Days:
    return Days(date(year, first, 1), _end_month(year, last))


def _end_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 else date(year, month, 1)


def read_day(parts: Parts, today: date) -> Days:
    month, day = _get_month(parts), int(parts["d"])
    return _in_year(parts, today, lambda year: Days(date(year, month, day), date(year, month, day)))


def read_month(parts: Parts, today: date) -> Days:
    month = _get_month(parts)
    return _in_year(parts, today, lambda year: _make_months(year, month, month))


def read_quarter(parts: Parts, today: date) -> Days:
    last = 3 * _QUARTERS[parts["q"]]
    return _in_year(parts, today, lambda year: _make_months(year, last - 2, last))


def read_year(parts: Parts, _today: date) -> Days:
    return _make_months(int(parts["y"]), 1, 12)


def read_years(parts: Parts, _today: date) -> Days:
    first, last = sorted((int(parts["ay"]), int(parts["by"])))
    return Days(date(first, 1, 1), date(last, 12, 31))


def read_part_of_year(parts: Parts, today: date) -> Days:
    first, last = _PARTS_OF_YEARS[" ".join(parts["part"].split())]
    return _in_year(parts, today, lambda year: _make_months(year, first, last))


def read_months_of_year(parts: Parts, today: date) -> Days:
    """Its first nine months, or its last six."""
    count = _get_count(parts)
    first, last = (13 - count, 12) if parts.get("part") == "cuoi" else (1, count)
    return _in_year(parts, today, lambda year: _make_months(year, first, last))


def _get_count(parts: Parts) -> int:
    return int(parts["n"]) if parts["n"].isdecimal() else MONTH_WORDS[parts["n"]]


def read_part_of_month(parts: Parts, today: date) -> Days:
    first, last = _PARTS_OF_MONTHS[" ".join(parts["part"].split())]

    def build(year: int, month: int) -> Days:
        return Days(date(year, month, first), min(date(year, month, 1) + timedelta(last - 1), _end_month(year, month)))

    if "m" in parts:
        return _in_year(parts, today, lambda year: build(year, int(parts["m"])))
    days = build(today.year, today.month)
    if parts.get("of") == "nay" or ("of" not in parts and days.first <= today):
        return days
    before = today.replace(day=1) - timedelta(1)
    return build(before.year, before.month)


def read_past(parts: Parts, today: date) -> Days:
    """As many days, weeks, months or years until today."""
    count, unit = _get_count(parts), parts["unit"]
    if unit in ("ngay", "day", "tuan", "week"):
        return Days(today - timedelta(count * (7 if unit in ("tuan", "week") else 1)), today)
    year, month = divmod(12 * today.year + today.month - 1 - count * (12 if unit in ("nam", "year") else 1), 12)
    return Days(date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])), today)


def read_near(parts: Parts, today: date) -> Days:
    return NEAR[" ".join(parts["near"].split())](today)


def _days_ago(days: int) -> Callable[[date], Days]:
    return lambda today: Days(today - timedelta(days), today - timedelta(days))


def _weeks_ago(weeks: int) -> Callable[[date], Days]:
    def read(today: date) -> Days:
        monday = today - timedelta(today.weekday() + 7 * weeks)
        return Days(monday, monday + timedelta(6))

    return read


def _months_ago(count: int, ago: int) -> Callable[[date], Days]:
    """Months in a row, as the year is cut into them: one, or the three of a quarter, or twelve."""

    def read(today: date) -> Days:
        year, row = divmod((12 * today.year + today.month - 1) // count - ago, 12 // count)
        return _make_months(year, row * count + 1, row * count + count)

    return read


NEAR: dict[str, Callable[[date], Days]] = {
    **dict.fromkeys(("hom nay", "today"), _days_ago(0)),
    **dict.fromkeys(("hom qua", "yesterday"), _days_ago(1)),
    "hom kia": _days_ago(2),
    **dict.fromkeys(("tuan nay", "this week"), _weeks_ago(0)),
    **dict.fromkeys(("tuan truoc", "tuan qua", "tuan vua qua", "last week"), _weeks_ago(1)),
    **dict.fromkeys(("thang nay", "this month"), _months_ago(1, 0)),
    **dict.fromkeys(("thang truoc", "thang qua", "thang vua qua", "last month"), _months_ago(1, 1)),
    **dict.fromkeys(("quy nay", "this quarter"), _months_ago(3, 0)),
    **dict.fromkeys(("quy truoc", "quy qua", "quy vua qua", "last quarter"), _months_ago(3, 1)),
    **dict.fromkeys(("nam nay", "this year"), _months_ago(12, 0)),
    **dict.fromkeys(("nam ngoai", "nam truoc", "nam vua qua", "last year"), _months_ago(12, 1)),
}


def read_range(parts: Parts, today: date) -> Days:
    """Two days or two months of which the first may go without month and year: it is the latest until the second."""
    end = {name.removeprefix("b"): value for name, value in parts.items() if name[0] == "b"}
    begin = {name.removeprefix("a"): value for name, value in parts.items() if name[0] == "a"}
    read = read_day if "d" in end else read_month
    last = read(end, today)
    first = _get_last(int(begin["d"]), last.last) if begin.keys() == {"d"} else read(begin, last.last).first
    return order(first, last)


def order(first: date, last: Days) -> Days:
    """From the one to the other, whichever was typed first."""
    return Days(min(first, last.first), max(first, last.last))


def _get_last(day: int, end: date) -> date:
    """The last day of that number until the end: from the 28th to the 2nd begins in the month before."""
    return (end if day <= end.day else end.replace(day=1) - timedelta(days=1)).replace(day=day)
