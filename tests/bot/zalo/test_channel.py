"""Sending through Zalo: styles, numbers, the month's count, and what a refusal means for what follows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.channel import ClosedError, PermanentError, Ration, RejectedError, TemporaryError, UnknownOutcomeError
from bot.message import Button, Message, Picture, bold, say
from bot.zalo import Books, ZaloChannel, ZaloClient
from bot.zalo.books import DIGESTS
from db import quota
from db.engine import Database
from db.models import ChatKind, Delivery, Role
from tests import make
from tests.bot.zalo.conftest import OFFICE
from tests.bot_api import faults
from tests.bot_api.errors import ApiError
from tests.bot_api.faults import Fault
from tests.fakes import Clock
from tests.zalo_api import FakeZalo, Person
from tests.zalo_api.quirks import CONTRARY
from tests.zalo_api.server import REFUSED_HOST

NEWS = say(bold("Tin sáng"), "\n\nGDP tăng 8,2%.")
QUOTA = Fault(error=ApiError(429, "Quota exceeded"))


def make_menu(*labels: str) -> Message:
    return say("Chủ đề").with_buttons([Button(label, f"follow:{label}") for label in labels])


async def add_chat(database: Database, person: Person) -> None:
    async with database.write() as session:
        await make.chat(session, channel="zalo", address=person.id)


async def test_news_arrives_with_its_styles(zalo: FakeZalo, channel: ZaloChannel, lan: Person) -> None:
    message_id = await channel.send(lan.id, NEWS)
    (sent,) = zalo.sent
    assert (sent.message_id, sent.text) == (message_id, "Tin sáng\n\nGDP tăng 8,2%.")
    assert sent.styles == ({"start": 0, "len": 8, "st": ["b"]},)
    assert channel.get_budget(ChatKind.PRIVATE).pause == 1.0


async def test_what_zalo_cannot_style_goes_plain(zalo: FakeZalo, channel: ZaloChannel, lan: Person) -> None:
    """D7"""
    zalo.quirks = CONTRARY
    await channel.send(lan.id, NEWS)
    assert [(sent.text, sent.styles) for sent in zalo.sent] == [("Tin sáng\n\nGDP tăng 8,2%.", ())]
    zalo.fail(faults.bad_request("no"), times=1)
    with pytest.raises(RejectedError):
        await channel.send(lan.id, say("trơn"))


async def test_a_picture_goes_by_its_address(zalo: FakeZalo, channel: ZaloChannel, lan: Person) -> None:
    url = "https://thongke.example.vn/anh/1.jpg"
    await channel.send(lan.id, replace(NEWS, picture=Picture(1, url)))
    (sent,) = zalo.sent
    assert (sent.photo, sent.text) == (url, "Tin sáng\n\nGDP tăng 8,2%.")


async def test_a_picture_that_zalo_cannot_fetch_stays_behind(zalo: FakeZalo, channel: ZaloChannel, lan: Person) -> None:
    """D7"""
    pictured = replace(NEWS, picture=Picture(1, f"https://{REFUSED_HOST}/1.jpg"))
    await channel.send(lan.id, pictured)
    await channel.send(lan.id, pictured)
    assert [(sent.photo, bool(sent.styles)) for sent in zalo.sent] == [("", True), ("", True)]
    assert sum(count for (method, _), count in zalo.requests.items() if method == "sendPhoto") == 1


async def test_words_that_are_parted_have_no_picture(zalo: FakeZalo, channel: ZaloChannel, lan: Person) -> None:
    await channel.send(lan.id, replace(say("Tin dài. " * 300), picture=Picture(1, "https://thongke.example.vn/1.jpg")))
    assert [sent.photo for sent in zalo.sent] == ["", ""]


async def test_menus_do_not_mix(
    zalo: FakeZalo, channel: ZaloChannel, books: Books, database: Database, lan: Person
) -> None:
    """A push in between, and a restart, leave an older menu's numbers as they are."""
    await add_chat(database, lan)
    await channel.send(lan.id, make_menu("Kinh tế", "Y tế"))
    await channel.send(lan.id, make_menu("Giá"))
    assert zalo.sent[0].text.endswith("Trả lời bằng số:\n[1] Kinh tế\n[2] Y tế")
    assert zalo.sent[1].text.endswith("[3] Giá")
    chosen = await books.choose(lan.id, "2")
    assert chosen is not None
    assert not isinstance(chosen, str)
    assert chosen.button.action == "follow:Y tế"
    await channel.answer(lan.id, make_menu("Kinh tế ✓", "Y tế"), instead_of=2)
    assert zalo.sent[2].text.endswith("[1] Kinh tế ✓\n[2] Y tế")


async def test_a_quota_without_a_time_is_waited_for_longer_and_longer(
    zalo: FakeZalo, channel: ZaloChannel, lan: Person
) -> None:
    """D14: one request, and then none until the time is over, whoever is to be written to."""
    zalo.fail(QUOTA, times=9)
    for wait in (5, 10, 20):
        with pytest.raises(TemporaryError) as caught:
            await channel.send(lan.id, NEWS)
        assert caught.value.retry_in == pytest.approx(wait, abs=1)
        with pytest.raises(TemporaryError) as caught:
            await channel.send(zalo.person("Nam").id, NEWS)
        assert caught.value.retry_in == pytest.approx(wait, abs=1)
        channel._held_until = 0.0
    assert zalo.requests["sendMessage", 429] == 3
    zalo.mend()
    await channel.send(lan.id, NEWS)


