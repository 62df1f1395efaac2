"""Reads JSON Feed (jsonfeed.org); takes what has the right type and passes over the rest."""

import json
from datetime import datetime
from typing import Any

from feeds.clean import plain_text, shorten, squeeze
from feeds.errors import ParseError
from feeds.links import web_url
from feeds.published import parse_published
from feeds.trim import MOST_ITEMS
from feeds.types import Entry, Feed

_TITLE_LENGTH = 120


def parse_json(text: str, base: str, now: datetime) -> Feed:
    """The feed in its own order. Raises ParseError for any other JSON."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("broken JSON") from error
    items = document.get("items")
    if not isinstance(items, list):
        raise ParseError("JSON, but no feed")
    entries = (_read_item(item, base, now) for item in items[:MOST_ITEMS] if isinstance(item, dict))
    return Feed(title=_text(document, "title"), entries=tuple(entry for entry in entries if entry is not None))


def _read_item(item: dict[str, Any], base: str, now: datetime) -> Entry | None:
    url = web_url(_text(item, "url") or _text(item, "external_url"), base)
    description = _text(item, "summary") or _text(item, "content_text") or plain_text(_raw(item, "content_html"))
    title = _text(item, "title") or shorten(description, _TITLE_LENGTH) or url
    if not title:
        return None
    date = _text(item, "date_published") or _text(item, "date_modified")
    return Entry(title, url, _text(item, "id"), description, parse_published(date, now))


def _raw(item: dict[str, Any], name: str) -> str:
    """A string or number under that name as text; anything else counts as missing."""
    value = item.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _text(item: dict[str, Any], name: str) -> str:
    return squeeze(_raw(item, name))
