"""Walks a list's older pages, one request at a time and with a pause between; stores and announces nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from feeds.errors import FetchError, PageError
from feeds.fetch import Fetcher
from feeds.links import normalise_link
from feeds.listing import check_layout, describe_page, read_listing
from feeds.pagekind import REASONS, PageKind
from feeds.pager import NextPage, find_next
from feeds.rules import PageRules
from feeds.types import Entry, Page

#: Pages of a walk that nobody bounded.
MOST_PAGES = 2000
_BEYOND = (404, 410)


@dataclass(frozen=True, slots=True)
class PageOfEntries:
    """One page's items that the walk had not met. `next` is a JSON value from which it goes on; None at the end."""

    number: int
    url: str
    entries: tuple[Entry, ...]
    next: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Walk:
    """How far to go: so many pages, or until all on one is older than `since`; `start` is an earlier page's `next`.

    `is_lax` reads the list although the certificate of its host is a bad one.
    """

    pages: int = MOST_PAGES
    since: datetime | None = None
    start: Mapping[str, Any] | None = None
    is_lax: bool = False


async def walk_pages(
    fetcher: Fetcher,
    url: str,
    rules: PageRules,
    walk: Walk,
    *,
    now: datetime,
    pause: Callable[[], Awaitable[None]],
) -> AsyncIterator[PageOfEntries]:
    """The pages from the first, or from `walk.start` on.

    `pause` is awaited between two requests. The walk never leaves the host, and ends where a page comes again, is not
    found, or brings nothing that was not met. Raises FetchError, also where robots.txt keeps programs off a page,
    PageError when it was led to what is no list, and LayoutError when already the first page holds nothing.
    """
    step: NextPage | None = NextPage.from_token(walk.start) if walk.start else NextPage(url, 1)
    asked: set[str] = set()
    met: set[str] = set()
    for turn in range(walk.pages):
        if step is None or step.key in asked:
            return
        asked.add(step.key)
        if turn:
            await pause()
        if (page := await _ask(fetcher, step, now, is_lax=walk.is_lax)) is None:
            return
        entries = await asyncio.to_thread(read_listing, page, rules, now)
        _check(entries, page, step)
        new = tuple(entry for entry in entries if normalise_link(entry.url) not in met)
        met.update(normalise_link(entry.url) for entry in new)
        if not new:
            return
        following = None if _is_older(new, walk.since) else await asyncio.to_thread(find_next, page, step.number)
        yield PageOfEntries(step.number, page.url, new, following.to_token() if following else None)
        step = following


async def _ask(fetcher: Fetcher, step: NextPage, now: datetime, *, is_lax: bool) -> Page | None:
    """The page, or None where the list has none of that number. Raises PageError when it was led to another host."""
    await fetcher.robots.check(step.url, now, allow_bad_certificate=is_lax)
    try:
        if step.form is None:
            page = await fetcher.get(step.url, allow_bad_certificate=is_lax)
        else:
            page = await fetcher.post(step.url, step.form, allow_bad_certificate=is_lax)
    except FetchError as error:
        if step.number > 1 and error.status in _BEYOND:
            return None
        raise
    if step.number > 1 and urlsplit(page.url).hostname != urlsplit(step.url).hostname:
        raise PageError("the next page leads to another site")
    return page


def _check(entries: tuple[Entry, ...], page: Page, step: NextPage) -> None:
    """Raises PageError: what is no list now is not the end of the list."""
    kind = PageKind.LIST if entries else describe_page(page)
    if kind in (PageKind.LOGIN, PageKind.MAINTENANCE, PageKind.SCRIPT):
        raise PageError(REASONS[kind], kind=kind)
    if step.number == 1:
        check_layout(entries)


def _is_older(entries: tuple[Entry, ...], since: datetime | None) -> bool:
    """Whether the page has reached beyond the date: none of its dated items is as new."""
    dates = [entry.published_at for entry in entries if entry.published_at]
    return since is not None and bool(dates) and max(dates) < since
