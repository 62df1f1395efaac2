"""/saved: articles that a person put aside, and the button below a push that does it."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import BOARD_ROWS, find_page, get_page_buttons, list_articles
from bot.message import Button, Message, bold, say
from db import saving

#: How many buttons stand side by side.
_ROW = 4


async def list_saved(ask: Ask) -> Answer:
    return reply(await _render(ask, 0))


async def turn(ask: Ask) -> Answer:
    return replace(await _render(ask, ask.get_numbers(1)[0]))


async def save(ask: Ask) -> Answer:
    """`save:ARTICLE`, from a push, which stays as it is; in a group each saves for themselves."""
    [article_id] = ask.get_numbers(1)
    is_new = await saving.save(ask.session, _get_person(ask), article_id, ask.now)
    if is_new is None:
        raise StaleError
    if is_new:
        return Answer(toast=ask._("💾 Saved for you. /saved shows it."))
    return Answer(toast=ask._("You have saved it already. /saved shows it."))


async def unsave(ask: Ask) -> Answer:
    """`unsave:ARTICLE:PAGE`; the button to save it again stands in its place."""
    article_id, page = ask.get_numbers(2)
    await saving.unsave(ask.session, _get_person(ask), article_id)
    message = await _render(ask, page)
    undo = Button(ask._("Undo"), f"resave:{article_id}:{page}")
    return replace(message.with_buttons([undo]), ask._("It is no longer saved."))


async def resave(ask: Ask) -> Answer:
    """`resave:ARTICLE:PAGE` takes that back."""
    article_id, page = ask.get_numbers(2)
    if await saving.save(ask.session, _get_person(ask), article_id, ask.now) is None:
        raise StaleError
    return replace(await _render(ask, page))


def _get_person(ask: Ask) -> int:
    if ask.member_id is None:
        raise StaleError
    return ask.member_id


async def _render(ask: Ask, number: int) -> Message:
    person = _get_person(ask)
    count = await saving.count_saved(ask.session, person)
    if not count:
        return say(ask._("You have saved nothing yet. Below each article that I send there is a button for it."))
    number, last = find_page(count, number)
    first = number * BOARD_ROWS
    rows = await saving.list_saved(ask.session, person, offset=first, limit=BOARD_ROWS)
    removing = [
        Button(f"✖ {ask._.number(place)}", f"unsave:{row.id}:{number}")
        for place, row in enumerate(rows, start=first + 1)
    ]
    title = ask._.plural("{n} saved article", "{n} saved articles", count)
    message = say(bold(title), *list_articles(rows, first + 1, ask._))
    return message.with_buttons(removing[:_ROW], removing[_ROW:], *get_page_buttons("saved", number, last, ask._))
