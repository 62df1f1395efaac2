"""Every command and every button in an office of 500 topics, 5,000 members and the longest, most awkward names."""

from collections import Counter

import pytest
from sqlalchemy import insert, select

from bot.asked import Answer
from bot.commands import ACTIONS, COMMANDS
from bot.cut import count_units
from bot.message import Message
from bot.telegram.render import MAX_CAPTION, MAX_UNITS, render_keyboard
from bot.zalo.render import MAX_UNITS as MAX_ZALO
from bot.zalo.render import render_parts
from db import audit, broadcasts, saving, watches
from db.models import (
    Act,
    Alias,
    Chat,
    ChatKind,
    ChatState,
    Delivery,
    DeliveryState,
    Follow,
    Member,
    MemberState,
    Role,
    Topic,
)
from db.talk_models import Manager
from db.text import fold
from tests import make
from tests.bot.talk import ADMIN, Talk

pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)

#: 255 letters from right to left, a mark that turns the direction, letters of two UTF-16 units, markup.
LONG = ("שלום\u202e𝔸𝔹<b>&|*_`[x](y)🧑‍🌾" * 20)[:255]
#: Verbs that end the walk for whoever presses them, or take the admin's rights.
_LAST = {"forget", "expel", "muteall", "role"}
#: What pushes and notices offer, and boards of what there is none of here.
_NOT_OFFERED = _LAST | {"save", "keep", "discard", "pause", "readmit", "share", "unlink"}
#: So many different buttons of a verb are pressed as they are offered.
_EACH = 1


def _name(number: int) -> str:
    return f"{number} {LONG}"[:255]


@pytest.fixture
async def office(talk: Talk) -> Talk:
    await talk.add_reader(ADMIN, Role.ADMIN, name=LONG)
    chat, now = await talk.get_chat(ADMIN), talk.clock()
    assert chat.member_id is not None
    async with talk.database.write() as session:
        topics = [{"name": _name(n), "slug": fold(_name(n)), "is_default": True, "created_at": now} for n in range(500)]
        await session.execute(insert(Topic), topics)
        ids = list(await session.scalars(select(Topic.id)))
        await session.execute(insert(Follow), [{"chat_id": chat.id, "topic_id": one, "created_at": now} for one in ids])
        states = [MemberState.ACCEPTED] * 8 + [MemberState.PENDING] * 2
        people = [{"name": _name(n), "state": states[n % 10], "requested_at": now} for n in range(5000)]
        await session.execute(insert(Member), people)
        sources = [await make.source(session, topic_id=one, name=_name(one)) for one in ids[:30]]
        for source in sources:
            source.reason, source.failures = LONG, 9
        for number in range(40):
            article = await make.article(session, source_id=sources[number % 3].id, title=f"Giá {LONG}", text=LONG * 20)
            await saving.save(session, chat.member_id, article.id, now)
            debt = Delivery(chat_id=chat.id, channel="telegram", key=f"article:{number}", article_id=article.id)
            debt.state, debt.reason, debt.due_at, debt.created_at = DeliveryState.DROPPED, LONG, now, now
            session.add(debt)
            short, long = f"V{number}", LONG
            session.add(Alias(short=short, long=long, short_key=short, long_key=f"k{number}"))
            await audit.note(session, Act.TOPIC_MERGED, by=chat.member_id, now=now, what=LONG, detail=LONG)
            place = Chat(channel="telegram", address=f"-{number}", kind=ChatKind.GROUP, title=LONG, language="vi")
            place.created_at, place.reason = now, LONG
            place.state = ChatState.PARKED if number % 2 else ChatState.ACTIVE
            session.add(place)
            await session.flush()
            session.add(Manager(chat_id=place.id, member_id=chat.member_id))
            talk.managers.add((ADMIN, f"-{number}"))
        for number in range(watches.MOST - 1):
            words = f"giá {number} {'đ' * 200}"[: watches.LONGEST]
            await watches.add_watch(session, chat.id, words, now, is_urgent=True)
        await broadcasts.add_broadcast(session, chat.id, "x" * 1500, now)
    return talk


def _check(message: Message, about: str) -> None:
    """No platform has to cut it, refuse it, or show it turned around."""
    units = count_units(message.text)
    assert 0 < units <= (MAX_CAPTION if message.file else MAX_UNITS), about
    assert "\u202e" not in message.text, about
    assert message.text.count("\u2068") == message.text.count("\u2069"), about
    keyboard = render_keyboard(message)
    buttons = [button for row in keyboard.inline_keyboard for button in row] if keyboard else []
    assert len(buttons) <= 100, about
    assert all(1 <= len(str(button.callback_data).encode()) <= 64 for button in buttons), about
    assert all(0 < count_units(button.text) <= 120 for button in buttons), about
    assert all(count_units(part.text) <= MAX_ZALO for part in render_parts(message)), about


def _check_answer(answer: Answer, about: str) -> list[str]:
    assert count_units(answer.toast) <= 200, about
    for message in answer.messages:
        _check(message, about)
    return [button.action for message in answer.messages for row in message.buttons for button in row]


async def _walk(office: Talk, actions: list[str], pressed: Counter[str]) -> None:
    """Press what is offered, and what is offered then; the last and the far pages, too."""
    waiting = list(actions)
    while waiting:
        action = waiting.pop(0)
        verb = action.rpartition("@")[2].partition(" ")[2] if action.startswith("@") else action
        verb = ("@" if action.startswith("@") else "") + verb.partition(":")[0]
        if verb in _LAST or pressed[verb] >= _EACH or pressed[action]:
            continue
        pressed[verb] += 1
        pressed[action] += 1
        waiting += _check_answer(await office.press(ADMIN, action), action)


async def test_no_answer_is_over_a_platforms_limits(office: Talk) -> None:
    """D16 C1"""
    pressed: Counter[str] = Counter()
    for command in COMMANDS:
        for text in ("", f" {command.example}", f" {LONG}"):
            answer = await office.say(ADMIN, f"/{command.name}{text}", name=LONG)
            await _walk(office, _check_answer(answer, command.name), pressed)
    await _walk(office, _check_answer(await office.say(ADMIN, "giá"), "search"), pressed)
    for action in ACTIONS:
        if action.verb not in _LAST:
            _check_answer(await office.press(ADMIN, f"{action.verb}:9999"), action.verb)
    known = {action.verb for action in ACTIONS}
    missed = {verb for verb in known if not pressed[verb] and not pressed[f"@{verb}"]}
    assert missed <= _NOT_OFFERED, missed
    for verb in ("role:1:1:0", "expel:2:0", "muteall:0", "forget"):
        _check_answer(await office.press(ADMIN, verb), verb)
