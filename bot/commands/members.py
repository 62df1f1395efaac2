"""/members and /role: who has been let in, as what, and how one is put out again. For admins in private chats."""

from collections.abc import Sequence
from dataclasses import replace as with_spans

from bot.accounts import ROLES, name_channels, name_people
from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import BOARD_ROWS, get_page_buttons
from bot.commands.people import get_people_page
from bot.message import Button, Message, Span, bold, say
from bot.outside import show
from db import members, outbox, roles
from db.members import MemberRow
from db.models import Act, Member, MemberState, Role
from db.roles import LastAdminError
from db.text import fold

_NUMBERED = tuple(ROLES)
#: A role has no more words than this.
LONGEST_ROLE = 3


async def list_members(ask: Ask) -> Answer:
    """`/members`, `/members Hoa`; the button `members` opens the board in a message of its own."""
    return reply(await (_render_found(ask, ask.args) if ask.args else _render_board(ask, 0)))


async def turn_members(ask: Ask) -> Answer:
    if not ask.args:
        return await list_members(ask)
    return replace(await _render_board(ask, ask.get_numbers(1)[0]))


async def change_role(ask: Ask) -> Answer:
    """`/role Hoa editor`, `/role Hoa` for buttons; a name that several have gives them to choose from."""
    name, role = _split_role(ask)
    found = await roles.find_members(ask.session, name) if name else []
    if role is None and not found and " " in name:
        return reply(await _explain_roles(ask, name.split()))
    if role is None or len(found) != 1:
        return reply(await (_render_found(ask, name) if name else _render_board(ask, 0)))
    toast = await _give(ask, found[0].member, role)
    return reply(say(toast))


def _split_role(ask: Ask) -> tuple[str, Role | None]:
    """The name, and the role that stands behind it in any language."""
    words = fold(" ".join(ask.args.split()))
    for role, called in ROLES.items():
        for language in ask.translators.languages:
            ending = fold(ask.translators.get(language, ask.rules.timezone)(called))
            if words == ending or words.endswith(f" {ending}"):
                return " ".join(ask.args.split()[: -len(ending.split())]), role
    return ask.args, None


async def _explain_roles(ask: Ask, words: Sequence[str]) -> Message:
    """Nobody has all these words as their name: the last of them may be meant for a role."""
    called = ask._.join([ask._(role) for role in ROLES.values()])
    for end in range(len(words) - 1, max(0, len(words) - 1 - LONGEST_ROLE), -1):
        name, rest = " ".join(words[:end]), " ".join(words[end:])
        if await roles.find_members(ask.session, name):
            unknown = ask._("There is no role “{word}”. The roles are: {roles}.", word=show(rest), roles=called)
            message = await _render_found(ask, name)
            return with_spans(message, spans=(Span(f"{unknown}\n\n"), *message.spans))
    message = await _render_found(ask, " ".join(words))
    return with_spans(message, spans=(*message.spans, Span("\n" + ask._("The roles are: {roles}.", roles=called))))


async def _render_board(ask: Ask, number: int) -> Message:
    count, page = await get_people_page(ask, MemberState.ACCEPTED, number)
    title = ask._.plural("{n} member", "{n} members", count)
    hint = ask._("Press a name for the role, or to put somebody out. /members with a name finds one.")
    message = say(bold(title), "\n", *_list(ask, page.rows), "\n\n", hint)
    turns = get_page_buttons("members", page.number, page.last, ask._)
    return message.with_buttons(*_get_buttons(page.rows, page.number), *turns)


async def _render_found(ask: Ask, words: str) -> Message:
    found = (await roles.find_members(ask.session, words))[:BOARD_ROWS]
    if len(found) == 1:
        return _render_card(ask, found[0], 0)
    if not found:
        return say(ask._("No member is called “{words}”. /members shows them all.", words=show(words)))
    title = ask._("Whom do you mean by “{words}”?", words=show(words))
    return say(bold(title), "\n", *_list(ask, found)).with_buttons(*_get_buttons(found, 0))


def _list(ask: Ask, rows: Sequence[MemberRow]) -> list[str]:
    return [
        "\n" + " · ".join((name, ask._(ROLES[row.member.role]), *name_channels(row.accounts, ask._)))
        for row, name in zip(rows, name_people(rows), strict=True)
    ]


def _get_buttons(rows: Sequence[MemberRow], page: int) -> list[tuple[Button]]:
    names = zip(rows, name_people(rows, 32), strict=True)
    return [(Button(name, f"member:{row.member.id}:{page}"),) for row, name in names]


