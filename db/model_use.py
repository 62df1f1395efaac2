"""What the language model is used for: the day's budget of tokens, and how its answers fared. It asks nothing."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ModelUse, VerdictKind
from db.statements import insert, wait_in_line


async def reserve(session: AsyncSession, day: date, tokens: int, *, budget: int) -> bool:
    """Hold tokens for a question that is about to be asked; false when the day has not so many left.

    After a crash what was held stays spent: nobody can know what the server counted.
    """
    await wait_in_line(session, "model_uses")
    if await count_tokens(session, day) + tokens > budget:
        return False
    await _add(session, day, VerdictKind.ASKED, count=1, tokens=tokens)
    return True


async def settle(session: AsyncSession, day: date, *, reserved: int, tokens: int) -> None:
    """What was held is counted as what it took."""
    held = update(ModelUse).where(ModelUse.day == day, ModelUse.verdict == VerdictKind.ASKED)
    await session.execute(held.values(tokens=ModelUse.tokens - reserved + tokens))


async def record(session: AsyncSession, day: date, verdict: VerdictKind) -> None:
    await _add(session, day, verdict, count=1)


async def count_tokens(session: AsyncSession, day: date) -> int:
    """Spent on this day, and held."""
    return await session.scalar(select(func.coalesce(func.sum(ModelUse.tokens), 0)).where(ModelUse.day == day)) or 0


async def count_verdicts(session: AsyncSession, since: date) -> Mapping[VerdictKind, int]:
    """How often each verdict was reached since a day, the most frequent first."""
    total = func.sum(ModelUse.count)
    counted = select(ModelUse.verdict, total).where(ModelUse.day >= since, ModelUse.verdict != VerdictKind.ASKED)
    rows = await session.execute(counted.group_by(ModelUse.verdict).order_by(total.desc(), ModelUse.verdict))
    return {verdict: int(count) for verdict, count in rows}


async def _add(session: AsyncSession, day: date, verdict: VerdictKind, *, count: int = 0, tokens: int = 0) -> None:
    row = insert(session, ModelUse).values(day=day, verdict=verdict, count=count, tokens=tokens)
    more = {"count": ModelUse.count + count, "tokens": ModelUse.tokens + tokens}
    await session.execute(row.on_conflict_do_update(index_elements=["day", "verdict"], set_=more))
