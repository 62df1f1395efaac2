"""Many articles owed to one chat are told in one message: all but the first are folded into it. It sends nothing.

What is folded is settled with the debt that it was folded into, in the same commit, and is no repeat of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db import threads
from db.models import Delivery, DeliveryState, Rank
from db.statements import execute_count, is_written

#: So many articles one message tells at most, where a platform does not take longer ones.
MOST = 20

PENDING = (DeliveryState.OWED, DeliveryState.SENDING)


def is_pending(debt: Any) -> ColumnElement[bool]:
    """With the states written out, or the databases would not see that the indexes of pending debts serve."""
    states = bindparam(None, PENDING, Delivery.state.type, expanding=True, literal_execute=True)
    return cast(ColumnElement[bool], debt.state.in_(states))


async def fold(session: AsyncSession, heads: Sequence[int], over: int, most: int = MOST) -> None:
    """Where a chat is owed more than `over` articles, fold those after the claimed one into it, `most` in all."""
    if not heads:
        return
    head, other = aliased(Delivery), aliased(Delivery)
    is_next = and_(other.chat_id == head.chat_id, _is_news(other), other.id > head.id)
    last = select(other.id).where(is_next).order_by(other.id).offset(over - 1).limit(1).correlate(head)
    many = select(head.id, head.chat_id).where(head.id.in_(heads), head.article_id.is_not(None), head.rank == Rank.NEWS)
    found = (await session.execute(many.where(last.scalar_subquery().is_not(None)))).all()
    forums = await threads.list_places(session, [chat_id for _, chat_id in found])
    for head_id, chat_id in found:
        after = select(Delivery.id).where(Delivery.chat_id == chat_id, _is_news(Delivery), Delivery.id > head_id)
        if chat_id in forums:
            after = after.where(await threads.goes_along(session, chat_id, head_id, forums[chat_id]))
        ids = (await session.scalars(after.order_by(Delivery.id).limit(most - 1))).all()
        folding = update(Delivery).where(Delivery.id.in_(ids))
        await execute_count(session, folding.values(state=DeliveryState.FOLDED, folded_into_id=head_id))


def _is_news(debt: Any) -> ColumnElement[bool]:
    """An article that nobody tried to send yet."""
    is_owed = and_(is_pending(debt), debt.state == DeliveryState.OWED)
    return and_(is_owed, debt.rank == Rank.NEWS, debt.article_id.is_not(None), debt.attempts == 0)


async def list_folded(session: AsyncSession, heads: Collection[int]) -> dict[int, list[int]]:
    """The articles that are folded into these debts, in the order in which they were owed."""
    folded: dict[int, list[int]] = {}
    if heads:
        rows = select(Delivery.folded_into_id, Delivery.article_id).where(_is_folded(heads)).order_by(Delivery.id)
        found: Any = await session.execute(rows)
        for head_id, article_id in found:
            folded.setdefault(head_id, []).append(article_id)
    return folded


def _is_folded(heads: Collection[int]) -> ColumnElement[bool]:
    into = and_(Delivery.folded_into_id.in_(heads), Delivery.folded_into_id.is_not(None))
    return and_(into, is_written(Delivery.state, DeliveryState.FOLDED))


class Told(NamedTuple):
    """The message that told an article: its id on the platform, empty if it is not known, and all that it told."""

    message_id: str
    article_ids: tuple[int, ...]


async def find_told(session: AsyncSession, corrections: Mapping[int, tuple[int, int]]) -> dict[int, Told]:
    """For corrections, by their ids, of an article in a chat: how it was told there."""
    found = {}
    for debt_id, (chat_id, article_id) in corrections.items():
        debt = select(Delivery).where(Delivery.chat_id == chat_id, Delivery.key == f"article:{article_id}")
        told = (await session.scalars(debt)).one_or_none()
        if told is not None and told.state is DeliveryState.SENT:
            head = told.folded_into_id or told.id
            both = or_(Delivery.id == head, and_(Delivery.folded_into_id == head, Delivery.folded_into_id.is_not(None)))
            ids = (await session.scalars(select(Delivery.article_id).where(both).order_by(Delivery.id))).all()
            found[debt_id] = Told(told.message_id or "", tuple(one for one in ids if one is not None))
    return found


async def settle_folded(session: AsyncSession, head: int, values: Mapping[str, Any]) -> None:
    """What became of a debt became of all that its message told."""
    await execute_count(session, update(Delivery).where(_is_folded([head])).values(**values))


async def unfold(session: AsyncSession, head: int, now: datetime) -> None:
    """The message cannot be sent: each of its articles goes alone."""
    alone = {"state": DeliveryState.OWED, "folded_into_id": None, "attempts": 1, "due_at": now}
    await settle_folded(session, head, alone)


async def unfold_chats(session: AsyncSession, chat_id: int, target_id: int) -> None:
    """Before one chat is merged into another: what either has folded and not under way goes alone."""
    head = aliased(Delivery)
    waits = select(head.id).where(head.chat_id == target_id, head.state == DeliveryState.OWED)
    is_meant = or_(Delivery.chat_id == chat_id, Delivery.folded_into_id.in_(waits))
    folded = update(Delivery).where(Delivery.state == DeliveryState.FOLDED, is_meant)
    await execute_count(session, folded.values(state=DeliveryState.OWED, folded_into_id=None, attempts=1))


async def unfold_lost(session: AsyncSession) -> None:
    """What was folded into a debt that is gone, as when its source was removed, or was given up, goes alone."""
    head = aliased(Delivery)
    waits = select(head.id).where(head.id == Delivery.folded_into_id, is_pending(head)).exists()
    lost = update(Delivery).where(Delivery.state == DeliveryState.FOLDED, ~waits)
    await execute_count(session, lost.values(state=DeliveryState.OWED, folded_into_id=None, attempts=1))
