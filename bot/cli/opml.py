"""Brings a list of feeds into the database and out of it again, with a word on each that was left out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import FIRST_TOPIC, App
from bot.outside import hide_user
from db import following, polling
from db.polling import SourceRow
from feeds.links import normalise_link
from feeds.opml import Outline, Skipped, parse_opml, render_opml


@dataclass(slots=True)
class Report:
    """What became of each feed of a list."""

    added: list[Outline] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def topics(self) -> list[str]:
        return list(dict.fromkeys(outline.topic for outline in self.added))


async def import_feeds(app: App, body: bytes, topic: str = FIRST_TOPIC) -> Report:
    """Add the feeds of a list; those in no folder go to `topic`. Raises ParseError where it is none.

    None of them announces what it has already, and their first polls are spread over the shortest interval.
    """
    opml = parse_opml(body)
    outlines = [outline._replace(topic=outline.topic or topic) for outline in opml.outlines]
    report = Report(skipped=list(opml.skipped))
    async with app.database.write() as session:
        watched = {_get_key(url) for url in await polling.list_urls(session)}
        new = [outline for outline in outlines if _get_key(outline.url) not in watched]
        known = (outline for outline in outlines if _get_key(outline.url) in watched)
        report.skipped += [Skipped(outline.title, outline.url, "watched already") for outline in known]
        report.added = await _add(session, app, new)
    return report


def _get_key(url: str) -> str:
    return normalise_link(url) or url


async def _add(session: AsyncSession, app: App, outlines: list[Outline]) -> list[Outline]:
    now = app.now()
    step = app.settings.polling.min_interval / max(1, len(outlines))
    topics: dict[str, int] = {}
    for number, outline in enumerate(outlines):
        if outline.topic not in topics:
            row = await following.get_or_add_topic(session, outline.topic, now, is_default=False)
            topics[outline.topic] = row.id
        await polling.import_source(
            session,
            url=outline.url,
            host=urlsplit(outline.url).hostname or "",
            name=outline.title,
            topic_id=topics[outline.topic],
            now=now,
            due_at=now + number * step,
        )
    return outlines


class Exported(NamedTuple):
    """The list of `feeds` feeds, and what is not in it."""

    body: bytes
    feeds: int
    skipped: list[Skipped]


def export_feeds(rows: Iterable[SourceRow]) -> Exported:
    """All feeds, without passwords."""
    outlines, skipped = [], []
    for source, topic, _articles in rows:
        url = hide_user(source.url)
        if source.kind == "page":
            skipped.append(Skipped(source.name, url, "a page without a feed"))
            continue
        if url != source.url:
            skipped.append(Skipped(source.name, url, "its password is left out"))
        outlines.append(Outline(source.name or source.host, url, topic))
    return Exported(render_opml(outlines), len(outlines), skipped)
