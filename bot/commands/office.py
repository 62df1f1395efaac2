"""/admin: the menu of those who run loa, with what wants their attention. It only reads."""

from bot.asked import Answer
from bot.commands.ask import Ask, reply
from bot.message import Button, bold, say
from db import members, polling
from db.health import HealthState, get_health
from db.models import MemberState, Role

#: How a source is when there is nothing to do about it.
_WELL = (HealthState.WELL, HealthState.NEW, HealthState.MOVED, HealthState.PAUSED)


async def show_menu(ask: Ask) -> Answer:
    sources = await polling.list_sources(ask.session)
    troubled = sum(get_health(row.source, ask.now).state not in _WELL for row in sources)
    lines = [
        ask._.plural("{n} source", "{n} sources", len(sources)),
        ask._.plural("⚠ {n} source wants looking at", "⚠ {n} sources want looking at", troubled) if troubled else "",
        *await _describe_people(ask),
    ]
    editing = [Button(ask._("Sources"), "sources"), Button(ask._("Topics"), "edittopics")]
    message = say(bold(ask._("To run loa")), "\n", "\n".join(filter(None, lines))).with_buttons(editing)
    return reply(message.with_buttons(*_get_admins_buttons(ask)) if _is_admin(ask) else message)


def _is_admin(ask: Ask) -> bool:
    return ask.member is not None and ask.member.role is Role.ADMIN


async def _describe_people(ask: Ask) -> list[str]:
    if not _is_admin(ask):
        return []
    inside = await members.count_members(ask.session, MemberState.ACCEPTED)
    waiting = await members.count_members(ask.session, MemberState.PENDING)
    asking = ask._.plural("{n} person is waiting to be let in", "{n} people are waiting to be let in", waiting)
    return [ask._.plural("{n} member", "{n} members", inside), f"🔔 {asking}" if waiting else ""]


def _get_admins_buttons(ask: Ask) -> list[list[Button]]:
    return [
        [Button(ask._("Who is waiting"), "pending"), Button(ask._("Members"), "members")],
        [Button(ask._("Invite somebody"), "invite"), Button(ask._("Not delivered"), "failed")],
        [Button(ask._("Numbers"), "stats"), Button(ask._("Who did what"), "audit"), Button(ask._("Lists"), "lists")],
    ]
