"""Topics, the mute button of a push, settings, help, and commands that do not exist."""

import pytest

from bot.asked import Answer
from db.models import Role
from tests.bot.talk import GROUP, Talk, get_actions, get_buttons, get_text

HOA = "300"


def _labels(answer: Answer) -> list[str]:
    return [button.label for button in get_buttons(answer)]


async def test_topics_are_followed_and_left_by_buttons(talk: Talk) -> None:
    [prices, people] = await talk.add_topics("Giá cả", "Dân số")
    await talk.add_reader(HOA)
    board = await talk.say(HOA, "/chude")
    assert _labels(board) == ["✅ Dân số", "✅ Giá cả", "Bỏ theo dõi tất cả"]
    assert get_actions(board) == [f"mute:{people}:0", f"mute:{prices}:0", "askmuteall:0"]
    left = await talk.press(HOA, f"mute:{prices}:0")
    assert left.edit
    assert left.toast == "Đã thôi theo dõi Giá cả."
    assert _labels(left)[:2] == ["✅ Dân số", "▫️ Giá cả"]
    back = await talk.press(HOA, f"follow:{prices}:0")
    assert back.toast == "Anh/chị đang theo dõi Giá cả."
    assert await talk.get_follows(HOA) == ["Dân số", "Giá cả"]


async def test_all_topics_are_followed_and_left_at_once(talk: Talk) -> None:
    await talk.add_topics("Giá cả", "Dân số", "Việc làm")
    await talk.add_reader(HOA)
    assert get_actions(await talk.press(HOA, "askmuteall:0")) == ["muteall:0", "topics:0"]
    left = await talk.press(HOA, "muteall:0")
    assert left.toast == "Anh/chị không còn theo dõi chủ đề nào."
    assert get_actions(left)[-1] == "followall:0"
    assert await talk.get_follows(HOA) == []
    await talk.press(HOA, "followall:0")
    assert await talk.get_follows(HOA) == ["Dân số", "Giá cả", "Việc làm"]


async def test_a_topic_is_muted_from_a_push_and_followed_again(talk: Talk) -> None:
    [prices] = await talk.add_topics("Giá cả")
    await talk.add_reader(HOA)
    muted = await talk.press(HOA, f"mute:{prices}")
    assert not muted.edit
    assert muted.toast == "Đã thôi theo dõi Giá cả."
    assert get_actions(muted) == [f"follow:{prices}"]
    assert await talk.get_follows(HOA) == []
    again = await talk.press(HOA, f"follow:{prices}")
    assert again.edit
    assert await talk.get_follows(HOA) == ["Giá cả"]


async def test_muting_what_is_not_followed_tells_why_it_came(talk: Talk) -> None:
    """N8: an article that two sources carry names the topic of the first."""
    prices, _people = await talk.add_topics("Giá cả", "Dân số")
    await talk.add_reader(HOA)
    await talk.press(HOA, f"mute:{prices}:0")
    told = await talk.press(HOA, f"mute:{prices}")
    assert "không theo dõi Giá cả" in get_text(told)
    assert "chủ đề khác" in get_text(told)
    assert get_actions(told) == ["topics"]
    assert await talk.get_follows(HOA) == ["Dân số"]


async def test_pressing_twice_is_as_pressing_once(talk: Talk) -> None:
    """D15"""
    [prices] = await talk.add_topics("Giá cả")
    await talk.add_reader(HOA)
    for action in (f"mute:{prices}", f"mute:{prices}", f"follow:{prices}", f"follow:{prices}"):
        await talk.press(HOA, action)
    assert await talk.get_follows(HOA) == ["Giá cả"]


async def test_five_hundred_topics_with_long_names_come_in_pages(talk: Talk) -> None:
    await talk.add_topics(*(f"{number:03} {'Chủ đề ' * 40}"[:255] for number in range(500)), "שלום " * 40)
    await talk.add_reader(HOA)
    board = await talk.say(HOA, "/topics")
    assert len(board.messages[0].buttons) == 10
    assert get_actions(board)[-1] == "topics:1"
    assert "theo dõi 501 chủ đề" in get_text(board)
    last = await talk.press(HOA, "topics:999")
    assert get_actions(last)[-1] == "topics:61"


async def test_the_board_opens_from_the_welcome_in_a_message_of_its_own(talk: Talk) -> None:
    await talk.add_topics("Giá cả")
    await talk.add_reader(HOA)
    assert not (await talk.press(HOA, "topics")).edit
    assert (await talk.press(HOA, "topics:0")).edit


