"""Tells the stamps of a list (`Thứ ba, 14/7/2020 | 08:30`, `2 giờ trước`) from its words; reads what is no guess."""

import re
from datetime import datetime

from db.text import fold, syllables
from feeds.published import parse_published

_LONGEST = 90
_MOST_WORDS = 3  # beside the date: a section, or who posted it
_AGO = r"(?:cach day\s+)?(?:\d+|mot|vai)\s+(?:giay|phut|gio|tieng|ngay|hom|tuan|thang|nam)\s+truoc|vua xong|moi day"
_DAY = r"hom (?:nay|qua|kia)(?:\W{0,3}(?:luc\s+)?\d{1,2}\s*[:h]\s*\d\d)?"
_RELATIVE = re.compile(rf"\b(?:{_AGO}|{_DAY})\b")
_EDGE = re.compile(rf"^\W*(?:{_AGO}|{_DAY})\b(?:\W+|$)|\W*\b(?:{_AGO}|{_DAY})\W*$")
_BRACKETS = re.compile(r"\s*[(\[]\s*([^()\[\]]{4,40})\s*[)\]]\s*$")
_YEARLESS = re.compile(r"^\W*\d{1,2}[/-]\d{1,2}\W*$")
_ALLOWED = (
    "thu hai ba tu nam sau bay chu nhat ngay thang nam luc gio phut giay vao cap dang bai tai ban xuat gmt utc sa ch"
    " am pm truoc hom nay qua cach day vua xong luot xem so lan doc date posted on updated published by cn"
)
_DATE_WORDS = frozenset(_ALLOWED.split())


def is_stamp(text: str, now: datetime) -> bool:
    """Whether a short NFC text says when, and hardly anything else."""
    if not text or len(text) > _LONGEST:
        return False
    words = [word for word in syllables(text) if word not in _DATE_WORDS and not word[0].isdigit()]
    if len(words) > _MOST_WORDS:
        return False
    return bool(is_relative(text) or _YEARLESS.match(text) or parse_published(text, now))


def is_relative(text: str) -> bool:
    return _RELATIVE.search(fold(text)) is not None


def drop_relative(text: str) -> str:
    """The text without `2 giờ trước` at its edges, which would make it another text in an hour."""
    while match := _EDGE.search(fold(text)):
        text = (text[: match.start()] + text[match.end() :]).strip()
    return text


def split_stamp(title: str, now: datetime) -> tuple[str, str]:
    """A title and the stamp in brackets at its end, or nothing."""
    match = _BRACKETS.search(title)
    if match is None or not is_stamp(match[1], now):
        return title, ""
    return title[: match.start()], match[1]
