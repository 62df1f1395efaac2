"""What is owed is sent: once, in order, to whom it is due, whatever dies on the way."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, literal, select, text, update

from db import carriages, corrections, lanes, outbox, polling, upkeep
from db.base import UtcDateTime
from db.engine import Database
from db.forgetting import forget_chats
from db.models import (
    ArticleState,
    Chat,
    ChatKind,
    ChatState,
    Delivery,
    DeliveryState,
    Follow,
    Lane,
    Rank,
    Source,
)
from db.outbox import Due
from tests import make
from tests.fakes import Clock

LEASE = timedelta(minutes=1)
MINUTE = timedelta(minutes=1)


async def claim(database: Database, now: datetime, *, limit: int = 100) -> list[Due]:
    async with database.write() as session:
        return await outbox.claim(session, "telegram", now, lease=LEASE, limit=limit)


async def list_deliveries(database: Database) -> Sequence[Delivery]:
    async with database.read() as session:
        return (await session.scalars(select(Delivery).order_by(Delivery.id))).all()


async def send(database: Database, due: Due, now: datetime, *, message_id: str = "1") -> None:
    async with database.write() as session:
        await outbox.record_sent(session, due, message_id=message_id, now=now, next_send_at=now)


async def owe(database: Database, now: datetime, *, chats: int = 1, articles: int = 1) -> list[int]:
    """Owe each of some articles to each of some chats; returns the articles' ids."""
    async with database.write() as session:
        source = await make.source(session)
        for _ in range(chats):
            await make.chat(session, follows=(source.topic_id,))
        ids = [(await make.article(session, source_id=source.id)).id for _ in range(articles)]
        for article_id in ids:
            await outbox.owe_article(session, article_id, now)
    return ids


async def set_chats(database: Database, **values: Any) -> None:
    async with database.write() as session:
        await session.execute(update(Chat).values(values))


