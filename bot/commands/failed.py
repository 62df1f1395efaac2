"""/failed: what could not be delivered, chat by chat, and another try. For admins, in their private chats."""

from bot.accounts import name_channel
from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import BOARD_ROWS, find_page, get_page_buttons
from bot.message import Button, Message, bold, say
from bot.outside import show
from db import failures
from db.failures import Failure
from db.models import Act, Chat


async def list_failures(ask: Ask) -> Answer:
    return reply(await _render(ask, 0))


async def turn(ask: Ask) -> Answer:
    """`failed` opens it in a message of its own, `failed:PAGE` turns its page."""
    if not ask.args:
        return await list_failures(ask)
    return replace(await _render(ask, ask.get_numbers(1)[0]))


async def send_again(ask: Ask) -> Answer:
    """`resend:CHAT:PAGE`"""
    chat_id, page = ask.get_numbers(2)
    chat = await ask.session.get(Chat, chat_id)
    if chat is None:
        raise StaleError
    count = await failures.retry(ask.session, chat_id, ask.now)
    await ask.note(Act.RETRIED, what=chat.title or chat.address)
    toast = ask._.plural("↻ {n} message is tried again.", "↻ {n} messages are tried again.", count)
    return replace(await _render(ask, page), toast)


async def _render(ask: Ask, number: int) -> Message:
    count = await failures.count_failures(ask.session, ask.now)
    if not count:
        return say(ask._("✅ Everything arrived: no chat is out of reach, and nothing was given up."))
    number, last = find_page(count, number)
    rows = await failures.list_failures(ask.session, ask.now, offset=number * BOARD_ROWS, limit=BOARD_ROWS)
    title = ask._.plural(
        "{n} chat did not get all that it was owed", "{n} chats did not get all that they were owed", count
    )
    buttons = [
        (Button(ask._("↻ Try {name} again", name=show(row.name, 24)), f"resend:{row.chat_id}:{number}"),)
        for row in rows
    ]
    lines = [line for row in rows for line in _describe(row, ask)]
    return say(bold(title), *lines).with_buttons(*buttons, *get_page_buttons("failed", number, last, ask._))


def _describe(row: Failure, ask: Ask) -> list[str]:
    _ = ask._
    lines = [f"\n\n{show(row.name, 60)} · {name_channel(row.channel, _)}"]
    reason, since = show(row.reason, 120), _.date(row.since)
    if row.is_parked:
        lines.append("\n" + _("🚫 Out of reach since {date}: {reason}", date=since, reason=reason))
        lines.append(
            "\n" + _.plural("⏳ {n} message waits", "⏳ {n} messages wait", row.waiting) if row.waiting else ""
        )
    if row.dropped:
        given_up = _.plural("⛔ {n} message was given up", "⛔ {n} messages were given up", row.dropped)
        lines.append(f"\n{given_up}" if row.is_parked or not reason else f"\n{given_up}: {reason}")
    if row.unsure:
        lines.append(
            "\n" + _.plural("❔ {n} message may not have arrived", "❔ {n} messages may not have arrived", row.unsure)
        )
    if not row.is_parked:
        lines.append("\n" + _("Since {date}", date=since))
    return lines
