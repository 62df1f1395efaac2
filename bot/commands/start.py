"""/start, /stop and /help: how a person or a group comes in, goes out, and finds the way."""

from bot.access import Entry, decide_entry
from bot.admission import ask_admins, open_chat
from bot.asked import Answer
from bot.commands.ask import Ask, Command, replace, reply
from bot.message import Button, Message, Span, bold, say
from bot.outside import show
from bot.wording import join_names
from db import audit, members, polling
from db.models import Act, ChatState, Member, MemberState, Role


async def start(ask: Ask) -> Answer:
    """Whoever is in is welcomed; a private chat's stranger is led to the way in that the office chose."""
    if not ask.is_private:
        return reply(await _welcome(ask))
    await ask.session.refresh(ask.chat, with_for_update=True)  # two /start at once make one request
    member = await members.get_member_of(ask.session, ask.chat)
    code = ask.args.split(maxsplit=1)[0] if ask.args else ""
    match decide_entry(ask.rules.access, member.state if member else None, has_code=bool(code)):
        case Entry.WELCOME if member:
            _take_name(ask, member)
            return reply(await _welcome(ask), *await _remind(ask, member))
        case Entry.LET_IN:
            return reply(await _let_in(ask, member))
        case Entry.TRY_CODE:
            return reply(await _try_code(ask, member, code))
        case Entry.ASK:
            return reply(await _request(ask))
        case entry:
            return reply(_render_closed(ask, entry))


async def _remind(ask: Ask, member: Member) -> list[Message]:
    """Tell an admin who waits: requests may have come before there was an admin to be told."""
    waiting = await members.count_members(ask.session, MemberState.PENDING) if member.role is Role.ADMIN else 0
    if not waiting:
        return []
    sentence = ask._.plural(
        "{n} person is waiting to be let in. /pending shows who.",
        "{n} people are waiting to be let in. /pending shows who.",
        waiting,
    )
    return [say(sentence)]


def _take_name(ask: Ask, member: Member) -> None:
    """An admin named in the settings has only a number for a name until they speak."""
    if member.name in ("", ask.chat.address):
        member.name = ask.person_name or member.name


async def _let_in(ask: Ask, member: Member | None) -> Message:
    member = member or await _add_member(ask)
    await members.accept(ask.session, member.id, by=None, now=ask.now)
    await audit.note(ask.session, Act.JOINED, by=member.id, now=ask.now)
    return await _welcome(ask)


async def _try_code(ask: Ask, member: Member | None, code: str) -> Message:
    if not await ask.may_guess():
        return say(
            ask._("Those were too many wrong invitations. Please ask an admin for one, and try again in an hour.")
        )
    candidate = member or await _add_member(ask)
    if await members.use_invitation(ask.session, code, candidate.id, ask.now):
        await audit.note(ask.session, Act.JOINED, by=candidate.id, now=ask.now)
        return await _welcome(ask)
    if member is None:
        ask.chat.member_id = None
        await ask.session.delete(candidate)
    return say(
        ask._("This invitation is not valid: it was used, or it has expired. Please ask an admin for a new one.")
    )


async def _request(ask: Ask) -> Message:
    member = await _add_member(ask)
    await ask_admins(ask.session, member, ask.chat, ask.now)
    return say(
        bold(_greet(ask)),
        "\n\n",
        ask._(
            "loa is for the office's staff. Your request was sent to the admins; you will be told as soon as one "
            "has answered."
        ),
    )


async def _add_member(ask: Ask) -> Member:
    return await members.request_access(ask.session, ask.chat, ask.person_name or ask.chat.address, ask.now)


def _render_closed(ask: Ask, entry: Entry) -> Message:
    if entry is Entry.WAIT:
        return say(ask._("Your request is with the admins. Please wait; you will be told as soon as one has answered."))
    if entry is Entry.REFUSE:
        return say(ask._("Sorry, the admins did not let you in. If that is a mistake, please speak to one of them."))
    return say(ask._("loa is for the office's staff. Please ask an admin for an invitation and open its link."))


async def _welcome(ask: Ask) -> Message:
    """Greet, follow the default topics if the chat follows nothing, and say so."""
    was_stopped = ask.chat.state is ChatState.STOPPED
    topics = await open_chat(ask.session, ask.chat, ask.now)
    follows = _describe_follows(ask, topics, was_stopped=was_stopped)
    promise = () if await polling.has_sources(ask.session) else (" ", ask._("There is no source yet, so no news yet."))
    message = say(bold(_greet(ask)), "\n\n", follows, *promise, *_hint(ask))
    return message.with_buttons([Button(ask._("Choose topics"), "topics")])


def _greet(ask: Ask) -> str:
    if not ask.is_private:
        return ask._("Hello everyone!")
    name = show(ask.person_name)
    return ask._("Hello {name}!", name=name) if name else ask._("Hello!")


def _describe_follows(ask: Ask, topics: list[str], *, was_stopped: bool) -> str:
    names = join_names(topics, ask._)
    office = show(ask.rules.office)
    if topics and office:
        return ask._(
            "I bring the news of {office} here. You follow from now on: {topics}.", office=office, topics=names
        )
    if topics:
        return ask._("I bring the office's news here. You follow from now on: {topics}.", topics=names)
    if was_stopped:
        return ask._("News comes here again, from the topics that are followed.")
    return ask._("I bring the office's news here. Which topics you follow is up to you.")


def _hint(ask: Ask) -> tuple[str, ...]:
    if not ask.is_private:
        return ("\n\n", ask._("Type /latest for the newest articles, /search with words to find one."))
    words = ask._("Write any words to search the articles. /help tells you what else I can do.")
    return ("\n\n", words, *_hint_admin(ask))


def _hint_admin(ask: Ask) -> tuple[str, ...]:
    if ask.member is None or ask.member.role is not Role.ADMIN:
        return ()
    return ("\n\n", ask._("You are an admin here: /addsource with an address adds a source."))


async def begin(ask: Ask) -> Answer:
    """`begin`: as /start does, by a button."""
    return replace(await _welcome(ask))


async def stop(ask: Ask) -> Answer:
    return reply(_stop(ask))


async def press_stop(ask: Ask) -> Answer:
    return replace(_stop(ask))


def _stop(ask: Ask) -> Message:
    ask.chat.state = ChatState.STOPPED
    sentence = ask._("No more news comes here. What is followed is kept; send /start to go on.")
    return say(sentence).with_buttons([Button(ask._("Bring the news"), "begin")])


async def show_help(ask: Ask) -> Answer:
    """What everybody may do, each with its meaning, and for those who run loa the names of what else they may."""
    lines: list[str | Span] = [bold(ask._("What I can do"))]
    for command in ask.commands:
        if command.need.role is Role.READER:
            lines += ["\n", *_describe(ask, command)]
    if running := [command for command in ask.commands if command.need.role is not Role.READER]:
        names = ", ".join(f"/{command.get_name(ask._.language)}" for command in running)
        lines += ["\n\n", bold(ask._("To run loa")), f"\n{names}"]
    if ask.is_private:
        lines += ["\n\n", ask._("Words without a command are a search; marks and capitals may be left out.")]
    return reply(say(*lines))


def _describe(ask: Ask, command: Command) -> tuple[str | Span, ...]:
    usage = " ".join(filter(None, (f"/{command.get_name(ask._.language)}", ask._(command.arguments))))
    return (bold(usage), f" – {ask._(command.summary)}")
