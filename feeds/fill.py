"""Stores what sources hold when they are first read, those of several in one commit. It tells nobody anything."""

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import polling, storing
from db.models import Source
from db.polling import Find
from db.statements import wait_in_line
from db.storing import NewArticle, Standing
from feeds.decide import choose_announced
from feeds.outcome import End, Polled, PollRules, build_articles, build_outcome, count_first, has_moved

log = logging.getLogger(__name__)

#: Not many more articles than these are stored in one commit, during which nobody else writes on SQLite.
MOST_AT_ONCE = 1000


def may_fill(source: Source, polled: Polled) -> bool:
    """Whether a source is read for the first time, and nothing is to be done but to store what it brought."""
    is_told = source.added_by_chat_id is not None or bool(source.told_of)
    return bool(polled.reading.fresh) and not is_told and not has_moved(source, polled)


def split(ends: Sequence[End]) -> Iterator[list[End]]:
    """What is to be stored in one commit each, in this order; a source is never parted."""
    part: list[End] = []
    for end in ends:
        if part and sum(len(polled.reading.fresh) for _, polled in [*part, end]) > MOST_AT_ONCE:
            yield part
            part = []
        part.append(end)
    if part:
        yield part


async def fill(session: AsyncSession, ends: Sequence[End], rules: PollRules, now: datetime) -> Collection[int]:
    """Store all that sources brought which have nothing yet; returns which these are. The others stay as they are.

    What is known by its link is left to be recognised: of two that carry the same item the first one is filled.
    """
    await wait_in_line(session, "articles")
    standings = await storing.get_standings(session, [source.id for source, _ in ends])
    taken = await storing.find_links(session, [key for _, polled in ends for key in polled.reading.wanted])
    filling: list[End] = []
    for source, polled in ends:
        empty = Standing(source.leased_until, None, has_keys=False)
        links = storing.choose_links(polled.reading.wanted)
        if source.leased_until and standings.get(source.id) == empty and taken.isdisjoint(links):
            filling.append((source, polled))
            taken |= links
    if filling:
        await _store(session, filling, rules, now)
    return {source.id for source, _ in filling}


async def _store(session: AsyncSession, ends: Sequence[End], rules: PollRules, now: datetime) -> None:
    articles: dict[int, Sequence[NewArticle]] = {}
    finds: list[Find] = []
    for source, polled in ends:
        new = polled.reading.fresh
        announced = choose_announced(new, newest=None, first_items=count_first(source, rules), now=now)
        articles[source.id] = build_articles(new, announced, now)
        title = polled.feed.title if polled.feed else ""
        dates = [article.published_at for article in articles[source.id]]
        finds.append(Find(source, build_outcome(source, polled, len(new), rules, now), title, dates))
    await storing.add_all_articles(session, articles, now, hosts={source.host for source, _ in ends})
    await polling.record_finds(session, finds, now)
    log.info("sources %s polled for the first time: %s new", list(articles), sum(map(len, articles.values())))
