"""Who asked, who was let in, and by whom."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from db import members
from db.engine import Database
from db.models import Chat, ChatKind, ChatState, Invitation, Member, MemberState, Role
from tests import make
from tests.fakes import Clock

DAY = timedelta(days=1)


async def get_member(database: Database, member_id: int) -> Member:
    async with database.read() as session:
        return await session.get_one(Member, member_id)


async def add_member(database: Database, state: MemberState = MemberState.PENDING, **values: Any) -> int:
    async with database.write() as session:
        return (await make.member(session, state=state, **values)).id


async def test_a_chat_is_known_once(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        chat: dict[str, Any] = {"channel": "telegram", "address": "7", "kind": ChatKind.GROUP, "now": clock()}
        first = await members.get_or_add_chat(session, title="Phòng A", language="vi", **chat)
        again = await members.get_or_add_chat(session, title="Phòng B", language="en", **chat)
        assert again is first
        assert (first.title, first.state, first.language) == ("Phòng A", ChatState.NEW, "vi")
        assert await members.get_chat(session, "zalo", "7") is None


async def test_a_chat_that_writes_twice_at_once_is_known_once(database: Database, clock: Clock) -> None:
    """D15"""

    async def hear() -> int:
        async with database.write() as session:
            chat: dict[str, Any] = {"channel": "zalo", "address": "7", "kind": ChatKind.PRIVATE, "title": "Hoa"}
            added = await members.get_or_add_chat(session, language="vi", now=clock(), **chat)
            return (await members.request_access(session, added, "Hoa", clock())).id

    assert len(set(await asyncio.gather(*(hear() for _ in range(5))))) == 1
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 1


async def test_a_request_waits_with_the_chat_it_came_from(database: Database, clock: Clock) -> None:
    """A1"""
    async with database.write() as session:
        chat = await make.chat(session)
        assert await members.get_member_of(session, chat) is None
        member = await members.request_access(session, chat, "Trần Văn Bình", clock())
        assert await members.get_member_of(session, chat) is member
        assert await members.get_member(session, member.id) is member
        assert [row.member.name for row in await members.list_members(session, MemberState.PENDING)] == [
            "Trần Văn Bình"
        ]
        assert [row.id for row in await members.list_chats_of(session, member.id)] == [chat.id]


async def test_somebody_is_let_in_once(database: Database, clock: Clock) -> None:
    """A6"""
    member_id, admin_id = await add_member(database), await add_member(database, MemberState.ACCEPTED)
    async with database.write() as session:
        assert await members.accept(session, member_id, by=admin_id, now=clock())
        assert not await members.accept(session, member_id, by=None, now=clock())
        assert not await members.refuse(session, member_id, by=admin_id, now=clock())
    member = await get_member(database, member_id)
    assert (member.state, member.decided_by_id, member.decided_at) == (MemberState.ACCEPTED, admin_id, clock())


async def test_somebody_is_refused_once_and_may_be_let_in_later(database: Database, clock: Clock) -> None:
    member_id = await add_member(database)
    async with database.write() as session:
        assert await members.refuse(session, member_id, by=None, now=clock())
        assert not await members.refuse(session, member_id, by=None, now=clock())
        assert await members.accept(session, member_id, by=None, now=clock())
    assert (await get_member(database, member_id)).state is MemberState.ACCEPTED


async def test_nobody_is_let_in_who_is_not_there(database: Database, clock: Clock) -> None:
    """A6"""
    async with database.write() as session:
        assert not await members.accept(session, 999, by=None, now=clock())
        assert not await members.refuse(session, 999, by=None, now=clock())


async def test_the_board_shows_who_is_in_and_from_where(database: Database) -> None:
    async with database.write() as session:
        admin = await make.member(session, "Lê Minh", role=Role.ADMIN)
        reader = await make.member(session, "An")
        await make.member(session, "Chờ", state=MemberState.PENDING)
        for channel in ("telegram", "zalo"):
            await make.chat(session, channel=channel, member_id=admin.id)
        rows = await members.list_members(session, MemberState.ACCEPTED)
    assert [(row.member.id, sorted(account.channel for account in row.accounts)) for row in rows] == [
        (admin.id, ["telegram", "zalo"]),
        (reader.id, []),
    ]


async def test_only_admins_who_are_in_hear_of_requests(database: Database) -> None:
    """A1"""
    async with database.write() as session:
        admin = await make.member(session, role=Role.ADMIN)
        refused = await make.member(session, role=Role.ADMIN, state=MemberState.REFUSED)
        reader = await make.member(session)
        chats = [await make.chat(session, member_id=member.id) for member in (admin, refused, reader)]
        assert await members.list_admin_chat_ids(session) == [chats[0].id]


async def test_an_admin_of_the_settings_is_one_whatever_they_were(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        refused = await make.member(session, state=MemberState.REFUSED)
        await make.chat(session, address="1", member_id=refused.id)
        for address in ("1", "2", "2"):
            await members.ensure_admin(session, "telegram", address, "vi", clock())
        rows = await members.list_members(session, MemberState.ACCEPTED)
        assert [row.member.role for row in rows] == [Role.ADMIN, Role.ADMIN]
        assert refused.id in {row.member.id for row in rows}
        chat = await members.get_chat(session, "telegram", "2")
        assert chat is not None
        assert (chat.kind, chat.language) == (ChatKind.PRIVATE, "vi")


async def test_an_invitation_lets_one_in(database: Database, clock: Clock) -> None:
    """A4"""
    first, second = await add_member(database), await add_member(database)
    async with database.write() as session:
        code = await members.add_invitation(session, by=None, now=clock(), lifetime=DAY)
    async with database.write() as session:
        assert await members.use_invitation(session, code, first, clock())
        assert not await members.use_invitation(session, code, second, clock())
    assert (await get_member(database, first)).state is MemberState.ACCEPTED
    assert (await get_member(database, second)).state is MemberState.PENDING


async def test_of_two_who_use_an_invitation_at_once_one_wins(database_url: str, clock: Clock) -> None:
    """A4"""
    databases = [Database(database_url) for _ in range(2)]

    async def use(database: Database, code: str, member_id: int) -> bool:
        async with database.write() as session:
            return await members.use_invitation(session, code, member_id, clock())

    try:
        ids = [await add_member(databases[0]) for _ in databases]
        async with databases[0].write() as session:
            code = await members.add_invitation(session, by=None, now=clock(), lifetime=DAY)
        won = await asyncio.gather(*(use(d, code, i) for d, i in zip(databases, ids, strict=True)))
        states = [(await get_member(databases[0], member_id)).state for member_id in ids]
        assert sorted(won) == [False, True]
        assert [state is MemberState.ACCEPTED for state in states] == won
    finally:
        await asyncio.gather(*(database.close() for database in databases))


@pytest.mark.parametrize("late", [False, True])
async def test_a_wrong_or_late_code_opens_nothing(database: Database, clock: Clock, late: bool) -> None:
    """A4"""
    member_id = await add_member(database)
    async with database.write() as session:
        code = await members.add_invitation(session, by=None, now=clock(), lifetime=DAY)
        now, tried = (clock() + DAY, code) if late else (clock(), code + "x")
        assert not await members.use_invitation(session, tried, member_id, now)
    assert (await get_member(database, member_id)).state is MemberState.PENDING


async def test_the_code_of_an_invitation_is_not_stored(database: Database, clock: Clock) -> None:
    """A8"""
    async with database.write() as session:
        code = await members.add_invitation(session, by=None, now=clock(), lifetime=DAY)
        await session.flush()
        (invitation,) = (await session.scalars(select(Invitation))).all()
    assert code not in invitation.code_hash
    assert len(code) >= 20


async def test_a_chat_outlives_the_member_it_belonged_to(database: Database) -> None:
    async with database.write() as session:
        member = await make.member(session)
        chat = await make.chat(session, member_id=member.id)
    async with database.write() as session:
        await session.delete(await session.get_one(Member, member.id))
    async with database.read() as session:
        assert (await session.get_one(Chat, chat.id)).member_id is None


async def test_people_are_read_a_page_at_a_time(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        for number in range(5):
            asked_at = clock() - number * DAY
            member = await make.member(session, f"Bình {number}", state=MemberState.PENDING, now=asked_at)
            await make.chat(session, address=str(number), member_id=member.id)
    async with database.read() as session:
        assert await members.count_members(session, MemberState.PENDING) == 5
        assert await members.count_members(session, MemberState.ACCEPTED) == 0
        rows = await members.list_members(session, MemberState.PENDING, offset=1, limit=2)
    assert [(row.member.name, row.accounts) for row in rows] == [
        ("Bình 3", (members.Account("telegram", "3"),)),
        ("Bình 2", (members.Account("telegram", "2"),)),
    ]