async def test_a_refused_token_closes_the_channel(zalo: FakeZalo, channel: ZaloChannel, lan: Person) -> None:
    """D14"""
    zalo.fail(Fault(error=ApiError(401, "Unauthorized")))
    for _ in range(3):
        with pytest.raises(ClosedError):
            await channel.send(lan.id, NEWS)
    assert zalo.requests["sendMessage", 401] == 1
    channel.open()
    await channel.send(lan.id, NEWS)


async def test_a_token_that_was_refused_by_mistake_is_tried_again(
    zalo: FakeZalo, channel: ZaloChannel, lan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D14: though Zalo was heard all the time, and nobody says that the token is taken again."""
    monkeypatch.setattr("bot.zalo.channel.CLOSED_HOLD", 0.0)
    zalo.fail(Fault(error=ApiError(401, "Unauthorized")))
    with pytest.raises(ClosedError):
        await channel.send(lan.id, NEWS)
    await channel.send(lan.id, NEWS)
    monkeypatch.undo()
    await channel.send(lan.id, NEWS)
    assert zalo.requests["sendMessage", 401] == 1


async def test_a_chat_that_is_forbidden_again_and_again_is_given_up(
    zalo: FakeZalo, channel: ZaloChannel, lan: Person
) -> None:
    """D9: 403 is an error of the server, by the papers, and what a refusal looks like nobody knows."""
    zalo.fail(Fault(error=ApiError(403, "Internal server error")), times=5)
    for _ in range(4):
        with pytest.raises(TemporaryError):
            await channel.send(lan.id, NEWS)
    with pytest.raises(PermanentError):
        await channel.send(lan.id, NEWS)


async def test_what_may_have_arrived_is_not_known(
    zalo: FakeZalo, channel: ZaloChannel, books: Books, database: Database, lan: Person
) -> None:
    """D5"""
    zalo.fail(faults.reset_after())
    with pytest.raises(UnknownOutcomeError):
        await channel.send(lan.id, NEWS)
    assert len(zalo.sent) == 1
    await channel.probe()
    zalo.fail(faults.reset_after(), method="getMe")
    with pytest.raises(TemporaryError):
        await channel.probe()


async def test_the_months_messages_are_counted_and_saved_up(
    channel: ZaloChannel, books: Books, database: Database, clock: Clock, lan: Person
) -> None:
    """D14: ten a month here; from the eighth on news is saved up, and the admins hear once."""
    async with database.write() as session:
        boss = await make.member(session, role=Role.ADMIN)
        await make.chat(session, member_id=boss.id)
    for number in range(10):
        expected = Ration() if number < 8 else Ration(digests=DIGESTS)
        assert await channel.get_ration() == expected
        await channel.send(lan.id, NEWS)
    assert await channel.get_ration() == Ration(is_spent=True)
    async with database.read() as session:
        told = (await session.scalars(select(Delivery).order_by(Delivery.id))).all()
    assert [one.notice for one in told] == ["quota_near", "quota_spent"]
    assert told[0].data == {"sent": 8, "limit": 10, "people": 0, "most_people": 50}
    clock.advance(timedelta(days=31))
    assert await channel.get_ration() == Ration()


async def test_what_arrived_has_arrived_though_it_cannot_be_counted(
    zalo: FakeZalo, channel: ZaloChannel, books: Books, database: Database, clock: Clock, lan: Person
) -> None:
    """D1, P2: or it would be sent again. It is counted later."""
    async with database.write() as session:
        await session.execute(text("ALTER TABLE month_uses RENAME TO lost"))
    for _ in range(2):
        await channel.send(lan.id, NEWS)
    async with database.write() as session:
        await session.execute(text("ALTER TABLE lost RENAME TO month_uses"))
    await channel.send(lan.id, NEWS)
    async with database.read() as session:
        assert await quota.get(session, "zalo", "2026-08") == 3
    assert len(zalo.sent) == 3


class _Refused(Books):
    """After the first message that Zalo took it takes no more."""

    zalo: FakeZalo

    async def count(self, messages: int = 1) -> None:
        self.zalo.fail(QUOTA)


async def test_half_a_message_is_not_taken_for_none(
    zalo: FakeZalo, client: ZaloClient, database: Database, clock: Clock, lan: Person
) -> None:
    """D5: its repeat is counted."""
    books = _Refused(database, clock, timezone=OFFICE, language="vi", per_month=10)
    books.zalo = zalo
    with pytest.raises(UnknownOutcomeError, match="429"):
        await ZaloChannel(client, books, per_second=1000).send(lan.id, say("một\n\n" * 500))
    assert len(zalo.sent) == 1


async def test_the_admins_hear_once_a_month_that_the_plan_has_no_room_for_many_more(
    channel: ZaloChannel, database: Database, clock: Clock, lan: Person
) -> None:
    async with database.write() as session:
        boss = await make.member(session, role=Role.ADMIN)
        await make.chat(session, member_id=boss.id)
        for number in range(39):
            await make.chat(session, channel="zalo", address=f"{number}")
    await channel.send(lan.id, NEWS)
    async with database.write() as session:
        await make.chat(session, channel="zalo", address=lan.id)
    for _ in range(2):
        await channel.send(lan.id, NEWS)
    async with database.read() as session:
        (told,) = (await session.scalars(select(Delivery))).all()
    assert (told.notice, told.data) == ("people_near", {"people": 40, "most_people": 50})


async def test_news_of_several_messages_is_not_begun_where_the_month_has_fewer_left(
    zalo: FakeZalo, channel: ZaloChannel, lan: Person
) -> None:
    """D14: half of it would have to be told again in the next month."""
    for _ in range(9):
        await channel.send(lan.id, NEWS)
    with pytest.raises(TemporaryError, match="fewer messages left"):
        await channel.send(lan.id, say("Tin. " * 500))
    assert len(zalo.sent) == 9
    await channel.send(lan.id, NEWS)
