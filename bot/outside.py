"""Makes text from outside fit to be stored and shown: names, titles, addresses. Pure; it never adds markup."""

import re
import unicodedata
from urllib.parse import urlsplit, urlunsplit

from db.text import nfc

#: Control characters (PostgreSQL refuses NUL), lone surrogates, and marks that turn the direction of what follows.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
#: How much of an article's title and summary a message shows.
LONGEST_TITLE, LONGEST_SUMMARY = 300, 2000
_NUMBER = re.compile(r"[0-9]{1,9}")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def clean(text: str) -> str:
    """Composed text without what a database or a screen would choke on."""
    return nfc(_UNFIT.sub("", text))


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters; a cut leaves no half of a letter and its marks."""
    line = " ".join(clean(text).split())
    if len(line) <= limit:
        return line
    cut = limit - 1
    while cut and (unicodedata.combining(line[cut]) or line[cut - 1] == "\u200d" or line[cut] in "\u200d\ufe0f"):
        cut -= 1
    return line[:cut].rstrip() + "…"


def show(text: str, limit: int = 60) -> str:
    """A name or title as it stands in a sentence: short, and kept from turning its neighbours around."""
    line = shorten(text, limit)
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line):
        return f"{_ISOLATE}{line}{_END_ISOLATE}"
    return line


def hide_user(url: str) -> str:
    """The address without user name and password; what cannot be read as an address is not shown."""
    try:
        parts = urlsplit(clean(url))
    except ValueError:
        return "…"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def parse_number(text: str) -> int | None:
    """A number such as people and buttons write ids and counts, small enough for every database."""
    return int(text) if _NUMBER.fullmatch(text) else None