async def test_an_article_is_owed_to_its_followers_and_to_nobody_else(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        article = await make.article(session)
        source = await polling.get_source(session, article.source_id)
        assert source is not None
        follower = await make.chat(session, follows=(source.topic_id,))
        await make.chat(session)
        await make.chat(session, follows=((await make.topic(session)).id,))
        for state in (ChatState.NEW, ChatState.STOPPED, ChatState.PARKED):
            await make.chat(session, state=state, follows=(source.topic_id,))
        assert await outbox.owe_article(session, article.id, clock()) == 1
    (delivery,) = await list_deliveries(database)
    assert (delivery.chat_id, delivery.key, delivery.channel) == (follower.id, f"article:{article.id}", "telegram")
    assert (delivery.state, delivery.due_at, delivery.data) == (DeliveryState.OWED, clock(), {})


async def test_an_article_is_owed_once_however_often_it_is_told(database: Database, clock: Clock) -> None:
    """D12"""
    (article_id,) = await owe(database, clock(), chats=3)
    async with database.write() as session:
        assert await outbox.owe_article(session, article_id, clock()) == 0
    assert len(await list_deliveries(database)) == 3


async def test_an_article_of_two_sources_is_owed_once_to_followers_of_either(database: Database, clock: Clock) -> None:
    """N8"""
    async with database.write() as session:
        first, second = await make.source(session), await make.source(session)
        article = await make.article(session, source_id=first.id)
        await carriages.carry(session, second.id, [article.id])
        await make.chat(session, follows=(first.topic_id, second.topic_id))
        await make.chat(session, follows=(second.topic_id,))
        assert await outbox.owe_article(session, article.id, clock()) == 2


@pytest.mark.parametrize(
    ("announce", "state", "owed"),
    [(True, ArticleState.READY, 1), (False, ArticleState.READY, 0), (True, ArticleState.FOUND, 0)],
)
async def test_an_article_another_source_carries_too_is_owed_if_it_was_announced(
    database: Database, clock: Clock, announce: bool, state: ArticleState, owed: int
) -> None:
    """N8"""
    async with database.write() as session:
        source = await make.source(session)
        await make.chat(session, follows=(source.topic_id,))
        article = await make.article(session, source_id=source.id, announce=announce, state=state)
        assert await outbox.owe_announced(session, article.id, clock()) == owed


async def test_a_notice_is_owed_once_for_its_key(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        chats = [(await make.chat(session)).id for _ in range(2)]
        notice: dict[str, Any] = {"notice": "source_gone", "data": {"nguồn": "Sở Công Thương"}, "now": clock()}
        assert await outbox.owe_notice(session, chats, key="3", **notice) == 2
        assert await outbox.owe_notice(session, chats, key="3", **notice) == 0
        assert await outbox.owe_notice(session, chats, key="4", **notice) == 2
        assert await outbox.owe_notice(session, [], key="5", **notice) == 0
    due = (await claim(database, clock()))[0]
    assert (due.notice, due.data, due.news) == ("source_gone", {"nguồn": "Sở Công Thương"}, None)


async def test_five_thousand_chats_are_owed_by_one_statement(database: Database, clock: Clock) -> None:
    chat = {"channel": "telegram", "kind": ChatKind.PRIVATE, "language": "vi", "state": ChatState.ACTIVE}
    async with database.write() as session:
        article = await make.article(session)
        topic = select(Source.topic_id).where(Source.id == article.source_id).scalar_subquery()
        await session.execute(insert(Chat), [chat | {"address": str(n), "created_at": clock()} for n in range(5000)])
        followers = select(Chat.id, topic, literal(clock(), UtcDateTime))
        await session.execute(insert(Follow).from_select(["chat_id", "topic_id", "created_at"], followers))
        assert await outbox.owe_article(session, article.id, clock()) == 5000
        chats = (await session.scalars(select(Chat.id))).all()
        assert await outbox.owe_notice(session, chats, notice="hello", key="1", data={}, now=clock()) == 5000


async def test_a_claim_tells_all_that_the_message_needs(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        topic = await make.topic(session, "Giá cả")
        source = await make.source(session, topic_id=topic.id, name="")
        article = await make.article(session, source_id=source.id, title="CPI tháng 7 tăng 0,3%")
        chat = await make.chat(session, address="42", follows=(topic.id,))
        await outbox.owe_article(session, article.id, clock())
    (due,) = await claim(database, clock())
    assert (due.chat_id, due.address, due.kind, due.language, due.attempts) == (chat.id, "42", chat.kind, "vi", 1)
    assert due.news is not None
    news = due.news._asdict()
    assert (news.pop("article_id"), news.pop("topic_id"), news.pop("by_machine")) == (article.id, topic.id, False)
    assert (news.pop("source"), news.pop("topic"), news.pop("also")) == ("thongke.example.vn", "Giá cả", ())
    assert news.pop("picture") == ""
    assert news == {name: getattr(article, name) for name in news}


async def test_a_chat_gets_one_at_a_time_and_in_order(database: Database, clock: Clock) -> None:
    """D2"""
    articles = await owe(database, clock(), chats=2, articles=3)
    for article_id in articles:
        dues = await claim(database, clock())
        assert [due.news.article_id for due in dues if due.news] == [article_id] * 2
        assert await claim(database, clock()) == []
        for due in dues:
            await send(database, due, clock())
    assert await claim(database, clock()) == []


async def test_an_earlier_debt_that_waits_holds_back_the_later_ones(database: Database, clock: Clock) -> None:
    await owe(database, clock(), articles=2)
    (due,) = await claim(database, clock())
    async with database.write() as session:
        await outbox.record_retry(session, due, due_at=clock() + MINUTE, reason="502")
    assert await claim(database, clock()) == []
    (again,) = await claim(database, clock.advance(MINUTE))
    assert (again.id, again.attempts, again.reason) == (due.id, 2, "502")


async def test_a_claim_takes_no_more_than_asked_and_the_oldest_first(database: Database, clock: Clock) -> None:
    await owe(database, clock(), chats=5)
    first = await claim(database, clock(), limit=3)
    assert [due.id for due in first] == sorted(due.id for due in await list_deliveries(database))[:3]
    assert len(await claim(database, clock(), limit=3)) == 2


async def test_what_is_urgent_goes_first_then_what_is_fresh_then_what_is_old(database: Database, clock: Clock) -> None:
    """D2: chats that wait since long yield to the news of now, and all of them to a notice."""
    (old_id,) = await owe(database, clock())
    (old,) = await list_deliveries(database)
    clock.advance(lanes.FRESH)
    (fresh_id,) = await owe(database, clock())
    async with database.write() as session:
        third = await make.chat(session)
        await outbox.owe_notice(session, [third.id], notice="gấp", key="1", data={}, now=clock())
    order = [(await claim(database, clock(), limit=1))[0] for _ in range(3)]
    assert [due.notice or (due.news and due.news.article_id) for due in order] == ["gấp", fresh_id, old_id]
    async with database.write() as session:
        await outbox.owe_notice(session, [old.chat_id], notice="gấp", key="2", data={}, now=clock())
    await send(database, order[2], clock())
    assert [due.notice for due in await claim(database, clock())] == ["gấp"]


async def test_in_one_chat_a_notice_overtakes_the_news_that_waits(database: Database, clock: Clock) -> None:
    await owe(database, clock(), articles=2)
    chat_id = (await list_deliveries(database))[0].chat_id
    async with database.write() as session:
        await outbox.owe_notice(session, [chat_id], notice="gấp", key="1", data={}, now=clock())
    taken = []
    while dues := await claim(database, clock()):
        taken += [due.notice for due in dues]
        await send(database, dues[0], clock())
    assert taken == ["gấp", None, None]


async def test_lanes_are_there_while_anything_is_owed_and_until_the_chat_has_rested(
    database: Database, clock: Clock
) -> None:
    await owe(database, clock(), chats=3)
    dues = await claim(database, clock())
    later = clock() + timedelta(seconds=3)
    async with database.write() as session:
        sent = [outbox.Delivered(due, "1", clock(), later) for due in dues[:2]]
        await outbox.record_all_sent(session, sent, clock())
    assert await claim(database, clock()) == []
    assert await count_lanes(database) == 3
    assert await claim(database, clock.advance(timedelta(seconds=3))) == []
    assert await count_lanes(database) == 1


async def count_lanes(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Lane)) or 0


async def test_chats_that_wait_are_not_even_looked_at(database: Database, clock: Clock) -> None:
    """P6: what a chat that is told to wait is owed costs no claim anything."""
    await owe(database, clock(), chats=2, articles=20)
    first, second = await claim(database, clock())
    async with database.write() as session:
        await outbox.record_retry(session, first, due_at=clock() + timedelta(hours=12), reason="flood")
        await outbox.record_retry(session, second, due_at=clock() + MINUTE, reason="502")
    clock.advance(MINUTE)
    assert [due.id for due in await claim(database, clock())] == [second.id]
    async with database.read() as session:
        assert (await session.get_one(Lane, first.chat_id)).due_at > clock()


async def test_a_lane_that_was_lost_is_opened_at_night(database: Database, clock: Clock) -> None:
    await owe(database, clock())
    async with database.write() as session:
        await session.execute(delete(Lane))
    assert await claim(database, clock()) == []
    async with database.write() as session:
        await upkeep.mend_lanes(session, clock())
    assert len(await claim(database, clock())) == 1


async def test_a_lane_of_nobody_is_cleared_away_at_night(database: Database, clock: Clock) -> None:
    await owe(database, clock())
    async with database.write() as session:
        session.add(Lane(chat_id=4711, channel="telegram", rank=Rank.NEWS, due_at=clock()))
    async with database.write() as session:
        await upkeep.mend_lanes(session, clock())
    assert await count_lanes(database) == 1


async def test_whoever_is_forgotten_stands_in_no_line(database: Database, clock: Clock) -> None:
    await owe(database, clock(), chats=2)
    async with database.write() as session:
        chats = (await session.scalars(select(Chat.id))).all()
        await forget_chats(session, chats[:1])
    assert await count_lanes(database) == 1


async def test_a_claim_takes_nothing_of_another_channel(database: Database, clock: Clock) -> None:
    await owe(database, clock())
    async with database.write() as session:
        assert await outbox.claim(session, "zalo", clock(), lease=LEASE, limit=9) == []


async def test_what_was_in_flight_at_a_crash_is_sent_again_and_counted(database: Database, clock: Clock) -> None:
    """D1"""
    await owe(database, clock())
    (lost,) = await claim(database, clock())
    assert await claim(database, clock.advance(LEASE - timedelta(seconds=1))) == []
    (again,) = await claim(database, clock.advance(timedelta(seconds=1)))
    assert (again.id, again.attempts) == (lost.id, 2)
    await send(database, again, clock(), message_id="77")
    (delivery,) = await list_deliveries(database)
    assert (delivery.state, delivery.repeats, delivery.message_id) == (DeliveryState.SENT, 1, "77")
    assert (delivery.sent_at, delivery.leased_until) == (clock(), None)


async def test_a_first_sending_is_no_repeat(database: Database, clock: Clock) -> None:
    await owe(database, clock())
    await send(database, (await claim(database, clock()))[0], clock())
    assert [delivery.repeats for delivery in await list_deliveries(database)] == [0]


@pytest.mark.parametrize("settle", ["sent", "retry", "unknown", "dropped", "parked"])
async def test_who_lost_the_lease_changes_nothing(database: Database, clock: Clock, settle: str) -> None:
    """D12"""
    await owe(database, clock())
    (lost,) = await claim(database, clock())
    (held,) = await claim(database, clock.advance(LEASE))
    before = vars_of((await list_deliveries(database))[0])
    async with database.write() as session:
        await SETTLE[settle](session, lost, clock())
    assert vars_of((await list_deliveries(database))[0]) == before
    await send(database, held, clock())


def vars_of(delivery: Delivery) -> dict[str, Any]:
    return {column.name: getattr(delivery, column.name) for column in Delivery.__table__.c}


SETTLE: dict[str, Any] = {
    "sent": lambda session, due, now: outbox.record_sent(session, due, message_id="1", now=now, next_send_at=now),
    "retry": lambda session, due, now: outbox.record_retry(session, due, due_at=now, reason="502"),
    "unknown": lambda session, due, now: outbox.record_unknown(session, due, due_at=now),
    "dropped": lambda session, due, now: outbox.record_dropped(session, due, reason="empty"),
    "parked": lambda session, due, now: outbox.record_parked(session, due, now=now, reason="blocked"),
}


async def test_an_unknown_outcome_is_sent_once_more_and_then_left(database: Database, clock: Clock) -> None:
    """D5"""
    await owe(database, clock())
    for expected in (DeliveryState.OWED, DeliveryState.UNKNOWN):
        (due,) = await claim(database, clock())
        async with database.write() as session:
            await outbox.record_unknown(session, due, due_at=clock())
        (delivery,) = await list_deliveries(database)
        assert (delivery.state, delivery.repeats) == (expected, 1)
    assert await claim(database, clock()) == []


async def test_a_parked_chat_keeps_what_it_is_owed_until_it_speaks_again(database: Database, clock: Clock) -> None:
    """D9"""
    await owe(database, clock(), articles=2)
    (due,) = await claim(database, clock())
    async with database.write() as session:
        await outbox.record_parked(session, due, now=clock(), reason="bot was blocked by the user")
    assert await claim(database, clock.advance(MINUTE)) == []
    async with database.read() as session:
        chat = await session.get_one(Chat, due.chat_id)
        assert (chat.state, chat.reason) == (ChatState.PARKED, "bot was blocked by the user")
    await set_chats(database, state=ChatState.ACTIVE)
    assert [again.id for again in await claim(database, clock())] == [due.id]


@pytest.mark.parametrize("state", [ChatState.STOPPED, ChatState.NEW])
async def test_a_chat_that_was_closed_meanwhile_does_not_come_back_by_writing(
    database: Database, clock: Clock, state: ChatState
) -> None:
    """D9, A1"""
    await owe(database, clock())
    (due,) = await claim(database, clock())
    await set_chats(database, state=state)
    async with database.write() as session:
        await outbox.record_parked(session, due, now=clock(), reason="bot was blocked by the user")
        assert (await session.get_one(Chat, due.chat_id)).state is state


async def test_a_dropped_debt_makes_way_for_the_next(database: Database, clock: Clock) -> None:
    await owe(database, clock(), articles=2)
    (due,) = await claim(database, clock())
    async with database.write() as session:
        await outbox.record_dropped(session, due, reason="message is empty")
    (following,) = await claim(database, clock())
    assert following.id > due.id
    dropped = (await list_deliveries(database))[0]
    assert (dropped.state, dropped.reason) == (DeliveryState.DROPPED, "message is empty")


async def test_a_chat_bears_the_next_message_only_at_its_time(database: Database, clock: Clock) -> None:
    await owe(database, clock(), articles=2)
    (due,) = await claim(database, clock())
    async with database.write() as session:
        at = clock() + timedelta(seconds=3)
        await outbox.record_sent(session, due, message_id="1", now=clock(), next_send_at=at)
    assert await claim(database, clock()) == []
    assert len(await claim(database, clock.advance(timedelta(seconds=3)))) == 1


async def test_a_later_debt_in_flight_holds_back_an_earlier_one(database: Database, clock: Clock) -> None:
    """D8: two chats that were merged."""
    await owe(database, clock(), articles=2)
    first, second = await list_deliveries(database)
    in_flight = {"state": DeliveryState.SENDING, "leased_until": clock() + LEASE}
    async with database.write() as session:
        await session.execute(update(Delivery).where(Delivery.id == second.id).values(in_flight))
    assert await claim(database, clock()) == []
    async with database.write() as session:
        await session.execute(update(Delivery).where(Delivery.id == first.id).values(in_flight))
    assert [due.id for due in await claim(database, clock.advance(LEASE))] == [first.id]


async def test_claimers_at_once_share_no_debt(database_url: str, clock: Clock) -> None:
    """D12"""
    databases = [Database(database_url) for _ in range(4)]
    try:
        await owe(databases[0], clock(), chats=30, articles=2)
        claims = [claim(database, clock(), limit=5) for database in databases for _ in range(3)]
        dues = [due for batch in await asyncio.gather(*claims) for due in batch]
        assert len({due.id for due in dues}) == len({due.chat_id for due in dues}) == len(dues)
        while more := await claim(databases[0], clock()):
            dues += more
        assert len({due.chat_id for due in dues}) == len(dues) == 30
    finally:
        await asyncio.gather(*(database.close() for database in databases))


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_a_claim_that_is_not_committed_is_passed_over(database_url: str, clock: Clock) -> None:
    """D12: on SQLite there is one writer at a time."""
    first, second = Database(database_url), Database(database_url)
    try:
        await owe(first, clock(), chats=2, articles=2)
        async with first.write() as session:
            (held,) = await outbox.claim(session, "telegram", clock(), lease=LEASE, limit=1)
            (other,) = await claim(second, clock())
        assert held.chat_id != other.chat_id
    finally:
        await asyncio.gather(first.close(), second.close())


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_a_renewal_waits_for_nobody_who_settles(database: Database, clock: Clock) -> None:
    """P1: the one goes by the debts' order, the other by the chats': they would wait for each other in a circle."""
    await owe(database, clock(), chats=2)
    first, second = await claim(database, clock())
    async with database.write() as settling, database.write() as renewing:
        await outbox.record_sent(settling, first, message_id="1", now=clock(), next_send_at=clock())
        await asyncio.wait_for(outbox.renew(renewing, [first, second], clock() + 2 * LEASE), 5)
    sent, renewed = await list_deliveries(database)
    assert (sent.state, renewed.leased_until) == (DeliveryState.SENT, clock() + 2 * LEASE)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_who_owes_an_article_again_keeps_nobody_from_naming_it(database: Database, clock: Clock) -> None:
    """P1: as whoever corrects it does, who may be waited for in turn."""
    (article_id,) = await owe(database, clock())
    await send(database, (await claim(database, clock()))[0], clock())
    async with database.write() as owing, database.write() as correcting:
        assert await outbox.owe_announced(owing, article_id, clock()) == 0
        await asyncio.wait_for(corrections.owe_correction(correcting, article_id, clock(), matters=True), 5)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_what_is_owed_while_a_sending_is_recorded_stands_in_line(database: Database, clock: Clock) -> None:
    """P1: who records waits for who owes, and sees then what was owed meanwhile."""
    async with database.write() as session:
        source = await make.source(session)
        await make.chat(session, follows=(source.topic_id,))
        first, second = [(await make.article(session, source_id=source.id)).id for _ in range(2)]
        await outbox.owe_article(session, first, clock())
    (due,) = await claim(database, clock())
    async with database.write() as owing, database.read() as session:
        await outbox.owe_article(owing, second, clock())
        recording = asyncio.create_task(send(database, due, clock()))
        while not await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            pass
    await recording
    assert [due.news.article_id for due in await claim(database, clock()) if due.news] == [second]
