"""Reads the dates of feeds, in English and Vietnamese: right or absent, never guessed; relative dates stay absent."""

import re
from datetime import UTC, datetime, timedelta

from feeds.dates import LOCAL, parse_stamp

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY_MONTH = re.compile(
    rf"\b(?P<day>\d{{1,2}})[\s-]+{_MONTH}[\s,-]+(?P<year>\d{{4}}|\d\d(?=\s+\d\d:))\b(?P<rest>)", re.IGNORECASE
)
_MONTH_DAY = re.compile(
    rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?![\d:]),?\s+(?P<rest>\d\d?:\d\d\S*\s+(?:[A-Z]+\s+)?)?(?P<year>\d{{4}})\b",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^\s*(\d{4})(\d\d)(\d\d)(?:[T\s](\d\d)(\d\d)(\d\d)?(?!\d))?", re.IGNORECASE)
_YEARLESS = re.compile(r"(ngày\s+|[h:]\d\d\s*,?\s*)(\d{1,2})[/-](\d{1,2})(?![\d/.-])", re.IGNORECASE)
_WORDED = re.compile(r"\b(\d{1,2})\s+tháng\s+(\d{1,2})\s*(?:năm|,)?\s*(\d{4})\b", re.IGNORECASE)

_SLASHED = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\d/])")
_AMERICAN = re.compile(r"\d\s*[AP]\.?M\b", re.IGNORECASE)
_OFFSETS = {"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600"}
_OFFSETS |= {"PST": "-0800", "PDT": "-0700", "CET": "+0100", "CEST": "+0200", "ICT": "+0700", "UT": "+0000"}
_KNOWN_NAMES = {"Z", "GMT", "UTC", "SA", "CH", "AM", "PM"}
_NAME = re.compile(r"(?<=[\d\s(])([A-Z]{1,5})(?=\s*\)?\s*$)")

_NEVER = datetime(1, 1, 3, tzinfo=UTC)  # no year that a page could mean

_WEEKDAY = re.compile(r"\bthứ\s+(hai|ba|tư|năm|sáu|bảy|[2-7])\b|\b(chủ\s+nhật)\b", re.IGNORECASE)
_WEEKDAYS = {"hai": 0, "ba": 1, "tư": 2, "năm": 3, "sáu": 4, "bảy": 5}
_WEEKDAYS |= {"2": 0, "3": 1, "4": 2, "5": 3, "6": 4, "7": 5}


def parse_published(text: str, now: datetime) -> datetime | None:
    """The moment a feed's date tells, in UTC; None when it tells none or could mean two. `now` gives a missing year."""
    try:
        stamp = _name_offset(_put_day_first(text, now))
        moment = parse_stamp(stamp)
        if moment is None or (_SLASHED.search(text) and not _agrees_with_weekday(moment, text)):
            return None
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_printed(text: str) -> datetime | None:
    """The moment a page's stamp tells; a missing year stays missing, since nobody knows when the page was made."""
    return parse_published(text, _NEVER)


def _put_day_first(text: str, now: datetime) -> str:
    """The same stamp with its date as D/M/YYYY before the time."""
    if match := _DAY_MONTH.search(text) or _MONTH_DAY.search(text):
        month = _MONTHS.index(match["month"].lower()) + 1
        year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
        return f"{match['day']}/{month}/{year} {match['rest'] or ''}{text[match.end() :]}"
    if match := _COMPACT.match(text):
        year, month_, day, hour, minute, second = match.groups("00")
        return f"{day}/{month_}/{year} {hour}:{minute}:{second}{text[match.end() :]}"
    if match := _SLASHED.search(text):
        return f"{text[: match.start()]}{_read_slashed(match, text)}{text[match.end() :]}"
    return _YEARLESS.sub(lambda match: _add_year(match, now), _WORDED.sub(r"\1/\2/\3", text), count=1)


def _read_slashed(match: re.Match[str], text: str) -> str:
    """Day first, as in Vietnam; beside an American AM or PM only if it can be nothing else."""
    first, second, year = int(match[1]), int(match[3]), match[4]
    if _AMERICAN.search(text) and first <= 12 and first != second:
        if second <= 12:
            raise ValueError("the day and the month cannot be told apart")
        first, second = second, first
    return f"{first}/{second}/{year}"


def _add_year(match: re.Match[str], now: datetime) -> str:
    """The latest year in which that day is not ahead."""
    day, month, year = int(match[2]), int(match[3]), now.astimezone(LOCAL).year
    if datetime(year, month, day, tzinfo=LOCAL) > now + timedelta(days=1):
        year -= 1
    return f"{match[1]}{day}/{month}/{year}"


def _name_offset(stamp: str) -> str:
    """The stamp with its zone's name as an offset; a name nobody knows makes the time unknowable."""
    match = _NAME.search(stamp)
    if match is None or match[1] in _KNOWN_NAMES:
        return stamp
    if match[1] not in _OFFSETS:
        raise ValueError(f"{match[1]} is no zone")
    return f"{stamp[: match.start()]}{_OFFSETS[match[1]]}"


def _agrees_with_weekday(moment: datetime, text: str) -> bool:
    """A weekday that contradicts the date shows that day and month were printed the other way round."""
    match = _WEEKDAY.search(text)
    if match is None:
        return True
    weekday = 6 if match[2] else _WEEKDAYS[match[1].lower()]
    return weekday == moment.weekday()
