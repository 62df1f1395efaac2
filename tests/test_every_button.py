"""Every command is sent and every button pressed through python-telegram-bot.

The strict Bot API refuses nothing of it, but to make of a message what it is already.
"""

import asyncio
from collections.abc import Iterator

import pytest

from bot.commands import ACTIONS, COMMANDS
from tests.bot_api import FakeTelegram, Person, Sent
from tests.papers import item, rss
from tests.test_day import BOSS, OTHER, Day
from tests.test_day import day as day  # the fixture

pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)

#: They end the walk of whoever presses them, so they come last.
_LAST = ("muteall", "stop", "expel", "role", "forget")
GROUP = -1001


def _list_buttons(telegram: FakeTelegram) -> Iterator[tuple[Sent, str, str]]:
    """What can be pressed now in the admin's chat: the message, the button's data, its verb."""
    seen = {sent.message_id: sent for sent in telegram.sent_to(BOSS)}
    for sent in seen.values():
        markup = telegram.messages[BOSS, sent.message_id].get("reply_markup") or {"inline_keyboard": []}
        for button in (one for row in markup["inline_keyboard"] for one in row):
            data = str(button["callback_data"])
            yield (
                sent,
                data,
                data.rpartition(" ")[2].partition(":")[0] if data.startswith("@") else data.partition(":")[0],
            )


async def _press_all(day: Day, boss: Person, pressed: set[str], *, last: bool = False) -> None:
    """Press a button of each verb that was not pressed yet, and of each that comes up by that."""
    while True:
        waiting = {verb: (sent, data) for sent, data, verb in _list_buttons(day.telegram) if verb not in pressed}
        verb = next((one for one in sorted(waiting) if last or one not in _LAST), "")
        if not verb:
            return
        pressed.add(verb)
        count = len(day.telegram.answers)
        day.telegram.press(boss, *waiting[verb])
        await day.telegram.wait_for(lambda count=count: len(day.telegram.answers) > count, 20)
        await _settle(day)


async def _settle(day: Day) -> None:
    """Until all that was asked is answered."""
    while serving := day.face._serving:
        await asyncio.wait(serving)


async def _press_unoffered(day: Day, boss: Person, verbs: set[str]) -> None:
    """What stands below no message here is pressed all the same, as an old menu's would be."""
    menu = await day.say(boss, "/trogiup")
    for verb in sorted(verbs):
        count = len(day.telegram.answers)
        day.telegram.press(boss, menu, f"{verb}:1:0", forged=True)
        await day.telegram.wait_for(lambda count=count: len(day.telegram.answers) > count, 20)
        await _settle(day)


async def test_every_command_and_every_button(day: Day) -> None:
    """A6 A8"""
    telegram, pressed = day.telegram, set[str]()
    boss = telegram.person(BOSS, "Hòa")
    group = telegram.group(GROUP, "Phòng Thống kê", admins=[boss])
    await day.say(boss, "/start")
    await day.publish()
    telegram.say(telegram.person(100, "Người Mới"), "/start")
    telegram.say(boss, "/start", group)
    await telegram.wait_for(lambda: telegram.sent_to(GROUP) and telegram.sent_to(100), 20)
    day.road.web.put(OTHER, rss([item(90)]), content_type="application/rss+xml")
    for command in COMMANDS:
        example = f"{OTHER} Giá" if command.name == "addsource" else command.example
        for text in (f"/{command.name}", f"/{command.vi} {example}"):
            await day.say(boss, text)
            await _settle(day)
        await _press_all(day, boss, pressed)
        await day.work()
    await _press_all(day, boss, pressed, last=True)
    unoffered = {action.verb for action in ACTIONS} - pressed
    assert len(unoffered) < len(ACTIONS) / 3
    await _press_unoffered(day, boss, unoffered)
    assert [refusal for refusal in telegram.refusals if "is not modified" not in refusal.reason] == []
