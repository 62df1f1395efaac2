"""First polls of several sources that end at the same time: they are stored together, or alone where that fails."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from db import storing
from db.lease import LEASE
from db.models import Article, ArticleKey, Source
from db.storing import NewArticle
from feeds import fill
from feeds.poll import Poller
from tests.papers import Item, item, items, rss
from tests.road import Road

HOSTS = [f"{number}.example.vn" for number in range(4)]


async def add_sources(road: Road, feeds: Mapping[str, Sequence[Item]]) -> dict[str, int]:
    """Their ids by their hosts."""
    ids = {}
    for host, entries in feeds.items():
        url = f"https://{host}/rss.xml"
        road.web.put(url, rss(entries), etag=f'"{host}"')
        ids[host] = await road.source(url)
    return ids


async def poll_all(road: Road) -> list[bool | BaseException]:
    poller = Poller(road.database, road.fetcher, road.rules, road.clock)
    return await asyncio.gather(*(poller.poll_one() for _ in HOSTS), return_exceptions=True)


async def count_articles(road: Road) -> dict[int, int]:
    """By source."""
    rows = [article.source_id for article in await road.rows(Article)]
    return {source_id: rows.count(source_id) for source_id in set(rows)}


async def test_sources_that_are_read_for_the_first_time_are_filled_together(
    road: Road, caplog: pytest.LogCaptureFixture
) -> None:
    """D11 N13 P5"""
    caplog.set_level("INFO", "feeds")
    ids = await add_sources(road, {host: items(*range(3 + n), host=host) for n, host in enumerate(HOSTS)})
    assert await poll_all(road) == [True] * 4
    assert await count_articles(road) == {ids[host]: 3 + n for n, host in enumerate(HOSTS)}
    assert await road.titles(announced=True) == []
    hosts = {article.id: article.host for article in await road.rows(Article)}
    assert all(hosts[key.article_id] == HOSTS[key.source_id - ids[HOSTS[0]]] for key in await road.rows(ArticleKey))
    assert {(row.etag, row.leased_until) for row in await road.rows(Source)} == {(f'"{host}"', None) for host in HOSTS}
    assert sum("for the first time" in line for line in caplog.messages) < len(HOSTS)
    assert all(article.folded.startswith(" ") for article in await road.rows(Article))


async def test_a_long_fill_lets_others_write_in_between(
    road: Road, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """D10 P1"""
    caplog.set_level("INFO", "feeds")
    monkeypatch.setattr(fill, "MOST_AT_ONCE", 8)
    ids = await add_sources(road, {host: items(*range(3 + 3 * n), host=host) for n, host in enumerate(HOSTS)})
    assert await poll_all(road) == [True] * 4
    assert await count_articles(road) == {ids[host]: 3 + 3 * n for n, host in enumerate(HOSTS)}
    stored = [int(count) for line in caplog.messages for count in re.findall(r"first time: (\d+) new", line)]
    assert sum(stored) == 30
    assert max(stored) == 12  # no source is parted, and none stands with one so long


async def test_what_was_filled_is_recognised(road: Road) -> None:
    """N3"""
    await add_sources(road, {host: items(1, 0, host=host) for host in HOSTS})
    await poll_all(road)
    for host in HOSTS:
        road.web.put(f"https://{host}/rss.xml", rss(items(2, 1, 0, host=host)))
    for _ in HOSTS:
        await road.poll_next()
    assert await road.titles(announced=True) == [item(2).title] * 4
    assert len(await road.titles()) == 12


async def test_what_two_bring_at_once_is_stored_once(road: Road) -> None:
    """N8"""
    shared = items(2, 1, 0, host="chung.example.vn")
    ids = await add_sources(road, dict.fromkeys(HOSTS, shared))
    assert await poll_all(road) == [True] * 4
    assert len(await road.titles()) == 3
    carriers = [(key.source_id, key.key) for key in await road.rows(ArticleKey) if key.key.startswith("l:")]
    assert {source_id for source_id, _ in carriers} == set(ids.values())
    assert len(carriers) == 12


async def test_one_that_cannot_be_stored_keeps_none_of_the_others(
    road: Road, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """D10"""
    ids = await add_sources(road, {host: items(1, host=host) for host in HOSTS})
    add = storing.add_all_articles

    async def refuse(
        session: AsyncSession, articles: Mapping[int, Sequence[NewArticle]], now: datetime, **hosts: set[str]
    ) -> None:
        await add(session, articles, now, **hosts)
        if ids[HOSTS[2]] in articles:
            raise ValueError("surrogates not allowed")

    with monkeypatch.context() as patch:
        patch.setattr(storing, "add_all_articles", refuse)
        ends = await poll_all(road)
    assert [end for end in ends if end is not True] == [ends[2]]
    assert isinstance(ends[2], ValueError)
    assert "together" in caplog.text
    assert await count_articles(road) == {ids[host]: 1 for host in HOSTS if host != HOSTS[2]}
    road.clock.advance(LEASE)
    assert await road.poll()
    assert len(await road.titles()) == 4


async def test_a_first_poll_that_outlived_its_lease_does_not_count(road: Road) -> None:
    """P4"""
    gate = asyncio.Event()
    ids = await add_sources(road, {HOSTS[0]: items(0, host=HOSTS[0])})
    url = f"https://{HOSTS[0]}/rss.xml"
    road.web.put(url, rss(items(1, 0, host=HOSTS[0])), gate=gate)
    late = asyncio.create_task(road.poll())
    await road.web.wait_for_requests(1)
    road.clock.advance(LEASE)
    road.web.put(url, rss(items(0, host=HOSTS[0])))
    assert await road.poll()
    gate.set()
    assert await late
    assert await count_articles(road) == {ids[HOSTS[0]]: 1}
