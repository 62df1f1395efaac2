"""/failed: what could not be delivered, and another try."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db import audit, outbox
from db.lease import LEASE
from db.models import Act, Chat, ChatState, Delivery, DeliveryState
from tests import make
from tests.bot.talk import Talk, get_actions, get_text


@pytest.fixture
async def admin(talk: Talk) -> Talk:
    await talk.add_admin()
    return talk


async def owe(talk: Talk, title: str, *states: DeliveryState, reason: str = "") -> int:
    """A chat with a debt in each state; its id."""
    async with talk.database.write() as session:
        chat = await make.chat(session, now=talk.clock())
        chat.title = title
        for number, state in enumerate(states):
            await outbox.owe_notice(session, [chat.id], notice="paused", key=f"{number}", data={}, now=talk.clock())
            debt = (await session.scalars(select(Delivery).order_by(Delivery.id.desc()))).first()
            assert debt is not None
            debt.state, debt.reason, debt.attempts = state, reason, 3
    return chat.id


async def park(talk: Talk, chat_id: int) -> None:
    async with talk.database.write() as session:
        chat = await session.get_one(Chat, chat_id)
        chat.state, chat.reason, chat.parked_at = ChatState.PARKED, "bot was kicked", talk.clock()


async def test_an_admin_hears_that_everything_arrived(admin: Talk) -> None:
    await owe(admin, "Phòng Giá", DeliveryState.SENT, DeliveryState.OWED)
    assert "Mọi tin đều đã đến nơi" in get_text(await admin.say("100", "/guihong"))


async def test_what_did_not_arrive_is_told_with_its_reason_and_since_when(admin: Talk) -> None:
    """D5 D7 D9"""
    await owe(admin, "Phòng Giá", DeliveryState.DROPPED, DeliveryState.DROPPED, reason="message is too long")
    admin.clock.advance(timedelta(hours=1))
    await owe(admin, "Phòng Dân số", DeliveryState.UNKNOWN, reason=outbox.UNKNOWN)
    lost = await owe(admin, "Phòng Thương mại", DeliveryState.OWED, DeliveryState.OWED)
    admin.clock.advance(timedelta(hours=1))
    await park(admin, lost)
    assert get_text(await admin.say("100", "/failed")).split("\n\n") == [
        "3 cuộc trò chuyện chưa nhận đủ tin",
        "Phòng Thương mại · Telegram\n🚫 Mất liên lạc từ 10:30 06/08/2026: bot was kicked\n⏳ 2 tin nhắn đang chờ",
        "Phòng Dân số · Telegram\n❔ 1 tin nhắn có thể chưa đến nơi\nTừ 09:30 06/08/2026",
        "Phòng Giá · Telegram\n⛔ 2 tin nhắn đã thôi không gửi: message is too long\nTừ 08:30 06/08/2026",
    ]


async def test_a_button_tries_all_of_a_chat_again(admin: Talk) -> None:
    """D5 D9"""
    chat_id = await owe(admin, "Phòng Giá", DeliveryState.DROPPED, DeliveryState.UNKNOWN, DeliveryState.OWED)
    other = await owe(admin, "Phòng Dân số", DeliveryState.DROPPED)
    await park(admin, chat_id)
    answer = await admin.press("100", f"resend:{chat_id}:0")
    assert answer.toast == "↻ Đang gửi lại 3 tin nhắn."
    assert get_actions(answer) == [f"resend:{other}:0"]
    async with admin.database.write() as session:
        (due,) = await outbox.claim(session, "telegram", admin.clock(), lease=LEASE, limit=9)
        assert (due.chat_id, due.attempts) == (chat_id, 1)
        debts = (await session.scalars(select(Delivery).where(Delivery.chat_id == chat_id).order_by(Delivery.id))).all()
        assert [debt.repeats for debt in debts] == [0, 1, 0]
        assert [row.entry.act for row in await audit.list_acts(session, offset=0, limit=1)] == [Act.RETRIED]


async def test_what_failed_long_ago_is_told_no_more(admin: Talk) -> None:
    await owe(admin, "Phòng Giá", DeliveryState.DROPPED)
    admin.clock.advance(timedelta(days=31))
    assert "Mọi tin đều đã đến nơi" in get_text(await admin.say("100", "/failed"))


async def test_many_chats_stand_on_pages(admin: Talk) -> None:
    for number in range(9):
        await owe(admin, f"Phòng {number}", DeliveryState.DROPPED)
    answer = await admin.say("100", "/failed")
    assert get_actions(answer)[-1] == "failed:1"
    assert "Phòng 8" in get_text(await admin.press("100", "failed:1"))


async def test_a_reader_may_not(talk: Talk) -> None:
    """A1 A6"""
    await talk.add_reader("200")
    chat_id = await owe(talk, "Phòng Giá", DeliveryState.DROPPED)
    assert "Phòng Giá" not in get_text(await talk.say("200", "/failed"))
    await talk.press("200", f"resend:{chat_id}:0")
    async with talk.database.read() as session:
        assert await session.scalar(select(Delivery.state).where(Delivery.chat_id == chat_id)) is DeliveryState.DROPPED
