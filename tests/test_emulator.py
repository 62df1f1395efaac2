"""python-telegram-bot against a Bot API that nobody here wrote."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, LinkPreviewOptions, Update
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.error import BadRequest

from tests.emulator import Emulator

HOA = {"id": 11, "is_bot": False, "first_name": "Hòa"}
START = {
    "message_id": 1,
    "date": 1,
    "chat": {"id": 11, "type": "private", "first_name": "Hòa"},
    "from": HOA,
    "text": "/start",
    "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[Bot]:
    async with Bot(emulator.token, base_url=f"{emulator.url}/bot") as bot:
        yield bot


async def test_the_bot_knows_its_name(bot: Bot) -> None:
    assert (await bot.get_me()).username == "loa_emulated_bot"


async def test_messages_and_menus_are_taken(emulator: Emulator, bot: Bot) -> None:
    await bot.delete_webhook(drop_pending_updates=False)
    await bot.set_my_commands(
        [BotCommand("moinhat", "Tin mới")], scope=BotCommandScopeAllPrivateChats(), language_code="vi"
    )
    message = await bot.send_message(
        11,
        "<b>Tin</b>",
        parse_mode="HTML",
        reply_markup=Keyboard([[Button("Tắt", callback_data="mute:7")]]),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    await bot.edit_message_text("<b>Mới</b>", 11, message.message_id, parse_mode="HTML")
    assert [sent["text"] for sent in emulator.sent] == ["<b>Tin</b>", "<b>Mới</b>"]
    assert {request["status"] for request in emulator.requests} == {200}


async def test_updates_come_and_presses_are_answered(emulator: Emulator, bot: Bot) -> None:
    first = await emulator.enqueue({"message": START})
    press = {"id": "5", "from": HOA, "chat_instance": "11", "message": START, "data": "mute:7"}
    await emulator.enqueue({"callback_query": press})
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    assert updates[0].message is not None
    assert updates[0].message.text == "/start"
    (query,) = await bot.get_updates(offset=first + 1, timeout=5)
    assert query.callback_query is not None
    await bot.answer_callback_query(query.callback_query.id, "Đã tắt")
    await emulator.wait_for(lambda: emulator.requests[-1]["method"] == "answerCallbackQuery")


async def test_the_emulator_is_strict_about_buttons(bot: Bot) -> None:
    with pytest.raises(BadRequest):
        await bot.send_message(11, "Tin", reply_markup=Keyboard([[Button("a", callback_data="ă" * 33)]]))
