"""Coming in: by approval, by invitation, or freely; and who hears of it."""

import asyncio
import re
from datetime import timedelta

from sqlalchemy import func, select

from bot.config import AccessMode
from db.engine import Database
from db.models import ChatState, Delivery, Member, MemberState
from tests import make
from tests.bot.talk import ADMIN, GROUP, Talk, get_actions, get_buttons, get_text
from tests.fakes import Clock

STRANGER = "200"


async def _get_notices(talk: Talk, address: str) -> list[str | None]:
    chat = await talk.get_chat(address)
    async with talk.database.read() as session:
        owed = select(Delivery.notice).where(Delivery.chat_id == chat.id).order_by(Delivery.id)
        return list(await session.scalars(owed))


async def _get_request(talk: Talk) -> int:
    async with talk.database.read() as session:
        member_id = await session.scalar(select(Member.id).where(Member.state == MemberState.PENDING))
    assert member_id is not None
    return member_id


async def test_a_stranger_is_refused_and_the_admins_see_who_asked(talk: Talk) -> None:
    """A1"""
    await talk.add_admin()
    answer = await talk.say(STRANGER, "/start", name="Lê Minh")
    assert "đã được gửi đến quản trị viên" in get_text(answer)
    chat = await talk.get_chat(ADMIN)
    async with talk.database.read() as session:
        request = await session.scalar(select(Delivery).where(Delivery.chat_id == chat.id))
    assert request is not None
    assert request.notice == "access_request"
    assert request.data == {
        "member_id": await _get_request(talk),
        "name": "Lê Minh",
        "channel": "telegram",
        "address": STRANGER,
    }


async def test_asking_again_sends_no_second_request(talk: Talk) -> None:
    """A1"""
    await talk.add_admin()
    await talk.say(STRANGER, "/start")
    again = await talk.say(STRANGER, "/batdau")
    other = await talk.say(STRANGER, "giá tiêu dùng")
    assert "đang chờ" in get_text(again)
    assert "đang chờ" in get_text(other)
    assert await _get_notices(talk, ADMIN) == ["access_request"]


async def test_a_stranger_reads_nothing(talk: Talk) -> None:
    """A1"""
    for text in ("giá tiêu dùng", "/latest", "/search giá", "/help", "/members", "/nosuch"):
        assert "gửi /batdau" in get_text(await talk.say(STRANGER, text))
    async with talk.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 0


async def test_an_approved_person_follows_the_default_topics_and_is_told(talk: Talk) -> None:
    await talk.add_topics("Giá cả", "Dân số")
    await talk.add_admin()
    await talk.say(STRANGER, "/start", name="Lê Minh")
    answer = await talk.press(ADMIN, f"approve:{await _get_request(talk)}")
    assert answer.toast == "✅ Đã duyệt Lê Minh."
    assert answer.edit
    assert get_buttons(answer) == []
    assert (await talk.get_chat(STRANGER)).state is ChatState.ACTIVE
    assert await talk.get_follows(STRANGER) == ["Dân số", "Giá cả"]
    assert await _get_notices(talk, STRANGER) == ["access_granted"]
    assert "Chưa có bài nào" in get_text(await talk.say(STRANGER, "/latest"))


async def test_a_refused_person_is_told_and_stays_outside(talk: Talk) -> None:
    """A1"""
    await talk.add_topics("Giá cả")
    await talk.add_admin()
    await talk.say(STRANGER, "/start", name="Lê Minh")
    answer = await talk.press(ADMIN, f"refuse:{await _get_request(talk)}")
    assert answer.toast == "Đã từ chối Lê Minh."
    assert await _get_notices(talk, STRANGER) == ["access_refused"]
    assert (await talk.get_chat(STRANGER)).state is ChatState.ACTIVE
    assert await talk.get_follows(STRANGER) == []
    for text in ("/start", "/latest", "giá"):
        assert "không duyệt" in get_text(await talk.say(STRANGER, text))
    assert await _get_notices(talk, ADMIN) == ["access_request"]


