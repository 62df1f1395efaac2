"""Polls that meet what was met before under other names: nothing is told twice, and nothing is swallowed."""

from datetime import timedelta

import pytest

from feeds.decide import MOST_ANNOUNCED
from tests.make import NOW
from tests.papers import Item, item, items, rss
from tests.road import FEED, Road

SITE = "https://thongke.example.vn"


def make_restless(fetch: int, *numbers: int) -> list[Item]:
    """Items without guid and date, whose links and descriptions change at each fetch."""
    return [
        Item(item(n).title, f"{SITE}/tin?id={n}&v={fetch}{n}", "", f"{fetch} giờ trước. Nội dung {n}.", None)
        for n in numbers
    ]


async def test_links_and_descriptions_that_change_at_each_fetch_flood_nobody(road: Road) -> None:
    """N3"""
    await road.source()
    for fetch in range(1, 5):
        road.web.put(FEED, rss(make_restless(fetch, *range(6))))
        await road.poll_next()
    assert (len(await road.titles()), await road.titles(announced=True)) == (6, [])


@pytest.mark.parametrize("hour", [5, 14])
async def test_a_site_that_moves_and_mistakes_its_zone_floods_nobody(road: Road, hour: int) -> None:
    """N3"""
    await road.source()
    then = NOW.replace(hour=hour) - timedelta(days=1)
    road.web.put(FEED, rss([item(n, published_at=then) for n in range(6)]))
    await road.poll_next()
    later = then + timedelta(hours=7)
    moved = [item(n, published_at=later, url=f"{SITE}/moi/{n}", guid=f"x{n}") for n in range(6)]
    road.web.put(FEED, rss(moved))
    await road.poll_next()
    assert await road.titles(announced=True) == []


async def test_a_second_edition_of_the_same_day_is_announced(road: Road) -> None:
    """N16"""
    await road.source()
    morning = item(3, title="Giá xăng dầu hôm nay", description="Cập nhật giá xăng dầu.")
    road.web.put(FEED, rss([morning, *items(2, 1, 0)]))
    await road.poll_next()
    link = f"{SITE}/tin/chieu.html"
    road.web.put(FEED, rss([morning.but(url=link, guid=link, description="Giá xăng giảm."), *items(2, 1, 0)]))
    await road.poll_next()
    assert await road.titles(announced=True) == [morning.title]


async def test_each_bulletin_of_a_feed_with_one_item_and_one_link_is_announced(road: Road) -> None:
    """N2"""
    await road.source()
    for day in range(3):
        bulletin = item(day, url=f"{SITE}/ban-tin", guid="", published_at=NOW + timedelta(days=day))
        road.clock.now = max(road.clock(), NOW + timedelta(days=day))
        road.web.put(FEED, rss([bulletin]))
        await road.poll_next()
    assert await road.titles(announced=True) == [item(1).title, item(2).title]


async def test_a_site_that_pours_out_its_archive_floods_nobody(road: Road, caplog: pytest.LogCaptureFixture) -> None:
    """N7"""
    await road.source()
    road.web.put(FEED, rss(items(0)))
    await road.poll_next()
    road.web.put(FEED, rss([item(n, published_at=NOW + timedelta(minutes=n)) for n in range(50, -1, -1)]))
    await road.poll_next()
    assert len(await road.titles()) == 51
    assert await road.titles(announced=True) == [item(n).title for n in range(51 - MOST_ANNOUNCED, 51)]
    assert "50 new at once, 30 are announced" in caplog.text
