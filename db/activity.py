"""What went on, day by day: news sent, searches asked, members. It only reads.

Days are the office's. Sent debts and searches are kept for longer than is looked back here; what belonged to people who
had themselves forgotten is not counted any more.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Delivery, DeliveryState, Member, MemberState, Question
from db.statements import is_postgresql


class Day(NamedTuple):
    """`members` is how many were in when it ended."""

    day: date
    pushes: int
    searches: int
    members: int


async def list_days(session: AsyncSession, timezone: ZoneInfo, today: date, number: int) -> list[Day]:
    """So many days, today the last."""
    days = [today - timedelta(days=back) for back in reversed(range(number))]
    since = datetime.combine(days[0], time(), timezone).astimezone(UTC)
    is_push = (Delivery.state == DeliveryState.SENT) & Delivery.notice.is_(None)
    pushes = await _count(session, Delivery.sent_at, since, timezone, is_push)
    searches = await _count(session, Question.asked_at, since, timezone)
    is_in = Member.state == MemberState.ACCEPTED
    came = await _count(session, Member.decided_at, since, timezone, is_in)
    before = select(func.count()).select_from(Member).where(is_in, ~(func.coalesce(Member.decided_at, since) > since))
    members = accumulate((came[day] for day in days), initial=await session.scalar(before) or 0)
    next(members)
    return [Day(day, pushes[day], searches[day], there) for day, there in zip(days, members, strict=True)]


async def has_searched(session: AsyncSession, chat_id: int, since: datetime) -> bool:
    """Whether the chat asked for a search after that."""
    asked = select(Question.id).where(Question.chat_id == chat_id, Question.asked_at > since).limit(1)
    return await session.scalar(asked) is not None


async def _count(
    session: AsyncSession, column: Any, since: datetime, timezone: ZoneInfo, *conditions: ColumnElement[bool]
) -> Counter[date]:
    """How many rows of each day: they are counted by the hour where they are, and the hours here."""
    hour = _write_hour(session, column)
    counted = select(hour, func.count()).where(column > since, *conditions).group_by(hour)
    days: Counter[date] = Counter()
    for text, count in (await session.execute(counted)).all():
        at = datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC)
        days[at.astimezone(timezone).date()] += count
    return days


def _write_hour(session: AsyncSession, column: Any) -> ColumnElement[str]:
    """Such as `2026-08-06 01`, in UTC."""
    if is_postgresql(session):
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24")
    return func.substr(cast(column, Text), 1, 13)
