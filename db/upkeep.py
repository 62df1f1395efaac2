"""Nightly tidying: what waited too long is given up with its reason, what nobody needs any more is deleted."""

from datetime import datetime, timedelta

from sqlalchemy import Delete, and_, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, folding, heard, linking, pictures, watches
from db.lanes import is_pending
from db.models import Article, Chat, ChatState, Delivery, DeliveryState, Invitation, Lane, Question, Rank, StoryKey
from db.outbox import PATIENCE, REMEMBERED, open_lanes
from db.statements import execute_count

#: How long the buttons of an old search go on working.
QUESTIONS_KEPT = timedelta(days=90)
#: How long a story is recognised when another source tells it; old items of a new source are compared too.
STORIES_KEPT = timedelta(days=365)
#: So many rows are looked at between two commits: others write in between.
BATCH = 5000


async def tidy(session: AsyncSession, now: datetime) -> None:
    await drop_stale_debts(session, now)
    await folding.unfold_lost(session)
    await mend_lanes(session, now)
    await session.execute(delete(Question).where(Question.asked_at < now - QUESTIONS_KEPT))
    await session.execute(delete(Invitation).where(Invitation.expires_at < now - QUESTIONS_KEPT))
    await session.execute(_delete_old_story_keys(now))
    await changes.prune(session)
    await watches.forget_hits(session, now - REMEMBERED)
    await heard.forget(session, now)
    await linking.forget_codes(session, now)
    await pictures.forget(session, now)
    await session.execute(text("ANALYZE"))


def _delete_old_story_keys(now: datetime) -> Delete:
    """Nobody is to recognise stories any more that are too old to be retold."""
    old = select(Article.id).where(Article.published_at < now - STORIES_KEPT)
    return delete(StoryKey).where(StoryKey.article_id.in_(old))


async def forget_settled(session: AsyncSession, now: datetime, after: int = 0) -> int | None:
    """Delete the debts settled long ago among the `BATCH` after this one; where to go on, None when all are gone.

    Numbers grow with time: the first batch that ends in a debt of these days is the last one.
    """
    old = now - REMEMBERED
    rows = select(Delivery.id, Delivery.created_at).where(Delivery.id > after).order_by(Delivery.id).limit(BATCH)
    found = (await session.execute(rows)).all()
    if not found:
        return None
    last_id, last_created_at = found[-1]
    settled = Delivery.state.not_in([DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.FOLDED])
    within = Delivery.id.between(found[0].id, last_id)
    await session.execute(
        delete(Delivery).where(within, settled, Delivery.created_at < old),
        execution_options={"synchronize_session": False},
    )
    return last_id if len(found) == BATCH and last_created_at < old else None


async def drop_stale_debts(session: AsyncSession, now: datetime) -> None:
    """Give up what was owed for longer than `PATIENCE` to chats that cannot be reached or asked for silence.

    So is news owed to chats of people who were put out; a notice waits for an admin who never wrote.
    """
    silent = select(Chat.id).where(Chat.state.in_([ChatState.PARKED, ChatState.STOPPED]))
    closed = select(Chat.id).where(Chat.state == ChatState.NEW)
    is_orphan = and_(Delivery.state == DeliveryState.SENDING, Delivery.leased_until <= now)
    stale = update(Delivery).where(
        or_(Delivery.state.in_([DeliveryState.OWED, DeliveryState.FOLDED]), is_orphan),
        Delivery.created_at < now - PATIENCE,
        or_(Delivery.chat_id.in_(silent), and_(Delivery.article_id.is_not(None), Delivery.chat_id.in_(closed))),
    )
    values = {"state": DeliveryState.DROPPED, "leased_until": None, "reason": "the chat could not be reached in time"}
    await session.execute(stale.values(values).execution_options(synchronize_session=False))


async def mend_lanes(session: AsyncSession, now: datetime) -> None:
    """Whoever is owed anything stands in line; with no lane, or one at rest, it would wait for more. No others do."""
    chat = select(Chat.id).where(Chat.id == Lane.chat_id)
    await execute_count(session, delete(Lane).where(~chat.exists()))
    pending = select(Delivery.id).where(Delivery.chat_id == Chat.id, is_pending(Delivery))
    has_lane = select(Lane.chat_id).where(Lane.chat_id == Chat.id, Lane.rank != Rank.NOTHING)
    await open_lanes(session, pending.exists() & ~has_lane.exists(), Rank.URGENT, now)
