"""People and their chats: who asked, who was let in, by whom. Whether one may do a thing is decided in bot/access."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Chat, ChatKind, ChatState, Invitation, Member, MemberState, Role
from db.statements import execute_count, insert

#: So many numbers stand in one question to the database.
_BATCH = 1000


class Account(NamedTuple):
    """Where a member writes from: the platform, and their number or name on it."""

    channel: str
    address: str


class MemberRow(NamedTuple):
    """A member and the accounts they write from."""

    member: Member
    accounts: tuple[Account, ...]


async def get_chat(session: AsyncSession, channel: str, address: str) -> Chat | None:
    return (await session.scalars(select(Chat).where(Chat.channel == channel, Chat.address == address))).one_or_none()


async def get_or_add_chat(
    session: AsyncSession,
    *,
    channel: str,
    address: str,
    kind: ChatKind,
    title: str,
    language: str,
    now: datetime,
    hours: Mapping[str, Any] | None = None,
) -> Chat:
    """The chat's row; a new one begins with those `hours`."""
    values = {
        "channel": channel,
        "address": address,
        "kind": kind,
        "title": title,
        "language": language,
        "state": ChatState.NEW,
        "hours": dict(hours or {}),
        "created_at": now,
    }
    added = insert(session, Chat).values(values).on_conflict_do_nothing(index_elements=["channel", "address"])
    await session.execute(added)
    chat = await get_chat(session, channel, address)
    assert chat is not None  # noqa: S101 - it was there, or was just added
    return chat


async def get_member(session: AsyncSession, member_id: int) -> Member | None:
    return await session.get(Member, member_id)


async def get_member_of(session: AsyncSession, chat: Chat) -> Member | None:
    """The person whose account this private chat is."""
    return await session.get(Member, chat.member_id) if chat.member_id is not None else None


async def request_access(session: AsyncSession, chat: Chat, name: str, now: datetime) -> Member:
    """Remember who asks to be let in, with the private chat they asked from; who asked already is not added twice."""
    known = select(Chat.member_id).where(Chat.id == chat.id).with_for_update()
    if (member_id := await session.scalar(known)) is not None:
        return await session.get_one(Member, member_id)
    member = Member(name=name, state=MemberState.PENDING, role=Role.READER, requested_at=now)
    session.add(member)
    await session.flush()
    chat.member_id = member.id
    return member


async def accept(session: AsyncSession, member_id: int, *, by: int | None, now: datetime) -> bool:
    """Let somebody in; false when they were in already."""
    statement = update(Member).where(Member.id == member_id, Member.state != MemberState.ACCEPTED)
    values = {"state": MemberState.ACCEPTED, "decided_at": now, "decided_by_id": by}
    return await execute_count(session, statement.values(values)) == 1


async def refuse(session: AsyncSession, member_id: int, *, by: int | None, now: datetime) -> bool:
    """Turn a request down; false when it was decided already. A member who is in is not put out by this."""
    statement = update(Member).where(Member.id == member_id, Member.state == MemberState.PENDING)
    values = {"state": MemberState.REFUSED, "decided_at": now, "decided_by_id": by}
    return await execute_count(session, statement.values(values)) == 1


async def count_members(session: AsyncSession, state: MemberState) -> int:
    counting = select(func.count()).select_from(Member).where(Member.state == state)
    return await session.scalar(counting) or 0


async def list_members(
    session: AsyncSession, state: MemberState, *, offset: int = 0, limit: int | None = None
) -> list[MemberRow]:
    """Some of the people in this state: who waits by the time they asked, the others admins first, by name."""
    is_pending = state is MemberState.PENDING
    order = (Member.requested_at, Member.id) if is_pending else (Member.role, Member.name, Member.id)
    found = select(Member).where(Member.state == state).order_by(*order).offset(offset).limit(limit)
    people = (await session.scalars(found)).all()
    accounts = await list_accounts(session, [member.id for member in people])
    return [MemberRow(member, tuple(accounts[member.id])) for member in people]


async def list_accounts(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Sequence[Account]]:
    accounts = defaultdict[int, list[Account]](list)
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        for chat in await session.scalars(select(Chat).where(Chat.member_id.in_(some)).order_by(Chat.id)):
            accounts[chat.member_id or 0].append(Account(chat.channel, chat.address))
    return accounts


async def list_chats_of(session: AsyncSession, member_id: int) -> Sequence[Chat]:
    return (await session.scalars(select(Chat).where(Chat.member_id == member_id).order_by(Chat.id))).all()


async def list_admin_chat_ids(session: AsyncSession, *, not_on: str = "") -> Sequence[int]:
    """The private chats of the admins, but for those on a channel that is down; to one that never wrote it waits."""
    admins = select(Member.id).where(Member.role == Role.ADMIN, Member.state == MemberState.ACCEPTED)
    return (
        await session.scalars(
            select(Chat.id).where(Chat.member_id.in_(admins), Chat.channel != not_on).order_by(Chat.id)
        )
    ).all()


async def park_chat(session: AsyncSession, channel: str, address: str, reason: str, now: datetime) -> None:
    """The platform says that the chat cannot be reached any more; what it is owed waits until it speaks again."""
    parked = update(Chat).where(Chat.channel == channel, Chat.address == address, Chat.state == ChatState.ACTIVE)
    await execute_count(session, parked.values(state=ChatState.PARKED, reason=reason, parked_at=now))


async def ensure_admin(session: AsyncSession, channel: str, address: str, language: str, now: datetime) -> None:
    """An admin named in the settings: accepted with that role, whatever they were before."""
    chat = await get_or_add_chat(
        session,
        channel=channel,
        address=address,
        kind=ChatKind.PRIVATE,
        title="",
        language=language,
        now=now,
    )
    member = await get_member_of(session, chat) or await request_access(session, chat, address, now)
    if member.state is not MemberState.ACCEPTED or member.role is not Role.ADMIN:
        member.state, member.role, member.decided_at = MemberState.ACCEPTED, Role.ADMIN, now


async def add_invitation(session: AsyncSession, *, by: int | None, now: datetime, lifetime: timedelta) -> str:
    """A new one-time code; only its digest is kept."""
    code = secrets.token_urlsafe(16)
    invitation = Invitation(
        code_hash=_hash(code), role=Role.READER, created_by_id=by, created_at=now, expires_at=now + lifetime
    )
    session.add(invitation)
    return code


async def use_invitation(session: AsyncSession, code: str, member_id: int, now: datetime) -> bool:
    """Let the member in with a code; false when it is unknown, expired or used (by two at once: one wins)."""
    unused = update(Invitation).where(
        Invitation.code_hash == _hash(code), Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    if await execute_count(session, unused.values(used_at=now, used_by_id=member_id)) != 1:
        return False
    await accept(session, member_id, by=None, now=now)
    return True


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
