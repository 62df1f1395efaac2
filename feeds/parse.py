"""Reads a feed's entries out of a page: RSS, Atom, RDF, CDF and JSON Feed; takes what can be read, never fetches."""

import html
import io
import re
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser

from feeds.clean import drop_controls, plain_text, shorten, squeeze
from feeds.decode import decode
from feeds.errors import ParseError
from feeds.jsonfeed import parse_json
from feeds.links import web_url
from feeds.plainrss import read_plain
from feeds.published import parse_published
from feeds.trim import trim
from feeds.types import Entry, Feed, Page

_TITLE_LENGTH = 120
_SUBSET = re.compile(r"<![^\[>]*\[")
_TAG = re.compile(r"<[A-Za-z_]")
_LONGEST_DATE = 100
_OPENED = re.compile(r"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_UNREAD = re.compile(r"<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|<!--(?s:.*?)(?:-->|\Z)")
#: What stands in guids, ids and links, as the feed wrote it.
_WRITTEN = re.compile(
    r"<(?:\w+:)?(?:guid|id|link)\b[^<>]*>\s*(?:<!\[CDATA\[([^\]]*)|([^<]*))|\babout\s*=\s*[\"']([^\"'<>]*)",
    re.IGNORECASE,
)
_HTML = re.compile(r"<(?:html|body|head|title)\b", re.IGNORECASE)
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|RDF|channel)\b", re.IGNORECASE)
_BRIDGE_ERROR = re.compile(r"^Bridge returned error \d*", re.IGNORECASE)
_DATES = ("published", "updated", "created")


def parse_feed(page: Page, now: datetime) -> Feed:
    """The feed in its own order. Raises ParseError when the body is no feed and holds no entry."""
    text = drop_controls(decode(page.body, page.content_type)).lstrip("\ufeff \t\r\n")
    if not text:
        raise ParseError("the answer is empty")
    if text.startswith("{"):
        return parse_json(text, page.url, now)
    return _parse_xml(text, page, now)


def _parse_xml(text: str, page: Page, now: datetime) -> Feed:
    document = trim(_drop_prologue(text))
    head = document[:4096]
    if not document:
        raise ParseError("no feed")
    if plain := read_plain(document):
        return _build_feed(plain.feed, plain.entries, _Everything(), page, now)
    result = _run_feedparser(document, page)
    if not result.entries and not (result.version or _ROOT.search(head)):
        raise ParseError("a web page, no feed" if _HTML.search(head) else "no feed")
    items = result.entries[:-1] if _is_cut(document) else result.entries
    return _build_feed(result.feed, items, _find_written(document), page, now)


class _Everything(frozenset[str]):
    """What stands in a plain feed, of which nothing was changed."""

    def __contains__(self, _: object) -> bool:
        return True


def _build_feed(
    feed: Mapping[str, Any], items: Sequence[Mapping[str, Any]], written: Set[str], page: Page, now: datetime
) -> Feed:
    entries = (_read_entry(item, written, page.url, now) for item in items)
    return Feed(
        title=_plain(feed, "title"),
        ttl=_read_ttl(feed),
        entries=tuple(entry for entry in entries if entry is not None),
    )


def _run_feedparser(document: str, page: Page) -> Any:
    """As bytes in a file: feedparser would open a string's address or a file of that name."""
    headers = {
        "content-type": "application/xml; charset=utf-8",
        "content-location": page.content_location or page.url,
    }
    body = io.BytesIO(document.encode("utf-8", "replace"))
    try:
        return feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise ParseError("a broken feed") from error


def _drop_prologue(text: str) -> str:
    """From the first element on: the encoding was obeyed, and entities of a feed's own may explode."""
    place = 0
    while text.startswith(("<?", "<!"), place):
        for mark in _get_ends(text, place):
            end = text.find(mark, place)
            place = end + len(mark) if end >= 0 else len(text)
        while text[place : place + 1].isspace():
            place += 1
    first = _TAG.search(text, place)
    return text[first.start() :] if first else ""


def _get_ends(text: str, place: int) -> tuple[str, ...]:
    """The marks at which a declaration, comment or DOCTYPE ends, to be found one after the other."""
    if text.startswith("<?", place):
        return ("?>",)
    if text.startswith("<!--", place):
        return ("-->",)
    return ("]", ">") if _SUBSET.match(text, place) else (">",)


def _is_cut(text: str) -> bool:
    """Whether the file ends inside an item: that one comes again, whole."""
    text = _UNREAD.sub("", text)
    *_, last = (match.start() for match in _OPENED.finditer(text)) if _OPENED.search(text) else (-1,)
    return last >= 0 and not _CLOSED.search(text, last) and "/>" not in text[last:]


def _find_written(text: str) -> Set[str]:
    """The guids and links of a feed before feedparser made addresses of them."""
    values = ("".join(match.groups("")) for match in _WRITTEN.finditer(text))
    return {squeeze(html.unescape(value)) for value in values}


def _read_entry(item: Mapping[str, Any], written: Set[str], base: str, now: datetime) -> Entry | None:
    description = _plain(item, "summary") or _read_content(item)
    url = _read_url(item, written, base)
    title = _plain(item, "title") or shorten(description, _TITLE_LENGTH) or url
    if not title or _BRIDGE_ERROR.match(title):
        return None
    return Entry(
        title=title,
        url=url,
        guid=_read_guid(item, written, base),
        description=description,
        published_at=_read_date(item, now),
    )


def _plain(item: Mapping[str, Any], name: str) -> str:
    """A text of the feed without markup; what the feed calls plain is not taken for markup."""
    value = item.get(name) or ""
    detail = item.get(f"{name}_detail") or {}
    return squeeze(value) if detail.get("type") == "text/plain" else plain_text(value)


def _read_content(item: Mapping[str, Any]) -> str:
    texts = (plain_text(content.get("value") or "") for content in item.get("content", ()))
    return next((text for text in texts if text), "")


def _read_url(item: Mapping[str, Any], written: Set[str], base: str) -> str:
    """An absolute http address or nothing; a guid that is no address was not meant as a link.

    feedparser takes the guid for the link where it comes first, and the link after it for the link again.
    """
    link = str(item.get("link", "")).strip()
    is_guid = item.get("guidislink") and link == str(item.get("id", "")).strip()
    if is_guid and squeeze(link) not in written:
        return ""
    return web_url(link, base)


def _read_guid(item: Mapping[str, Any], written: Set[str], base: str) -> str:
    """As the feed wrote it: feedparser makes an address of a bare word, which would change when the feed moves."""
    guid = squeeze(str(item.get("id", "")))
    if guid in written:
        return guid
    bare = guid.removeprefix(urljoin(base, "."))
    return bare if bare in written else guid


def _read_date(item: Mapping[str, Any], now: datetime) -> datetime | None:
    dates = (parse_published(squeeze(str(item[name])[:_LONGEST_DATE]), now) for name in _DATES if name in item)
    return next(filter(None, dates), None)


def _read_ttl(feed: Mapping[str, Any]) -> int | None:
    """RSS tells minutes."""
    ttl = str(feed.get("ttl", "")).strip()
    if ttl.isascii() and ttl.isdigit() and len(ttl) < 7:
        return int(ttl) * 60 or None
    return None
