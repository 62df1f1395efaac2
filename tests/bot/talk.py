"""People talking to loa in tests: each says a thing or presses a button, and every answer is held to the limits."""

import re
from collections.abc import Collection
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.admission import open_chat
from bot.asked import Answer, Asked, Shares
from bot.commands import ACTIONS
from bot.config import AccessMode
from bot.conversation import Conversation, Rules
from bot.flood import Flood
from bot.locales import Translator, load_translators
from bot.message import Button
from db import following, members
from db.engine import Database
from db.models import Chat, ChatKind, Role, Topic
from db.text import fold
from tests.fakes import Clock

ADMIN = "100"
GROUP = "-500"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_AIM = re.compile(r"^@\d+ ")
#: As Telegram gives the name of whoever writes.
NAME = "Nguyễn Thị Hoa"
_VERBS = {action.verb for action in ACTIONS}


class Talk:
    """One office's conversation on one database; people are known by their addresses on the `channel`."""

    channel = "telegram"

    def __init__(
        self,
        database: Database,
        clock: Clock,
        access: AccessMode = AccessMode.APPROVAL,
        *,
        office: str = "Cục Thống kê",
        fileless: Collection[str] = (),
        flood: Flood | None = None,
        guesses: Flood | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.managers: set[tuple[str, str]] = set()
        rules = Rules(access=access, language="vi", timezone=ZONE, office=office, first_topic="Tin chung")
        self._conversation = Conversation(
            database,
            rules,
            clock,
            render_opml=lambda rows: str([row.topic for row in rows]).encode(),
            fileless=fileless,
            flood=flood,
            guesses=guesses,
        )

    async def say(self, person: str, text: str, *, name: str = NAME, language: str = "") -> Answer:
        """Write in the private chat."""
        return await self.ask(self._private(person, name, language, text=text))

    async def press(self, person: str, action: str) -> Answer:
        """Press a button in the private chat."""
        return await self.ask(self._private(person, NAME, "", action=action))

    async def say_in_group(
        self, person: str, text: str, *, may_manage: bool = False, thread: int | None = None
    ) -> Answer:
        return await self.ask(replace(make_group(person, text=text, may_manage=may_manage), thread=thread))

    async def press_in_group(
        self, person: str, action: str, *, may_manage: bool = False, thread: int | None = None
    ) -> Answer:
        return await self.ask(replace(make_group(person, action=action, may_manage=may_manage), thread=thread))

    async def join(self, asked: Asked) -> Answer:
        """loa is brought into a group or channel."""
        answer = await self._conversation.join(asked)
        check_limits(answer)
        return answer

    async def ask(self, asked: Asked) -> Answer:
        """In private, who manages what (persons and addresses) stands in `managers`."""

        async def manages(address: str) -> bool:
            return (asked.person, address) in self.managers

        answer = await self._conversation.answer(replace(asked, manages=manages))
        check_limits(answer)
        return answer

    def _private(self, person: str, name: str, language: str, *, text: str = "", action: str = "") -> Asked:
        named = {"person_name": name, "language": language}
        return Asked(self.channel, person, ChatKind.PRIVATE, person, text=text, action=action, **named)

    def translate(self, language: str) -> Translator:
        return load_translators().get(language, ZONE)

    async def offer(self, asked: Asked, page: int) -> Shares:
        return await self._conversation.offer(asked, page)

    async def add_admin(self, person: str = ADMIN) -> None:
        """As the settings name one."""
        async with self.database.write() as session:
            await members.ensure_admin(session, self.channel, person, "vi", self.clock())

    async def add_reader(self, person: str, role: Role = Role.READER, *, name: str = "Trần Văn Nam") -> int:
        """Somebody who was let in and has an open chat; the member's id."""
        async with self.database.write() as session:
            await members.ensure_admin(session, self.channel, person, "vi", self.clock())
            chat = await members.get_chat(session, self.channel, person)
            member = await members.get_member_of(session, chat) if chat else None
            assert chat is not None
            assert member is not None
            member.role, member.name, chat.title = role, name, NAME
            await open_chat(session, chat, self.clock())
            return member.id

    async def add_topics(self, *names: str) -> list[int]:
        async with self.database.write() as session:
            if len(names) > 50:
                now = self.clock()
                topics = [Topic(name=name, slug=fold(name), is_default=True, created_at=now) for name in names]
                session.add_all(topics)
                await session.flush()
                return [topic.id for topic in topics]
            return [(await following.get_or_add_topic(session, name, self.clock())).id for name in names]

    async def get_chat(self, address: str) -> Chat:
        async with self.database.read() as session:
            chat = await members.get_chat(session, self.channel, address)
        assert chat is not None
        return chat

    async def get_follows(self, address: str) -> list[str]:
        chat = await self.get_chat(address)
        async with self.database.read() as session:
            return [topic.name for topic in await following.list_topics(session, chat.id) if topic.followed]


def get_text(answer: Answer) -> str:
    """All the words of the answer."""
    return "\n".join(message.text for message in answer.messages)


def get_buttons(answer: Answer) -> list[Button]:
    return [button for message in answer.messages for row in message.buttons for button in row]


def get_actions(answer: Answer) -> list[str]:
    return [button.action for button in get_buttons(answer)]


def check_limits(answer: Answer) -> None:
    """No platform would refuse it: lengths in what it has at most, and every button known."""
    buttons = get_buttons(answer)
    assert len(answer.toast) <= 200
    assert len(buttons) <= 90
    assert all(len(message.text.strip()) > 0 and len(message.text) <= 3500 for message in answer.messages)
    assert all(button.label and len(button.action.encode()) <= 64 for button in buttons)
    assert {_AIM.sub("", button.action).partition(":")[0] for button in buttons} <= _VERBS
    assert not answer.edit or len(answer.messages) == 1


def make_group(person: str, *, text: str = "", action: str = "", may_manage: bool = False) -> Asked:
    return Asked(
        "telegram",
        GROUP,
        ChatKind.GROUP,
        person,
        person_name=NAME,
        chat_title="Phòng Tổng hợp",
        text=text,
        action=action,
        may_manage=may_manage,
    )
