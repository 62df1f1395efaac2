"""Members, their roles, how one is put out and taken back, and what the audit tells of it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.asked import Answer
from bot.commands.audit import ACTS
from db import audit, members, outbox, roles
from db.models import Act, ChatState, Member, MemberState, Role
from tests.bot.talk import ADMIN, Talk, get_actions, get_buttons, get_text

HOA, NAM = "300", "301"


@pytest.fixture
async def office(talk: Talk) -> Talk:
    """With an admin."""
    await talk.add_reader(ADMIN, Role.ADMIN, name="Phạm Quốc Hùng")
    return talk


async def _get_role(talk: Talk, member_id: int) -> tuple[Role, MemberState]:
    async with talk.database.read() as session:
        member = await members.get_member(session, member_id)
    assert member is not None
    return member.role, member.state


async def _get_acts(talk: Talk) -> list[tuple[Act, str, str]]:
    async with talk.database.read() as session:
        return [(row.entry.act, row.by, row.member) async for row in audit.walk_acts(session)]


def _labels(answer: Answer) -> list[str]:
    return [button.label for button in get_buttons(answer)]


def test_every_act_has_its_words() -> None:
    assert set(ACTS) == set(Act)


async def test_a_member_gets_a_role_by_buttons_and_is_told(office: Talk) -> None:
    """A6"""
    hoa = await office.add_reader(HOA, name="Nguyễn Thị Hoa")
    board = await office.say(ADMIN, "/thanhvien")
    assert "Nguyễn Thị Hoa · người đọc · Telegram" in get_text(board)
    card = await office.press(ADMIN, f"member:{hoa}:0")
    assert _labels(card) == ["✅ người đọc", "biên tập", "quản trị", "Cho ra khỏi danh sách", "← Tất cả thành viên"]
    given = await office.press(ADMIN, f"role:{hoa}:1:0")
    assert given.toast == "✅ Từ giờ Nguyễn Thị Hoa là biên tập."
    assert _labels(given)[:2] == ["người đọc", "✅ biên tập"]
    again = await office.press(ADMIN, f"role:{hoa}:1:0")
    assert again.toast == "Nguyễn Thị Hoa đã là biên tập từ trước."
    assert (Act.ROLE, "Phạm Quốc Hùng", "Nguyễn Thị Hoa") in await _get_acts(office)
    async with office.database.write() as session:
        dues = await outbox.claim(session, "telegram", office.clock(), lease=timedelta(seconds=9), limit=9)
    assert [(due.address, due.notice) for due in dues] == [(HOA, "role_given")]


@pytest.mark.parametrize("typed", ["/role Nguyễn Thị Hoa biên tập", "/vaitro hoa editor", "/role  HOA  Bien  Tap"])
async def test_a_role_is_given_in_words(office: Talk, typed: str) -> None:
    hoa = await office.add_reader(HOA, name="Nguyễn Thị Hoa")
    assert "Từ giờ Nguyễn Thị Hoa là biên tập" in get_text(await office.say(ADMIN, typed))
    assert await _get_role(office, hoa) == (Role.EDITOR, MemberState.ACCEPTED)


async def test_a_name_that_several_have_is_asked_about(office: Talk) -> None:
    first, second = await office.add_reader(HOA, name="Lê Hoa"), await office.add_reader(NAM, name="Hoa")
    which = await office.say(ADMIN, "/role hoa quản trị")
    assert "Anh/chị muốn nói đến ai" in get_text(which)
    assert get_actions(which) == [f"member:{second}:0", f"member:{first}:0"]
    assert "Không có thành viên nào tên “Xyz”" in get_text(await office.say(ADMIN, "/members Xyz"))
    assert get_actions(await office.say(ADMIN, "/members lê"))[0] == f"role:{first}:0:0"
    assert "3 thành viên" in get_text(await office.say(ADMIN, "/role"))


@pytest.mark.parametrize("typed", ["/vaitro Hoa sếp", "/vaitro nguyen thi hoa sếp lớn"])
async def test_a_role_that_there_is_not_is_answered_with_those_that_there_are(office: Talk, typed: str) -> None:
    hoa = await office.add_reader(HOA, name="Nguyễn Thị Hoa")
    told = await office.say(ADMIN, typed)
    assert "Không có vai trò “sếp" in get_text(told)
    assert "người đọc, biên tập và quản trị" in get_text(told)
    assert get_actions(told)[0] == f"role:{hoa}:0:0"
    nobody = get_text(await office.say(ADMIN, "/vaitro Lan sếp"))
    assert "Không có thành viên nào tên “Lan sếp”" in nobody
    assert "người đọc, biên tập và quản trị" in nobody


async def test_the_last_admin_stays_one(office: Talk) -> None:
    """A3"""
    async with office.database.read() as session:
        chat = await members.get_chat(session, "telegram", ADMIN)
    own = chat.member_id if chat else 0
    for action in (f"role:{own}:0:0", f"expel:{own}:0"):
        assert "Không còn quản trị viên nào khác" in (await office.press(ADMIN, action)).toast
    assert await _get_role(office, own or 0) == (Role.ADMIN, MemberState.ACCEPTED)
    await office.add_reader(HOA, Role.ADMIN)
    assert "là người đọc" in (await office.press(ADMIN, f"role:{own}:0:0")).toast
    assert "người quản lý loa" in get_text(await office.say(ADMIN, "/members"))


async def test_two_admins_who_step_down_at_once_leave_one(office: Talk) -> None:
    """A3"""
    ids = [await office.add_reader(HOA, Role.ADMIN), await office.add_reader(NAM, Role.ADMIN)]
    await office.press(HOA, f"expel:{(await office.get_chat(ADMIN)).member_id}:0")

    async def step_down(member_id: int) -> bool:
        try:
            async with office.database.write() as session:
                return await roles.set_role(session, member_id, Role.READER)
        except roles.LastAdminError:
            return False

    assert sorted(await asyncio.gather(*map(step_down, ids))) == [False, True]


async def test_who_is_put_out_reads_nothing_until_it_is_undone(office: Talk) -> None:
    """A1, A6"""
    await office.add_topics("Giá cả")
    hoa = await office.add_reader(HOA, name="Nguyễn Thị Hoa")
    question = await office.press(ADMIN, f"askexpel:{hoa}:0")
    assert get_actions(question) == [f"expel:{hoa}:0", f"member:{hoa}:0"]
    out = await office.press(ADMIN, f"expel:{hoa}:0")
    assert out.toast == "Đã cho Nguyễn Thị Hoa ra khỏi danh sách."
    assert "không duyệt" in get_text(await office.say(HOA, "/latest"))
    assert (await office.get_chat(HOA)).state is ChatState.NEW
    assert (await office.press(ADMIN, f"expel:{hoa}:0")).toast
    back = await office.press(ADMIN, get_actions(out)[0])
    assert back.toast == "Nguyễn Thị Hoa đã trở lại danh sách."
    assert (await office.get_chat(HOA)).state is ChatState.ACTIVE
    assert await office.get_follows(HOA) == ["Giá cả"]
    assert (await office.press(ADMIN, f"readmit:{hoa}:0")).messages == ()


async def test_who_was_out_of_reach_when_they_were_put_out_gets_no_news_by_writing(office: Talk) -> None:
    """A1"""
    hoa = await office.add_reader(HOA, name="Nguyễn Thị Hoa")
    async with office.database.write() as session:
        await members.park_chat(session, "telegram", HOA, "bot was blocked by the user", office.clock())
    await office.press(ADMIN, f"expel:{hoa}:0")
    assert "không duyệt" in get_text(await office.say(HOA, "/start"))
    assert (await office.get_chat(HOA)).state is ChatState.NEW


async def test_five_thousand_members_with_long_names_come_in_pages(office: Talk) -> None:
    async with office.database.write() as session:
        rows = [
            {"name": f"{number} {'שלום ' * 50}", "state": MemberState.ACCEPTED, "requested_at": office.clock()}
            for number in range(5000)
        ]
        await session.execute(insert(Member), rows)
    board = await office.say(ADMIN, "/members")
    assert "5.001 thành viên" in get_text(board)
    assert get_actions(board)[-1] == "members:1"
    assert get_actions(await office.press(ADMIN, "members:1"))[-2:] == ["members:0", "members:2"]
    assert len(get_buttons(await office.say(ADMIN, "/members שלום"))) == 8


async def test_the_audit_tells_who_did_what_newest_first(office: Talk) -> None:
    await office.say(HOA, "/start", name="Nguyễn Thị Hoa")
    hoa = (await office.get_chat(HOA)).member_id
    await office.press(ADMIN, f"approve:{hoa}")
    await office.press(ADMIN, f"role:{hoa}:1:0")
    await office.say(HOA, "/aliases NSLĐ = năng suất lao động")
    lines = [line for line in get_text(await office.say(ADMIN, "/nhatky")).splitlines() if line][1:]
    assert lines[1::2] == [
        "Nguyễn Thị Hoa thêm cách viết tắt NSLĐ = năng suất lao động",
        "Phạm Quốc Hùng đổi vai trò của Nguyễn Thị Hoa thành biên tập",
        "Phạm Quốc Hùng duyệt Nguyễn Thị Hoa",
    ]
    assert lines[0] == "08:30 06/08/2026"
    assert "người quản lý loa" in get_text(await office.say(HOA, "/audit"))


async def test_a_long_audit_comes_in_pages_within_the_limits(office: Talk) -> None:
    assert "Chưa có việc nào" in get_text(await office.say(ADMIN, "/audit"))
    async with office.database.write() as session:
        for number in range(40):
            await audit.note(
                session,
                Act.TOPIC_MERGED,
                by=None,
                now=office.clock(),
                what="‮" + "Ð" * 255,
                detail=f"{number} " + "שלום " * 50,
            )
    assert get_actions(await office.say(ADMIN, "/audit")) == ["audit:1"]
    assert get_actions(await office.press(ADMIN, "audit:99")) == ["audit:1"]
    assert len((await office.press(ADMIN, "audit")).messages) == 1
