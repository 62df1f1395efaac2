"""/broadcast: an admin's own message to all chats. It is shown first, sent on a yes, and can be taken back."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.message import Button, Message, say
from bot.notices import render_broadcast
from bot.outside import show
from db import broadcasts
from db.models import Act, Broadcast

LONGEST_WORDS = 1500


async def preview(ask: Ask) -> Answer:
    """`/broadcast WORDS`: nothing goes out yet."""
    words = ask.args.strip()
    if not words:
        return reply(say(ask._("Please write the message behind the command: /broadcast The server rests tonight.")))
    if len(words) > LONGEST_WORDS:
        return reply(say(ask._("That is too long; {most} letters are the most.", most=ask._.number(LONGEST_WORDS))))
    broadcast = await broadcasts.add_broadcast(ask.session, ask.chat.id, words, ask.now)
    count = await broadcasts.count_receivers(ask.session)
    question = ask._.plural("Send this to {n} chat?", "Send this to {n} chats?", count)
    yes = Button(ask._("Send it"), f"broadcast:{broadcast.id}")
    no = Button(ask._("No"), f"nobroadcast:{broadcast.id}")
    return reply(render_broadcast(words, ask._), say(question).with_buttons([yes, no]))


async def send(ask: Ask) -> Answer:
    """`broadcast:NUMBER`, after the question: from now on it is owed."""
    broadcast = await _get(ask)
    count = await broadcasts.send(ask.session, broadcast, ask.now)
    if count is None:
        raise StaleError
    await ask.note(Act.BROADCAST, what=show(broadcast.words, 120))
    sentence = ask._.plural("It is on its way to {n} chat.", "It is on its way to {n} chats.", count)
    return replace(_with_recall(ask, sentence, broadcast), sentence)


async def drop(ask: Ask) -> Answer:
    """`nobroadcast:NUMBER`: nothing is kept of it."""
    broadcast = await _get(ask)
    if broadcast.sent_at is not None:
        raise StaleError
    await ask.session.delete(broadcast)
    sentence = ask._("It was not sent.")
    return replace(say(sentence), sentence)


async def recall(ask: Ask) -> Answer:
    """`recall:NUMBER`: what is still owed of it is taken back."""
    broadcast = await _get(ask)
    count = await broadcasts.recall(ask.session, broadcast)
    sent = await broadcasts.count_sent(ask.session, broadcast)
    if count:
        await ask.note(Act.RECALLED, what=show(broadcast.words, 120))
    spared = ask._.plural("{n} chat does not get it any more.", "{n} chats do not get it any more.", count)
    had = ask._.plural("{n} chat has it already.", "{n} chats have it already.", sent)
    return replace(say(spared, "\n", had), spared)


async def _get(ask: Ask) -> Broadcast:
    broadcast = await broadcasts.get_broadcast(ask.session, ask.get_numbers(1)[0], ask.chat.id)
    if broadcast is None:
        raise StaleError
    return broadcast


def _with_recall(ask: Ask, sentence: str, broadcast: Broadcast) -> Message:
    return say(sentence).with_buttons([Button(ask._("Take it back"), f"recall:{broadcast.id}")])
