"""Lets people in or turns them down, and owes everyone concerned the news of it, in the caller's commit."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, following, members, outbox
from db.models import Act, Chat, ChatState, Member


async def ask_admins(session: AsyncSession, member: Member, chat: Chat, now: datetime) -> None:
    """Owe every admin the request, with the buttons to answer it; once, however often the person asks."""
    admins = await members.list_admin_chat_ids(session)
    data = {"member_id": member.id, "name": member.name, "channel": chat.channel, "address": chat.address}
    await outbox.owe_notice(session, admins, notice="access_request", key=str(member.id), data=data, now=now)


async def admit(session: AsyncSession, member_id: int, *, by: int | None, now: datetime) -> bool:
    """Let a person in: their chats follow the default topics at once and are told; false when they were in."""
    if not await members.accept(session, member_id, by=by, now=now):
        return False
    await audit.note(session, Act.ADMITTED, by=by, now=now, member_id=member_id)
    for chat in await members.list_chats_of(session, member_id):
        topics = await open_chat(session, chat, now)
        await _tell(session, chat, "access_granted", {"topics": topics}, now)
    return True


async def turn_down(session: AsyncSession, member_id: int, *, by: int | None, now: datetime) -> bool:
    """Refuse a request and tell the person; false when it was answered before.

    Their chat is opened for this one answer: it follows nothing, so it gets nothing else.
    """
    if not await members.refuse(session, member_id, by=by, now=now):
        return False
    await audit.note(session, Act.REFUSED, by=by, now=now, member_id=member_id)
    for chat in await members.list_chats_of(session, member_id):
        chat.state = ChatState.ACTIVE
        await _tell(session, chat, "access_refused", {}, now)
    return True


async def open_chat(session: AsyncSession, chat: Chat, now: datetime) -> list[str]:
    """The chat gets news from now on; the names of the default topics, if it followed none and follows them now."""
    chat.state, chat.reason = ChatState.ACTIVE, ""
    followed = [topic for topic in await following.list_topics(session, chat.id) if topic.followed]
    return [] if followed else await following.follow_defaults(session, chat.id, now)


async def _tell(session: AsyncSession, chat: Chat, notice: str, data: dict[str, object], now: datetime) -> None:
    key = f"{chat.member_id}:{now.isoformat()}"
    await outbox.owe_notice(session, [chat.id], notice=notice, key=key, data=data, now=now)