async def test_two_starts_at_once_make_one_request(talk: Talk) -> None:
    """D12"""
    await talk.add_admin()
    await asyncio.gather(*(talk.say(STRANGER, "/start") for _ in range(5)))
    assert await _get_notices(talk, ADMIN) == ["access_request"]
    async with talk.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 2


async def test_two_admins_at_once_let_a_person_in_once(talk: Talk) -> None:
    """D12"""
    await talk.add_admin()
    await talk.add_admin("101")
    await talk.say(STRANGER, "/start")
    member_id = await _get_request(talk)
    await asyncio.gather(*(talk.press(admin, f"approve:{member_id}") for admin in (ADMIN, "101", ADMIN, "101")))
    assert await _get_notices(talk, STRANGER) == ["access_granted"]


async def test_an_admin_who_begins_late_hears_who_is_waiting(talk: Talk) -> None:
    """A1"""
    await talk.say(STRANGER, "/start")
    await talk.add_admin()
    assert "1 người đang chờ duyệt. Gửi /choduyet" in get_text(await talk.say(ADMIN, "/start"))


async def test_a_request_is_decided_once(talk: Talk) -> None:
    """A6"""
    await talk.add_admin()
    await talk.add_admin("101")
    await talk.say(STRANGER, "/start", name="Lê Minh")
    member_id = await _get_request(talk)
    await talk.press(ADMIN, f"approve:{member_id}")
    again = await talk.press("101", f"approve:{member_id}")
    late = await talk.press("101", f"refuse:{member_id}")
    assert again.toast == late.toast == "Lê Minh đã được duyệt từ trước."
    assert await _get_notices(talk, STRANGER) == ["access_granted"]


async def test_a_refusal_can_be_taken_back_but_not_repeated(talk: Talk) -> None:
    await talk.add_admin()
    await talk.say(STRANGER, "/start", name="Lê Minh")
    member_id = await _get_request(talk)
    await talk.press(ADMIN, f"refuse:{member_id}")
    assert (await talk.press(ADMIN, f"refuse:{member_id}")).toast == "Lê Minh đã bị từ chối từ trước."
    assert (await talk.press(ADMIN, f"approve:{member_id}")).toast == "✅ Đã duyệt Lê Minh."


async def test_a_forged_approval_lets_nobody_in(talk: Talk) -> None:
    """A6"""
    await talk.add_admin()
    await talk.add_reader("300")
    await talk.say(STRANGER, "/start")
    member_id = await _get_request(talk)
    assert "người quản lý loa" in (await talk.press("300", f"approve:{member_id}")).toast
    assert "đang chờ" in (await talk.press(STRANGER, f"approve:{member_id}")).toast
    assert "nhắn riêng" in (await talk.press_in_group(ADMIN, f"approve:{member_id}", may_manage=True)).toast
    assert await _get_request(talk) == member_id


async def test_the_admin_of_the_settings_is_welcomed_by_name(talk: Talk) -> None:
    await talk.add_topics("Giá cả")
    await talk.add_admin()
    answer = await talk.say(ADMIN, "/start", name="Phạm Quốc Hùng")
    assert "Xin chào anh/chị Phạm Quốc Hùng!" in get_text(answer)
    assert "Cục Thống kê" in get_text(answer)
    assert "Anh/chị đang theo dõi: Giá cả." in get_text(answer)
    assert "Anh/chị là quản trị viên: gửi /themnguon" in get_text(answer)
    assert get_actions(answer) == ["topics"]
    assert (await talk.get_chat(ADMIN)).state is ChatState.ACTIVE
    assert "Phạm Quốc Hùng · quản trị · Telegram" in get_text(await talk.say(ADMIN, "/members"))


