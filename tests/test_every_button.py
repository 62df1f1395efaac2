"""Every command is sent and every button pressed through python-telegram-bot.

The strict Bot API refuses nothing of it, but to make of a message what it is already.
"""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.asked import Asked
from bot.commands import ACTIONS, COMMANDS
from db import aliases, members, saving
from db.models import ChatKind, Source
from feeds.tell import FAILURES_TO_TELL
from tests import make
from tests.bot_api import FakeTelegram, Person, Sent
from tests.papers import item, rss
from tests.road import FEED
from tests.test_day import BOSS, OTHER, Day
from tests.test_day import day as day  # the fixture

pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)

#: What takes away what others are offered for comes behind these; the rest end the walk of whoever presses them.
_LATE = ("discard", "dropalias", "unwatch", "unlink", "refuse", "nobroadcast")
_LAST = ("muteall", "followall", "stop", "expel", "role", "forget")
_ORDER = {verb: place for place, verb in enumerate((*_LATE, *_LAST), start=1)}
GROUP = -1001
NEWCOMERS = (100, 101)
THIRD = "https://xa.example.vn/rss.xml"


def _list_buttons(telegram: FakeTelegram) -> Iterator[tuple[Sent, str, str]]:
    """What can be pressed now in the admin's chat: the message, the button's data, its verb."""
    seen = {sent.message_id: sent for sent in telegram.sent_to(BOSS)}
    for sent in seen.values():
        markup = telegram.messages[BOSS, sent.message_id].get("reply_markup") or {"inline_keyboard": []}
        for button in (one for row in markup["inline_keyboard"] for one in row):
            data = str(button["callback_data"])
            action = data.partition(" ")[2] if data.startswith("@") else data
            yield sent, data, action.partition(":")[0]


async def _press_all(day: Day, boss: Person, pressed: set[str], *, last: bool = False) -> None:
    """Press a button of each verb that was not pressed yet, and of each that comes up by that."""
    while True:
        waiting = {verb: (sent, data) for sent, data, verb in _list_buttons(day.telegram) if verb not in pressed}
        ordered = sorted(waiting, key=lambda one: (_ORDER.get(one, 0), one))
        verb = next((one for one in ordered if last or one not in _LAST), "")
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


async def _fill(day: Day) -> None:
    """So much of all that the boards have pages, and somebody whom nothing reaches."""
    async with day.road.database.write() as session:
        chat = await members.get_chat(session, "telegram", str(BOSS))
        assert chat is not None
        assert chat.member_id is not None
        source_id = (await session.scalars(select(Source.id))).one()
        for number in range(12):
            article = await make.article(session, source_id=source_id, title=f"Giá xăng ngày {number}")
            await saving.save(session, chat.member_id, article.id, day.road.clock())
            await aliases.add_alias(session, f"TẮT {number}", f"nói đủ chữ {number}")
        gone = await make.chat(session, address="55", member_id=(await make.member(session, name="Mai")).id)
        await members.park_chat(session, "telegram", gone.address, "bot was blocked", day.road.clock())


async def _fail_a_source(day: Day) -> None:
    """Until the admins hear of it."""
    day.road.web.put(FEED, status=500)
    for _ in range(FAILURES_TO_TELL):
        await day.road.poll_next()
    await day.work()


async def _join_zalo(day: Day, boss: Person) -> None:
    """The admin's other chat, joined by a code."""
    code = re.search(r"/link (\S+)", (await day.say(boss, "/lienket")).text)
    assert code
    there = Asked("zalo", "z", ChatKind.PRIVATE, "z", text=f"/link {code[1]}")
    await day.face._conversation.answer(there)


async def _offer_again(day: Day, boss: Person) -> None:
    """What was answered one way is offered once more, for the other."""
    day.road.web.put(THIRD, rss([item(91)]), content_type="application/rss+xml")
    day.telegram.say(day.telegram.person(NEWCOMERS[1], "Người Sau"), "/start")
    for text in (f"/addsource {THIRD} Y tế", "/broadcast Họp lúc 15 giờ", "/topics", "/watch mưa lũ", "/watch"):
        await day.say(boss, text)
        await _settle(day)
    await _join_zalo(day, boss)
    await day.say(boss, "/link")
    await _go_on(day)


async def _go_on(day: Day) -> None:
    """A little later, when the chat bears more messages."""
    day.road.clock.advance(timedelta(minutes=1))
    await day.work()


async def test_every_command_and_every_button(day: Day) -> None:
    """A6 A8: each button as a board offers it."""
    telegram, pressed = day.telegram, set[str]()
    boss = telegram.person(BOSS, "Hòa")
    group = telegram.group(GROUP, "Phòng Thống kê", admins=[boss])
    await day.say(boss, "/start")
    await day.publish()
    telegram.say(telegram.person(NEWCOMERS[0], "Người Mới"), "/start")
    telegram.say(boss, "/start", group)
    await telegram.wait_for(lambda: telegram.sent_to(GROUP) and telegram.sent_to(NEWCOMERS[0]), 20)
    await _fill(day)
    await _fail_a_source(day)
    day.road.web.put(OTHER, rss([item(90)]), content_type="application/rss+xml")
    for command in COMMANDS:
        example = {"addsource": f"{OTHER} Giá", "search": "giá xăng"}.get(command.name, command.example)
        for text in (f"/{command.name}", f"/{command.vi} {example}"):
            await day.say(boss, text)
            await _settle(day)
        await _press_all(day, boss, pressed)
        await _go_on(day)
    await _offer_again(day, boss)
    await _press_all(day, boss, pressed)
    await _press_all(day, boss, pressed, last=True)
    assert {action.verb for action in ACTIONS} - pressed == set()
    assert [refusal for refusal in telegram.refusals if "is not modified" not in refusal.reason] == []
