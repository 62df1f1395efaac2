"""python-telegram-bot sends, edits and answers through the fake."""

from datetime import timedelta

import httpx
import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, InlineQueryResultArticle, LinkPreviewOptions
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram import InputTextMessageContent as Content
from telegram.error import BadRequest, EndPointNotFound, Forbidden, InvalidToken, RetryAfter

from tests.bot_api import FakeTelegram, Person, Room

MUTE = Keyboard([[Button("Tắt", callback_data="mute:7"), Button("Đọc", url="https://x.vn/a")]])


async def test_a_message_is_taken_with_its_markup(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    message = await bot.send_message(
        hoa.id,
        '<b>Tin 📢</b> <a href="https://x.vn/a">nguồn</a>',
        parse_mode="HTML",
        reply_markup=MUTE,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    (sent,) = fake.sent
    assert (sent.text, sent.message_id, sent.method) == ("Tin 📢 nguồn", message.message_id, "sendMessage")
    assert sent.buttons == {"Tắt": "mute:7", "Đọc": "https://x.vn/a"}
    assert sent.links == {"nguồn": "https://x.vn/a"}
    assert sent.html.startswith("<b>")
    assert message.text_html == '<b>Tin 📢</b> <a href="https://x.vn/a">nguồn</a>'
    assert fake.requests["sendMessage", 200] == 1


async def test_broken_html_is_refused_and_kept_in_the_ledger(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D7"""
    with pytest.raises(BadRequest, match="an't parse entities: unsupported start tag"):
        await bot.send_message(hoa.id, "GDP <8 %>", parse_mode="HTML")
    (refusal,) = fake.refusals
    assert (refusal.method, refusal.status, refusal.chat_id) == ("sendMessage", 400, "11")
    assert not fake.sent


async def test_strangers_cannot_be_written_to_until_they_speak(fake: FakeTelegram, bot: Bot) -> None:
    lan = fake.person(12, "Lan")
    with pytest.raises(BadRequest, match="hat not found"):
        await bot.send_message(lan.id, "Chào")
    fake.say(lan, "/start")
    await bot.send_message(lan.id, "Chào")


@pytest.mark.parametrize(
    ("keyboard", "reason"),
    [
        ([[Button("a", callback_data="ă" * 33)]], "[Bb]utton_data_invalid"),
        ([[Button(" ", callback_data="a")]], "text must be non-empty"),
        ([[Button("a", url="http://localhost/x")]], "Wrong HTTP URL"),
        ([[Button("a")]], "Text buttons are unallowed"),
        ([[Button("a", callback_data="a")] * 5] * 21, "too long"),
    ],
)
async def test_bad_keyboards_are_refused(bot: Bot, hoa: Person, keyboard: list[list[Button]], reason: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.send_message(hoa.id, "Tin", reply_markup=Keyboard(keyboard))


async def test_an_edit_replaces_text_and_buttons(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D17"""
    message = await bot.send_message(hoa.id, "Cũ", reply_markup=MUTE)
    await bot.edit_message_text("<i>Mới</i>", hoa.id, message.message_id, parse_mode="HTML")
    await bot.edit_message_reply_markup(hoa.id, message.message_id, reply_markup=MUTE)
    assert [sent.text for sent in fake.sent] == ["Cũ", "Mới", "Mới"]
    assert [sent.reply_markup is None for sent in fake.sent] == [False, True, False]
    assert {sent.message_id for sent in fake.sent} == {message.message_id}


async def test_useless_and_impossible_edits_are_refused(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D17"""
    message = await bot.send_message(hoa.id, "Tin", reply_markup=MUTE)
    theirs = fake.say(hoa, "/latest")
    with pytest.raises(BadRequest, match="is not modified"):
        await bot.edit_message_text("Tin", hoa.id, message.message_id, reply_markup=MUTE)
    with pytest.raises(BadRequest, match="is not modified"):
        await bot.edit_message_reply_markup(hoa.id, message.message_id, reply_markup=MUTE)
    with pytest.raises(BadRequest, match="to edit not found"):
        await bot.edit_message_text("Tin", hoa.id, 999)
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("Tin", hoa.id, theirs)


async def test_a_press_is_answered_while_it_is_fresh(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """A6"""
    await bot.send_message(hoa.id, "Tin", reply_markup=MUTE)
    fake.press(hoa, fake.sent[0], "Tắt")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "mute:7"
    await bot.answer_callback_query(update.callback_query.id, "Đã tắt", show_alert=True)
    assert (fake.answers[0].text, fake.answers[0].alert) == ("Đã tắt", True)
    fake.expire_queries()
    with pytest.raises(BadRequest, match="query id is invalid"):
        await bot.answer_callback_query(update.callback_query.id)


async def test_only_a_button_that_stands_there_can_be_pressed(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """A6"""
    message = await bot.send_message(hoa.id, "Tin", reply_markup=MUTE)
    await bot.edit_message_reply_markup(hoa.id, message.message_id)
    with pytest.raises(LookupError, match="Tắt"):
        fake.press(hoa, fake.sent[0], "Tắt")
    fake.press(hoa, fake.sent[0], "mute:8", forged=True)
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "mute:8"


async def test_commands_are_kept_by_scope_and_language(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    await bot.set_my_commands([BotCommand("moinhat", "Tin mới")], language_code="vi")
    await bot.set_my_commands([BotCommand("admin", "Quản trị")], scope=BotCommandScopeChat(hoa.id))
    assert [command.command for command in await bot.get_my_commands(language_code="vi")] == ["moinhat"]
    assert len(fake.menus) == 2
    await bot.delete_my_commands(scope=BotCommandScopeChat(hoa.id))
    assert await bot.get_my_commands() == ()
    assert list(fake.menus) == [('{"type": "default"}', "vi")]


@pytest.mark.parametrize(
    ("command", "description"), [("mới", "a"), ("Latest", "a"), ("a" * 33, "a"), ("a", ""), ("a", "a" * 257)]
)
async def test_bad_commands_are_refused(bot: Bot, command: str, description: str) -> None:
    with pytest.raises(BadRequest, match=r"(?i)bot_command"):
        await bot.set_my_commands([BotCommand(command, description)])


async def test_members_are_known_by_their_standing(fake: FakeTelegram, bot: Bot, hoa: Person, ward: Room) -> None:
    """A2"""
    lan = fake.person(12, "Lan")
    fake.say(lan, "/topics", ward)
    statuses = [(await bot.get_chat_member(ward.id, person.id)).status for person in (hoa, lan)]
    assert statuses == ["administrator", "member"]
    assert [admin.user.id for admin in await bot.get_chat_administrators(ward.id)] == [hoa.id]
    assert (await bot.get_chat(ward.id)).title == "Phòng Thống kê"


async def test_a_bot_that_left_cannot_write(bot: Bot, ward: Room) -> None:
    """D9"""
    await bot.leave_chat(ward.id)
    with pytest.raises(Forbidden, match="not a member of the supergroup chat"):
        await bot.send_message(ward.id, "Tin")


async def test_a_topic_must_exist(fake: FakeTelegram, bot: Bot) -> None:
    """D9"""
    forum = fake.group(-1002, "Diễn đàn", topics=(5,))
    await bot.send_message(forum.id, "Tin", message_thread_id=5)
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_message(forum.id, "Tin", message_thread_id=6)
    assert fake.sent_to(forum.id)[0].thread_id == 5


async def test_wrong_tokens_and_unknown_methods_are_refused(fake: FakeTelegram, bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendTelepathy")
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{fake.url}/bot"):
            pass
    assert [refusal.status for refusal in fake.refusals] == [404, 401]


async def test_the_limit_is_told_with_its_time(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D2"""
    for number in range(6):
        await bot.send_message(hoa.id, f"Tin {number}")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(hoa.id, "Tin 7")
    assert caught.value.retry_after == timedelta(seconds=1)
    assert fake.requests["sendMessage", 429] == 1


async def test_parameters_come_in_every_form_that_telegram_reads(fake: FakeTelegram, hoa: Person) -> None:
    address = f"{fake.url}/bot{fake.token}/sendMessage"
    params = {"chat_id": str(hoa.id), "text": "Tin"}
    async with httpx.AsyncClient(verify=False) as client:
        answers = [
            await client.get(address, params=params),
            await client.post(address, data=params),
            await client.post(address, files={name: (None, value) for name, value in params.items()}),
            await client.post(address, json={"chat_id": hoa.id, "text": "Tin", "reply_markup": MUTE.to_dict()}),
            await client.post(address, content=b"{", headers={"content-type": "application/json"}),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 400]
    assert [sent.text for sent in fake.sent] == ["Tin"] * 4
    assert fake.sent[-1].buttons["Tắt"] == "mute:7"


async def test_an_inline_query_is_answered_once_per_result(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    query_id = fake.ask_inline(hoa, "hội nghị")
    article = InlineQueryResultArticle("1", "Tin", Content("<b>Tin</b>", parse_mode="HTML"))
    await bot.answer_inline_query(query_id, [article])
    assert [result["title"] for result in fake.answers[0].results] == ["Tin"]
    with pytest.raises(BadRequest, match=r"(?i)duplicate"):
        await bot.answer_inline_query(query_id, [article, article])
    broken = InlineQueryResultArticle("2", "Tin", Content("<b>Tin", parse_mode="HTML"))
    with pytest.raises(BadRequest, match="parse entities"):
        await bot.answer_inline_query(query_id, [broken])


async def test_actions_and_deletions_are_checked(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    message = await bot.send_message(hoa.id, "Tin")
    await bot.send_chat_action(hoa.id, "typing")
    with pytest.raises(BadRequest, match="parameter action in request"):
        await bot.send_chat_action(hoa.id, "dancing")
    await bot.delete_message(hoa.id, message.message_id)
    with pytest.raises(BadRequest, match="to delete not found"):
        await bot.delete_message(hoa.id, message.message_id)
