"""Updates reach python-telegram-bot as Telegram would bring them."""

import asyncio

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import Application, CommandHandler, ContextTypes

from tests.bot_api import FakeTelegram, Person, Room


async def test_updates_stay_until_acknowledged(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    for number in range(3):
        fake.say(hoa, f"/latest {number}")
    first, *_ = await bot.get_updates(limit=2)
    assert len(await bot.get_updates()) == 3
    rest = await bot.get_updates(offset=first.update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["/latest 1", "/latest 2"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()
    assert fake.updates.pending == []


async def test_a_negative_offset_keeps_the_last(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    for number in range(3):
        fake.say(hoa, str(number))
    (last,) = await bot.get_updates(offset=-1)
    assert last.message is not None
    assert last.message.text == "2"


async def test_a_long_poll_wakes_when_someone_speaks(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.wait_for(lambda: fake.updates.pollers)
    fake.say(hoa, "/start")
    assert len(await poll) == 1


async def test_the_newer_of_two_pollers_wins(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    """D12"""
    older = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.wait_for(lambda: fake.updates.pollers)
    async with Bot(fake.token, base_url=f"{fake.url}/bot") as second:
        newer = asyncio.create_task(second.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await older
        fake.say(hoa, "/start")
        assert len(await newer) == 1


async def test_a_webhook_and_polling_exclude_each_other(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    await bot.set_webhook("https://x.vn/hook")
    fake.say(hoa, "/start")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()
    with pytest.raises(BadRequest, match="https"):
        await bot.set_webhook("http://x.vn/hook")


async def test_only_kinds_that_were_asked_for_arrive(fake: FakeTelegram, bot: Bot, hoa: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    fake.say(hoa, "/start")
    assert await bot.get_updates(allowed_updates=[]) == ()
    fake.say(hoa, "/start")
    assert len(await bot.get_updates(allowed_updates=Update.ALL_TYPES)) == 1


async def test_everything_people_do_can_be_read(fake: FakeTelegram, bot: Bot, hoa: Person, ward: Room) -> None:
    """A2, A7"""
    channel = fake.group(-1003, "Bản tin", kind="channel")
    lan = fake.person(12, "Lan", "en")
    said = fake.say(hoa, "📢 /latest@loa_test_bot 5", ward)
    fake.say(hoa, "/latest", ward, edits=said)
    fake.say(hoa, "/stop", ward, sender_chat=ward)
    fake.say(hoa, "/stop", ward, sender_chat=channel)
    fake.say(hoa, "/start", forwarded_from=lan)
    fake.post(channel, "Bản tin sáng")
    fake.ask_inline(hoa, "hội nghị")
    first, edited, anonymous, as_channel, forwarded, post, inline = await bot.get_updates()
    assert first.message is not None
    assert list(first.message.parse_entities(["bot_command"]).values()) == ["/latest@loa_test_bot"]
    assert edited.edited_message is not None
    assert edited.edited_message.message_id == said
    assert anonymous.effective_sender == as_channel.effective_chat
    assert anonymous.effective_user is not None
    assert anonymous.effective_user.username == "GroupAnonymousBot"
    assert as_channel.message is not None
    assert as_channel.message.sender_chat is not None
    assert as_channel.message.sender_chat.id == channel.id
    assert forwarded.message is not None
    assert forwarded.message.forward_origin is not None
    assert post.channel_post is not None
    assert inline.inline_query is not None
    assert inline.inline_query.query == "hội nghị"


async def test_a_whole_application_polls_and_stops_without_a_refusal(fake: FakeTelegram, hoa: Person) -> None:
    async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_html("<b>Chào</b>")

    application = Application.builder().token(fake.token).base_url(f"{fake.url}/bot").build()
    application.add_handler(CommandHandler("start", greet))
    async with application:
        assert application.updater is not None
        await application.updater.start_polling(timeout=30, allowed_updates=Update.ALL_TYPES)
        await application.start()
        fake.say(hoa, "/start")
        await fake.wait_for(lambda: fake.sent_to(hoa.id))
        await fake.wait_for(lambda: fake.updates.pollers)
        await application.updater.stop()
        await application.stop()
    assert fake.updates.pending == []
    assert fake.refusals == []
