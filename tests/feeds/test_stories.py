"""One story, once: what several sources tell is announced once, and what is changed afterwards is remembered."""

from datetime import timedelta

import pytest

from db import library, outbox, upkeep
from db.models import Article, Carriage, Delivery, Revision, Source, StoryKey, TextOrigin
from db.outbox import Due
from tests import make
from tests.papers import EVENTS, Item, item, items, page, rss
from tests.road import FEED, Owed, Road

PAPER = "https://baotinh.example.vn/tin-moi.rss"
TITLE = "Sáu tháng đầu năm, chỉ số sản xuất công nghiệp toàn tỉnh tăng 8,2%"
BODY = (
    "Theo báo cáo của Chi cục Thống kê ngày 5/8/2026, chỉ số sản xuất công nghiệp sáu tháng tăng 8,2% so với cùng kỳ.",
    "Ngành chế biến, chế tạo tăng 10,4%, đóng góp nhiều nhất; sản xuất điện tăng 6,1%, khai khoáng giảm 3%.",
    "Toàn tỉnh có 1.204 doanh nghiệp công nghiệp đang hoạt động, sử dụng 48.300 lao động, thêm 1.120 người.",
)
HTML = {"content_type": "text/html; charset=utf-8"}


@pytest.fixture
async def sources(road: Road) -> tuple[int, int]:
    """The office and a newspaper, both polled once when there was nothing yet."""
    ids = (await road.source(name="Chi cục Thống kê"), await road.source(PAPER, name="Báo Tỉnh"))
    for url in (FEED, PAPER):
        road.web.put(url, rss([]))
    await poll_all(road)
    return ids


async def poll_all(road: Road) -> None:
    road.clock.advance(timedelta(hours=2))
    while await road.poll():
        pass


async def publish(road: Road, feed: str, *entries: Item) -> None:
    road.web.put(feed, rss([entry.but(published_at=road.clock()) for entry in entries]))
    await poll_all(road)
    await road.read_all()


def release(road: Road, *body: str, title: str = TITLE) -> Item:
    """The office's release, with its page."""
    entry = item(1, title=title, description=body[0])
    road.web.put(entry.url, page(title, *body), **HTML)  # type: ignore[arg-type]
    return entry


def reprint(road: Road, *body: str, title: str = "Công nghiệp của tỉnh tăng khá") -> Item:
    """The newspaper's article, with its page."""
    entry = item(2, host="baotinh.example.vn", title=title, description="Tin từ ngành thống kê.")
    road.web.put(entry.url, page(title, *body), **HTML)  # type: ignore[arg-type]
    return entry


async def claim(road: Road) -> list[Due]:
    async with road.database.write() as session:
        return await outbox.claim(session, "telegram", road.clock(), lease=timedelta(minutes=1), limit=10)


async def test_a_reprint_is_owed_once_and_listed_once(road: Road, sources: tuple[int, int]) -> None:
    """N8"""
    office, paper = [await road.follower(source) for source in sources]
    await publish(road, FEED, release(road, *BODY))
    assert await road.owed() == [Owed(office.address, TITLE)]
    await publish(road, PAPER, reprint(road, "Trao đổi với phóng viên, ông Tám cho biết như sau.", *reversed(BODY)))
    assert await road.owed() == [Owed(office.address, TITLE), Owed(paper.address, TITLE)]
    first, second = await road.rows(Article)
    assert (first.same_as_id, second.same_as_id) == (None, first.id)
    async with road.database.read() as session:
        topics = [(await session.get_one(Source, source)).topic_id for source in sources]
        lists = [await library.get_latest(session, limit=9, topic_id=topic) for topic in (None, *topics)]
    assert [[row.title for row in rows] for rows in lists] == [[TITLE]] * 3
    assert [(one.article_id, one.source_id) for one in await road.rows(Carriage)] == [(first.id, sources[1])]


