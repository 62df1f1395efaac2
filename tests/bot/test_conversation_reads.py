"""Reading keeps no writer waiting: deliveries go on while a long search is at work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands import ACTIONS, COMMANDS
from db import aliases
from db.engine import Database
from tests import make
from tests.bot.talk import ADMIN, Talk, get_text
from tests.fakes import Clock

ARTICLES = 12
READING = [f"/{command.name} giá" for command in COMMANDS if command.reads_only]
TURNING = [action.verb for action in ACTIONS if action.reads_only]


class HeldDatabase(Database):
    """Whoever reads waits until `go`, as when an answer takes long to find."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.reading, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with super().read() as session:
            self.reading.set()
            await self.go.wait()
            yield session
            assert not [*session.new, *session.dirty, *session.deleted]

    def hold(self) -> None:
        self.reading.clear()
        self.go.clear()


@pytest.fixture
async def held(database_url: str) -> AsyncIterator[HeldDatabase]:
    database = HeldDatabase(database_url)
    yield database
    await database.close()


@pytest.fixture
async def talk(held: HeldDatabase, clock: Clock) -> Talk:
    talk = Talk(held, clock)
    await talk.add_admin()
    await talk.say(ADMIN, "/start")
    async with held.write() as session:
        topic = await make.topic(session, "Giá cả")
        source = await make.source(session, topic_id=topic.id)
        for number in range(ARTICLES):
            await make.article(session, source_id=source.id, title=f"Giá tháng {number}")
        await aliases.add_alias(session, "NSLĐ", "năng suất lao động")
    return talk


@pytest.mark.parametrize("text", READING)
async def test_others_write_while_an_answer_is_looked_for(talk: Talk, held: HeldDatabase, text: str) -> None:
    held.hold()
    answering = asyncio.create_task(talk.say(ADMIN, text))
    await held.reading.wait()
    async with asyncio.timeout(5), held.write() as session:
        await make.topic(session)
    held.go.set()
    assert get_text(await answering)


async def test_what_only_reads_changes_nothing(talk: Talk) -> None:
    """The session of a reader refuses to be left with changes: they would be lost."""
    question = await talk.say(ADMIN, "giá")
    page = question.messages[0].buttons[0][0].action
    board = await talk.say(ADMIN, "/aliases")
    unalias = board.messages[0].buttons[0][0].action
    shown = {"page": page, "unalias": unalias}
    for verb in TURNING:
        answer = await talk.press(ADMIN, shown.get(verb, f"{verb}:0"))
        assert get_text(answer) or answer.toast
    for text in READING:
        assert get_text(await talk.say(ADMIN, text))


async def test_the_pages_of_a_search_outlive_its_answer(talk: Talk) -> None:
    first = await talk.say(ADMIN, "giá")
    second = await talk.press(ADMIN, first.messages[0].buttons[0][0].action)
    assert second.edit
    assert "11. Giá" in get_text(second)
