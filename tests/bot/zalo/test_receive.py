"""What people say on Zalo, how often Zalo tells it, and what they get to hear."""

import asyncio
import logging
import time

import pytest
from sqlalchemy import func, select

from bot.asked import Answer
from bot.channel import ClosedError
from bot.message import Button, say
from bot.zalo import receive
from bot.zalo.listen import CHECK, CLOSED_WAIT, Listener, Polling
from bot.zalo.updates import name_update, read_update
from db.engine import Database
from db.models import Chat, ChatKind, Delivery, Role
from db.talk_models import Heard
from tests import make
from tests.bot.zalo.conftest import WEBHOOK, Office
from tests.bot_api import faults
from tests.bot_api.errors import ApiError
from tests.bot_api.faults import Fault
from tests.zalo_api import FakeZalo, Person
from tests.zalo_api.quirks import CONTRARY

MENU = say("Chủ đề").with_buttons([Button("Kinh tế", "mute:1"), Button("Y tế", "follow:2")])


async def test_a_question_is_answered_once_however_often_it_comes(office: Office, lan: Person) -> None:
    """D15"""
    office.zalo.quirks = CONTRARY
    office.parrot.answers["/tin kinh te"] = Answer((say("Đây ạ"), say("Hết")))
    office.zalo.say(lan, "/tin kinh te")
    await office.hear(4)
    (asked,) = office.parrot.heard
    assert (asked.channel, asked.chat, asked.person, asked.person_name) == ("zalo", lan.id, lan.id, "Lan")
    assert (asked.kind, asked.text, asked.may_manage, asked.is_menuless) == (
        ChatKind.PRIVATE,
        "/tin kinh te",
        True,
        True,
    )
    assert [sent.text for sent in office.zalo.sent_to(lan.id)] == ["Đây ạ", "Hết"]


async def test_what_was_lost_is_asked_again(office: Office, lan: Person) -> None:
    """D15"""
    office.zalo.say(lan, "/tin")
    office.zalo.lose_next()
    office.zalo.say(lan, "/tin")
    await office.hear()
    assert len(office.parrot.heard) == 1


async def test_what_was_stored_is_answered_after_a_crash(office: Office, lan: Person) -> None:
    """D15 P3: it was taken from Zalo, and loa died before it could answer."""
    await office.face.take(office.zalo.say(lan, "/tin"))
    office.zalo.lose_next()
    assert not await office.face.take({"ok": True, "result": {}})
    assert not await office.face.take(None)
    await office.face.answer()
    await office.face.drain()
    assert [asked.text for asked in office.parrot.heard] == ["/tin"]


async def test_a_number_or_words_press_a_button(office: Office, lan: Person) -> None:
    """A6"""
    office.parrot.answers |= {"/chude": Answer((MENU,)), "follow:2": Answer((MENU,), "Đã theo dõi Y tế", edit=True)}
    for text in ("/chude", "2", "kinh te", "9"):
        office.zalo.say(lan, text)
        await office.hear()
    assert [asked.action for asked in office.parrot.heard] == ["", "follow:2", "mute:1"]
    said = [sent.text for sent in office.zalo.sent_to(lan.id)]
    assert said[1] == f"Đã theo dõi Y tế\n\n{said[0]}"
    assert said[2].startswith("Không có lựa chọn mang số đó")


async def test_what_is_no_text_gets_a_kind_word(office: Office, lan: Person) -> None:
    office.zalo.send_sticker(lan)
    office.zalo.send_secret(lan)
    office.zalo.show(lan, "https://p.example.vn/a.jpg", "/tin")
    await office.hear(3)
    assert [asked.text for asked in office.parrot.heard] == ["/tin"]
    assert [sent.text[:20] for sent in office.zalo.sent_to(lan.id)] == ["loa chỉ đọc được chữ"] * 2


async def test_in_a_group_the_bots_name_is_left_out(office: Office, lan: Person) -> None:
    group = office.zalo.group("Phòng Thống kê")
    office.zalo.say(lan, "/tin", group)
    await office.hear()
    (asked,) = office.parrot.heard
    assert (asked.kind, asked.chat, asked.person, asked.text) == (ChatKind.GROUP, group.id, lan.id, "/tin")
    assert not asked.may_manage


async def test_a_mistake_is_told_with_its_code(office: Office, lan: Person, caplog: pytest.LogCaptureFixture) -> None:
    office.parrot.answers["/tin"] = RuntimeError("hỏng")
    office.zalo.say(lan, "/tin")
    with caplog.at_level(logging.CRITICAL):
        await office.hear()
    assert "mã lỗi" in office.zalo.sent[0].text


async def test_an_answer_waits_a_little_for_zalo(office: Office, lan: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "SHORT_WAIT", 0.0)
    office.parrot.answers["/tin"] = Answer((say("Đây ạ"),))
    office.zalo.fail(faults.bad_gateway())
    office.zalo.say(lan, "/tin")
    await office.hear()
    assert [sent.text for sent in office.zalo.sent] == ["Đây ạ"]