async def test_a_push_says_who_else_tells_it(road: Road, sources: tuple[int, int]) -> None:
    """N8"""
    await road.follower(sources[0])
    await publish(road, FEED, release(road, *BODY))
    await publish(road, PAPER, reprint(road, *BODY))
    (due,) = await claim(road)
    assert due.news is not None
    assert (due.news.source, due.news.also) == ("Chi cục Thống kê", ("Báo Tỉnh",))


async def test_short_items_with_one_footer_are_all_news(road: Road, sources: tuple[int, int]) -> None:
    """N8"""
    office = await road.follower(sources[0])
    footer = (
        "Cổng thông tin điện tử tỉnh chịu trách nhiệm về nội dung đăng tải, giấy phép số 12/GP-TTĐT, ghi rõ nguồn khi "
        "phát hành lại thông tin từ trang này."
    )
    titles = [
        "Kết quả thu ngân sách kỳ 11",
        "Kế hoạch số 179/KH-UBND được phê duyệt hôm nay",
        "Khai mạc giải bóng chuyền",
    ]
    await publish(
        road, FEED, *(item(number, title=title, description=footer) for number, title in enumerate(titles, 1))
    )
    assert [article.same_as_id for article in await road.rows(Article)] == [None] * 3
    assert sorted(await road.owed()) == sorted(Owed(office.address, title) for title in titles)


async def test_another_months_report_is_news(road: Road, sources: tuple[int, int]) -> None:
    office = await road.follower(sources[0])
    await publish(road, FEED, release(road, *BODY))
    other = [text.translate(str.maketrans("23456789", "34567892")) for text in BODY]
    await publish(road, PAPER, reprint(road, *other))
    assert [article.same_as_id for article in await road.rows(Article)] == [None, None]
    assert await road.owed() == [Owed(office.address, TITLE)]


async def test_the_same_words_a_month_later_are_news(road: Road, sources: tuple[int, int]) -> None:
    await publish(road, FEED, release(road, *BODY))
    road.clock.advance(timedelta(days=30))
    await publish(road, PAPER, reprint(road, *BODY))
    assert [article.same_as_id for article in await road.rows(Article)] == [None, None]


async def test_a_story_that_was_stored_silently_is_announced_when_another_source_brings_it(road: Road) -> None:
    """D11, N8"""
    paper = await road.source(PAPER)
    road.web.put(PAPER, rss([]))
    await road.poll_next()
    follower = await road.follower(paper)
    await road.source()
    await publish(road, FEED, release(road, *BODY))
    assert await road.owed() == []
    await publish(road, PAPER, reprint(road, *BODY))
    assert await road.owed() == [Owed(follower.address, TITLE)]


async def test_a_first_poll_announces_nothing_that_others_told(road: Road) -> None:
    """D11"""
    office = await road.source()
    road.web.put(FEED, rss([]))
    await road.poll_next()
    reader = await road.follower(office)
    await publish(road, FEED, release(road, *BODY))
    await road.follower(await road.source(PAPER))
    await publish(road, PAPER, reprint(road, *BODY))
    assert await road.owed() == [Owed(reader.address, TITLE)]
    assert (await road.rows(Article))[1].same_as_id is not None


async def test_a_third_source_is_the_same_as_the_first(road: Road, sources: tuple[int, int]) -> None:
    """N8"""
    third = "https://cong.example.vn/rss"
    source = await road.source(third, name="Báo Tỉnh")
    road.web.put(third, rss([]))
    await poll_all(road)
    await road.follower(sources[0])
    await publish(road, FEED, release(road, *BODY))
    await publish(road, PAPER, reprint(road, *BODY))
    again = item(3, host="cong.example.vn", title=TITLE)
    road.web.put(again.url, page(TITLE, *BODY), **HTML)  # type: ignore[arg-type]
    await publish(road, third, again)
    assert [article.same_as_id for article in await road.rows(Article)] == [None, 1, 1]
    (due,) = await claim(road)
    assert due.news is not None
    assert due.news.also == ("Báo Tỉnh",)
    assert (await road.get(Source, source)).name == "Báo Tỉnh"