async def test_no_news_is_promised_where_there_is_no_source(talk: Talk) -> None:
    await talk.add_topics("Giá cả")
    await talk.add_reader("300")
    answer = get_text(await talk.say("300", "/start"))
    assert "chưa có nguồn tin nào" in answer
    assert "quản trị" not in answer
    async with talk.database.write() as session:
        await make.source(session)
    assert "chưa có nguồn tin nào" not in get_text(await talk.say("300", "/start"))


async def test_start_again_changes_no_choice_of_topics(talk: Talk) -> None:
    [prices, _people] = await talk.add_topics("Giá cả", "Dân số")
    await talk.add_reader("300")
    await talk.press("300", f"mute:{prices}")
    answer = await talk.say("300", "/start")
    assert "chọn chủ đề" in get_text(answer)
    assert await talk.get_follows("300") == ["Dân số"]


async def test_a_stopped_chat_begins_again_only_by_start(talk: Talk) -> None:
    await talk.add_topics("Giá cả")
    await talk.add_reader("300")
    assert "ngừng gửi tin" in get_text(await talk.say("300", "/dung"))
    await talk.say("300", "giá")
    assert (await talk.get_chat("300")).state is ChatState.STOPPED
    assert "đang ngừng gửi tin" in get_text(await talk.say("300", "/topics"))
    assert "tiếp tục gửi tin" in get_text(await talk.say("300", "/start"))
    assert (await talk.get_chat("300")).state is ChatState.ACTIVE
    assert await talk.get_follows("300") == ["Giá cả"]


async def test_a_parked_chat_that_speaks_is_restored(talk: Talk) -> None:
    """D9"""
    await talk.add_reader("300")
    await _park(talk, "300")
    await talk.say("300", "giá")
    chat = await talk.get_chat("300")
    assert (chat.state, chat.reason) == (ChatState.ACTIVE, "")
    await _park(talk, "300")
    await talk.press("300", "topics")
    assert (await talk.get_chat("300")).state is ChatState.ACTIVE


async def _park(talk: Talk, address: str) -> None:
    chat = await talk.get_chat(address)
    async with talk.database.write() as session:
        chat = await session.merge(chat)
        chat.state, chat.reason = ChatState.PARKED, "bot was blocked by the user"


async def test_everyone_is_let_in_where_the_office_is_open(database: Database, clock: Clock) -> None:
    talk = Talk(database, clock, AccessMode.OPEN)
    await talk.add_topics("Giá cả")
    assert "gửi /batdau để bắt đầu" in get_text(await talk.say(STRANGER, "giá"))
    assert "Anh/chị đang theo dõi: Giá cả." in get_text(await talk.say(STRANGER, "/start"))
    assert await talk.get_follows(STRANGER) == ["Giá cả"]


async def test_an_office_without_a_name_greets_all_the_same(database: Database, clock: Clock) -> None:
    talk = Talk(database, clock, AccessMode.OPEN, office="")
    await talk.add_topics("Giá cả")
    answer = await talk.say(STRANGER, "/start", name="")
    assert "Xin chào anh/chị!" in get_text(answer)
    assert "tin của cơ quan" in get_text(answer)


async def test_who_waited_is_let_in_once_the_office_opens(database: Database, clock: Clock) -> None:
    await Talk(database, clock).say(STRANGER, "/start")
    answer = await Talk(database, clock, AccessMode.OPEN).say(STRANGER, "/start")
    assert "Xin chào" in get_text(answer)


async def _invite(talk: Talk) -> str:
    await talk.add_admin()
    invitation = await talk.say(ADMIN, "/invite")
    code = re.search(r"/start (\S+)$", get_text(invitation))
    assert code
    return code[1]


async def test_an_invitation_lets_one_person_in(database: Database, clock: Clock) -> None:
    """A4"""
    talk = Talk(database, clock, AccessMode.INVITE)
    code = await _invite(talk)
    assert "một lời mời" in get_text(await talk.say(STRANGER, "/start"))
    assert "Xin chào anh/chị Lê Minh!" in get_text(await talk.say(STRANGER, f"/start {code}", name="Lê Minh"))
    assert "không dùng được" in get_text(await talk.say("201", f"/start {code}"))
    assert "một lời mời" in get_text(await talk.say("201", "/latest"))
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 2


