"""What is corrected after it was told: changed in its place, at most once in a while, or told anew once."""

import asyncio
from datetime import timedelta

import pytest

from bot.channel import MovedError, TemporaryError
from db import outbox
from db.corrections import WINDOW, owe_correction
from db.engine import Database
from db.hours import Hours, Office
from db.models import Article, Delivery, DeliveryState
from tests import make
from tests.bot.test_hours import DAY, NIGHT, Night, at
from tests.bot_api import faults
from tests.fakes import Clock
from tests.flow import Flow, open_flow
from tests.papers import item
from tests.road import Road

MINUTE = timedelta(minutes=1)


class Desk(Night):
    """A newspaper that mends its articles, by their first titles."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self.ids: dict[str, int] = {}

    async def mend(self, title: str, new: str, *, matters: bool = True) -> None:
        async with self.database.write() as session:
            article = await session.get_one(Article, self.ids[title])
            article.title = new
            await owe_correction(session, article.id, self.clock(), matters=matters)

    async def tell(self, *titles: str) -> None:
        async with self.database.write() as session:
            for title in titles:
                article = await make.article(session, source_id=self.source_id, title=title)
                self.ids[title] = article.id
                await outbox.owe_article(session, article.id, self.clock())
        await self.deliver()

    def corrected(self) -> list[tuple[str, str]]:
        """Which messages, and their first lines."""
        return [(message_id, text.splitlines()[0]) for _, message_id, text in self.channel.corrected]


@pytest.fixture
async def desk(database: Database, clock: Clock) -> Desk:
    desk = Desk(database, clock)
    desk.office = DAY
    await desk.begin("1", now=at(8))
    return desk


async def test_a_mended_title_changes_the_message_in_its_place(desk: Desk) -> None:
    """D17"""
    await desk.tell("Tin sai")
    await desk.mend("Tin sai", "Tin đúng")
    await desk.deliver()
    assert desk.corrected() == [("1", "Tin đúng")]
    assert len(desk.channel.taken) == 1
    assert {row.state for row in await desk.rows()} == {DeliveryState.SENT}


async def test_ten_edits_in_an_hour_make_at_most_one_in_a_window(desk: Desk) -> None:
    """D17"""
    await desk.tell("Tin 0")
    for number in range(10):
        await desk.mend("Tin 0", f"Tin {number + 1}")
        await desk.deliver()
        desk.clock.advance(6 * MINUTE)
        await desk.deliver()
    await desk.deliver_at(desk.clock() + 2 * WINDOW)
    assert len(desk.corrected()) <= 1 + 60 // 10
    assert desk.corrected()[-1] == ("1", "Tin 10")


async def test_news_does_not_wait_for_a_correction_that_does(desk: Desk) -> None:
    await desk.tell("Tin 0")
    for title in ("Tin 1", "Tin 2"):
        await desk.mend("Tin 0", title)
        await desk.deliver()
    desk.clock.advance(MINUTE)
    await desk.tell("Tin mới")
    assert desk.channel.taken[-1][1].startswith("Tin mới")
    assert desk.corrected() == [("1", "Tin 1")]
    await desk.deliver_at(desk.clock() + WINDOW)
    assert desk.corrected() == [("1", "Tin 1"), ("1", "Tin 2")]


async def test_one_of_many_told_in_a_message_is_mended_there(desk: Desk) -> None:
    desk.office = Office(DAY.zone, Hours(digests=(at(9).astimezone(DAY.zone).time(),)))
    await desk.tell("Một", "Hai", "Ba")
    await desk.deliver_at(at(9))
    await desk.mend("Hai", "Hai mươi")
    await desk.deliver_at(at(9, day=7))
    (address, message_id, text) = desk.channel.corrected[0]
    assert (address, message_id) == ("1", "1")
    assert [line for line in text.splitlines() if line.startswith("•")] == [
        f"• {title} · Chi cục Thống kê" for title in ("Một", "Hai mươi", "Ba")
    ]


async def test_what_is_told_in_one_message_at_this_moment_is_mended_there(desk: Desk) -> None:
    desk.office = Office(DAY.zone, Hours(digests=(at(9).astimezone(DAY.zone).time(),)))
    await desk.tell("Một", "Hai")
    gate = asyncio.Event()
    desk.channel.will("1", gate)
    desk.clock.now = at(9)
    delivering = asyncio.create_task(desk.deliver())
    while not desk.channel.asked:  # noqa: ASYNC110 - the channel rings no bell
        await asyncio.sleep(0)
    await desk.mend("Hai", "Hai mươi")
    gate.set()
    await delivering
    await desk.deliver_at(at(9, day=7))
    assert [message_id for _, message_id, text in desk.channel.corrected if "• Hai mươi" in text] == ["1"]


async def test_what_cannot_be_changed_any_more_is_no_error(desk: Desk) -> None:
    """D17"""
    await desk.tell("Tin sai")
    desk.channel.gone.add("1")
    await desk.mend("Tin sai", "Tin đúng")
    await desk.deliver()
    assert (desk.corrected(), len(desk.channel.taken)) == ([], 1)
    assert {row.state for row in await desk.rows()} == {DeliveryState.SENT}


async def test_where_nothing_can_be_changed_what_matters_is_told_once(desk: Desk) -> None:
    """D17"""
    desk.channel.edits = False
    await desk.tell("Tin 0")
    await desk.mend("Tin 0", "Tin: 0", matters=False)
    await desk.deliver()
    assert len(desk.channel.taken) == 1
    for number in (1, 2):
        await desk.mend("Tin 0", f"Tin {number}")
        await desk.deliver_at(desk.clock() + 2 * WINDOW)
    assert [text.splitlines()[0][:12] for _, text in desk.channel.taken] == ["Tin 0", "✏️ Corrected"]
    assert "Tin 1" in desk.channel.taken[1][1]


async def test_what_is_mended_while_it_is_sent_or_fails_is_mended_in_the_end(desk: Desk) -> None:
    """D1 D6"""
    desk.channel.will("1", TemporaryError("busy", retry_in=60))
    await desk.tell("Tin sai")
    await desk.mend("Tin sai", "Tin đúng")
    await desk.deliver_at(desk.clock() + MINUTE)
    assert desk.channel.taken[0][1].startswith("Tin đúng")
    desk.channel.will("1", TemporaryError("busy", retry_in=60))
    await desk.mend("Tin sai", "Tin đúng hơn")
    await desk.deliver()
    await desk.deliver_at(desk.clock() + MINUTE)
    assert desk.corrected() == [("1", "Tin đúng hơn")]


async def test_corrections_keep_a_chats_hours(desk: Desk) -> None:
    """D18"""
    await desk.tell("Tin sai")
    desk.office = NIGHT
    desk.clock.now = at(22)
    await desk.mend("Tin sai", "Tin đúng")
    await desk.deliver()
    assert desk.corrected() == []
    await desk.deliver_at(at(7, day=7))
    assert desk.corrected() == [("1", "Tin đúng")]


async def test_old_news_and_what_was_never_told_is_not_corrected(desk: Desk) -> None:
    await desk.tell("Tin sai")
    desk.clock.advance(timedelta(days=3))
    await desk.mend("Tin sai", "Tin đúng")
    assert len(await desk.rows()) == 1


async def test_a_group_that_moved_is_no_error(desk: Desk) -> None:
    """D8: what it was told stays behind, and its number is another message's there."""
    await desk.tell("Tin sai")
    desk.channel.will("1", MovedError("moved", address="-100"))
    await desk.mend("Tin sai", "Tin đúng")
    await desk.deliver()
    await desk.deliver_at(desk.clock() + MINUTE)
    assert desk.channel.corrected == []
    assert {row.state for row in await desk.rows()} == {DeliveryState.SENT}


