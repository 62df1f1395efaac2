"""/forget: a person has themselves erased. It asks once, and says what is gone; it cannot be undone."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.message import Button, bold, say
from db import audit, forgetting
from db.forgetting import Traces
from db.models import Act
from db.roles import LastAdminError


async def ask_to_forget(ask: Ask) -> Answer:
    if ask.member_id is None:
        raise StaleError
    traces = await forgetting.count_traces(ask.session, ask.member_id)
    message = say(
        bold(ask._("Shall I forget you?")),
        "\n",
        ask._("This cannot be undone. I would erase:"),
        f"\n{_list(ask, traces)}\n",
        ask._("Then you get no more news, and have to ask the admins anew."),
    )
    yes = Button(ask._("Yes, forget me"), "forget")
    return reply(message.with_buttons([yes, Button(ask._("No"), "keepme")]))


async def forget(ask: Ask) -> Answer:
    """`forget`, after the question; nothing of it is done to anybody but who presses it."""
    if ask.member_id is None or ask.args:
        raise StaleError
    traces = await forgetting.count_traces(ask.session, ask.member_id)
    try:
        await forgetting.forget(ask.session, ask.member_id)
    except LastAdminError:
        sentence = ask._("You are the only admin: please make another one first, who runs loa after you.")
        return replace(say(sentence), sentence)
    await audit.note(ask.session, Act.FORGOTTEN, by=None, now=ask.now)
    done = ask._("Done. I have erased:")
    return replace(say(bold(done), f"\n{_list(ask, traces)}\n", ask._("All the best!")))


async def keep(ask: Ask) -> Answer:
    """`keepme`"""
    return replace(say(ask._("All is as it was.")))


def _list(ask: Ask, traces: Traces) -> str:
    lines = (
        ask._("your name, your role, and the number by which I know you"),
        ask._.plural("{n} followed topic", "{n} followed topics", traces.follows),
        ask._.plural("{n} saved article", "{n} saved articles", traces.saved),
        ask._.plural("{n} search", "{n} searches", traces.searches),
        ask._("what I sent you and still had to send"),
    )
    return "\n".join(f"• {line}" for line in lines)
