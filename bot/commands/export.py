"""/export: members, sources and the audit as files. For admins, in their private chats."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.accounts import ROLES, name_channels
from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, reply
from bot.commands.audit import describe
from bot.locales import N_
from bot.message import Button, File, say
from bot.outside import hide_user
from bot.sheets import render_csv
from db import audit, members, polling
from db.models import Act, MemberState

_STATES = {
    MemberState.ACCEPTED: N_("let in"),
    MemberState.PENDING: N_("waiting"),
    MemberState.REFUSED: N_("refused"),
}


async def choose(ask: Ask) -> Answer:
    """Buttons for what there is to take."""
    if not ask.takes_files:
        return reply(say(ask._("I cannot send files here. Please ask me on Telegram, or on the server.")))
    buttons = [(Button(ask._(name), f"export:{number}"),) for number, (name, _) in enumerate(_LISTS)]
    return reply(say(ask._("Which list shall I send you as a file?")).with_buttons(*buttons))


async def send_list(ask: Ask) -> Answer:
    """`export:LIST`, by its place among all."""
    number = ask.get_numbers(1)[0]
    if number >= len(_LISTS) or not ask.takes_files:
        raise StaleError
    name, make = _LISTS[number]
    file = await make(ask)
    await ask.note(Act.EXPORTED, what=file.name)
    day = ask._.date(ask.now)
    return reply(say(ask._("{list}, as of {date}", list=ask._(name), date=day)).with_file(file))


async def _make_members(ask: Ask) -> File:
    head = [ask._(word) for word in (N_("Number"), N_("Name"), N_("Role"), N_("State"), N_("Asked"), N_("Accounts"))]
    rows = [
        (
            row.member.id,
            row.member.name,
            ask._(ROLES[row.member.role]),
            ask._(called),
            ask._.date(row.member.requested_at),
            ", ".join(f"{name_channels([account], ask._)[0]} {account.address}" for account in row.accounts),
        )
        for state, called in _STATES.items()
        for row in await members.list_members(ask.session, state)
    ]
    return File("members.csv", render_csv(head, rows))


async def _make_sources(ask: Ask) -> File:
    head = [ask._(word) for word in (N_("Number"), N_("Name"), N_("Address"), N_("Topic"), N_("State"), N_("Articles"))]
    rows = [
        (
            row.source.id,
            row.source.name or row.source.host,
            hide_user(row.source.url),
            row.topic,
            row.source.state.value,
            row.articles,
        )
        for row in await polling.list_sources(ask.session)
    ]
    return File("sources.csv", render_csv(head, rows))


async def _make_opml(ask: Ask) -> File:
    return File("sources.opml", ask.render_opml(await polling.list_sources(ask.session)))


def _get_time(ask: Ask, moment: datetime) -> str:
    return moment.astimezone(ask.rules.timezone).isoformat(" ", "seconds")


async def _make_audit(ask: Ask) -> File:
    head = [ask._(word) for word in (N_("When"), N_("Who"), N_("What"), N_("Sort"))]
    rows = [
        (_get_time(ask, row.entry.at), row.by, describe(row, ask._), row.entry.act.value)
        async for row in audit.walk_acts(ask.session)
    ]
    return File("audit.csv", render_csv(head, rows))


#: What can be taken, in the order of its buttons.
_LISTS: tuple[tuple[str, Callable[[Ask], Awaitable[File]]], ...] = (
    (N_("Members (CSV)"), _make_members),
    (N_("Sources (CSV)"), _make_sources),
    (N_("Sources (OPML)"), _make_opml),
    (N_("Who did what (CSV)"), _make_audit),
)
