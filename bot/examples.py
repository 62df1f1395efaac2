"""What loa really answers to each command, in a small office that is made up for the reference page."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.asked import Answer, Asked
from bot.commands import COMMANDS
from bot.commands.ask import Command
from bot.config import AccessMode
from bot.conversation import Conversation, Rules
from bot.message import Message
from db import following, hosts, members, migrate
from db.engine import Database
from db.hours import Office
from db.models import Article, ArticleState, Chat, ChatKind, ChatState, Member, MemberState, Role, Source, TextOrigin
from db.text import searchable

#: A Thursday morning in the office.
NOW = datetime(2026, 8, 6, 1, 30, tzinfo=UTC)
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_ADMIN = "100"
_ASKED = Asked("telegram", _ADMIN, ChatKind.PRIVATE, _ADMIN, person_name="An", language="en")
_HOST = "thongke.example.vn"
#: What follows a command in place of its example, where that would need a secret.
_INSTEAD = {"link": ""}
#: Secrets are never the same twice.
_CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{8}\b")
_TOPICS = ("Giá", "Kinh tế", "Y tế")
_NEWS = (
    ("Chỉ số giá tiêu dùng tháng 7 tăng 0,21%", "So với tháng trước, chỉ số giá tiêu dùng tăng 0,21%."),
    ("Khai mạc điều tra dân số giữa kỳ", "Sáng 5/8, Chi cục Thống kê khai mạc cuộc điều tra."),
    ("Giá xăng giảm từ chiều nay", "Giá xăng giảm 320 đồng mỗi lít."),
)


async def answer_all() -> Mapping[str, str]:
    """By the commands' names, in lines."""
    with tempfile.TemporaryDirectory(prefix="loa-examples-") as folder:
        database = Database(f"sqlite:///{(Path(folder) / 'loa.db').as_posix()}")
        try:
            await migrate.upgrade(database)
            async with database.write() as session:
                await _furnish(session)
            conversation = _make_conversation(database)
            await conversation.answer(replace(_ASKED, text="/start"))
            await conversation.answer(replace(_ASKED, action="save:1"))
            return {command.name: await _answer(conversation, command) for command in COMMANDS}
        finally:
            await database.close()


def get_typed(command: Command) -> str:
    return f"/{command.name} {_INSTEAD.get(command.name, command.example)}".rstrip()


def _make_conversation(database: Database) -> Conversation:
    office = "the provincial Statistics Office"
    rules = Rules(AccessMode.APPROVAL, "en", _ZONE, office, "Tin chung", Office(_ZONE))
    return Conversation(database, rules, lambda: NOW, get_link=lambda channel, code: "https://t.me/loa_bot?start=…")


async def _answer(conversation: Conversation, command: Command) -> str:
    answer = await conversation.answer(replace(_ASKED, text=get_typed(command)))
    return _CODE.sub("K7MPQ2XZ", render(answer))


def render(answer: Answer) -> str:
    """As plain lines; buttons stand in brackets, row by row."""
    return "\n\n".join(_render_message(message) for message in answer.messages)


def _render_message(message: Message) -> str:
    rows: Sequence[str] = [" ".join(f"[{button.label}]" for button in row) for row in message.buttons]
    file = [f"📎 {message.file.name}"] if message.file else []
    return "\n".join([*file, message.text, *rows])


async def _furnish(session: AsyncSession) -> None:
    """Three topics with a source each, a few articles, an admin, two readers and somebody who waits."""
    await hosts.add_hosts(session, [_HOST])
    topics = [await following.get_or_add_topic(session, name, NOW) for name in _TOPICS]
    for number, topic in enumerate(topics, start=1):
        source = Source(
            topic_id=topic.id, url=f"https://{_HOST}/rss/{number}.xml", host=_HOST, name=f"Báo {topic.name}"
        )
        source.next_poll_at, source.created_at, source.last_ok_at = NOW, NOW, NOW
        session.add(source)
    await session.flush()
    for number, (title, text) in enumerate(_NEWS, start=1):
        session.add(_make_article(number, title, text))
    await members.ensure_admin(session, "telegram", _ADMIN, "en", NOW)
    for number, (name, state) in enumerate((("Hoa", "accepted"), ("Nam", "accepted"), ("Bình", "pending")), start=200):
        member = Member(name=name, role=Role.READER, state=MemberState(state), requested_at=NOW, decided_at=NOW)
        session.add(member)
        await session.flush()
        chat = Chat(channel="telegram", address=f"{number}", kind=ChatKind.PRIVATE, title=name, language="en")
        chat.member_id, chat.created_at = member.id, NOW
        chat.state = ChatState.ACTIVE if member.state is MemberState.ACCEPTED else ChatState.NEW
        session.add(chat)


def _make_article(number: int, title: str, text: str) -> Article:
    at = NOW - timedelta(hours=number)
    return Article(
        source_id=number,
        url=f"https://{_HOST}/tin/{number}.html",
        host=_HOST,
        title=title,
        text=text,
        summary=text,
        folded=searchable(title, text),
        origin=TextOrigin.PAGE,
        state=ArticleState.READY,
        due_at=at,
        published_at=at,
        found_at=at,
    )
