"""Abbreviations that an office teaches the search, by those who manage its sources."""

import pytest

from db.models import Role
from tests.bot.talk import Talk, get_actions, get_buttons, get_text

EDITOR = "200"


@pytest.fixture
async def office(talk: Talk) -> Talk:
    await talk.add_reader(EDITOR, Role.EDITOR)
    return talk


async def test_an_abbreviation_is_taught_and_listed(office: Talk) -> None:
    """C5"""
    answer = await office.say(EDITOR, "/viettat NSLĐ = năng suất lao động")
    assert "tìm “NSLĐ” cũng ra “năng suất lao động”" in get_text(answer)
    board = await office.say(EDITOR, "/aliases")
    assert "Cơ quan đã thêm 1 cách viết tắt" in get_text(board)
    assert "NSLĐ = năng suất lao động" in get_text(board)
    assert [button.label for button in get_buttons(board)] == ["Xóa NSLĐ"]


async def test_it_is_removed_after_a_question(office: Talk) -> None:
    await office.say(EDITOR, "/viettat NSLĐ = năng suất lao động")
    [remove] = get_actions(await office.say(EDITOR, "/viettat"))
    question = await office.press(EDITOR, remove)
    assert "Xóa “NSLĐ = năng suất lao động”?" in get_text(question)
    yes, no = get_actions(question)
    assert "NSLĐ" in get_text(await office.press(EDITOR, no))
    gone = await office.press(EDITOR, yes)
    assert gone.toast == "Đã xóa “NSLĐ = năng suất lao động”."
    assert get_actions(gone) == []
    again = await office.press(EDITOR, yes)
    assert (again.messages, again.toast) == (
        (),
        "Nút này không còn dùng được. Anh/chị vui lòng gửi lại lệnh để có nút mới.",
    )


async def test_what_is_known_is_said_to_be(office: Talk) -> None:
    for text in ("/viettat ubnd = ủy ban nhân dân", "/viettat A1 = Ấp Một", "/viettat a1 = ấp một"):
        answer = await office.say(EDITOR, text)
    assert "Loa đã biết “a1” và “ấp một”" in get_text(answer)
    assert "Loa đã biết" in get_text(await office.say(EDITOR, "/viettat UBND=Uỷ ban nhân dân"))


@pytest.mark.parametrize("text", ["TCTK", "=", "a =", "= b", "giá = gia", f"{'x ' * 9}= b", f"{'x' * 90} = b"])
async def test_what_is_no_pair_is_answered_by_how_to_write_one(office: Talk, text: str) -> None:
    assert "gửi hai vế cách nhau bởi dấu =" in get_text(await office.say(EDITOR, f"/viettat {text}"))
    board = await office.say(EDITOR, "/viettat")
    assert "chưa thêm cách viết tắt nào" in get_text(board)
    assert get_actions(board) == []


async def test_a_hundred_come_in_pages(office: Talk) -> None:
    for number in range(20):
        await office.say(EDITOR, f"/viettat K{number} = khối {number}")
    board = await office.say(EDITOR, "/viettat")
    assert get_actions(board)[-1] == "aliases:1"
    assert len(get_actions(await office.press(EDITOR, "aliases:2"))) == 5


async def test_it_is_not_for_readers(office: Talk) -> None:
    await office.add_reader("300")
    assert "NSLĐ" not in get_text(await office.say("300", "/viettat NSLĐ = năng suất lao động"))
    assert get_actions(await office.say(EDITOR, "/viettat")) == []
