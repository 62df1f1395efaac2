"""When a platform refuses loa: the admins hear of it where they can. It sends nothing."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import members, outbox


async def tell_closed(session: AsyncSession, channel: str, reason: str, now: datetime) -> None:
    """Owe it to the admins' chats on the other platforms, once a day."""
    admins = await members.list_admin_chat_ids(session, not_on=channel)
    data = {"channel": channel, "reason": reason}
    key = f"{channel}:{now.date()}"
    await outbox.owe_notice(session, admins, notice="channel_closed", key=key, data=data, now=now)