async def test_an_office_without_topics_says_so(talk: Talk) -> None:
    await talk.add_reader(HOA)
    assert "Chưa có chủ đề nào" in get_text(await talk.say(HOA, "/topics"))


async def test_only_who_manages_a_group_mutes_its_topics(talk: Talk) -> None:
    """A2"""
    [prices] = await talk.add_topics("Giá cả")
    await talk.add_reader(HOA)
    await talk.say_in_group(HOA, "/start", may_manage=True)
    assert "Chỉ quản trị viên" in (await talk.press_in_group(HOA, f"mute:{prices}")).toast
    assert await talk.get_follows(GROUP) == ["Giá cả"]
    await talk.press_in_group(HOA, f"mute:{prices}", may_manage=True)
    assert await talk.get_follows(GROUP) == []


async def test_the_language_is_changed_by_a_button(talk: Talk) -> None:
    await talk.add_reader(HOA)
    settings = await talk.say(HOA, "/caidat")
    assert _labels(settings)[:2] == ["✅ Tiếng Việt", "▫️ English"]
    answer = await talk.press(HOA, "language:en")
    assert (get_text(answer).splitlines()[:2], answer.toast) == (
        ["Settings", "Language: English"],
        "I speak English here now.",
    )
    back = await talk.press(HOA, "language:vi")
    assert back.toast == "Từ giờ loa nói tiếng Việt ở đây."


async def test_help_shows_what_the_person_may_do_in_their_language(talk: Talk) -> None:
    await talk.add_reader(HOA)
    await talk.add_reader("301", Role.ADMIN)
    readers = get_text(await talk.say(HOA, "/trogiup"))
    admins = get_text(await talk.say("301", "/help"))
    assert "/moinhat [số tin] [chủ đề] – xem tin mới nhất" in readers
    assert "/choduyet" not in readers
    assert "/choduyet" in admins
    assert "/themnguon" in admins
    await talk.press(HOA, "language:en")
    assert "/choduyet" in admins.partition("Để quản lý loa")[2]
    assert "/latest [number] [topic] – the newest articles" in get_text(await talk.say(HOA, "/help"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("/lates", "/latest"), ("/moinhut", "/moinhat"), ("/timkim giá", "/timkiem"), ("/stat", "/start")],
)
async def test_a_wrong_command_gets_the_nearest_right_one(talk: Talk, typed: str, meant: str) -> None:
    await talk.add_reader(HOA)
    assert f"Có phải anh/chị muốn gửi {meant}?" in get_text(await talk.say(HOA, typed))


@pytest.mark.parametrize("typed", ["/xyzzy", "/", "/ latest", "/{office}", "/" + "x" * 5000])
async def test_a_command_like_no_other_gets_the_way_to_help(talk: Talk, typed: str) -> None:
    await talk.add_reader(HOA)
    assert "Gửi /trogiup" in get_text(await talk.say(HOA, typed))


@pytest.mark.parametrize("typed", ["/LATEST", "/latest@loabot", "/mớinhất", "  /moinhat  ", "/latest\n3"])
async def test_a_command_is_known_whatever_its_marks_and_case(talk: Talk, typed: str) -> None:
    """A7"""
    await talk.add_reader(HOA)
    assert "Chưa có bài nào" in get_text(await talk.say(HOA, typed))


@pytest.mark.parametrize(
    "action",
    [
        *("mute:999", "mute:", "mute:-1", "mute:1:2:3", "mute:99999999999999999999", "follow:٣", "topics:x"),
        *("page:1", "page:1:1", "language:", "language:xx", "language:../en", "nosuch:1", ":", "\x00"),
        *("approve:999", "pause:999", "resume:x", "saved:", "member:", "sources:1:1"),
    ],
)
async def test_a_forged_or_old_button_gets_a_kind_word(talk: Talk, action: str) -> None:
    """A6"""
    await talk.add_reader(HOA, Role.ADMIN)
    answer = await talk.press(HOA, action)
    assert answer.messages == ()
    assert "không còn dùng được" in answer.toast


@pytest.mark.parametrize("action", ["members:0", "pending:0", "sources:0", "refuse:1", "pause:1"])
async def test_a_readers_forged_button_opens_no_admins_board(talk: Talk, action: str) -> None:
    """A6"""
    await talk.add_reader(HOA)
    answer = await talk.press(HOA, action)
    assert answer.messages == ()
    assert "người quản lý loa" in answer.toast
