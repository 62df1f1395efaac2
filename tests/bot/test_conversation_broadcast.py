"""/broadcast and /admin: what admins say to all, and where they find everything."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.asked import Answer
from bot.notices import render_notice
from db import audit, broadcasts, outbox
from db.models import Act, Broadcast, Chat, ChatKind, ChatState, Role
from db.outbox import Due
from tests import make
from tests.bot.talk import ADMIN, GROUP, Talk, get_actions, get_buttons, get_text

HOA, NAM, EDITOR = "300", "301", "400"


@pytest.fixture
async def office(talk: Talk) -> Talk:
    """An admin, a member, a group that gets news; and somebody who was refused, whose chat is open."""
    await talk.add_reader(ADMIN, Role.ADMIN, name="Phạm Quốc Hùng")
    await talk.add_reader(HOA)
    await talk.say_in_group(HOA, "/start", may_manage=True)
    await talk.say(NAM, "/start", name="Người Lạ")
    await talk.press(ADMIN, f"refuse:{(await talk.get_chat(NAM)).member_id}")
    async with talk.database.write() as session:
        for due in await outbox.claim(session, "telegram", talk.clock(), lease=timedelta(seconds=9), limit=50):
            await outbox.record_sent(session, due, message_id="1", now=talk.clock(), next_send_at=talk.clock())
    talk.clock.advance(timedelta(seconds=60))
    return talk


async def _claim(talk: Talk) -> list[Due]:
    async with talk.database.write() as session:
        dues = await outbox.claim(session, "telegram", talk.clock(), lease=timedelta(seconds=9), limit=50)
    return [due for due in dues if due.notice == "broadcast"]


async def test_a_message_to_all_is_shown_first_and_sent_on_a_yes(office: Talk) -> None:
    """D1"""
    shown = await office.say(ADMIN, "/thongbao Tối nay bảo trì.\nSáng mai <b>có lại</b>.")
    assert shown.messages[0].text.endswith("\n\nTối nay bảo trì.\nSáng mai <b>có lại</b>.")
    assert "Gửi nội dung này đến 3 nơi?" in get_text(shown)
    assert await _claim(office) == []
    yes, no = get_actions(shown)
    sent = await office.press(ADMIN, yes)
    assert sent.toast == "Đang gửi đến 3 nơi."
    assert (await office.press(ADMIN, yes)).messages == ()
    assert (await office.press(ADMIN, no)).messages == ()
    dues = await _claim(office)
    assert {due.address for due in dues} == {ADMIN, HOA, GROUP}
    words = office.translate("vi")
    assert "<b>có lại</b>" in render_notice("broadcast", dues[0].data, words).text
    async with office.database.read() as session:
        [row] = await audit.list_acts(session, limit=1)
    assert (row.entry.act, row.by) == (Act.BROADCAST, "Phạm Quốc Hùng")


async def test_two_presses_at_once_send_it_once(office: Talk) -> None:
    """D15"""
    [yes, _no] = get_actions(await office.say(ADMIN, "/broadcast Họp lúc 8 giờ"))
    answers = await asyncio.gather(office.press(ADMIN, yes), office.press(ADMIN, yes))
    assert sorted(bool(answer.messages) for answer in answers) == [False, True]
    assert len(await _claim(office)) == 3


async def test_what_has_not_arrived_is_taken_back(office: Talk) -> None:
    [yes, _no] = get_actions(await office.say(ADMIN, "/broadcast Nhầm rồi"))
    [recall] = get_actions(await office.press(ADMIN, yes))
    async with office.database.write() as session:
        (first,) = await outbox.claim(session, "telegram", office.clock(), lease=timedelta(seconds=9), limit=1)
        await outbox.record_sent(session, first, message_id="1", now=office.clock(), next_send_at=office.clock())
    answer = await office.press(ADMIN, recall)
    assert "2 nơi sẽ không nhận nữa.\n1 nơi đã nhận." in get_text(answer)
    office.clock.advance(timedelta(seconds=60))
    assert await _claim(office) == []


async def test_nothing_is_kept_of_a_no(office: Talk) -> None:
    [yes, no] = get_actions(await office.say(ADMIN, "/broadcast Nháp"))
    assert "không gửi" in get_text(await office.press(ADMIN, no))
    assert (await office.press(ADMIN, yes)).messages == ()
    async with office.database.read() as session:
        assert await session.get(Broadcast, 1) is None


@pytest.mark.parametrize(
    ("typed", "answer"), [("/broadcast", "viết nội dung"), (f"/broadcast {'x' * 1501}", "nhiều nhất 1.500")]
)
async def test_nothing_or_too_much_is_not_sent(office: Talk, typed: str, answer: str) -> None:
    said = await office.say(ADMIN, typed)
    assert answer in get_text(said)
    assert get_buttons(said) == []


async def test_nobody_sends_what_another_wrote(office: Talk) -> None:
    """A6"""
    [yes, _no] = get_actions(await office.say(ADMIN, "/broadcast Họp"))
    await office.add_reader(EDITOR, Role.ADMIN)
    assert (await office.press(EDITOR, yes)).messages == ()
    assert "người quản lý loa" in (await office.press(HOA, yes)).toast
    assert await _claim(office) == []


async def test_five_thousand_chats_are_owed_in_one_commit(office: Talk) -> None:
    columns = {"channel": "telegram", "kind": ChatKind.GROUP, "state": ChatState.ACTIVE, "created_at": make.NOW}
    async with office.database.write() as session:
        await session.execute(
            insert(Chat), [columns | {"address": f"-{number}", "language": "vi"} for number in range(1000, 6000)]
        )
        broadcast = await broadcasts.add_broadcast(session, (await office.get_chat(ADMIN)).id, "Họp", office.clock())
    async with office.database.write() as session:
        assert await broadcasts.send(session, await session.merge(broadcast), office.clock()) == 5003


def _labels(answer: Answer) -> list[str]:
    return [button.label for button in get_buttons(answer)]


async def test_the_menu_of_admins_leads_everywhere(office: Talk) -> None:
    await office.say("500", "/start", name="Lê Mới")
    menu = await office.say(ADMIN, "/quanly")
    assert "🔔 1 người đang chờ duyệt" in get_text(menu)
    assert "2 thành viên" in get_text(menu)
    for action in get_actions(menu):
        opened = await office.press(ADMIN, action)
        assert opened.messages, action
        assert not opened.edit, action


async def test_the_menu_of_editors_leads_to_sources_and_topics(office: Talk) -> None:
    async with office.database.write() as session:
        source = await make.source(session)
        source.failures, source.reason = 9, "no feed"
    await office.add_reader(EDITOR, Role.EDITOR)
    menu = await office.say(EDITOR, "/admin")
    assert "⚠ 1 nguồn tin cần xem lại" in get_text(menu)
    assert "thành viên" not in get_text(menu)
    assert _labels(menu) == ["Nguồn tin", "Chủ đề"]
    assert "người quản lý loa" in get_text(await office.say(HOA, "/admin"))
