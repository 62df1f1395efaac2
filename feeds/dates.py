"""Reads the dates that pages and feeds print, day first; never guesses a year nor reads `3 giờ trước`."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

#: Where the wall clocks of Vietnamese pages hang.
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

_IN_WORDS = re.compile(r"(\d{1,2}) tháng (\d{1,2}) năm (\d{4})", re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?:T|(?!\d))")
_DATE = re.compile(r"(?<![\d/.])(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_TIME = (
    r"(?<!\d)(?P<hour>\d{1,2})(?:\s*:\s*|\s*h\s*|\s*giờ\s*)(?P<minute>\d\d)(?!\d)"
    r"(?::(?P<second>\d\d)(?:\.\d+)?)?(?:\s*(?P<half>SA|CH|AM|PM)\b)?"
)
_ZONE = r"(?:[\s(]*(?P<utc>Z\b|GMT|UTC)?(?P<offset>(?<=T|C)[+-]\d{1,2}\b|[+-]\d\d:?\d\d\b)?)?"
_GAP = r"[^\w+]*(?:(?:lúc|ngày|vào|at)\b[^\w+]*)?"
_TIME_AFTER = re.compile(_GAP + _TIME + _ZONE, re.IGNORECASE)
_TIME_BEFORE = re.compile(_TIME + _GAP + r"$", re.IGNORECASE)


def parse_stamp(text: str) -> datetime | None:
    """The first full date in NFC text with the time beside it, aware; None if there is none or it cannot be.

    Without a zone the wall clock is Asia/Ho_Chi_Minh; without a time it is midnight.
    """
    text = _ISO.sub(r"\3/\2/\1 ", _IN_WORDS.sub(r"\1/\2/\3", text))
    date = _DATE.search(text)
    if date is None:
        return None
    time = _TIME_AFTER.match(text, date.end()) or _TIME_BEFORE.search(text[: date.start()])
    year, month, day = int(date[4]), int(date[3]), int(date[1])
    try:
        hour, minute, second = _read_clock(time) if time else (0, 0, 0)
        return datetime(year, month, day, hour, minute, second, tzinfo=_read_zone(time))
    except ValueError:
        return None


def _read_clock(time: re.Match[str]) -> tuple[int, int, int]:
    hour = int(time["hour"])
    half = (time["half"] or "").upper()
    if half in {"SA", "AM"} and hour > 12:
        raise ValueError(f"{hour} is no morning hour")
    if (half in {"SA", "AM"} and hour == 12) or (half in {"CH", "PM"} and hour < 12):
        hour = (hour + 12) % 24
    return hour, int(time["minute"]), int(time["second"] or 0)


def _read_zone(time: re.Match[str] | None) -> tzinfo:
    parts = time.groupdict() if time else {}
    if offset := parts.get("offset"):
        digits = offset[1:].replace(":", "")
        hours, minutes = int(digits[:-2] or digits), int(digits[-2:])
        ahead = timedelta(hours=hours, minutes=minutes if len(digits) > 2 else 0)
        return timezone(-ahead if offset[0] == "-" else ahead)
    return UTC if parts.get("utc") else LOCAL
