"""Nightly tidying: what waited too long is given up with its reason, what nobody needs any more is deleted."""

from datetime import datetime, timedelta

from sqlalchemy import Delete, and_, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes
from db.models import Article, Chat, ChatState, Delivery, DeliveryState, Invitation, Question, StoryKey
from db.outbox import PATIENCE

#: How long the buttons of an old search go on working.
QUESTIONS_KEPT = timedelta(days=90)
#: How long a story is recognised when another source tells it; old items of a new source are compared too.
STORIES_KEPT = timedelta(days=365)


async def tidy(session: AsyncSession, now: datetime) -> None:
    await drop_stale_debts(session, now)
    await session.execute(delete(Question).where(Question.asked_at < now - QUESTIONS_KEPT))
    await session.execute(delete(Invitation).where(Invitation.expires_at < now - QUESTIONS_KEPT))
    await session.execute(_delete_old_story_keys(now))
    await changes.prune(session)
    await session.execute(text("ANALYZE"))


def _delete_old_story_keys(now: datetime) -> Delete:
    """Nobody is to recognise stories any more that are too old to be retold."""
    old = select(Article.id).where(Article.published_at < now - STORIES_KEPT)
    return delete(StoryKey).where(StoryKey.article_id.in_(old))


async def drop_stale_debts(session: AsyncSession, now: datetime) -> None:
    """Give up what was owed for longer than `PATIENCE` to chats that cannot be reached or asked for silence."""
    silent = select(Chat.id).where(Chat.state.in_([ChatState.PARKED, ChatState.STOPPED]))
    is_orphan = and_(Delivery.state == DeliveryState.SENDING, Delivery.leased_until <= now)
    stale = update(Delivery).where(
        or_(Delivery.state == DeliveryState.OWED, is_orphan),
        Delivery.created_at < now - PATIENCE,
        Delivery.chat_id.in_(silent),
    )
    values = {"state": DeliveryState.DROPPED, "leased_until": None, "reason": "the chat could not be reached in time"}
    await session.execute(stale.values(values).execution_options(synchronize_session=False))
