"""The numbered choices of one chat without buttons, kept over restarts. What they mean it does not know."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.statements import insert
from db.talk_models import Menu


async def get(session: AsyncSession, chat_id: int) -> Menu | None:
    return await session.get(Menu, chat_id)


async def hold(session: AsyncSession, chat_id: int) -> Menu:
    """The chat's menu, for this transaction alone to change."""
    added = insert(session, Menu).values({"chat_id": chat_id}).on_conflict_do_nothing(index_elements=["chat_id"])
    await session.execute(added)
    return await session.get_one(Menu, chat_id, with_for_update=True)
