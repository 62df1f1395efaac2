"""Finds out how an address can be watched: as a feed, by a feed it leads to, or as a page that lists news.

It asks one request after the other and keeps nothing.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urljoin, urlsplit

from feeds.errors import FeedsError, FetchError, PageError, ParseError
from feeds.fetch import Fetcher
from feeds.links import normalise_link, web_url
from feeds.listing import Listing, describe_page, find_listing, get_base, parse_page, read_name
from feeds.pagekind import REASONS, PageKind
from feeds.parse import parse_feed
from feeds.rules import PageRules
from feeds.types import Entry, Feed, Page

#: How many items are shown before a source is kept.
NEWEST = 5
_MOST_LINKED = 3
#: Where feeds use to lie, likeliest first.
USUAL_PATHS = (
    *("/rss.xml", "/rss", "/feed", "/feed/", "/feed.xml", "/atom.xml", "/index.xml", "/?feed=rss2", "/rss/home.rss"),
    "/feed.json",
)
_FEED_TYPE = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json|rdf\+xml)|text/(?:rss|atom)", re.IGNORECASE)
_FEED_LINK = re.compile(r"(?:\.rss|\.atom|\.rdf|/rss|/feed|/feed\.json|(?:rss|feed|atom)\w*\.(?:xml|aspx|ashx|php))/?$")
_ASIDE = re.compile(r"comment|binh-luan|opml|sitemap", re.IGNORECASE)
_SHARED = 0.5  # of a page's items that a feed elsewhere on the site must hold to stand for the page

_Get = Callable[[str], Awaitable[Page]]


class Kind(StrEnum):
    FEED = "feed"  #: RSS, Atom, JSON Feed
    PAGE = "page"  #: a page that lists news, read by rules


@dataclass(frozen=True, slots=True)
class Discovery:
    """What would be watched: its address and name, the newest items as they would be announced, and a page's rules."""

    url: str
    kind: Kind
    name: str
    entries: tuple[Entry, ...]
    rules: PageRules | None = None


async def discover(
    fetcher: Fetcher, url: str, now: datetime, kind: Kind | None = None, *, allow_bad_certificate: bool = False
) -> Discovery:
    """How to watch an address; with a kind, only so. Raises FetchError, ParseError or PageError, which say why not.

    A bad certificate and a private network are allowed to the host that the address names, and to no other.
    """

    async def get(link: str) -> Page:
        is_lax = allow_bad_certificate and _get_host(link) == _get_host(url)
        return await fetcher.get(link, home=_get_host(url), allow_bad_certificate=is_lax)

    page = await get(url)
    address = page.moved_to or url.strip()
    if kind is not Kind.PAGE:
        try:
            return _describe_feed(address, await asyncio.to_thread(parse_feed, page, now))
        except ParseError:
            if kind is Kind.FEED:
                raise
    listing = await asyncio.to_thread(find_listing, page, now)
    if kind is not Kind.PAGE and (found := await _find_feed(get, page, listing, now)):
        return found
    if listing is None:
        reason = describe_page(page)
        raise PageError(REASONS[reason], kind=reason)
    return Discovery(address, Kind.PAGE, _name(read_name(page), address), newest(listing.entries), listing.rules)


def newest(entries: Sequence[Entry], count: int = NEWEST) -> tuple[Entry, ...]:
    """By their dates when each has one, otherwise in the order of the source."""
    if all(entry.published_at for entry in entries):
        entries = sorted(entries, key=lambda entry: -(entry.published_at.timestamp() if entry.published_at else 0.0))
    return tuple(entries[:count])


def list_feed_links(page: Page) -> list[str]:
    """The feeds that a page names: in its head first, then among its links; those of comments last."""
    root = parse_page(page)
    if root is None:
        return []
    base = get_base(root, page)
    urls = [url for link in _iter_feed_links(root) if (url := web_url(link, base))]
    return sorted(dict.fromkeys(urls), key=lambda url: bool(_ASIDE.search(url)))


def _iter_feed_links(root: Any) -> Iterator[str]:
    for link in root.iter("link"):
        if "alternate" in link.get("rel", "").lower().split() and _FEED_TYPE.match(link.get("type", "").strip()):
            yield link.get("href", "")
    for anchor in root.iter("a"):
        href = anchor.get("href", "").strip()
        if _FEED_TYPE.match(anchor.get("type", "")) or _FEED_LINK.search(href.split("?")[0].lower()):
            yield href


async def _find_feed(get: _Get, page: Page, listing: Listing | None, now: datetime) -> Discovery | None:
    for url in list_feed_links(page)[:_MOST_LINKED]:
        if found := await _try_feed(get, url, now):
            return _describe_feed(*found)
    if listing is None and describe_page(page) in (PageKind.LOGIN, PageKind.ERROR, PageKind.MAINTENANCE):
        return None
    return await _find_usual_feed(get, page, listing, now)


async def _find_usual_feed(get: _Get, page: Page, listing: Listing | None, now: datetime) -> Discovery | None:
    """A feed of the whole site, when the page is the site's front or the feed holds what the page lists."""
    is_front = not urlsplit(page.url).path.strip("/")
    for path in USUAL_PATHS:
        try:
            found = await _try_usual(get, urljoin(page.url, path), now)
        except FetchError:
            return None
        if found and (listing is None or is_front or _holds(found[1], listing)):
            return _describe_feed(*found)
        if found:
            return None
    return None


async def _try_usual(get: _Get, url: str, now: datetime) -> tuple[str, Feed] | None:
    """Raises FetchError when the server had better be left alone."""
    try:
        page = await get(url)
        return page.moved_to or url, _parse_full(page, now)
    except FetchError as error:
        if error.status is None or error.status == 429 or error.status >= 500:
            raise
    except ParseError:
        pass
    return None


async def _try_feed(get: _Get, url: str, now: datetime) -> tuple[str, Feed] | None:
    try:
        page = await get(url)
        return page.moved_to or url, _parse_full(page, now)
    except FeedsError:
        return None


def _parse_full(page: Page, now: datetime) -> Feed:
    """Raises ParseError for an empty feed too: nobody knows whether it will ever be filled."""
    feed = parse_feed(page, now)
    if not feed.entries:
        raise ParseError("an empty feed")
    return feed


def _holds(feed: Feed, listing: Listing) -> bool:
    listed = {normalise_link(entry.url) for entry in listing.entries}
    return len(listed & {normalise_link(entry.url) for entry in feed.entries}) >= _SHARED * len(listed)


def _describe_feed(url: str, feed: Feed) -> Discovery:
    return Discovery(url, Kind.FEED, _name(feed.title, url), newest(feed.entries))


def _name(name: str, url: str) -> str:
    return name or _get_host(url).removeprefix("www.") or url


def _get_host(url: str) -> str:
    """In lower case; empty for what is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
