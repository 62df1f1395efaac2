"""One step of the road: finds out what an address would give, and tells who wants to watch it. It keeps nothing."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db import outbox, previews
from db.engine import Database
from db.hosts import release_host
from db.lease import LEASE, kept
from db.models import Preview, PreviewState
from db.rules import join_rules, split_rules
from feeds.discover import Discovery, Kind, discover, newest
from feeds.errors import FeedsError
from feeds.fetch import Fetcher
from feeds.listing import parse_listing
from feeds.rules import PageRules, check_article_rules

log = logging.getLogger(__name__)


async def preview_one(database: Database, fetcher: Fetcher, now: Callable[[], datetime]) -> bool:
    """Look at one address; false when nobody asked."""
    async with database.write() as session:
        preview = await previews.claim_preview(session, now(), LEASE)
    if preview is None:
        return False

    async def renew(session: AsyncSession) -> None:
        await previews.renew(session, preview, now() + LEASE)

    try:
        async with kept(database, renew):
            outcome: Discovery | FeedsError = await look(fetcher, preview.url, preview.rules, now())
    except FeedsError as error:
        outcome = error
    except asyncio.CancelledError:
        async with database.write() as session:
            await previews.record(session, preview)
            await release_host(session, preview.host)
        raise
    async with database.write() as session:
        await _record(session, preview, outcome, now())
    return True


def _get_rules(rules: Mapping[str, str]) -> PageRules | None:
    """The selectors of a list; None where there are none."""
    listing = split_rules(rules).listing
    return PageRules(**listing) if listing else None


async def look(
    fetcher: Fetcher, url: str, given: Mapping[str, str], now: datetime, *, allow_bad_certificate: bool = False
) -> Discovery:
    """What an address gives, by the rules where some are given, by their names. Raises FeedsError.

    A page that robots.txt keeps from programs is not watched; a feed is made for them.
    """
    rules = _get_rules(given)
    check_article_rules(split_rules(given).article)
    if rules is None:
        found = await discover(fetcher, url, now, allow_bad_certificate=allow_bad_certificate)
        if found.kind is Kind.PAGE:
            await fetcher.robots.check(found.url, now, allow_bad_certificate=allow_bad_certificate)
        return found
    rules.check()
    await fetcher.robots.check(url, now, allow_bad_certificate=allow_bad_certificate)
    page = await fetcher.get(url, allow_bad_certificate=allow_bad_certificate)
    feed = await asyncio.to_thread(parse_listing, page, rules, now)
    return Discovery(url, Kind.PAGE, feed.title, newest(feed.entries), rules)


async def _record(session: AsyncSession, preview: Preview, outcome: Discovery | FeedsError, now: datetime) -> None:
    await release_host(session, preview.host)
    if isinstance(outcome, FeedsError):
        log.info("preview %s: nothing to watch: %s", preview.id, outcome)
        if await previews.record(session, preview, state=PreviewState.FAILED, reason=str(outcome)):
            await _tell(session, preview, "preview_failed", {"url": preview.url, "reason": str(outcome)}, now)
        return
    log.info("preview %s: %s at %s", preview.id, outcome.kind, outcome.url)
    values = {
        "state": PreviewState.FOUND,
        "url": outcome.url,
        "kind": outcome.kind.value,
        "name": outcome.name,
        "rules": _join_rules(preview, outcome),
    }
    if await previews.record(session, preview, **values):
        await _tell(session, preview, "source_preview", _describe(preview, outcome), now)


def _describe(preview: Preview, found: Discovery) -> dict[str, Any]:
    items = [[entry.title, entry.published_at.isoformat() if entry.published_at else ""] for entry in found.entries]
    rules = _join_rules(preview, found)
    return {
        "preview_id": preview.id,
        "url": found.url,
        "name": found.name,
        "kind": found.kind.value,
        "topic": preview.topic,
        "items": items,
        "rules": {name: selector for name, selector in rules.items() if selector},
    }


def _join_rules(preview: Preview, found: Discovery) -> dict[str, str]:
    """Those for the list that were given or found, and those for its articles that were given."""
    listing = asdict(found.rules) if found.rules else {}
    return join_rules(listing, split_rules(preview.rules).article)


async def _tell(session: AsyncSession, preview: Preview, notice: str, data: dict[str, Any], now: datetime) -> None:
    key = f"preview:{preview.id}"
    await outbox.owe_notice(session, [preview.chat_id], notice=notice, key=key, data=data, now=now)
