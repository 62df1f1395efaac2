"""Topics, who follows them, and groups that move."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from db import corrections, following, managers, outbox, search
from db.engine import Database
from db.lease import LEASE
from db.models import Chat, ChatKind, ChatState, Delivery, DeliveryState, Question, Source
from tests import make
from tests.fakes import Clock

NEW_ADDRESS = "-100200300"


async def list_followed(database: Database, chat_id: int) -> list[str]:
    async with database.read() as session:
        return [row.name for row in await following.list_topics(session, chat_id) if row.followed]


async def list_debts(database: Database, chat_id: int) -> Sequence[tuple[str, DeliveryState]]:
    async with database.read() as session:
        rows = await session.execute(
            select(Delivery.key, Delivery.state).where(Delivery.chat_id == chat_id).order_by(Delivery.key)
        )
        return [(key, state) for key, state in rows]


async def move(database: Database, chat_id: int) -> None:
    async with database.write() as session:
        await following.move_chat(session, chat_id, NEW_ADDRESS)


@pytest.mark.parametrize("name", ["Giá cả", "gia ca", "  GIÁ   CẢ ", "Gia\u0301 ca\u0309"])
async def test_a_topic_is_one_whatever_its_case_and_marks(database: Database, clock: Clock, name: str) -> None:
    """C5"""
    async with database.write() as session:
        topic = await following.get_or_add_topic(session, "Giá cả", clock())
        assert (await following.get_or_add_topic(session, name, clock())).id == topic.id
        assert (topic.name, topic.slug, topic.is_default) == ("Giá cả", "gia ca", True)
        assert await following.get_topic(session, topic.id) is topic


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("gia ca", "Giá cả"),
        ("GIÁ", "Giá cả"),
        ("gia ca thi", "Giá cả thị trường"),
        ("", None),
        ("%", None),
        ("x", None),
    ],
)
async def test_a_topic_is_found_by_how_its_name_begins(database: Database, words: str, found: str | None) -> None:
    async with database.write() as session:
        for name in ("Giá cả thị trường", "Giá cả", "Dân số"):
            await make.topic(session, name)
        topic = await following.find_topic(session, words)
    assert (topic and topic.name) == found


async def test_a_chat_follows_and_unfollows(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        chat, other = await make.chat(session), await make.chat(session)
        first, second = await make.topic(session, "An sinh"), await make.topic(session, "Dân số")
        await following.follow(session, chat.id, [first.id, second.id], clock())
        await following.follow(session, chat.id, [first.id], clock())
        await following.follow(session, other.id, [], clock())
        await following.unfollow(session, chat.id, second.id)
        await following.unfollow(session, chat.id, second.id)
    assert await list_followed(database, chat.id) == ["An sinh"]
    assert await list_followed(database, other.id) == []


async def test_a_newcomer_follows_the_default_topics(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        await make.topic(session, "Dân số")
        await make.topic(session, "An sinh")
        await make.topic(session, "Nội bộ", is_default=False)
        chat = await make.chat(session)
        assert await following.follow_defaults(session, chat.id, clock()) == ["An sinh", "Dân số"]
    assert await list_followed(database, chat.id) == ["An sinh", "Dân số"]


async def test_a_group_that_moves_keeps_everything(database: Database, clock: Clock) -> None:
    """D8"""
    async with database.write() as session:
        source = await make.source(session)
        chat = await make.chat(session, kind=ChatKind.GROUP, follows=(source.topic_id,))
        article = await make.article(session, source_id=source.id)
        await outbox.owe_article(session, article.id, clock())
    followed = await list_followed(database, chat.id)
    for _ in range(2):
        await move(database, chat.id)
        async with database.read() as session:
            (stored,) = (await session.scalars(select(Chat))).all()
        assert (stored.id, stored.address, stored.state) == (chat.id, NEW_ADDRESS, ChatState.ACTIVE)
        assert await list_followed(database, chat.id) == followed
        assert await list_debts(database, chat.id) == [(f"article:{article.id}", DeliveryState.OWED)]


async def test_a_group_that_was_given_up_at_its_old_address_is_back_at_the_new_one(database: Database) -> None:
    """D8 D9"""
    async with database.write() as session:
        chat = await make.chat(session, kind=ChatKind.GROUP, state=ChatState.PARKED)
        chat.reason = "the bot was removed from the chat"
    await move(database, chat.id)
    async with database.read() as session:
        stored = await session.get_one(Chat, chat.id)
    assert (stored.state, stored.reason, stored.address) == (ChatState.ACTIVE, "", NEW_ADDRESS)


async def add_two_chats(database: Database, **target: Any) -> tuple[Chat, Chat]:
    async with database.write() as session:
        first, second = await make.topic(session, "An sinh"), await make.topic(session, "Dân số")
        chat = await make.chat(session, kind=ChatKind.GROUP, language="en", follows=(first.id, second.id))
        return chat, await make.chat(session, kind=ChatKind.GROUP, address=NEW_ADDRESS, follows=(second.id,), **target)


async def test_a_group_whose_new_address_is_known_is_merged(database: Database) -> None:
    """D8"""
    chat, target = await add_two_chats(database)
    async with database.write() as session:
        question = await search.add_question(session, chat.id, "thống kê", make.NOW)
        source = await make.source(session)
        source.added_by_chat_id = chat.id
    for _ in range(2):
        await move(database, chat.id)
    async with database.read() as session:
        assert (await session.scalars(select(Chat.id))).all() == [target.id]
        assert (await session.get_one(Question, question.id)).chat_id == target.id
        assert (await session.get_one(Source, source.id)).added_by_chat_id == target.id
    assert await list_followed(database, target.id) == ["An sinh", "Dân số"]


@pytest.mark.parametrize(
    ("before", "after", "language"),
    [(ChatState.NEW, ChatState.ACTIVE, "en"), (ChatState.STOPPED, ChatState.STOPPED, "vi")],
)
async def test_a_merged_chat_is_as_the_old_one_unless_it_said_otherwise(
    database: Database, before: ChatState, after: ChatState, language: str
) -> None:
    """D8"""
    chat, target = await add_two_chats(database, state=before)
    await move(database, chat.id)
    async with database.read() as session:
        stored = await session.get_one(Chat, target.id)
    assert (stored.state, stored.language) == (after, language)


async def test_a_merged_chat_gets_what_neither_got(database: Database, clock: Clock) -> None:
    """D8"""
    chat, target = await add_two_chats(database)
    async with database.write() as session:
        for key in ("both", "sent-here", "sent-there"):
            await outbox.owe_notice(session, [chat.id, target.id], notice="n", key=key, data={}, now=clock())
        await outbox.owe_notice(session, [chat.id], notice="n", key="mine", data={}, now=clock())
        for chat_id, key in ((chat.id, "sent-here"), (target.id, "sent-there")):
            sent = update(Delivery).where(Delivery.chat_id == chat_id, Delivery.key == f"notice:n:{key}")
            await session.execute(sent.values(state=DeliveryState.SENT))
    await move(database, chat.id)
    assert await list_debts(database, target.id) == [
        ("notice:n:both", DeliveryState.OWED),
        ("notice:n:mine", DeliveryState.OWED),
        ("notice:n:sent-here", DeliveryState.DROPPED),
        ("notice:n:sent-there", DeliveryState.SENT),
    ]
    assert await list_debts(database, chat.id) == []


async def test_what_was_in_flight_to_the_old_address_is_sent_to_the_new_one(database: Database, clock: Clock) -> None:
    """D8"""
    chat, target = await add_two_chats(database)
    async with database.write() as session:
        await outbox.owe_notice(session, [chat.id], notice="n", key="1", data={}, now=clock())
        (due,) = await outbox.claim(session, "telegram", clock(), lease=make.NOW - make.NOW, limit=1)
    await move(database, chat.id)
    async with database.write() as session:
        await outbox.record_retry(session, due, due_at=clock(), reason="moved")
        (again,) = await outbox.claim(session, "telegram", clock(), lease=make.NOW - make.NOW, limit=9)
    assert (again.id, again.chat_id, again.address) == (due.id, target.id, NEW_ADDRESS)


@pytest.mark.parametrize("is_known", [True, False])
async def test_what_was_told_at_the_old_address_is_not_corrected_at_the_new_one(
    database: Database, clock: Clock, is_known: bool
) -> None:
    """D8, D17: there the same number is another message's."""
    async with database.write() as session:
        source = await make.source(session)
        chat = await make.chat(session, kind=ChatKind.GROUP, follows=(source.topic_id,))
        if is_known:
            await make.chat(session, kind=ChatKind.GROUP, address=NEW_ADDRESS)
        article = await make.article(session, source_id=source.id)
        await outbox.owe_article(session, article.id, clock())
        (due,) = await outbox.claim(session, "telegram", clock(), lease=LEASE, limit=9)
        await outbox.record_sent(session, due, message_id="7", now=clock(), next_send_at=clock())
        await corrections.owe_correction(session, article.id, clock(), matters=True)
    await move(database, chat.id)
    async with database.write() as session:
        (correction,) = await outbox.claim(session, "telegram", clock(), lease=LEASE, limit=9)
    assert (correction.is_correction, correction.edits) == (True, "")