async def test_on_telegram_a_message_is_edited_and_the_same_again_is_no_error(road: Road) -> None:
    """D17"""
    async with open_flow(road) as flow:
        await flow.begin(7)
        await publish(flow, title="GRDP tăng 8,2% trong sáu tháng", description="Tăng 8,2% so với cùng kỳ năm trước.")
        await publish(flow, title="GRDP tăng 2,8% trong sáu tháng", description="Tăng 2,8% so với cùng kỳ năm trước.")
        first, edited = flow.pushes(7)
        assert first.message_id == edited.message_id
        assert edited.text.splitlines()[0] == "GRDP tăng 2,8% trong sáu tháng"
        assert "Tăng 2,8% so với" in edited.text
        async with road.database.write() as session:
            await owe_correction(session, 1, road.clock.advance(timedelta(hours=1)), matters=True)
        await flow.deliver()
        assert len(flow.pushes(7)) == 2
        flow.telegram.fail(faults.bad_request("message can't be edited"), method="editMessageText")
        async with road.database.write() as session:
            await owe_correction(session, 1, road.clock.advance(timedelta(hours=1)), matters=True)
        await flow.deliver()
        assert {row.state for row in await road.rows(Delivery)} == {DeliveryState.SENT}


async def publish(flow: Flow, **parts: str) -> None:
    flow.publish(item(1, **parts))
    await flow.road.poll_next()
    await flow.work()
