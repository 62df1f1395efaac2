"""Rows for tests, with defaults a Vietnamese office would have; each call makes another one."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from db import following, hosts, storing
from db.models import (
    Article,
    ArticleState,
    Base,
    Chat,
    ChatKind,
    ChatState,
    Member,
    MemberState,
    Role,
    Source,
    SourceState,
    TextOrigin,
    Topic,
)
from db.text import fold, searchable

#: When rows are made unless a test says otherwise: the time a `Clock` starts with.
NOW = datetime(2026, 8, 6, 1, 30, tzinfo=UTC)

_Row = TypeVar("_Row", bound=Base)


def picture(width: int = 320, height: int = 200, *, kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """The file of a picture in one colour."""
    file = BytesIO()
    Image.new(mode, (width, height)).save(file, kind, **options)
    return file.getvalue()


_numbers = count(1)


async def _add(session: AsyncSession, row: _Row) -> _Row:
    session.add(row)
    await session.flush()
    return row


async def topic(
    session: AsyncSession, name: str | None = None, *, is_default: bool = True, now: datetime = NOW
) -> Topic:
    name = name or f"Kinh tế {next(_numbers)}"
    return await _add(session, Topic(name=name, slug=fold(name), is_default=is_default, created_at=now))


async def source(
    session: AsyncSession,
    *,
    topic_id: int | None = None,
    host: str = "thongke.example.vn",
    name: str = "Chi cục Thống kê",
    url: str | None = None,
    state: SourceState = SourceState.ACTIVE,
    now: datetime = NOW,
) -> Source:
    """A watched feed and its host, due at `now`; of a topic of its own unless one is named."""
    await hosts.add_hosts(session, [host])
    return await _add(
        session,
        Source(
            topic_id=topic_id or (await topic(session, now=now)).id,
            url=url or f"https://{host}/rss/{next(_numbers)}.xml",
            host=host,
            name=name,
            state=state,
            next_poll_at=now,
            created_at=now,
        ),
    )


async def article(
    session: AsyncSession,
    *,
    source_id: int | None = None,
    title: str | None = None,
    text: str = "Chỉ số sản xuất công nghiệp toàn tỉnh tăng 8,2% so với cùng kỳ năm trước.",
    state: ArticleState = ArticleState.READY,
    host: str = "thongke.example.vn",
    announce: bool = True,
    published_at: datetime = NOW,
    now: datetime = NOW,
) -> Article:
    """An article that was read, with its link's key; `state=FOUND` for one whose page is still to be read."""
    number = next(_numbers)
    title = title or f"Hội nghị sơ kết sáu tháng, kỳ {number}"
    is_ready = state is ArticleState.READY
    row = await _add(
        session,
        Article(
            source_id=source_id or (await source(session, host=host, now=now)).id,
            url=f"https://{host}/tin/{number}.html",
            host=host,
            title=title,
            description=text,
            text=text if is_ready else "",
            summary=text if is_ready else "",
            folded=searchable(title, text),
            origin=TextOrigin.PAGE if is_ready else None,
            announce=announce,
            state=state,
            due_at=now,
            published_at=published_at,
            found_at=now,
        ),
    )
    await hosts.add_hosts(session, [host])
    await storing.add_keys(session, row.source_id, {f"l:{number}": row.id})
    return row


async def member(
    session: AsyncSession,
    name: str = "Nguyễn Thị Hoa",
    *,
    role: Role = Role.READER,
    state: MemberState = MemberState.ACCEPTED,
    now: datetime = NOW,
) -> Member:
    return await _add(session, Member(name=name, role=role, state=state, requested_at=now))


async def chat(
    session: AsyncSession,
    *,
    channel: str = "telegram",
    address: str | None = None,
    kind: ChatKind = ChatKind.PRIVATE,
    state: ChatState = ChatState.ACTIVE,
    member_id: int | None = None,
    follows: tuple[int, ...] = (),
    language: str = "vi",
    now: datetime = NOW,
) -> Chat:
    """A chat that gets news; `follows` are the ids of its topics."""
    row = await _add(
        session,
        Chat(
            channel=channel,
            address=address or str(1000 + next(_numbers)),
            kind=kind,
            title="Phòng Tổng hợp",
            member_id=member_id,
            language=language,
            state=state,
            created_at=now,
        ),
    )
    await follow(session, row.id, *follows, now=now)
    return row


async def follow(session: AsyncSession, chat_id: int, *topic_ids: int, now: datetime = NOW) -> None:
    await following.follow(session, chat_id, topic_ids, now)
