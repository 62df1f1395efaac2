"""The same talk through a platform's face, over its wire: what was answered is what the person gets to see."""

import asyncio
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from pydantic import SecretStr
from rich.console import Console

from bot import zalo
from bot.asked import Answer, Asked
from bot.config import TelegramSettings, ZaloSettings
from bot.inbox import Inbox
from bot.message import Button
from bot.telegram import MenuSettings, Notices, TelegramChannel, TelegramFace, connect
from bot.terminal.channel import TerminalChannel
from bot.terminal.face import Face
from bot.zalo import Books, ZaloChannel, ZaloFace
from db.engine import Database
from db.models import ChatKind
from tests.bot.talk import ZONE, Talk
from tests.bot_api import FakeTelegram
from tests.bot_api import Person as TelegramPerson
from tests.fakes import Clock
from tests.zalo_api import FakeZalo
from tests.zalo_api import Person as ZaloPerson

FAST = 1000


class FacedTalk(Talk):
    """A person writes, and presses what they were shown; `answer` is what the face asks the conversation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._given: asyncio.Queue[Answer | Exception] = asyncio.Queue()
        self._labels: defaultdict[str, dict[str, str]] = defaultdict(dict)

    async def answer(self, asked: Asked) -> Answer:
        try:
            answer = await super().ask(asked)
        except Exception as error:
            self._given.put_nowait(error)
            raise
        self._given.put_nowait(answer)
        return answer

    async def ask(self, asked: Asked) -> Answer:
        assert asked.kind is ChatKind.PRIVATE
        label = self._labels[asked.chat][asked.action] if asked.action else ""
        shown = _squeeze(await self.enter(asked, label))
        answer = self._given.get_nowait()
        if isinstance(answer, Exception):
            raise answer
        for words in _list_words(answer):
            assert _squeeze(words) in shown, words
        self._labels[asked.chat] |= {button.action: button.label for button in _list_buttons(answer)}
        return answer

    async def enter(self, asked: Asked, label: str) -> str:
        """Write the text, or press the button with this label; returns what is shown then."""
        raise NotImplementedError


class TelegramTalk(FacedTalk):
    def __init__(self, database: Database, clock: Clock, fake: FakeTelegram) -> None:
        super().__init__(database, clock)
        self._fake = fake
        self.face: TelegramFace | None = None

    async def enter(self, asked: Asked, label: str) -> str:
        number = int(asked.chat)
        if number not in self._fake.persons:
            self._fake.person(number, asked.person_name)
        person = TelegramPerson(number, asked.person_name, asked.language)
        before, presses = len(self._fake.sent_to(number)), len(self._fake.answers)
        if asked.action:
            menu = next(one for one in reversed(self._fake.sent_to(number)) if asked.action in one.buttons.values())
            self._fake.press(person, menu, asked.action, forged=True)  # the menu may have changed meanwhile
        else:
            self._fake.say(person, asked.text)
        self._given.put_nowait(await asyncio.wait_for(self._given.get(), 20))
        while self.face and self.face._serving:
            await asyncio.wait(self.face._serving)
        shown = [part for one in self._fake.sent_to(number)[before:] for part in (one.text, *one.buttons)]
        return "\n".join([*shown, *(one.text for one in self._fake.answers[presses:])])


class ZaloTalk(FacedTalk):
    channel = "zalo"

    def __init__(self, database: Database, clock: Clock, fake: FakeZalo) -> None:
        super().__init__(database, clock)
        self._fake = fake
        self.face: ZaloFace | None = None

    async def enter(self, asked: Asked, label: str) -> str:
        assert self.face is not None
        seen = self._fake.sent_to(asked.chat)
        typed = _find_number(reversed([one.text for one in seen]), label) if asked.action else asked.text
        self._fake.say(ZaloPerson(asked.chat, asked.person_name), typed)
        await self.face.hear()
        await self.face.answer()
        await self.face.drain()
        return "\n".join(one.text for one in self._fake.sent_to(asked.chat)[len(seen) :])


class TerminalTalk(FacedTalk):
    channel = "terminal"

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._screens: defaultdict[str, list[str]] = defaultdict(list)
        self._faces: dict[str, Face] = {}
        self._paper = io.StringIO()
        self._shared = TerminalChannel(Console(file=self._paper, width=100), owner="")

    async def enter(self, asked: Asked, label: str) -> str:
        face = self._faces.setdefault(asked.chat, Face(self.answer, self._shared, name=asked.chat))
        screens = self._screens[asked.chat]
        typed = _find_number(reversed(screens), label) if asked.action else asked.text
        at = self._paper.tell()
        await face.enter(typed)
        screens.append(self._paper.getvalue()[at:])
        return screens[-1]


@asynccontextmanager
async def open_telegram_talk(database: Database, clock: Clock) -> AsyncIterator[Talk]:
    async with FakeTelegram(limits=None) as fake:
        talk = TelegramTalk(database, clock, fake)
        bot = connect(TelegramSettings(token=SecretStr(fake.token), api_url=fake.url))
        nothing = Notices(left=_ignore, moved=_ignore)
        menus = MenuSettings(lambda language, role: [])
        async with TelegramFace(bot, TelegramChannel(bot, FAST), talk, notices=nothing, menus=menus) as talk.face:
            yield talk


@asynccontextmanager
async def open_zalo_talk(database: Database, clock: Clock) -> AsyncIterator[Talk]:
    async with FakeZalo() as fake:
        talk = ZaloTalk(database, clock, fake)
        client = zalo.connect(ZaloSettings(token=SecretStr(fake.token), api_url=fake.url))
        books = Books(database, clock, timezone=ZONE, language="vi", per_month=10**6)
        inbox, stop = Inbox(database, "zalo", clock), asyncio.Event()
        channel = ZaloChannel(client, books, per_second=FAST)
        async with ZaloFace(client, channel, books, inbox, talk, stop=stop, pace=0.0) as talk.face:
            yield talk


@asynccontextmanager
async def open_terminal_talk(database: Database, clock: Clock) -> AsyncIterator[Talk]:
    yield TerminalTalk(database, clock)


FACES: dict[str, Callable[[Database, Clock], AbstractAsyncContextManager[Talk]]] = {
    "telegram": open_telegram_talk,
    "zalo": open_zalo_talk,
    "terminal": open_terminal_talk,
}


async def _ignore(*_: str) -> None:
    """Nobody leaves or moves here."""


def _list_buttons(answer: Answer) -> list[Button]:
    return [button for message in answer.messages for row in message.buttons for button in row]


def _list_words(answer: Answer) -> list[str]:
    """Each line of it; a line stays together on every platform, but for the address that may stand below it."""
    lines = [line for message in answer.messages for line in message.text.split("\n")]
    return [answer.toast, *lines, *(button.label for button in _list_buttons(answer))]


def _squeeze(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def _find_number(screens: Iterable[str], label: str) -> str:
    """The number that stands before the label, where it was shown last."""
    for screen in screens:
        if found := re.search(rf"\[(\d+)\] {re.escape(label)}(?=\s\s|\s*$|\n)", screen):
            return found[1]
    raise LookupError(f"no choice {label!r} was shown")
