"""What members may do, and who is put out again. There is always an admin left."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.members import MemberRow, list_accounts
from db.models import Chat, ChatKind, ChatState, Member, MemberState, Role
from db.statements import execute_count, wait_in_line
from db.text import fold


class LastAdminError(Exception):
    """Nobody would be left to run loa."""


async def set_role(session: AsyncSession, member_id: int, role: Role) -> bool:
    """Give a member a role; false when they have it, or are no member. Raises LastAdminError."""
    if role is not Role.ADMIN:
        await spare_last_admin(session, member_id)
    given = update(Member).where(Member.id == member_id, Member.state == MemberState.ACCEPTED, Member.role != role)
    return await execute_count(session, given.values(role=role)) == 1


async def expel(session: AsyncSession, member_id: int, *, by: int | None, now: datetime) -> bool:
    """Put a member out; what their chats follow is kept for when they come back. Raises LastAdminError."""
    await spare_last_admin(session, member_id)
    values = {"state": MemberState.REFUSED, "decided_at": now, "decided_by_id": by}
    expelled = update(Member).where(Member.id == member_id, Member.state == MemberState.ACCEPTED)
    if await execute_count(session, expelled.values(values)) != 1:
        return False
    await _move_chats(session, member_id, {ChatState.ACTIVE, ChatState.PARKED}, ChatState.NEW)
    return True


async def readmit(session: AsyncSession, member_id: int, *, by: int | None, now: datetime) -> bool:
    """Take that back: everything is as it was."""
    values = {"state": MemberState.ACCEPTED, "decided_at": now, "decided_by_id": by}
    back = update(Member).where(Member.id == member_id, Member.state == MemberState.REFUSED)
    if await execute_count(session, back.values(values)) != 1:
        return False
    await _move_chats(session, member_id, {ChatState.NEW}, ChatState.ACTIVE)
    return True


async def _move_chats(session: AsyncSession, member_id: int, old: set[ChatState], new: ChatState) -> None:
    chats = update(Chat).where(Chat.member_id == member_id, Chat.kind == ChatKind.PRIVATE, Chat.state.in_(old))
    await execute_count(session, chats.values(state=new))


async def spare_last_admin(session: AsyncSession, member_id: int) -> None:
    """Raises LastAdminError when this is the only admin. Two who step down at once stand in line."""
    await wait_in_line(session, "admins")
    admins = select(Member.id).where(Member.role == Role.ADMIN, Member.state == MemberState.ACCEPTED)
    if (await session.scalars(admins)).all() == [member_id]:
        raise LastAdminError


async def find_members(session: AsyncSession, words: str) -> list[MemberRow]:
    """The members whose names have the words, marks ignored; the shortest names first."""
    wanted = fold(" ".join(words.split()))
    known = await session.execute(
        select(Member.id, Member.name).where(Member.state == MemberState.ACCEPTED).order_by(Member.name, Member.id)
    )
    found = [(len(name), member_id) for member_id, name in known if wanted in fold(name)]
    return await _get_members(session, [member_id for _, member_id in sorted(found)])


async def _get_members(session: AsyncSession, ids: Sequence[int]) -> list[MemberRow]:
    """Only as many as anybody wants to choose from."""
    some = list(ids[:20])
    people = {member.id: member for member in await session.scalars(select(Member).where(Member.id.in_(some)))}
    accounts = await list_accounts(session, some)
    return [MemberRow(people[number], tuple(accounts[number])) for number in some if number in people]


async def get_row(session: AsyncSession, member_id: int) -> MemberRow | None:
    """A member who is in, with their accounts."""
    rows = await _get_members(session, [member_id])
    return next((row for row in rows if row.member.state is MemberState.ACCEPTED), None)