async def test_a_chat_that_is_gone_does_not_move(database: Database) -> None:
    """D8"""
    await move(database, 999)


async def test_a_chat_that_follows_all_topics_follows_a_new_one(database: Database) -> None:
    async with database.write() as session:
        prices = await make.topic(session, "Giá cả")
        surveys = await make.topic(session, "Điều tra")
        faithful = await make.chat(session, follows=(prices.id, surveys.id))
        choosy = await make.chat(session, follows=(prices.id,))
        silent = await make.chat(session)
        added = await following.get_or_add_topic(session, "Văn bản mới", make.NOW)
        again = await following.get_or_add_topic(session, "van ban moi", make.NOW)
        aside = await following.get_or_add_topic(session, "Nội bộ", make.NOW, is_default=False)
    assert again.id == added.id
    async with database.read() as session:
        for chat, followed in ((faithful, {prices.id, surveys.id, added.id}), (choosy, {prices.id}), (silent, set())):
            rows = await following.list_topics(session, chat.id)
            assert {row.id for row in rows if row.followed} == followed
    assert aside.id not in {prices.id, surveys.id, added.id}


async def test_one_who_is_joined_to_another_manages_what_either_did(database: Database) -> None:
    async with database.write() as session:
        first, second = await make.member(session), await make.member(session)
        chats = [await make.chat(session, kind=ChatKind.GROUP) for _ in range(3)]
        for member, chat in ((first, chats[0]), (first, chats[1]), (second, chats[1])):
            await managers.note(session, chat.id, member.id)
        await managers.merge_members(session, first.id, second.id)
        managed = await managers.list_managed(session, second.id, "telegram")
        assert {chat.id for chat in managed} == {chats[0].id, chats[1].id}
