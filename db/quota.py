"""How many messages a channel's platform took this month, for platforms whose plan counts them."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Chat, ChatKind, ChatState
from db.statements import insert
from db.talk_models import MonthUse


async def add(session: AsyncSession, channel: str, month: str, count: int) -> int:
    """Count messages that were taken; returns how many that makes in the month, such as `2026-11`."""
    adding = insert(session, MonthUse).values({"channel": channel, "month": month, "sent": count})
    more = adding.on_conflict_do_update(
        index_elements=["channel", "month"], set_={"sent": MonthUse.sent + adding.excluded.sent}
    )
    await session.execute(more)
    return await get(session, channel, month)


async def get(session: AsyncSession, channel: str, month: str) -> int:
    used = select(MonthUse.sent).where(MonthUse.channel == channel, MonthUse.month == month)
    return await session.scalar(used) or 0


async def count_people(session: AsyncSession, channel: str) -> int:
    """How many people's private chats there are that were let in and did not leave."""
    chats = select(func.count()).select_from(Chat)
    is_open = Chat.state.in_([ChatState.ACTIVE, ChatState.PARKED])
    return await session.scalar(chats.where(Chat.channel == channel, Chat.kind == ChatKind.PRIVATE, is_open)) or 0
