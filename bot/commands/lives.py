"""/why: what became of one article in this chat, and why. It only reads."""

from bot.accounts import name_channel
from bot.asked import Answer
from bot.commands.ask import Ask, reply
from bot.locales import N_
from bot.message import link, say
from bot.outside import show
from bot.wording import join_names
from db import lives
from db.lives import Life
from db.models import ArticleState, ChatState, Delivery, DeliveryState

_WAITING = {
    DeliveryState.OWED: N_("⏳ It waits to be sent here."),
    DeliveryState.SENDING: N_("⏳ It is being sent here now."),
    DeliveryState.FOLDED: N_("⏳ It waits to be sent here, in one message with others."),
    DeliveryState.UNKNOWN: N_("❔ It was sent here twice, but the connection broke off: it may not have arrived."),
}


async def tell_life(ask: Ask) -> Answer:
    """`/why https://…`, with the address of an article."""
    if not ask.args.startswith(("http://", "https://")):
        return reply(say(ask._("Please add the address of an article, as a message of mine has it.")))
    life = await lives.get_life(ask.session, ask.chat.id, ask.args.split()[0])
    if life is None:
        return reply(say(ask._("I know no article at this address: no source that I watch has carried it.")))
    article = life.article
    found = ask._(
        "Found at {date} in {source}, topic {topic}.",
        date=ask._.date(article.found_at),
        source=show(life.source, 60),
        topic=show(life.topic, 60),
    )
    title = link(show(article.title, 140) or ask._("An article without a title"), article.url)
    ending = (*_tell_match(ask, life), _tell_debt(ask, life.debt)) if life.debt else (_tell_why_not(ask, life),)
    return reply(say(title, f"\n{found}\n", *ending))


def _tell_match(ask: Ask, life: Life) -> tuple[str, ...]:
    """What it was sent for: words that are watched, or a topic."""
    if life.watched:
        return (ask._("It has words that are watched here: {words}", words=show(life.watched, 120)), "\n")
    topics = join_names(life.follows, ask._)
    return (ask._("It belongs to what you follow: {topics}", topics=topics), "\n") if topics else ()


def _tell_debt(ask: Ask, debt: Delivery) -> str:
    reason = show(debt.reason, 120)
    if debt.state is DeliveryState.SENT:
        return ask._("✅ Sent here at {date}.", date=ask._.date(debt.sent_at or ask.now))
    if debt.state is DeliveryState.DROPPED:
        return ask._("⛔ Not sent here, and given up: {reason}", reason=reason)
    if debt.state is DeliveryState.CARRIED:
        channel = name_channel(debt.reason, ask._)
        return ask._("↪️ It could not be sent here in time, so it went to your chat on {channel}.", channel=channel)
    told, why = ask._(_WAITING[debt.state]), ask._("Reason: {reason}", reason=reason)
    return f"{told}\n{why}" if reason else told


def _tell_why_not(ask: Ask, life: Life) -> str:
    if life.article.state is ArticleState.FOUND:
        return ask._("⏳ Its page is still to be read.")
    if not life.article.announce:
        return ask._("It was old when I first read its source, so it was sent to nobody. It can be searched.")
    if ask.chat.state is ChatState.STOPPED:
        return ask._("News is stopped here. /start brings it back.")
    if ask.chat.only_watched and not life.watched:
        return ask._("It was not sent here: you want only articles with the words you watch, and this one had none.")
    if not life.follows:
        return ask._("It was not sent here: you do not follow its topic. /topics shows what you follow.")
    return ask._("It was not sent here: you did not yet follow its topic when it came, or news was stopped.")
