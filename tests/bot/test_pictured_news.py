"""From the page of an article to a chat: its picture goes along where the chat wants it, and holds nothing up."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from db import pictures, upkeep
from db.models import ArticlePicture, Chat, ChatKind, Delivery, DeliveryState
from feeds.hangs import REST
from tests import make
from tests.bot_api import FakeTelegram, faults
from tests.flow import Flow, open_flow
from tests.papers import item
from tests.road import Road

PICTURE = "https://thongke.example.vn/anh/hoi-nghi.jpg"


async def publish(
    flow: Flow, number: int = 1, content: bytes = make.picture(), *, status: int = 200, url: str = PICTURE
) -> None:
    """An article with a picture on its page."""
    flow.road.web.put(url, content, status=status, content_type="image/jpeg")
    flow.publish(item(number), picture=url)
    await flow.road.poll_next()
    await flow.work()


async def choose(road: Road, **choice: object) -> None:
    async with road.database.write() as session:
        await session.execute(update(Chat).values(choice))


def methods(telegram: FakeTelegram) -> list[str]:
    return [sent.method for sent in telegram.sent]


async def test_the_first_picture_of_an_article_goes_along_and_is_fetched_and_uploaded_once(road: Road) -> None:
    async with open_flow(road) as flow:
        await flow.begin(7, 8, 9)
        await publish(flow)
        assert methods(flow.telegram) == ["sendPhoto"] * 3
        assert [sent.file is not None for sent in flow.telegram.sent].count(True) == 1
        assert flow.headlines(7) == [item(1).title]
        assert len(road.web.asked(PICTURE)) == 1
        assert {row.state for row in await road.rows(Delivery)} == {DeliveryState.SENT}


async def test_a_group_gets_none_unless_it_wants_them_and_nobody_who_wants_none(road: Road) -> None:
    async with open_flow(road) as flow:
        await flow.begin(7)
        await choose(road, kind=ChatKind.GROUP)
        await publish(flow, 1)
        assert (methods(flow.telegram), road.web.asked(PICTURE)) == (["sendMessage"], [])
        await choose(road, pictures=True)
        await publish(flow, 2)
        await choose(road, kind=ChatKind.PRIVATE, pictures=False, is_silent=True)
        await publish(flow, 3)
        assert methods(flow.telegram) == ["sendMessage", "sendPhoto", "sendMessage"]
        assert [sent.is_silent for sent in flow.telegram.sent] == [False, False, True]
        await choose(road, channel="zalo", pictures=True)
        road.pictured = ()
        await publish(flow, 4)
        assert len(road.web.asked(PICTURE)) == 1


async def test_a_page_without_pictures_lends_its_cover_unless_all_its_pages_have_the_same(road: Road) -> None:
    async with open_flow(road) as flow:
        await flow.begin(7)
        road.web.put(PICTURE, make.picture(), content_type="image/jpeg")
        for number in (1, 2):
            flow.publish(item(number), cover=PICTURE)
            await road.poll_next()
            await flow.work()
        assert methods(flow.telegram) == ["sendPhoto", "sendMessage"]


async def test_a_mark_of_the_site_never_goes_along_not_even_days_later(road: Road) -> None:
    """A source's old items, which nobody is told of, show which cover all its pages have."""
    async with open_flow(road) as flow:
        road.web.put(PICTURE, make.picture(), content_type="image/jpeg")
        await flow.begin(7, opening=[item(1)], cover=PICTURE)
        await flow.work()
        for number in (2, 3):
            flow.publish(item(number), cover=PICTURE)
            await road.poll_next()
            await flow.work()
            async with road.database.write() as session:
                await upkeep.tidy(session, road.clock.advance(timedelta(days=3)))
        assert (methods(flow.telegram), road.web.asked(PICTURE)) == (["sendMessage"] * 2, [])


async def test_a_picture_in_the_text_is_no_mark_before_three_articles_have_it(road: Road) -> None:
    async with open_flow(road) as flow:
        await flow.begin(7)
        for number in (1, 2, 3):
            await publish(flow, number)
        assert methods(flow.telegram) == ["sendPhoto", "sendPhoto", "sendMessage"]


async def test_what_articles_had_is_forgotten_in_time(road: Road) -> None:
    """P6"""
    async with road.database.write() as session:
        await pictures.note_use(session, PICTURE, road.clock())
        await pictures.note_use(session, PICTURE, road.clock())
        assert await pictures.count_uses(session, PICTURE) == 2
        await upkeep.tidy(session, road.clock.advance(pictures.REMEMBERED + timedelta(days=1)))
        assert await pictures.count_uses(session, PICTURE) == 0


async def test_news_goes_without_a_picture_that_cannot_be_had(road: Road) -> None:
    async with open_flow(road) as flow:
        await flow.begin(7)
        await publish(flow, 1, b"<html>bao tri</html>")
        await publish(flow, 2, make.picture()[:500])
        await publish(flow, 3, status=404)
        assert methods(flow.telegram) == ["sendMessage"] * 3


async def test_news_does_not_wait_for_a_picture_that_hangs_nor_for_the_next_of_its_host(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F1 F8"""
    monkeypatch.setattr("feeds.illustrate.PATIENCE", 0.02)
    async with open_flow(road) as flow:
        await flow.begin(7)
        road.web.put(PICTURE, gate=asyncio.Event())
        for number in (1, 2):
            flow.publish(item(number), picture=PICTURE)
            await road.poll_next()
            await flow.work()
        assert (methods(flow.telegram), len(road.web.asked(PICTURE))) == (["sendMessage"] * 2, 1)
        monkeypatch.undo()
        road.clock.advance(REST)
        await publish(flow, 3, url=f"{PICTURE}?3")
        assert methods(flow.telegram)[2:] == ["sendPhoto"]


async def test_what_may_have_arrived_with_its_picture_is_sent_once_more_in_words(road: Road) -> None:
    """D5"""
    async with open_flow(road) as flow:
        await flow.begin(7)
        flow.telegram.fail(faults.reset_after(), method="sendPhoto")
        await publish(flow)
        await flow.travel(minutes=4)
        assert methods(flow.telegram) == ["sendPhoto", "sendMessage"]
        assert await flow.repeats() == 1


async def test_a_correction_changes_the_words_below_the_picture(road: Road) -> None:
    """D17"""
    async with open_flow(road) as flow:
        await flow.begin(7)
        await publish(flow)
        flow.publish(item(1, title="Giá tiêu dùng giảm 0,2% trong tháng qua"), picture=PICTURE)
        await road.poll_next()
        await flow.work()
        told, edited = flow.pushes(7)
        assert (told.method, edited.method) == ("sendPhoto", "editMessageCaption")
        assert edited.message_id == told.message_id
        assert edited.text.startswith("Giá tiêu dùng giảm 0,2%")


async def test_pictures_are_kept_for_two_days(road: Road) -> None:
    """P6"""
    async with road.database.write() as session:
        article = await make.article(session)
        await pictures.add(session, article.id, PICTURE, make.picture(), road.clock())
    for days, kept in ((1, 1), (2, 0)):
        async with road.database.write() as session:
            await upkeep.tidy(session, road.clock.advance(timedelta(days=days)))
        assert len(await road.rows(ArticlePicture)) == kept
