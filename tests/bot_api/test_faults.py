"""Faults strike the request they were meant for, and the ledger tells the truth."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.bot_api import FakeTelegram, Fault, Person, Room, faults

BROKEN = [faults.server_error(), faults.bad_gateway(), faults.invalid_json(), faults.captive_portal()]


@pytest.mark.parametrize("fault", BROKEN)
async def test_broken_answers_take_nothing(fake: FakeTelegram, bot: Bot, hoa: Person, fault: Fault) -> None:
    """D6"""
    fake.fail(fault)
    with pytest.raises(TelegramError):
        await bot.send_message(hoa.id, "Tin")
    assert not fake.sent
    await bot.send_message(hoa.id, "Tin")


async def test_a_reset_before_takes_nothing(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D6"""
    fake.fail(faults.reset_before())
    with pytest.raises(NetworkError):
        await bot.send_message(hoa.id, "Tin")
    assert not fake.sent
    assert fake.requests["sendMessage", 0] == 1


async def test_a_reset_after_has_taken_the_message(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D5"""
    fake.fail(faults.reset_after())
    with pytest.raises(NetworkError):
        await bot.send_message(hoa.id, "Tin")
    assert [sent.text for sent in fake.sent] == ["Tin"]


async def test_refusals_reach_only_their_chat(fake: FakeTelegram, bot: Bot, hoa: Person, ward: Room) -> None:
    """D3, D9, D10"""
    fake.fail(
        *(faults.flood(120), faults.blocked(), faults.kicked(), faults.deactivated()),
        *(faults.bad_request("CHAT_WRITE_FORBIDDEN"), faults.migrated(-1009)),
        chat=ward.id,
    )
    await bot.send_message(hoa.id, "Tin")
    for kind in (RetryAfter, Forbidden, Forbidden, Forbidden, BadRequest, ChatMigrated):
        with pytest.raises(kind):
            await bot.send_message(ward.id, "Tin")
    await bot.send_message(ward.id, "Tin")
    assert [refusal.status for refusal in fake.refusals] == [429, 403, 403, 403, 400, 400]


async def test_a_fault_lasts_until_it_is_mended(fake: FakeTelegram, bot: Bot) -> None:
    fake.fail(faults.server_error(), method=None, times=float("inf"))
    for _ in range(3):
        with pytest.raises(NetworkError):
            await bot.get_me()
    fake.mend()
    await bot.get_me()


async def test_an_answer_can_be_held_back(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D3, D6"""
    gate = asyncio.Event()
    fake.fail(faults.held(gate), faults.held(gate, taken=True))
    with pytest.raises(TimedOut):
        await bot.send_message(hoa.id, "Chưa", read_timeout=0.05)
    with pytest.raises(TimedOut):
        await bot.send_message(hoa.id, "Rồi", read_timeout=0.05)
    assert [sent.text for sent in fake.sent] == ["Rồi"]
    gate.set()
    await fake.wait_for(lambda: len(fake.sent) == 2)


async def test_blocking_lasts_until_the_person_speaks(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D9"""
    fake.block(hoa)
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(hoa.id, "Tin")
    fake.say(hoa, "/start")
    await bot.send_message(hoa.id, "Tin")
    changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_an_upgraded_group_names_its_new_address(fake: FakeTelegram, bot: Bot) -> None:
    """D8"""
    group = fake.group(-5, "Tổ", kind="group")
    new = fake.migrate(group, -1005)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "Tin")
    assert caught.value.new_chat_id == new.id
    await bot.send_message(new.id, "Tin")
    first, second = await bot.get_updates()
    assert first.message is not None
    assert second.message is not None
    assert (first.message.migrate_to_chat_id, second.message.migrate_from_chat_id) == (new.id, group.id)


async def test_kicked_and_added_again(fake: FakeTelegram, bot: Bot, hoa: Person, ward: Room) -> None:
    """D9"""
    fake.kick(ward, hoa)
    with pytest.raises(Forbidden, match="kicked from the supergroup chat"):
        await bot.send_message(ward.id, "Tin")
    fake.join(ward, hoa)
    await bot.send_message(ward.id, "Tin")


async def test_waiting_in_vain_ends(fake: FakeTelegram) -> None:
    with pytest.raises(TimeoutError):
        await fake.wait_for(lambda: fake.sent, timeout=0.01)
