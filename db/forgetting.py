"""Erases what loa knows of a person: their name, their chats, what these followed, were owed and searched for."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Chat, ChatKind, Delivery, Follow, Lane, Member, Question, Saved
from db.roles import spare_last_admin
from db.statements import execute_count


class Traces(NamedTuple):
    """How much there is of a person."""

    chats: int
    follows: int
    saved: int
    searches: int


async def count_traces(session: AsyncSession, member_id: int) -> Traces:
    chats = select(Chat.id).where(Chat.member_id == member_id)
    counts = [
        await session.scalar(select(func.count()).select_from(kind).where(condition))
        for kind, condition in (
            (Chat, Chat.member_id == member_id),
            (Follow, Follow.chat_id.in_(chats)),
            (Saved, Saved.member_id == member_id),
            (Question, Question.chat_id.in_(chats)),
        )
    ]
    return Traces(*(count or 0 for count in counts))


async def forget(session: AsyncSession, member_id: int) -> None:
    """Their private chats with all that belongs to them, their name in notices, and themselves.

    What they did stays in the audit, without a name. Raises LastAdminError.
    """
    await spare_last_admin(session, member_id)
    chats = select(Chat.id).where(Chat.member_id == member_id, Chat.kind == ChatKind.PRIVATE)
    ids = (await session.scalars(chats)).all()
    await forget_chats(session, ids)
    await forget_request(session, member_id)
    await execute_count(session, delete(Member).where(Member.id == member_id))


async def forget_request(session: AsyncSession, member_id: int) -> None:
    """The name in what the admins were told when the person asked to be let in."""
    request = update(Delivery).where(Delivery.key == f"notice:access_request:{member_id}")
    await execute_count(session, request.values(data={}))


async def forget_chats(session: AsyncSession, ids: Sequence[int]) -> None:
    """With what they followed, watched, were owed and searched for."""
    await session.execute(select(Lane.chat_id).where(Lane.chat_id.in_(ids)).order_by(Lane.chat_id).with_for_update())
    await execute_count(session, delete(Chat).where(Chat.id.in_(ids)))
    await execute_count(session, delete(Lane).where(Lane.chat_id.in_(ids)))