async def test_who_carries_a_reprint_later_owes_the_first(road: Road, sources: tuple[int, int]) -> None:
    """N8"""
    third = "https://baotinh.example.vn/trang-nhat.rss"
    follower = await road.follower(await road.source(third))
    road.web.put(third, rss([]))
    await poll_all(road)
    await publish(road, FEED, release(road, *BODY))
    entry = reprint(road, *BODY)
    await publish(road, PAPER, entry)
    await publish(road, third, entry)
    assert await road.owed() == [Owed(follower.address, TITLE)]
    assert len(await road.rows(Article)) == 2
    assert [one.article_id for one in await road.rows(Carriage)] == [1, 1]


class TestRevisions:
    async def test_a_mended_title_is_recorded_and_no_news(self, road: Road, sources: tuple[int, int]) -> None:
        """N4"""
        office = await road.follower(sources[0])
        await publish(road, FEED, item(1))
        await publish(road, FEED, item(1, title=f"{EVENTS[1]} hơn"))
        assert [what for _, what in await road.owed()] == [f"{EVENTS[1]} hơn"]
        (revision,) = await road.rows(Revision)
        assert (revision.title, revision.new_title) == (EVENTS[1], f"{EVENTS[1]} hơn")
        (article,) = await road.rows(Article)
        assert article.title == f"{EVENTS[1]} hơn"
        assert " hon | " in article.folded
        assert len(await road.rows(Delivery)) == 1
        assert office.address == (await road.owed())[0].address

    async def test_the_feeds_words_are_mended_where_they_stand_for_the_page(
        self, road: Road, sources: tuple[int, int]
    ) -> None:
        await publish(road, FEED, item(1))
        await publish(road, FEED, item(1, description="Bản tin nêu con số đúng là 8,2%."))
        (article,) = await road.rows(Article)
        assert (article.origin, article.text) == (TextOrigin.FEED, "Bản tin nêu con số đúng là 8,2%.")
        assert " con so dung " in article.folded

    async def test_a_page_that_was_read_stays_in_the_search(self, road: Road, sources: tuple[int, int]) -> None:
        entry = release(road, *BODY)
        await publish(road, FEED, entry)
        await publish(road, FEED, entry.but(title=f"{TITLE} so với cùng kỳ"))
        (article,) = await road.rows(Article)
        assert article.origin is TextOrigin.PAGE
        assert " so voi cung ky | theo bao cao " in article.folded

    async def test_what_is_mended_before_it_is_out_is_no_revision(self, road: Road, sources: tuple[int, int]) -> None:
        for title in (EVENTS[1], f"{EVENTS[1]} hơn"):
            road.web.put(FEED, rss([item(1, title=title)]))
            await poll_all(road)
        assert await road.titles() == [f"{EVENTS[1]} hơn"]
        assert await road.rows(Revision) == []

    async def test_another_sources_headline_is_no_revision(self, road: Road, sources: tuple[int, int]) -> None:
        await publish(road, FEED, item(1))
        await publish(road, PAPER, item(1, title=f"{EVENTS[1]} hơn"))
        assert await road.titles() == [EVENTS[1]]
        assert await road.rows(Revision) == []

    async def test_a_feed_that_says_something_else_each_time_is_not_listened_to_for_ever(
        self, road: Road, sources: tuple[int, int]
    ) -> None:
        for visits in range(25):
            await publish(road, FEED, item(1, description=f"Đã có {visits} lượt xem."), *items(0))
        assert len(await road.rows(Revision)) == 20


async def test_old_story_keys_are_tidied_away(road: Road, sources: tuple[int, int]) -> None:
    await publish(road, FEED, release(road, *BODY))
    async with road.database.write() as session:
        await upkeep.tidy(session, road.clock())
    async with road.database.read() as session:
        keys = len((await session.execute(StoryKey.__table__.select())).all())
    assert keys == 16
    async with road.database.write() as session:
        await upkeep.tidy(session, make.NOW + timedelta(days=400))
    async with road.database.read() as session:
        assert (await session.execute(StoryKey.__table__.select())).all() == []
