"""All that is done with a page before the store is asked: bytes to entries and their keys, or to a summary. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from db.text import searchable
from feeds.article import read_story
from feeds.decide import Keys, New, decide, keys_of, wanted_keys
from feeds.listing import parse_listing
from feeds.parse import parse_feed
from feeds.rules import PageRules
from feeds.summarisers import summarise
from feeds.types import ArticleRules, Feed, Page, Size, Story, Summary


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page holds: `feed` is None when it is what was read before.

    `digest` recognises it then. `keys` are those of the feed's entries, and `wanted` what to look up of them. `fresh`
    is what a feed brings that is read for the first time, if nobody knows any of it.
    """

    digest: str
    feed: Feed | None = None
    keys: tuple[Keys, ...] = ()
    wanted: tuple[str, ...] = ()
    fresh: tuple[New, ...] = ()


def read_feed(page: Page, now: datetime, *, is_first: bool = False) -> Reading:
    """Raises ParseError."""
    reading = _add_keys(get_digest(page.body), parse_feed(page, now))
    return _add_fresh(reading) if is_first else reading


def read_list(page: Page, now: datetime, *, rules: Mapping[str, str], before: str | None) -> Reading:
    """What is on a page tells whether it changed since `before`: its frame does so at every fetch. Raises PageError."""
    feed = parse_listing(page, PageRules(**rules), now)
    digest = get_digest(repr(feed.entries).encode())
    return Reading(digest) if digest == before else _add_keys(digest, feed)


def read_article(page: Page, title: str, *, size: Size, rules: ArticleRules) -> tuple[Story, Summary]:
    """Raises ArticleError."""
    story = read_story(page.body, page.url, page.content_type, title=title, rules=rules)
    return story, summarise(story, sentences=size.sentences, limit=size.characters)


def get_digest(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _add_keys(digest: str, feed: Feed) -> Reading:
    keys = tuple(keys_of(entry) for entry in feed.entries)
    wanted = {key for entry, own in zip(feed.entries, keys, strict=True) for key in wanted_keys(entry, own)}
    return Reading(digest, feed, keys, tuple(sorted(wanted)))


def _add_fresh(reading: Reading) -> Reading:
    entries = reading.feed.entries if reading.feed else ()
    new = decide(entries, {}, reading.keys).new
    folded = [replace(one, folded=searchable(one.entry.title, one.entry.description)) for one in new]
    return replace(reading, fresh=tuple(folded))