async def test_the_poller_opens_keeps_its_pace_and_slows_down_for_what_is_old(zalo: FakeZalo, office: Office) -> None:
    """Zalo was seen to repeat what was told at once and for ever."""
    client = office.face._client
    listener = Listener(client, Polling(client, office.face.take), office.face._note_closed)
    zalo.webhook = {"url": "https://x.example.vn", "secret": "12345678"}
    zalo.quirks = CONTRARY
    zalo.say(zalo.person("Lan"), "/tin")
    for seconds in (1, 2, 3, 4):
        begin = time.monotonic()
        wait = await listener.listen()
        assert wait <= seconds <= wait + time.monotonic() - begin
    assert not zalo.webhook
    zalo.fail(faults.bad_gateway(), method="getUpdates", times=2)
    assert [await listener.listen(), await listener.listen()] == [1.0, 2.0]
    assert listener.trouble
    await listener.listen()
    assert not listener.trouble


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_a_webhook_that_zalo_does_not_reach_or_that_is_taken_away_is_set_again(
    office: Office, lan: Person, caplog: pytest.LogCaptureFixture
) -> None:
    road = office.zalo.roads.pop(WEBHOOK)
    listener = office.face._listener
    assert await listener.listen() == CHECK
    assert "does not get through to zalo.webhook_url: webhook.unreachable" in office.face.trouble
    office.zalo.roads[WEBHOOK] = road
    assert await listener.listen() == CHECK
    assert not office.face.trouble
    office.zalo.webhook = {}
    assert await listener.listen() == CHECK
    assert office.zalo.webhook["url"] == WEBHOOK
    assert "taken away" in caplog.text
    assert office.zalo.webhook["secret"] not in caplog.text
    office.zalo.say(lan, "/tin")
    await office.hear()
    assert [asked.text for asked in office.parrot.heard] == ["/tin"]


async def test_a_refused_token_is_told_on_the_other_platform(office: Office, database: Database, lan: Person) -> None:
    """D14"""
    async with database.write() as session:
        boss = await make.member(session, role=Role.ADMIN)
        there = await make.chat(session, member_id=boss.id)
        await make.chat(session, channel="zalo", address=lan.id, member_id=boss.id)
    office.zalo.fail(Fault(error=ApiError(401, "Unauthorized")), method="getMe", times=3)
    with pytest.raises(ClosedError):
        await office.face.check()
    assert await office.face._listener.listen() == CLOSED_WAIT
    async with database.read() as session:
        (told,) = (await session.scalars(select(Delivery))).all()
    assert (told.notice, told.chat_id) == ("channel_closed", there.id)
    with pytest.raises(ClosedError):
        await office.channel.send(lan.id, MENU)
    office.zalo.mend()
    await office.face.check()
    await office.channel.send(lan.id, MENU)


async def test_it_stops_at_once_while_it_waits(zalo: FakeZalo, office: Office) -> None:
    """P3"""
    hearing = asyncio.create_task(office.face.hear())
    await zalo.wait_for(lambda: zalo.pollers or zalo.webhook)
    office.face._stop.set()
    await asyncio.wait_for(hearing, 2)


async def test_nothing_of_what_was_said_is_kept(office: Office, database: Database, lan: Person) -> None:
    office.zalo.say(lan, "chuyện riêng")
    await office.hear()
    async with database.read() as session:
        (row,) = (await session.scalars(select(Heard))).all()
        assert await session.scalar(select(func.count()).select_from(Chat)) == 1
    assert (row.body, row.handled_at is not None) == ({}, True)


@pytest.mark.parametrize(
    "body",
    [
        *(None, [], "x", {}, {"ok": True}, {"result": []}, {"message": 5}, {"message": {}}),
        {"message": {"message_id": 5}},
    ],
)
def test_what_is_no_update_is_none(body: object) -> None:
    assert name_update("1")(body) is None


def test_odd_updates_are_nobodys_words() -> None:
    message = {"message_id": "a", "chat": {"id": "1" * 20}, "from": {"id": "2" * 20}, "text": "/tin"}
    update = {"event_name": "message.text.received", "message": message}
    said = read_update(update, "")
    assert said is not None
    assert (said.person, said.kind, said.text) == ("1" * 20, ChatKind.PRIVATE, "/tin")
    for change in (
        {"from": {"id": "2", "is_bot": True}},
        {"chat": {"id": 7}},
        {"chat": "x"},
        {"from": {"id": "9" * 65}},
    ):
        assert read_update(update | {"message": message | change}, "") is None


async def test_a_new_chat_gets_its_news_together(office: Office, lan: Person) -> None:
    """D14: each message counts."""
    office.zalo.say(lan, "/start")
    await office.hear()
    assert office.parrot.heard[0].digests == ("07:30", "16:30")
