"""/pending and /invite: who is let in. For admins, in their private chats."""

from datetime import timedelta

from bot.accounts import name_people
from bot.admission import admit, turn_down
from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import BOARD_ROWS, Page, find_page, get_page_buttons
from bot.message import Button, Message, Span, bold, link, say
from bot.outside import show
from bot.qr import draw_code
from db import members
from db.members import MemberRow
from db.models import Act, Member, MemberState

INVITATION_LIFETIME = timedelta(days=7)


async def list_pending(ask: Ask) -> Answer:
    return reply(await _render_pending(ask, 0))


async def turn_pending(ask: Ask) -> Answer:
    """`pending` opens the board in a message of its own, `pending:PAGE` turns its page."""
    if not ask.args:
        return await list_pending(ask)
    return replace(await _render_pending(ask, ask.get_numbers(1)[0]))


async def approve(ask: Ask) -> Answer:
    """`approve:MEMBER` from a notice, `approve:MEMBER:PAGE` from the board."""
    member, page = await _get_asker(ask)
    decided = await admit(ask.session, member.id, by=ask.member_id, now=ask.now)
    return await _confirm(ask, member, page, decided=decided)


async def refuse(ask: Ask) -> Answer:
    """`refuse:MEMBER` from a notice, `refuse:MEMBER:PAGE` from the board."""
    member, page = await _get_asker(ask)
    decided = await turn_down(ask.session, member.id, by=ask.member_id, now=ask.now)
    return await _confirm(ask, member, page, decided=decided)


async def _get_asker(ask: Ask) -> tuple[Member, int | None]:
    member_id, *page = ask.get_numbers(1, 2)
    member = await members.get_member(ask.session, member_id)
    if member is None:
        raise StaleError
    return member, page[0] if page else None


async def _confirm(ask: Ask, member: Member, page: int | None, *, decided: bool) -> Answer:
    """Say how the request stands now, whoever decided it."""
    await ask.session.refresh(member)
    outcome = _describe_outcome(ask, member, decided=decided)
    return replace(await _render_pending(ask, page) if page is not None else say(outcome), outcome)


def _describe_outcome(ask: Ask, member: Member, *, decided: bool) -> str:
    name = show(member.name)
    if member.state is MemberState.ACCEPTED:
        return (
            ask._("✅ {name} was let in.", name=name) if decided else ask._("{name} had been let in before.", name=name)
        )
    return ask._("{name} was refused.", name=name) if decided else ask._("{name} had been refused before.", name=name)


async def _render_pending(ask: Ask, number: int) -> Message:
    count, page = await get_people_page(ask, MemberState.PENDING, number)
    if not count:
        return say(ask._("Nobody is waiting to be let in."))
    title = ask._.plural("{n} person is waiting to be let in", "{n} people are waiting to be let in", count)
    named = list(zip(page.rows, name_people(page.rows), strict=True))
    lines = [f"\n{name} · {ask._.date(row.member.requested_at)}" for row, name in named]
    shorter = zip(page.rows, name_people(page.rows, 24), strict=True)
    buttons = [_get_decision_buttons(ask, row.member.id, name, page.number) for row, name in shorter]
    message = say(bold(title), "\n", *lines)
    return message.with_buttons(*buttons, *get_page_buttons("pending", page.number, page.last, ask._))


async def get_people_page(ask: Ask, state: MemberState, number: int) -> tuple[int, Page[MemberRow]]:
    """How many people there are in this state, and one page of them; no more are read."""
    count = await members.count_members(ask.session, state)
    number, last = find_page(count, number)
    rows = await members.list_members(ask.session, state, offset=number * BOARD_ROWS, limit=BOARD_ROWS)
    return count, Page(rows, number, last)


def _get_decision_buttons(ask: Ask, member_id: int, name: str, page: int) -> tuple[Button, Button]:
    return (
        Button(ask._("Approve {name}", name=name), f"approve:{member_id}:{page}"),
        Button(ask._("Refuse {name}", name=name), f"refuse:{member_id}:{page}"),
    )


async def invite(ask: Ask) -> Answer:
    """A one-time code, with the platform's link and a picture of it where there are such; only its digest is kept."""
    code = await members.add_invitation(ask.session, by=ask.member_id, now=ask.now, lifetime=INVITATION_LIFETIME)
    await ask.note(Act.INVITED)
    until = ask._.date(ask.now + INVITATION_LIFETIME)
    address = ask.get_link(ask.chat.channel, code)
    way: Span | str = link(address, address) if address else f"/start {code}"
    message = say(
        bold(ask._("An invitation for one person, good until {date}", date=until)),
        "\n\n",
        ask._("Pass this on to them; they open it, or send it to me:"),
        "\n",
        way,
    )
    return reply(message.with_file(draw_code(address)) if address and ask.takes_files else message)