async def test_an_invitation_expires(database: Database, clock: Clock) -> None:
    """A4"""
    talk = Talk(database, clock, AccessMode.INVITE)
    code = await _invite(talk)
    clock.advance(timedelta(days=7, seconds=1))
    assert "không dùng được" in get_text(await talk.say(STRANGER, f"/start {code}"))


async def test_guessing_leaves_nothing_behind(database: Database, clock: Clock) -> None:
    """A4"""
    talk = Talk(database, clock, AccessMode.INVITE)
    for code in ("guess", "'; --", "x" * 4000, "%00"):
        assert "không dùng được" in get_text(await talk.say(STRANGER, f"/start {code}"))
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 0


async def test_an_invitation_brings_in_who_was_refused_and_is_kept_by_who_is_in(talk: Talk) -> None:
    """A4"""
    code = await _invite(talk)
    await talk.add_reader("300")
    await talk.say("300", f"/start {code}")
    await talk.say(STRANGER, "/start")
    await talk.press(ADMIN, f"refuse:{await _get_request(talk)}")
    assert "Xin chào" in get_text(await talk.say(STRANGER, f"/start {code}"))


async def test_a_strangers_language_is_the_one_of_their_platform(talk: Talk) -> None:
    assert "for the office's staff" in get_text(await talk.say(STRANGER, "/help", language="en-US"))
    assert "dành cho cán bộ" in get_text(await talk.say("201", "/help", language="fr"))


async def test_a_group_is_started_by_a_member_who_manages_it(talk: Talk) -> None:
    """A2"""
    await talk.add_topics("Giá cả")
    await talk.add_reader("300")
    answer = await talk.say_in_group("300", "/start@loabot", may_manage=True)
    assert "Xin chào mọi người!" in get_text(answer)
    assert await talk.get_follows(GROUP) == ["Giá cả"]
    assert (await talk.get_chat(GROUP)).title == "Phòng Tổng hợp"


async def test_a_member_who_does_not_manage_the_group_changes_nothing(talk: Talk) -> None:
    """A2"""
    await talk.add_reader("300")
    for text in ("/start", "/stop", "/topics", "/settings"):
        assert "Chỉ quản trị viên của nhóm" in get_text(await talk.say_in_group("300", text))
    assert "chưa nhận tin" in get_text(await talk.say_in_group("300", "/latest"))
    assert (await talk.get_chat(GROUP)).state is ChatState.NEW


async def test_a_stranger_in_a_group_is_answered_shortly_and_only_to_commands(talk: Talk) -> None:
    """A2"""
    assert "nhắn riêng" in get_text(await talk.say_in_group(STRANGER, "/start", may_manage=True))
    for text in ("chào mọi người", "/nosuch", "", "/"):
        assert (await talk.say_in_group(STRANGER, text)).messages == ()


async def test_nobody_is_served_who_cannot_be_held_to_it(talk: Talk) -> None:
    """A2"""
    for text in ("/start", "/latest", "/members"):
        assert "tài khoản của mình" in get_text(await talk.say_in_group("", text, may_manage=True))
    assert "tài khoản của mình" in (await talk.press_in_group("", "mute:1")).toast


async def test_members_read_in_a_group_that_gets_news(talk: Talk) -> None:
    await talk.add_topics("Giá cả")
    await talk.add_reader("300")
    await talk.add_reader("301")
    await talk.say_in_group("300", "/start", may_manage=True)
    assert "Chưa có bài nào" in get_text(await talk.say_in_group("301", "/latest"))
    assert "nhắn riêng" in get_text(await talk.say_in_group(STRANGER, "/latest"))
    await talk.say_in_group("300", "/stop", may_manage=True)
    assert "chưa nhận tin" in get_text(await talk.say_in_group("301", "/latest"))
