"""What a poll finds new: what is stored, what is announced, what is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models import Article, ArticleKey, Delivery, MemberState, Role, Source
from tests import make
from tests.make import NOW
from tests.papers import EVENTS, Item, item, items, rss
from tests.road import FEED, Owed, Road

OTHER_FEED = "https://baotinh.example.vn/kinh-te.rss"


@pytest.fixture
async def source(road: Road) -> int:
    """A source that was polled once, when its feed had the items 2, 1 and 0."""
    source_id = await road.source()
    road.web.put(FEED, rss(items(2, 1, 0)))
    await road.poll_next()
    return source_id


async def poll(road: Road, feed: str | bytes, *, url: str = FEED) -> list[str]:
    """Publish the feed, poll it, and return the titles of what is to be announced that was not there before."""
    before = await road.titles(announced=True)
    road.web.put(url, feed)
    await road.poll_next()
    return (await road.titles(announced=True))[len(before) :]


async def test_nothing_is_polled_when_nothing_is_due(road: Road) -> None:
    assert not await road.poll()


@pytest.mark.parametrize("announced", [0, 3, 80])
async def test_a_first_poll_stores_all_and_announces_as_many_as_asked(road: Road, announced: int) -> None:
    """D11"""
    road.rules = replace(road.rules, first_poll_items=announced)
    await road.source()
    numbers = range(49, -1, -1)
    road.web.put(FEED, rss([item(n, published_at=NOW - timedelta(hours=50 - n)) for n in numbers]))
    await road.poll_next()
    assert await road.titles() == [item(n).title for n in reversed(numbers)]
    assert await road.titles(announced=True) == [item(n).title for n in range(50)][50 - min(announced, 50) :]


async def test_a_second_poll_announces_what_is_new(road: Road, source: int) -> None:
    assert await poll(road, rss(items(4, 3, 2, 1))) == [item(3).title, item(4).title]
    article = (await road.rows(Article))[-1]
    assert (article.source_id, article.url, article.host) == (source, item(4).url, "thongke.example.vn")
    assert (article.description, article.published_at) == (item(4).description, NOW)


async def test_a_source_without_a_name_takes_that_of_its_feed(road: Road) -> None:
    source_id = await road.source(name="")
    await poll(road, rss([], title="Cổng thông tin"))
    assert (await road.get(Source, source_id)).name == "Cổng thông tin"


@pytest.mark.usefixtures("source")
class TestIdentity:
    """No news twice, none missed, no flood."""

    async def test_items_without_guid_are_known_by_their_links(self, road: Road) -> None:
        """N1"""
        assert await poll(road, rss([item(n, guid="") for n in (3, 2, 1, 0)])) == [item(3).title]
        assert await poll(road, rss([item(n, guid="") for n in (4, 3, 2, 1)])) == [item(4).title]

    async def test_one_guid_on_all_items_tells_nothing(self, road: Road) -> None:
        """N2"""
        assert await poll(road, rss([item(n, guid="tin") for n in (4, 3, 2, 1)])) == [item(3).title, item(4).title]
        assert await poll(road, rss([item(n, guid="tin") for n in (5, 4, 3, 2)])) == [item(5).title]

    @pytest.mark.parametrize(
        "change",
        ["?utm_source=rss&utm_medium={n}", "?PHPSESSID=a0b1c2d3e4f5a6b7c8d{n}", "/"],
        ids=["campaign", "session", "slash"],
    )
    async def test_links_that_change_at_each_fetch_are_the_same_news(self, road: Road, change: str) -> None:
        """N3"""
        for fetch in range(1, 4):
            suffix = change.format(n=fetch)
            changed = [item(n, url=f"{item(n).url}{suffix}", guid=f"{item(n).url}{suffix}") for n in (2, 1, 0)]
            assert await poll(road, rss(changed)) == []

    async def test_a_move_to_https_and_new_guids_are_the_same_news(self, road: Road) -> None:
        """N3"""
        changed = [item(n, url=item(n).url.replace("https", "http"), guid=f"khac-{n}") for n in (2, 1, 0)]
        assert await poll(road, rss(changed)) == []

    async def test_a_mended_title_is_the_same_news(self, road: Road) -> None:
        """N4"""
        mended = item(2, title=item(2).title.replace("giảm nhẹ", "giảm mạnh"))
        assert await poll(road, rss([mended, *items(1, 0)])) == []

    async def test_the_order_counts_for_nothing(self, road: Road) -> None:
        """N5"""
        assert await poll(road, rss(items(0, 2, 3, 1))) == [item(3).title]

    async def test_items_that_vanish_and_return_are_old(self, road: Road) -> None:
        """N6"""
        assert await poll(road, rss(items(2))) == []
        assert await poll(road, rss(items(2, 1, 0))) == []

    async def test_a_feed_that_is_empty_once_is_no_flood(self, road: Road) -> None:
        """N7"""
        assert await poll(road, rss([])) == []
        assert await poll(road, rss(items(3, 2, 1, 0))) == [item(3).title]

    async def test_dates_that_cannot_be_are_now(self, road: Road) -> None:
        """N11"""
        dates = [NOW + timedelta(days=400), NOW.replace(year=1970), None]
        strange = [item(n, published_at=date) for n, date in zip((5, 4, 3), dates, strict=True)]
        assert set(await poll(road, rss([*strange, *items(2, 1, 0)]))) == {item(n).title for n in (3, 4, 5)}
        assert {one.published_at for one in (await road.rows(Article))[3:]} == {road.clock()}
        assert await poll(road, rss([*strange, *items(2, 1)])) == []

    async def test_an_old_item_pinned_on_top_is_stored_silently(self, road: Road) -> None:
        """N12"""
        pinned = item(9, published_at=NOW - timedelta(days=300))
        assert await poll(road, rss([pinned, *items(3, 2, 1, 0)])) == [item(3).title]
        assert pinned.title in await road.titles(announced=False)
        assert await poll(road, rss([pinned, *items(3, 2, 1, 0)])) == []

    async def test_items_without_a_link_are_known_by_what_they_say(self, road: Road) -> None:
        """N15"""
        bare = [item(n, url="", guid="") for n in (5, 4)]
        assert await poll(road, rss([*bare, *items(2, 1, 0)])) == [item(4).title, item(5).title]
        assert await poll(road, rss([*reversed(bare), *items(2, 1)])) == []
        assert {(one.url, one.host) for one in (await road.rows(Article))[3:]} == {("", "")}

    async def test_a_feed_full_of_new_items_is_reported_as_a_gap(self, road: Road) -> None:
        """N10"""
        admin = await make_admin(road)
        assert len(await poll(road, rss(items(9, 8, 7, 6, 5)))) == 5
        assert await road.owed() == [Owed(admin, "source_gap")]


class TestTwoSources:
    """N8"""

    async def test_one_article_is_owed_once_to_followers_of_either_topic(self, road: Road) -> None:
        first, second = await road.source(), await road.source(OTHER_FEED)
        chats = [await road.follower(first), await road.follower(second), await road.follower(first)]
        async with road.database.write() as session:
            await make.follow(session, chats[2].id, (await road.get(Source, second)).topic_id)
        await poll_both(road, [])
        await poll_both(road, items(1))
        await road.read_all()
        assert await road.titles() == [item(1).title]
        assert sorted(await road.owed()) == sorted(Owed(chat.address, item(1).title) for chat in chats)

    async def test_a_source_that_carries_it_later_owes_it_to_its_own_followers(self, road: Road) -> None:
        first, second = await road.source(), await road.source(OTHER_FEED)
        chats = [await road.follower(first), await road.follower(second)]
        await poll_both(road, [])
        road.web.put(FEED, rss(items(1)))
        await poll_all(road)
        await road.read_all()
        assert await road.owed() == [Owed(chats[0].address, item(1).title)]
        await poll_both(road, items(1))
        assert await road.owed() == [Owed(chat.address, item(1).title) for chat in chats]

    async def test_what_another_source_had_is_not_announced_by_a_first_poll(self, road: Road) -> None:
        """D11"""
        first = await road.source()
        await poll(road, rss([]))
        await poll(road, rss(items(1)))
        await road.read_all()
        follower = await road.follower(await road.source(OTHER_FEED, topic_id=None))
        await poll_both(road, items(1))
        assert follower.address not in {owed.address for owed in await road.owed()}
        assert {key.source_id for key in await all_keys(road)} > {first}

    async def test_a_repeat_with_another_guid_and_no_link_of_its_own_is_linked_too(self, road: Road) -> None:
        await road.source()
        await road.source(OTHER_FEED)
        await poll_both(road, [])
        road.web.put(FEED, rss(items(1)))
        await poll_all(road)
        fuller = item(1, url="", guid="chung", description=item(1).description + " Chi tiết ở trang trong.")
        await poll_both(road, [item(1, guid="chung"), fuller])
        assert await road.titles() == [item(1).title]


async def test_who_asked_for_a_source_hears_what_was_found(road: Road) -> None:
    source_id = await road.source()
    asker = await ask_for(road, source_id)
    await poll(road, rss(items(3, 2, 1, 0)))
    await poll(road, rss(items(4, 3, 2, 1)))
    assert await road.owed() == [Owed(asker, "source_added")]
    (debt,) = await road.rows(Delivery)
    assert debt.data["articles"] == 4
    assert debt.data["titles"] == [EVENTS[n] for n in (3, 2, 1)]
    assert (debt.data["name"], debt.data["url"]) == ("Thống kê", FEED)


async def test_who_asked_for_a_source_hears_why_it_failed_and_when_it_works(road: Road) -> None:
    asker = await ask_for(road, await road.source())
    road.web.put(FEED, "<html><body>Trang chủ</body></html>")
    await road.poll_next()
    await road.poll_next()
    await poll(road, rss(items(0)))
    assert await road.owed() == [Owed(asker, "source_failed"), Owed(asker, "source_added")]
    assert (await road.rows(Delivery))[0].data == {"url": FEED, "reason": "a web page, no feed"}


async def make_admin(road: Road) -> str:
    """The address of an admin's chat."""
    async with road.database.write() as session:
        member = await make.member(session, role=Role.ADMIN, state=MemberState.ACCEPTED)
        return (await make.chat(session, member_id=member.id)).address


async def ask_for(road: Road, source_id: int) -> str:
    """The address of the chat that asked for the source."""
    async with road.database.write() as session:
        chat = await make.chat(session)
        (await session.get_one(Source, source_id)).added_by_chat_id = chat.id
    return chat.address


async def all_keys(road: Road) -> list[ArticleKey]:
    async with road.database.read() as session:
        return list(await session.scalars(select(ArticleKey)))


async def poll_all(road: Road) -> None:
    """Let every source be due, and poll them all."""
    road.clock.advance(timedelta(hours=2))
    while await road.poll():
        pass


async def poll_both(road: Road, entries: list[Item]) -> None:
    for url in (FEED, OTHER_FEED):
        road.web.put(url, rss(entries))
    await poll_all(road)


@pytest.mark.parametrize(("number", "announced"), [(1, 1), (4, 4), (6, 0)])
async def test_a_feed_that_is_filled_after_its_first_poll_floods_nobody(
    road: Road, number: int, announced: int
) -> None:
    """N7 D11: its first article is news, a whole feed is what it had."""
    await road.source()
    assert await poll(road, rss([])) == []
    assert len(await poll(road, rss(items(*range(number))))) == announced
    assert len(await poll(road, rss(items(*range(number + 1))))) == 1
