"""/settings: language, pictures, sound and the sort of delivery from one board of buttons."""

import pytest

from bot.asked import Answer
from db.engine import Database
from tests.bot.talk import GROUP, Talk, get_actions, get_buttons, get_text
from tests.fakes import Clock

HOA = "7"


@pytest.fixture
async def talk(database: Database, clock: Clock) -> Talk:
    talk = Talk(database, clock, fileless={"zalo"})
    await talk.add_reader(HOA)
    return talk


def board(answer: Answer) -> list[str]:
    return [button.label for button in get_buttons(answer)]


async def test_one_short_board_has_all_that_a_chat_chooses(talk: Talk) -> None:
    answer = await talk.say(HOA, "/caidat")
    assert get_text(answer).splitlines() == [
        "Cài đặt",
        "Ngôn ngữ: Tiếng Việt",
        "Có tin là gửi ngay.",
        "Không có giờ yên lặng.",
    ]
    assert board(answer) == [
        *("✅ Tiếng Việt", "▫️ English", "✅ Hình ảnh", "✅ Âm báo", "✅ Gửi ngay", "▫️ Gộp lúc 07:30"),
        *("Giờ khác…", "Giờ yên lặng…"),
    ]


async def test_each_choice_stays_and_shows_at_once(talk: Talk) -> None:
    await talk.say(HOA, "/settings")
    for action, label in (
        ("pictures:off", "▫️ Hình ảnh"),
        ("sound:off", "▫️ Âm báo"),
        ("delivery:07:30", "✅ Gộp lúc 07:30"),
        ("sound:on", "✅ Âm báo"),
        ("language:en", "▫️ Pictures"),
    ):
        answer = await talk.press(HOA, action)
        assert answer.edit
        assert label in board(answer)
        assert board(answer)[2:] == board(await talk.say(HOA, "/settings"))[2:]
    chat = await talk.get_chat(HOA)
    assert (chat.pictures, chat.is_silent, chat.hours) == (False, False, {"digests": ["07:30"]})
    assert "✅ At once" in board(await talk.press(HOA, "delivery:off"))


async def test_a_choice_pressed_twice_is_made_once(talk: Talk) -> None:
    for _ in range(2):
        assert "▫️ Âm báo" in board(await talk.press(HOA, "sound:off"))


async def test_many_times_of_a_chats_own_fit_on_the_board(talk: Talk) -> None:
    await talk.say(HOA, "/diemtin 6h 7h 8h 9h 10h 11h")
    answer = await talk.say(HOA, "/settings")
    assert "✅ Gộp lúc 06:00, 07:00 và 08:00" in board(answer)
    assert "07:30" in get_text(await talk.press(HOA, "delivery:07:30 16:30"))
    assert "Điểm tin" in get_text(await talk.press(HOA, "digest"))
    assert "Giờ yên lặng" in get_text(await talk.press(HOA, "quiet"))


async def test_a_group_shows_pictures_only_if_its_admins_want_them(talk: Talk) -> None:
    """A2"""
    await talk.say_in_group(HOA, "/start", may_manage=True)
    assert "▫️ Hình ảnh" in board(await talk.say_in_group(HOA, "/settings", may_manage=True))
    assert not (await talk.press_in_group(HOA, "pictures:on")).messages
    assert (await talk.get_chat(GROUP)).pictures is None
    assert "✅ Hình ảnh" in board(await talk.press_in_group(HOA, "pictures:on", may_manage=True))


async def test_a_forged_choice_changes_nothing(talk: Talk) -> None:
    """A6"""
    for action in ("pictures", "pictures:", "pictures:maybe", "sound:1", "delivery", "delivery:", "delivery:soon"):
        assert "không còn dùng được" in (await talk.press(HOA, action)).toast
    chat = await talk.get_chat(HOA)
    assert (chat.pictures, chat.is_silent, chat.hours) == (None, False, {})


async def test_where_no_message_is_silent_no_sound_is_offered(database: Database, clock: Clock) -> None:
    talk = Talk(database, clock, fileless={"telegram"})
    await talk.add_reader(HOA)
    assert [action.partition(":")[0] for action in get_actions(await talk.say(HOA, "/settings"))] == [
        *("language", "language", "pictures", "delivery", "delivery", "digest", "quiet"),
    ]