async def show_member(ask: Ask) -> Answer:
    """`member:MEMBER:PAGE`"""
    row, page = await _get_row(ask)
    return replace(_render_card(ask, row, page))


async def _get_row(ask: Ask) -> tuple[MemberRow, int]:
    member_id, page = ask.get_numbers(2)
    row = await roles.get_row(ask.session, member_id)
    if row is None:
        raise StaleError
    return row, page


def _render_card(ask: Ask, row: MemberRow, page: int) -> Message:
    member = row.member
    accounts = ", ".join(f"{show(account.address, 24)} · {name}" for account, name in _pair(ask, row))
    role = ask._("Role: {role}", role=ask._(ROLES[member.role]))
    since = ask._("Let in: {date}", date=ask._.date(member.decided_at or member.requested_at))
    choices = [
        Button(("✅ " if role is member.role else "") + ask._(called), f"role:{member.id}:{index}:{page}")
        for index, (role, called) in enumerate(ROLES.items())
    ]
    return say(bold(show(member.name)), f"\n{role}\n{since}", f"\n{accounts}" if accounts else "").with_buttons(
        choices,
        [Button(ask._("Put out"), f"askexpel:{member.id}:{page}")],
        [Button(ask._("← All members"), f"members:{page}")],
    )


def _pair(ask: Ask, row: MemberRow) -> list[tuple[members.Account, str]]:
    return [(account, name_channels([account], ask._)[0]) for account in row.accounts]


async def press_role(ask: Ask) -> Answer:
    """`role:MEMBER:ROLE:PAGE`, the role by its place among all."""
    member_id, index, page = ask.get_numbers(3)
    row = await roles.get_row(ask.session, member_id)
    if row is None or index >= len(_NUMBERED):
        raise StaleError
    toast = await _give(ask, row.member, _NUMBERED[index])
    await ask.session.refresh(row.member)
    return replace(_render_card(ask, row, page), toast)


async def _give(ask: Ask, member: Member, role: Role) -> str:
    """What became of it; they are told, wherever they write from."""
    called = {"name": show(member.name), "role": ask._(ROLES[role])}
    try:
        if not await roles.set_role(ask.session, member.id, role):
            return ask._("{name} is {role} already.", **called)
    except LastAdminError:
        return _explain_last(ask)
    await ask.note(Act.ROLE, member_id=member.id, detail=role.value)
    if member.id != ask.member_id:
        chats = [chat.id for chat in await members.list_chats_of(ask.session, member.id)]
        key = f"{member.id}:{ask.now.isoformat()}"
        await outbox.owe_notice(
            ask.session, chats, notice="role_given", key=key, data={"role": role.value}, now=ask.now
        )
    return ask._("✅ {name} is {role} from now on.", **called)


def _explain_last(ask: Ask) -> str:
    return ask._("There is no other admin: somebody has to be left who runs loa. Please make another admin first.")


async def ask_to_expel(ask: Ask) -> Answer:
    """`askexpel:MEMBER:PAGE`: ask once."""
    row, page = await _get_row(ask)
    question = ask._("Put {name} out? They get no more news and can ask nothing.", name=show(row.member.name))
    yes = Button(ask._("Put out"), f"expel:{row.member.id}:{page}")
    return replace(say(question).with_buttons([yes, Button(ask._("No"), f"member:{row.member.id}:{page}")]))


async def expel(ask: Ask) -> Answer:
    """`expel:MEMBER:PAGE`, after the question; what they followed is kept, so that it can be taken back."""
    row, page = await _get_row(ask)
    try:
        await roles.expel(ask.session, row.member.id, by=ask.member_id, now=ask.now)
    except LastAdminError:
        return replace(_render_card(ask, row, page), _explain_last(ask))
    await ask.note(Act.EXPELLED, member_id=row.member.id)
    toast = ask._("{name} was put out.", name=show(row.member.name))
    undo = Button(ask._("Undo"), f"readmit:{row.member.id}:{page}")
    return replace(say(toast).with_buttons([undo], [Button(ask._("← All members"), f"members:{page}")]), toast)


async def readmit(ask: Ask) -> Answer:
    """`readmit:MEMBER:PAGE`: everything is as it was."""
    member_id, page = ask.get_numbers(2)
    if not await roles.readmit(ask.session, member_id, by=ask.member_id, now=ask.now):
        raise StaleError
    await ask.note(Act.READMITTED, member_id=member_id)
    row = await roles.get_row(ask.session, member_id)
    if row is None:
        raise StaleError
    return replace(_render_card(ask, row, page), ask._("{name} is back.", name=show(row.member.name)))
