"""What nobody waits for any more is given up or deleted, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from db import members, outbox, search, upkeep
from db.engine import Database
from db.models import Article, Chat, ChatState, Delivery, DeliveryState, Invitation, Question
from db.outbox import Due
from tests import make
from tests.fakes import Clock

MINUTE = timedelta(minutes=1)


async def tidy(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        await upkeep.tidy(session, clock())


async def get_state(database: Database) -> DeliveryState:
    async with database.read() as session:
        return (await session.scalars(select(Delivery))).one().state


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (ChatState.PARKED, DeliveryState.DROPPED),
        (ChatState.STOPPED, DeliveryState.DROPPED),
        (ChatState.ACTIVE, DeliveryState.OWED),
        (ChatState.NEW, DeliveryState.OWED),
    ],
)
async def test_what_a_silent_chat_is_owed_waits_for_a_set_time(
    database: Database, clock: Clock, state: ChatState, outcome: DeliveryState
) -> None:
    """D9"""
    async with database.write() as session:
        chat = await make.chat(session, state=state)
        await outbox.owe_notice(session, [chat.id], notice="n", key="1", data={}, now=clock())
    clock.advance(upkeep.PATIENCE)
    await tidy(database, clock)
    assert await get_state(database) is DeliveryState.OWED
    clock.advance(MINUTE)
    await tidy(database, clock)
    assert await get_state(database) is outcome


async def test_what_is_in_flight_is_not_given_up(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        chat = await make.chat(session)
        await outbox.owe_notice(session, [chat.id], notice="n", key="1", data={}, now=clock())
        clock.advance(upkeep.PATIENCE + MINUTE)
        await outbox.claim(session, "telegram", clock(), lease=MINUTE, limit=1)
        chat.state = ChatState.STOPPED
    await tidy(database, clock)
    assert await get_state(database) is DeliveryState.SENDING
    clock.advance(MINUTE)
    await tidy(database, clock)
    assert await get_state(database) is DeliveryState.DROPPED


async def owe_news(database: Database, clock: Clock, source_id: int) -> int:
    async with database.write() as session:
        article = await make.article(session, source_id=source_id)
        await outbox.owe_article(session, article.id, clock())
        return article.id


async def claim(database: Database, clock: Clock) -> list[Due]:
    async with database.write() as session:
        return await outbox.claim(session, "telegram", clock(), lease=MINUTE, limit=9, fold_over=1)


@pytest.fixture
async def followed(database: Database) -> int:
    """The source that a chat follows."""
    async with database.write() as session:
        source = await make.source(session)
        await make.chat(session, follows=(source.topic_id,))
        return source.id


async def test_what_was_folded_into_what_is_given_up_waits_its_own_time(
    database: Database, clock: Clock, followed: int
) -> None:
    """D9"""
    await owe_news(database, clock, followed)
    clock.advance(upkeep.PATIENCE)
    later = await owe_news(database, clock, followed)
    (due,) = await claim(database, clock)
    async with database.write() as session:
        await outbox.record_parked(session, due, now=clock(), reason="blocked")
    clock.advance(MINUTE)
    await tidy(database, clock)
    async with database.write() as session:
        await session.execute(update(Chat).values(state=ChatState.ACTIVE))
    assert [due.news.article_id for due in await claim(database, clock) if due.news] == [later]


async def test_what_was_folded_into_what_is_gone_is_claimed_again(
    database: Database, clock: Clock, followed: int
) -> None:
    """D1: whether or not the chat's lane is there still."""
    first, second = [await owe_news(database, clock, followed) for _ in range(2)]
    await claim(database, clock)
    async with database.write() as session:
        await session.execute(delete(Article).where(Article.id == first))
    clock.advance(2 * MINUTE)
    assert await claim(database, clock) == []
    await tidy(database, clock)
    assert [due.news.article_id for due in await claim(database, clock) if due.news] == [second]


async def test_old_questions_and_invitations_are_deleted(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        chat = await make.chat(session)
        await search.add_question(session, chat.id, "thống kê", clock())
        await members.add_invitation(session, by=None, now=clock(), lifetime=timedelta(0))
    for wait, left in ((upkeep.QUESTIONS_KEPT, 1), (MINUTE, 0)):
        clock.advance(wait)
        await tidy(database, clock)
        async with database.read() as session:
            assert len((await session.scalars(select(Question))).all()) == left
            assert len((await session.scalars(select(Invitation))).all()) == left


async def forget(database: Database, clock: Clock) -> int:
    """How many batches it took."""
    after: int | None = 0
    batches = 0
    while after is not None:
        async with database.write() as session:
            after = await upkeep.forget_settled(session, clock(), after)
        batches += 1
    return batches


async def test_only_what_was_settled_long_ago_is_forgotten(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P6"""
    monkeypatch.setattr(upkeep, "BATCH", 4)
    states = list(DeliveryState)
    async with database.write() as session:
        chats = [(await make.chat(session)).id for _ in range(len(states) * 2)]
        await outbox.owe_notice(session, chats, notice="old", key="1", data={}, now=clock())
        for chat_id, state in zip(chats, states * 2, strict=True):
            await session.execute(update(Delivery).where(Delivery.chat_id == chat_id).values(state=state))
    clock.advance(outbox.REMEMBERED)
    assert await forget(database, clock) == 1
    async with database.write() as session:
        await outbox.owe_notice(session, chats[:5], notice="new", key="1", data={}, now=clock())
        await session.execute(update(Delivery).where(Delivery.notice == "new").values(state=DeliveryState.SENT))
    clock.advance(MINUTE)
    assert await forget(database, clock) == 4
    async with database.read() as session:
        by_chat = (Delivery.notice.desc(), Delivery.chat_id)
        left = (await session.scalars(select(Delivery).order_by(*by_chat))).all()
    old, new = [DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.FOLDED], [DeliveryState.SENT]
    assert [row.state for row in left] == old * 2 + new * 5


async def test_what_is_forgotten_is_not_owed_again(database: Database, clock: Clock) -> None:
    """P6"""
    async with database.write() as session:
        source = await make.source(session)
        await make.chat(session, follows=(source.topic_id,))
        article = await make.article(session, source_id=source.id)
        assert await outbox.owe_announced(session, article.id, clock()) == 1
        await session.execute(update(Delivery).values(state=DeliveryState.SENT))
    clock.advance(outbox.REMEMBERED + MINUTE)
    await forget(database, clock)
    async with database.write() as session:
        assert await session.scalar(select(func.count()).select_from(Delivery)) == 0
        assert await outbox.owe_announced(session, article.id, clock()) == 0
