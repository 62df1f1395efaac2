"""What belongs to one person or chat is out of every other one's reach, whatever button they forge or press again."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.commands import ACTIONS, COMMANDS
from db import broadcasts, saving, search, watches
from db.engine import Database
from db.models import Base, Role
from tests import make
from tests.bot.talk import ADMIN, GROUP, Talk, get_text

HOA, NAM, EDITOR, WAITING, STRANGER = "300", "301", "400", "500", "999"
SECRET = "việc riêng của Hoa"
#: Tables that whoever asks may add to, or that tell of them alone.
_OWN = {"chats", "questions", "audit", "article_changes"}

#: Hundreds of presses; what they come upon is no matter of the database.
pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)


@pytest.fixture
async def office(talk: Talk) -> Talk:
    """Hoa has something of everything that can be pressed; the others are a reader, an editor, one who waits."""
    await talk.add_topics("Giá cả", "Y tế")
    await talk.add_reader(ADMIN, Role.ADMIN, name="Phạm Quốc Hùng")
    hoa = await talk.add_reader(HOA, name=SECRET)
    await talk.add_reader(NAM)
    await talk.add_reader(EDITOR, Role.EDITOR)
    await talk.say_in_group(HOA, "/start", may_manage=True)
    await talk.say(WAITING, "/start")
    chat = await talk.get_chat(HOA)
    async with talk.database.write() as session:
        article = await make.article(session, title="Bài công khai")
        await watches.add_watch(session, chat.id, SECRET, talk.clock(), is_urgent=False)
        await saving.save(session, hoa, article.id, talk.clock())
        await search.add_question(session, chat.id, SECRET, talk.clock())
        await broadcasts.add_broadcast(session, (await talk.get_chat(ADMIN)).id, SECRET, talk.clock())
    return talk


async def _dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables that nobody else may change."""
    async with database.read() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in _OWN]
        return {table.name: sorted(map(tuple, await session.execute(select(table))), key=repr) for table in tables}


def _list_forgeries() -> list[str]:
    return [f"{action.verb}{args}" for action in ACTIONS for args in (":1", ":2", ":1:0")]


async def test_a_stranger_presses_nothing_that_does_or_tells_anything(office: Talk) -> None:
    """A1, A6"""
    before = await _dump(office.database)
    for person in (STRANGER, WAITING):
        for action in _list_forgeries():
            answer = await office.press(person, action)
            assert answer.messages == (), action
            assert answer.toast, action
    assert await _dump(office.database) == before


async def test_a_member_reaches_nothing_that_is_another_ones(office: Talk) -> None:
    """A6"""
    chat = await office.get_chat(NAM)
    before = await _dump(office.database)
    aims = [f"@{(await office.get_chat(place)).id}" for place in (HOA, GROUP)]
    for action in _list_forgeries():
        for answer in (await office.press(NAM, action), await office.press_in_group(NAM, action)):
            assert SECRET not in get_text(answer) + answer.toast, action
    for aim in aims:
        for action in ("topics", "mute:1", "unwatch:1:0", "saved:0", "stop"):
            assert (await office.press(NAM, f"{aim} {action}")).messages == ()
    after = await _dump(office.database)
    for rows in (before, after):
        for name in ("follows", "watches", "saved", "members", "deliveries", "menus", "sharings", "lanes"):
            rows[name] = [row for row in rows[name] if chat.id not in row[:2] and chat.member_id not in row[:2]]
    assert after == before


async def test_what_is_for_admins_is_refused_to_an_editor(office: Talk) -> None:
    """A6"""
    before = await _dump(office.database)
    for action in ACTIONS:
        if action.need.role is Role.ADMIN:
            answer = await office.press(EDITOR, f"{action.verb}:1")
            assert answer.messages == ()
            assert "người quản lý loa" in answer.toast
    for command in COMMANDS:
        if command.need.role is Role.ADMIN:
            assert "người quản lý loa" in get_text(await office.say(EDITOR, f"/{command.name} x"))
    assert await _dump(office.database) == before
