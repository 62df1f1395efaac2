"""/aliases: two ways to write one thing, which a search takes for the same. For those who manage the sources."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import get_page, get_page_buttons
from bot.message import Button, Message, bold, say
from bot.outside import show
from db import aliases
from db.models import Act, Alias


async def manage(ask: Ask) -> Answer:
    """`/aliases` lists them, `/aliases TCTK = Tổng cục Thống kê` adds one."""
    if not ask.args:
        return reply(await _render_board(ask, 0))
    short, _, long = ask.args.partition("=")
    if not aliases.is_pair(short, long):
        return reply(say(_explain(ask)))
    names = {"short": show(short.strip()), "long": show(long.strip())}
    if await aliases.add_alias(ask.session, short, long):
        await ask.note(Act.ALIAS_ADDED, what="{short} = {long}".format(**names))
        return reply(say(ask._("From now on “{short}” finds “{long}”, too, and the other way round.", **names)))
    return reply(say(ask._("That “{short}” and “{long}” mean the same is known already.", **names)))


def _explain(ask: Ask) -> str:
    return ask._(
        "To teach me an abbreviation, write both sides with = between them, at most {most} syllables each: /{command} "
        "NSLĐ = năng suất lao động",
        most=aliases.LONGEST,
        command="viettat" if ask._.language == "vi" else "aliases",
    )


async def turn(ask: Ask) -> Answer:
    return replace(await _render_board(ask, ask.get_numbers(1)[0]))


async def ask_to_remove(ask: Ask) -> Answer:
    """`unalias:ALIAS:PAGE`: ask once, since what is removed is gone."""
    alias, page = await _get_alias(ask)
    question = ask._("Remove “{short} = {long}”? Searches will no longer take them for the same.", **_name(alias))
    yes = Button(ask._("Remove"), f"dropalias:{alias.id}:{page}")
    return replace(say(question).with_buttons([yes, Button(ask._("Keep it"), f"aliases:{page}")]))


async def remove(ask: Ask) -> Answer:
    """`dropalias:ALIAS:PAGE`, after the question."""
    alias, page = await _get_alias(ask)
    toast = ask._("“{short} = {long}” was removed.", **_name(alias, 60))
    await aliases.remove_alias(ask.session, alias.id)
    await ask.note(Act.ALIAS_REMOVED, what="{short} = {long}".format(**_name(alias)))
    return replace(await _render_board(ask, page), toast)


async def _get_alias(ask: Ask) -> tuple[Alias, int]:
    alias_id, page = ask.get_numbers(2)
    alias = await aliases.get_alias(ask.session, alias_id)
    if alias is None:
        raise StaleError
    return alias, page


async def _render_board(ask: Ask, number: int) -> Message:
    rows = await aliases.list_aliases(ask.session)
    page = get_page(rows, number)
    lines = ["\n{short} = {long}".format(**_name(alias)) for alias in page.rows]
    count = ask._.plural(
        "{n} abbreviation of the office's own, beside those I know from the start",
        "{n} abbreviations of the office's own, beside those I know from the start",
        len(rows),
    )
    title = count if rows else ask._("No abbreviations of the office's own yet, beside those I know from the start")
    buttons = [
        (Button(ask._("Remove {short}", short=show(alias.short, 40)), f"unalias:{alias.id}:{page.number}"),)
        for alias in page.rows
    ]
    message = say(bold(title), *lines, "\n\n", _explain(ask))
    return message.with_buttons(*buttons, *get_page_buttons("aliases", page.number, page.last, ask._))


def _name(alias: Alias, limit: int = 120) -> dict[str, str]:
    return {"short": show(alias.short, limit), "long": show(alias.long, limit)}
