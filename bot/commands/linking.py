"""/link: one member with a chat on each platform. A code from one chat joins the other."""

from bot.accounts import name_channel
from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.locales import N_
from bot.message import Button, Message, bold, say
from db import audit, linking, outbox
from db.linking import LIFETIME, Outcome
from db.models import Act, Chat, MemberState

_REFUSALS = {
    Outcome.INVALID: N_(
        "This code is not valid: it was used, or its time is over. Send /link in your other chat for a new one."
    ),
    Outcome.OWN: N_("These chats are yours already. Send the code in your chat on the other platform."),
    Outcome.TAKEN: N_("There is a chat on this platform already that belongs with the other one. An admin can help."),
    Outcome.HIGHER: N_(
        "You may do more than whoever made this code. Are both chats yours? Then send /link here and the code there."
    ),
}


async def link(ask: Ask) -> Answer:
    """`/link` gives a code, `/link CODE` joins this chat to the one that the code came from."""
    if ask.args:
        return reply(await _join(ask, ask.args))
    if ask.member is None or ask.member.state is not MemberState.ACCEPTED:
        raise StaleError
    code = await linking.add_code(ask.session, ask.chat, ask.now)
    return reply(_render_code(ask, code), *await _render_linked(ask))


def _render_code(ask: Ask, code: str) -> Message:
    minutes = ask._.number(int(LIFETIME.total_seconds()) // 60)
    return say(
        ask._("To join your chat on the other platform to this one, write this there to me:"),
        "\n\n",
        bold(f"/link {code}"),
        "\n\n",
        ask._("It works once, for {minutes} minutes. Tell it to nobody: whoever has it reads as you.", minutes=minutes),
    )


async def _render_linked(ask: Ask) -> list[Message]:
    """The chats that belong together, if there are several, and how they follow."""
    chats = await linking.list_chats(ask.session, ask.member_id)
    return [_render_choice(ask, await _is_sharing(ask), chats)] if len(chats) > 1 else []


async def _is_sharing(ask: Ask) -> bool:
    return ask.chat.member_id is not None and await linking.is_sharing(ask.session, ask.chat.member_id)


async def _join(ask: Ask, code: str) -> Message:
    if not await ask.may_guess():
        return say(ask._("Those were too many wrong codes. Please try again in an hour."))
    linked = await linking.use_code(ask.session, code, ask.chat, ask.now)
    if linked.outcome is not Outcome.LINKED or linked.origin is None:
        return say(ask._(_REFUSALS[linked.outcome]))
    await audit.note(ask.session, Act.LINKED, by=ask.chat.member_id, now=ask.now, what=ask.chat.channel)
    data = {"channel": ask.chat.channel, "name": ask.person_name, "chat_id": ask.chat.id}
    key = f"{ask.chat.id}:{ask.now.isoformat()}"
    await outbox.owe_notice(ask.session, [linked.origin.id], notice="chat_linked", key=key, data=data, now=ask.now)
    return _render_choice(ask, await _is_sharing(ask), await linking.list_chats(ask.session, ask.chat.member_id))


def _render_choice(ask: Ask, is_shared: bool, chats: list[Chat]) -> Message:
    names = ask._.join([name_channel(chat.channel, ask._) for chat in chats])
    marks = ("✅ ", "") if is_shared else ("", "✅ ")
    same, own = ask._("The same topics"), ask._("Each its own")
    return say(
        bold(ask._("Your chats belong together: {names}", names=names)),
        "\n",
        ask._("Shall they follow the same topics, or each its own?"),
    ).with_buttons(
        [Button(marks[0] + same, "share:1")],
        [Button(marks[1] + own, "share:0")],
    )


async def share(ask: Ask) -> Answer:
    """`share:1` and `share:0`: the other chats follow what this one follows, or each goes its own way."""
    [choice] = ask.get_numbers(1)
    if ask.chat.member_id is None or choice > 1:
        raise StaleError
    await linking.set_sharing(ask.session, ask.chat.member_id, is_shared=bool(choice))
    await linking.spread(ask.session, ask.chat, ask.now)
    chats = await linking.list_chats(ask.session, ask.chat.member_id)
    toast = (
        ask._("Your chats follow the same topics now.") if choice else ask._("Each chat follows its own topics now.")
    )
    return replace(_render_choice(ask, bool(choice), chats), toast)


async def unlink(ask: Ask) -> Answer:
    """`unlink:CHAT`: it was not theirs after all."""
    [chat_id] = ask.get_numbers(1)
    if ask.chat.member_id is None or chat_id == ask.chat.id:
        raise StaleError
    if not await linking.part(ask.session, ask.chat.member_id, chat_id):
        raise StaleError
    await audit.note(ask.session, Act.UNLINKED, by=ask.chat.member_id, now=ask.now)
    sentence = ask._("Done: that chat reads nothing any more. Please tell an admin if somebody else used your code.")
    return replace(say(sentence))
