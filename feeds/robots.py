"""Obeys robots.txt where loa reads a site as a crawler does; keeps each site's rules in memory for a day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from feeds.decode import decode
from feeds.errors import FetchError, RobotsError
from feeds.types import Page

#: By which name robots.txt speaks to loa: the first word of its User-Agent.
TOKEN = "loa"  # noqa: S105 - no secret
#: How long a site's rules are believed; then they are fetched again, and kept for some time where that fails.
FRESH = timedelta(days=1)
STALE = timedelta(days=30)
AGAIN = timedelta(hours=1)
#: No site keeps loa away for longer between two requests, whatever its Crawl-delay.
LONGEST_DELAY = timedelta(minutes=10)
_LARGEST = 512 * 1024
_MOST_SITES = 1000
_TOO_MANY = 429


class Get(Protocol):
    """Fetches one address. Raises FetchError."""

    async def __call__(self, url: str, *, home: str = "", allow_bad_certificate: bool = False) -> Page: ...


@dataclass(frozen=True, slots=True)
class _Site:
    """A site's rules; those of a site without any allow all."""

    rules: Protego
    fetched_at: datetime
    check_at: datetime


class Robots:
    """Asks each site once a day."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._sites: dict[str, _Site] = {}

    async def check(self, url: str, now: datetime, *, home: str = "", allow_bad_certificate: bool = False) -> None:
        """Raises RobotsError for a page the site keeps to itself, FetchError where its rules cannot be had.

        `home` is the host of the source that leads there, as for `Fetcher.get`.
        """
        origin = _get_origin(url)
        site = self._sites.get(origin)
        if site is None or site.check_at <= now:
            get = partial(self._get, home=home, allow_bad_certificate=allow_bad_certificate)
            site = await _ask(get, origin, site, now)
            self._keep(origin, site)
        if not site.rules.can_fetch(url, TOKEN):
            raise RobotsError

    def get_delay(self, url: str) -> timedelta:
        """What lies between two requests by the site's wish, as far as its rules were read."""
        site = self._sites.get(_get_origin(url))
        if site is None:
            return timedelta()
        rate = site.rules.request_rate(TOKEN)
        seconds = max(site.rules.crawl_delay(TOKEN) or 0.0, rate.seconds / rate.requests if rate else 0.0)
        return timedelta(seconds=min(seconds, LONGEST_DELAY.total_seconds()))

    def _keep(self, origin: str, site: _Site) -> None:
        self._sites.pop(origin, None)
        if len(self._sites) >= _MOST_SITES:
            del self._sites[next(iter(self._sites))]
        self._sites[origin] = site


async def _ask(get: Callable[[str], Awaitable[Page]], origin: str, known: _Site | None, now: datetime) -> _Site:
    """A site that answers 4xx has no rules (RFC 9309); one that does not answer is left alone for now."""
    try:
        page = await get(f"{origin}/robots.txt")
    except FetchError as error:
        if error.status is not None and 400 <= error.status < 500 and error.status != _TOO_MANY:
            return _Site(Protego.parse(""), now, now + FRESH)
        if known is not None and now < known.fetched_at + STALE:
            return replace(known, check_at=now + AGAIN)
        raise FetchError("the site's robots.txt cannot be had", retry_in=error.retry_in) from error
    return _Site(Protego.parse(decode(page.body[:_LARGEST])), now, now + FRESH)


@lru_cache(maxsize=1024)
def _get_origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
