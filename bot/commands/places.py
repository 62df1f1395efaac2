"""Groups and channels: what loa says where it is brought, and how their admins manage them from a private chat."""

from bot.asked import Answer
from bot.commands.ask import Ask, replace, reply
from bot.commands.lists import get_page, get_page_buttons
from bot.locales import Translator
from bot.message import Button, Message, bold, say
from bot.outside import show
from db import following, managers
from db.models import Chat, ChatKind, ChatState


async def list_places(ask: Ask) -> Answer:
    """`places` opens the board in a message of its own, `places:PAGE` turns its page."""
    if not ask.args:
        return reply(await _render_places(ask, 0))
    return replace(await _render_places(ask, ask.get_numbers(1)[0]))


async def offer_places(ask: Ask) -> list[list[Button]]:
    """A row for a private chat's boards, if the person manages anything."""
    if not ask.is_private or ask.member is None:
        return []
    managed = await managers.list_managed(ask.session, ask.member.id, ask.chat.channel)
    return [[Button(ask._("👥 Groups and channels"), "places")]] if managed else []


async def show_place(ask: Ask) -> Answer:
    """`place`: all that can be set for a group or channel."""
    topics = await following.list_topics(ask.session, ask.chat.id)
    count = sum(topic.followed for topic in topics)
    lines = [
        _describe_state(ask),
        ask._.plural("It follows {n} topic.", "It follows {n} topics.", count),
    ]
    message = say("\n".join(lines))
    is_on = ask.chat.state is ChatState.ACTIVE
    switch = Button(ask._("Stop the news"), "stop") if is_on else Button(ask._("Bring the news"), "begin")
    back = [[Button(ask._("👥 Groups and channels"), "places")]] if ask.aim else []
    return replace(
        message.with_buttons(
            [Button(ask._("Topics"), "topics"), Button(ask._("Watched words"), "watches")],
            [Button(ask._("Digests"), "digest"), Button(ask._("Quiet hours"), "quiet")],
            [Button(ask._("Settings"), "settings"), switch],
            *back,
        )
    )


def _describe_state(ask: Ask) -> str:
    match ask.chat.state:
        case ChatState.ACTIVE:
            return ask._("News comes here.")
        case ChatState.PARKED:
            return ask._("I cannot write there now: {reason}", reason=show(ask.chat.reason, 120))
    return ask._("No news comes here.")


async def _render_places(ask: Ask, number: int) -> Message:
    member_id = ask.member_id or 0
    chats = await managers.list_managed(ask.session, member_id, ask.chat.channel)
    if not chats:
        return say(
            ask._(
                "I know of no group or channel that you manage. Add me to one, as an admin if it is a channel, then "
                "send /start there; of a channel I tell you here."
            )
        )
    page = get_page(chats, number)
    message = say(bold(ask._("Groups and channels")), "\n", ask._("Press the one that you want to set up."))
    rows = [(Button(name_place(chat), f"@{chat.id} place"),) for chat in page.rows]
    return message.with_buttons(*rows, *get_page_buttons("places", page.number, page.last, ask._))


def name_place(chat: Chat) -> str:
    mark = "📣" if chat.kind is ChatKind.CHANNEL else "👥"
    return f"{mark} {show(chat.title, 40) or chat.address}"


def render_arrival(chat: Chat, was: ChatState | None, _: Translator, *, is_known: bool) -> Message | None:
    """What loa says where it was brought; None where there is nothing to say.

    `was` is how the chat stood before; `is_known` is whether whoever did it was let in and may manage the chat.
    """
    if chat.kind is ChatKind.CHANNEL:
        return _render_channel(chat, _) if is_known else None
    if was is ChatState.ACTIVE:
        return None
    if was is ChatState.PARKED:
        return say(_("I am back: news comes here as before."))
    sentence = _(
        "Hello everyone! I bring the office's news. An admin of this group who has been let in may press the button; "
        "whoever has not been writes /start to me in a private chat first."
    )
    return say(sentence).with_buttons([Button(_("Bring the news"), "begin")])


def _render_channel(chat: Chat, _: Translator) -> Message:
    sentence = _("I am in the channel {title} now. Press to choose what comes there.", title=show(chat.title, 60))
    aim = f"@{chat.id} "
    buttons = [Button(_("Bring the news"), f"{aim}begin"), Button(_("Choose"), f"{aim}place")]
    return say(sentence).with_buttons(buttons)
