"""One member, several chats: a code from one joins another, and they may follow the same topics."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import managers
from db.base import UtcDateTime
from db.forgetting import forget_chats, forget_request
from db.models import AuditEntry, Chat, ChatKind, ChatState, Follow, Invitation, Member, MemberState, Role, Saved
from db.statements import execute_count, insert
from db.talk_models import LinkCode, Sharing

LIFETIME = timedelta(minutes=10)
#: Eight of these, none of which looks like another: there are 10^11 codes, for ten minutes each.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 8
_RANK = {Role.READER: 0, Role.EDITOR: 1, Role.ADMIN: 2}


class Outcome(StrEnum):
    """What became of a code."""

    LINKED = "linked"  #: the chats belong to one member now
    INVALID = "invalid"  #: unknown, used, expired, or of somebody who is not in any more
    OWN = "own"  #: they did before
    TAKEN = "taken"  #: the member has a chat on this platform already
    HIGHER = "higher"  #: who brings the code may do more than who made it: they would lend their rights


class Linked(NamedTuple):
    """`origin` is the chat that the code came from."""

    outcome: Outcome
    origin: Chat | None = None


async def add_code(session: AsyncSession, chat: Chat, now: datetime) -> str:
    """A new code for this chat's member, in place of an earlier one."""
    await execute_count(session, delete(LinkCode).where(LinkCode.chat_id == chat.id))
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    session.add(LinkCode(code_hash=_hash(code), chat_id=chat.id, expires_at=now + LIFETIME))
    await session.flush()
    return code


async def use_code(session: AsyncSession, code: str, chat: Chat, now: datetime) -> Linked:
    """Join a private chat to the member that made the code; of two at once one wins."""
    row = await session.get(LinkCode, _hash(code), with_for_update=True, populate_existing=True)
    if row is None or row.used_at is not None or row.expires_at <= now:
        return Linked(Outcome.INVALID)
    origin = await session.get_one(Chat, row.chat_id)
    owner = await session.get(Member, origin.member_id) if origin.member_id is not None else None
    if owner is None or owner.state is not MemberState.ACCEPTED:
        return Linked(Outcome.INVALID)
    obstacle = await _find_obstacle(session, owner, chat)
    if obstacle is None:
        row.used_at = now
        await _join(session, owner, origin, chat, now)
    return Linked(obstacle or Outcome.LINKED, origin)


async def _find_obstacle(session: AsyncSession, owner: Member, chat: Chat) -> Outcome | None:
    if chat.member_id == owner.id:
        return Outcome.OWN
    mine = await session.get(Member, chat.member_id) if chat.member_id is not None else None
    if mine is not None and mine.state is MemberState.ACCEPTED and _RANK[mine.role] > _RANK[owner.role]:
        return Outcome.HIGHER
    theirs = {one.channel for one in await list_chats(session, owner.id)}
    joined = {chat.channel, *(one.channel for one in await list_chats(session, chat.member_id))}
    return Outcome.TAKEN if theirs & joined else None


async def list_chats(session: AsyncSession, member_id: int | None) -> list[Chat]:
    """A member's private chats."""
    chats = select(Chat).where(Chat.member_id == member_id, Chat.kind == ChatKind.PRIVATE).order_by(Chat.id)
    return list(await session.scalars(chats)) if member_id is not None else []


async def _join(session: AsyncSession, owner: Member, origin: Chat, chat: Chat, now: datetime) -> None:
    former = chat.member_id
    if former is not None:
        await _merge(session, former, owner.id)
    chat.member_id, chat.state, chat.reason = owner.id, ChatState.ACTIVE, ""
    await session.flush()
    if not await session.scalar(select(Follow.topic_id).where(Follow.chat_id == chat.id).limit(1)):
        await _copy_follows(session, origin.id, chat.id, now)


async def _merge(session: AsyncSession, former: int, owner: int) -> None:
    """All that is one member's becomes the other's."""
    for column in (Chat.member_id, AuditEntry.by_id, AuditEntry.member_id, Member.decided_by_id):
        await execute_count(session, update(column.class_).where(column == former).values({column.key: owner}))
    for column in (Invitation.created_by_id, Invitation.used_by_id):
        await execute_count(session, update(Invitation).where(column == former).values({column.key: owner}))
    saved = select(literal(owner), Saved.article_id, Saved.saved_at).where(Saved.member_id == former)
    adding = insert(session, Saved).from_select(["member_id", "article_id", "saved_at"], saved)
    await session.execute(adding.on_conflict_do_nothing())
    await managers.merge_members(session, former, owner)
    await forget_request(session, former)
    await execute_count(session, delete(Member).where(Member.id == former))


async def _copy_follows(session: AsyncSession, origin_id: int, chat_id: int, now: datetime) -> None:
    followed = select(literal(chat_id), Follow.topic_id, literal(now, UtcDateTime)).where(Follow.chat_id == origin_id)
    adding = insert(session, Follow).from_select(["chat_id", "topic_id", "created_at"], followed)
    await session.execute(adding.on_conflict_do_nothing())


async def set_sharing(session: AsyncSession, member_id: int, *, is_shared: bool) -> None:
    """Whether the member's private chats follow the same topics from now on."""
    if is_shared:
        adding = insert(session, Sharing).values({"member_id": member_id})
        await session.execute(adding.on_conflict_do_nothing())
    else:
        await execute_count(session, delete(Sharing).where(Sharing.member_id == member_id))


async def spread(session: AsyncSession, chat: Chat, now: datetime) -> None:
    """Let the member's other chats follow what this private one follows, if they share."""
    if chat.kind is not ChatKind.PRIVATE or chat.member_id is None or not await is_sharing(session, chat.member_id):
        return
    for other in await list_chats(session, chat.member_id):
        if other.id != chat.id:
            await execute_count(session, delete(Follow).where(Follow.chat_id == other.id))
            await _copy_follows(session, chat.id, other.id, now)


async def is_sharing(session: AsyncSession, member_id: int) -> bool:
    return await session.get(Sharing, member_id) is not None


async def part(session: AsyncSession, member_id: int, chat_id: int) -> bool:
    """Take a chat from a member who has another one; it is a stranger's from then on, of whom nothing is kept."""
    ids = [chat.id for chat in await list_chats(session, member_id)]
    if chat_id not in ids or len(ids) < 2:
        return False
    await forget_chats(session, [chat_id])
    return True


async def forget_codes(session: AsyncSession, now: datetime) -> None:
    await execute_count(session, delete(LinkCode).where(LinkCode.expires_at < now))


def _hash(code: str) -> str:
    """However it is typed."""
    return hashlib.sha256("".join(filter(str.isalnum, code)).upper().encode()).hexdigest()
