"""What a command is given and what it is made of; the shapes that the table in `bot.commands` is filled with."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Need
from bot.asked import Answer
from bot.config import AccessMode
from bot.locales import Translator, Translators
from bot.message import Message
from bot.outside import parse_number
from db import audit
from db.hours import Office
from db.models import Act, Chat, ChatKind, Member
from db.polling import SourceRow
from db.search import Archive

#: Makes the platform's link that opens the bot with an invitation's code; empty where there is none.
GetLink = Callable[[str, str], str]


#: Writes sources as a list that feed readers take (OPML).
RenderOpml = Callable[[Iterable[SourceRow]], bytes]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the office decided that the conversation goes by."""

    access: AccessMode
    language: str
    timezone: ZoneInfo
    office: str
    first_topic: str
    hours: Office = Office(ZoneInfo("UTC"))  # noqa: RUF009 - a value that never changes


class StaleError(Exception):
    """The button is of an old menu, belongs to another chat, or was never made by loa."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked, inside the transaction that answers it. `args` is what follows the command or the verb.

    `aim` is empty where the chat is the one that it was asked in; elsewhere, before an action, it names the chat.
    `session` only reads where the command `reads_only`; what such a one has to note all the same goes into a short
    `write()`. `_` speaks the chat's language; `member` is None only for a stranger's first `/start`.
    """

    session: AsyncSession
    write: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    chat: Chat
    thread: int | None
    aim: str
    member: Member | None
    person_name: str
    args: str
    now: datetime
    rules: Rules
    translators: Translators
    get_link: GetLink
    render_opml: RenderOpml
    may_guess: Callable[[], Awaitable[bool]]
    takes_files: bool
    archive: Archive
    commands: tuple["Command", ...]
    _: Translator

    @property
    def is_private(self) -> bool:
        return self.chat.kind is ChatKind.PRIVATE

    @property
    def member_id(self) -> int | None:
        return self.member.id if self.member else None

    def write_command(self, vi: str, en: str) -> str:
        """The command's name in the chat's language, and for which chat it is, as it is typed."""
        return f"{vi if self._.language == 'vi' else en} {self.aim}".rstrip()

    async def note(self, act: Act, *, member_id: int | None = None, what: str = "", detail: str = "") -> None:
        """Write into the audit what the person who asks does, in the same commit."""
        await audit.note(
            self.session, act, by=self.member_id, now=self.now, member_id=member_id, what=what, detail=detail
        )

    def get_numbers(self, least: int, most: int | None = None) -> list[int]:
        """The numbers in a button's action, such as `7:0`. Raises StaleError."""
        numbers = [parse_number(part) for part in self.args.split(":")]
        if None in numbers or not least <= len(numbers) <= (most or least):
            raise StaleError
        return [number for number in numbers if number is not None]


Handler = Callable[[Ask], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table that menu, /help and docs/commands.md are made of.

    `summary` and `arguments` are sentences of the catalogues; `example` is what may follow the name, as it is.
    One that `reads_only` keeps no writer waiting, however long it takes.
    """

    name: str
    vi: str
    summary: str
    handler: Handler
    arguments: str = ""
    example: str = ""
    need: Need = field(default_factory=Need)
    reads_only: bool = False

    def get_name(self, language: str) -> str:
        """The name shown in that language; both are always understood."""
        return self.vi if language == "vi" else self.name


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does: its `verb` stands before the first colon of `Button.action`."""

    verb: str
    handler: Handler
    need: Need = field(default_factory=Need)
    reads_only: bool = False


def reply(*messages: Message, toast: str = "") -> Answer:
    return Answer(messages, toast)


def replace(message: Message, toast: str = "") -> Answer:
    """Put the message in place of the one whose button was pressed."""
    return Answer((message,), toast, edit=True)
