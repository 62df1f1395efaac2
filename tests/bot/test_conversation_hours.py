"""/digest and /quiet: a chat says when it is told its news."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from db.engine import Database
from db.hours import AT_ONCE, Hours, Office, choose_hours
from tests.bot.talk import Talk, get_actions, get_text
from tests.fakes import Clock

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
async def talk(database: Database, clock: Clock) -> Talk:
    talk = Talk(database, clock)
    await talk.add_reader("7")
    return talk


async def get_hours(talk: Talk, address: str = "7") -> Hours:
    return choose_hours(Office(HANOI), (await talk.get_chat(address)).hours)


async def test_digests_at_typed_times_and_at_once_again(talk: Talk) -> None:
    answer = await talk.say("7", "/diemtin 16h và 7h30")
    assert "gửi vào 07:30 và 16:00" in get_text(answer)
    assert (await get_hours(talk)).digests == (time(7, 30), time(16))
    assert "Có tin là gửi ngay." in get_text(await talk.say("7", "/digest off"))
    assert await get_hours(talk) == AT_ONCE


async def test_digests_and_silence_by_buttons(talk: Talk) -> None:
    actions = get_actions(await talk.say("7", "/digest"))
    assert "digest:07:30 16:30" in actions
    answer = await talk.press("7", "digest:07:30 16:30")
    assert answer.edit
    assert (await get_hours(talk)).digests == (time(7, 30), time(16, 30))
    await talk.press("7", "quiet:20:00-07:00")
    await talk.press("7", "quiet:holidays")
    await talk.press("7", "quiet:weekends")
    await talk.press("7", "quiet:weekends")
    hours = await get_hours(talk)
    assert (hours.quiet, hours.rests_on_holidays, hours.rests_on_weekends) == (((time(20), time(7)),), True, False)
    await talk.press("7", "quiet:office")
    await talk.press("7", "digest:office")
    assert (await talk.get_chat("7")).hours == {}


async def test_a_silence_is_typed_as_people_write_it(talk: Talk) -> None:
    answer = await talk.say("7", "/yenlang từ 21h đến 6h30")
    assert "21:00–06:30" in get_text(answer)
    assert (await get_hours(talk)).quiet == ((time(21), time(6, 30)),)


@pytest.mark.parametrize("asked", ["/quiet 0-24", "/quiet soon", "/digest 25h", "/digest buổi sáng"])
async def test_what_nobody_understands_changes_nothing(talk: Talk, asked: str) -> None:
    assert "Loa chưa hiểu các giờ này." in get_text(await talk.say("7", asked))
    assert (await talk.get_chat("7")).hours == {}


@pytest.mark.parametrize("action", ["quiet:x", "digest:99:99", "quiet:07:00-07:00"])
async def test_a_forged_button_changes_nothing(talk: Talk, action: str) -> None:
    """A6"""
    assert not (await talk.press("7", action)).messages
    assert (await talk.get_chat("7")).hours == {}


async def test_in_a_group_only_its_admins_choose(talk: Talk) -> None:
    """A2"""
    await talk.say_in_group("7", "/start", may_manage=True)
    await talk.say_in_group("7", "/quiet 20-7")
    assert (await talk.get_chat("-500")).hours == {}
    await talk.say_in_group("7", "/quiet 20-7", may_manage=True)
    assert (await talk.get_chat("-500")).hours == {"quiet": ["20:00-07:00"]}
