"""Who was seen to manage a group or channel, so that they find it again from their private chat.

It is no right: whoever wants to change something there is looked at anew.
"""

from collections.abc import Sequence

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Chat, ChatKind
from db.statements import insert
from db.talk_models import Manager


async def note(session: AsyncSession, chat_id: int, member_id: int) -> None:
    noting = insert(session, Manager).values({"chat_id": chat_id, "member_id": member_id})
    await session.execute(noting.on_conflict_do_nothing())


async def list_managed(session: AsyncSession, member_id: int, channel: str) -> Sequence[Chat]:
    """The groups and channels of one platform, by their titles."""
    mine = select(Manager.chat_id).where(Manager.member_id == member_id)
    chats = select(Chat).where(Chat.id.in_(mine), Chat.channel == channel).order_by(Chat.title, Chat.id)
    return (await session.scalars(chats)).all()


async def find_place(session: AsyncSession, chat_id: int, channel: str) -> Chat | None:
    """A group or channel of this platform."""
    chat = await session.get(Chat, chat_id) if chat_id < 2**31 else None
    return chat if chat is not None and chat.kind is not ChatKind.PRIVATE and chat.channel == channel else None


async def move_managers(session: AsyncSession, chat_id: int, target_id: int) -> None:
    """Before one chat is merged into another."""
    rows = select(literal(target_id), Manager.member_id).where(Manager.chat_id == chat_id)
    moving = insert(session, Manager).from_select(["chat_id", "member_id"], rows)
    await session.execute(moving.on_conflict_do_nothing())


async def merge_members(session: AsyncSession, former: int, owner: int) -> None:
    """What one managed the other does."""
    rows = select(Manager.chat_id, literal(owner)).where(Manager.member_id == former)
    merging = insert(session, Manager).from_select(["chat_id", "member_id"], rows)
    await session.execute(merging.on_conflict_do_nothing())
