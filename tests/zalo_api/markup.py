"""Zalo's markdown subset and its text styles. Pure."""

import json
import re
from typing import Any

from tests.bot_api.errors import ApiError, bad_request

MAX_UNITS = 2000
STYLES = re.compile(r"b|i|u|s|f_(13|15|18|20)|c_[0-9a-f]{6}|lst_[12]|ind_[1-5]")
_MARKS = re.compile(r"\*\*(.+?)\*\*|\*(.+?)\*|~~(.+?)~~|`(.+?)`|\{(?:red|orange|yellow|green)\}(.+?)\{/\w+\}")
_LINES = re.compile(r"^(?:#{1,4} |- |> )", re.MULTILINE)
_ESCAPE = re.compile(r"\\([*_])")


def count_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_text(text: str, name: str = "text") -> str:
    """Raises ApiError where it is empty or too long."""
    if not text.strip():
        raise bad_request(f"{name} must not be empty")
    if count_units(text) > MAX_UNITS:
        raise bad_request(f"{name} must be between 1 and {MAX_UNITS} characters")
    return text


def show_markdown(text: str) -> str:
    """What a reader sees: a link's brackets and a fence are no markup and stay. Raises ApiError for an open mark."""
    kept = _ESCAPE.sub(lambda match: chr(0xE000 + ord(match[1])), text)
    shown = _MARKS.sub(lambda match: next(filter(None, match.groups())), _LINES.sub("", kept))
    if "**" in shown or "~~" in shown:
        raise bad_request("can't parse markdown")
    return re.sub("[\ue000-\ue0ff]", lambda match: chr(ord(match[0]) - 0xE000), shown)


def read_styles(raw: str, text: str) -> tuple[dict[str, Any], ...]:
    """Runs of the text in UTF-16 units with their styles. Raises ApiError for one that is no run of it."""
    try:
        styles = json.loads(raw) if raw else []
    except ValueError as error:
        raise bad_request("text_styles is invalid") from error
    length = count_units(text)
    for style in styles if isinstance(styles, list) else [None]:
        if not isinstance(style, dict) or set(style) != {"start", "len", "st"}:
            raise bad_request("text_styles is invalid")
        start, size, names = style["start"], style["len"], style["st"]
        if not (start >= 0 and size > 0 and start + size <= length and names):
            raise bad_request("text_styles is out of range")
        if not all(STYLES.fullmatch(name) for name in names):
            raise ApiError(400, "Bad Request: text_styles has an unknown style")
    return tuple(styles)
