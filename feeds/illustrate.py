"""Fetches the picture of an article that is to be announced. One that cannot be had in a few seconds is left out."""

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import NamedTuple

from db import pictures
from db.engine import Database
from db.models import Article, Source
from db.summaries import Reading
from feeds.apart import run_apart
from feeds.errors import FeedsError
from feeds.fetch import Fetcher
from feeds.fit import fit
from feeds.types import Page
from feeds.workers import Workers

log = logging.getLogger(__name__)

#: News waits no longer than this for its picture, in seconds.
PATIENCE = 5.0
_ACCEPT = "image/jpeg,image/png,image/webp;q=0.9,image/gif;q=0.8"


#: So many articles with the same first picture tell that it is a mark of the site; of covers, one does.
MARK, MARK_OF_COVERS = 2, 1


class Shot(NamedTuple):
    """A picture that every platform takes, and where it came from."""

    url: str
    content: bytes


def get_picture(reading: Reading) -> str:
    """The address of the picture that may go along; empty where there is none."""
    return reading.pictures[0]["url"] if reading.pictures else reading.cover


async def illustrate(
    database: Database,
    fetcher: Fetcher,
    article: Article,
    source: Source,
    reading: Reading,
    *,
    channels: Collection[str],
    now: datetime,
    workers: Workers | None = None,
) -> Shot | None:
    """The first picture of the article, if any chat on these channels will show it; whatever fails, none.

    Where it has none the page's cover does. What too many articles before had is a mark of the site, and no picture.
    """
    url = get_picture(reading)
    if not (article.announce and url and channels) or fetcher.hangs.has(url, now):
        return None
    async with database.read() as session:
        if not await pictures.is_wanted(session, channels):
            return None
        if await pictures.count_uses(session, url) >= (MARK if reading.pictures else MARK_OF_COVERS):
            return None
    try:
        async with asyncio.timeout(PATIENCE):
            page = await _fetch(fetcher, url, article, source, now)
        name = f"the picture of article {article.id}"
        return Shot(url, await run_apart(partial(fit, page.body), name, or_else="no picture", workers=workers))
    except TimeoutError:
        fetcher.hangs.note(url, now)
        log.info("article %s goes without its picture: it took too long", article.id)
    except FeedsError as error:
        log.info("article %s goes without its picture: %s", article.id, error)
    return None


async def _fetch(fetcher: Fetcher, url: str, article: Article, source: Source, now: datetime) -> Page:
    """As its page is read: by a crawler's rules where the page was found by one."""
    is_lax = source.allow_bad_certificate and article.host == source.host
    if source.kind == "page":
        await fetcher.robots.check(url, now, home=source.host, allow_bad_certificate=is_lax)
    return await fetcher.get(url, accept=_ACCEPT, home=source.host, allow_bad_certificate=is_lax)
