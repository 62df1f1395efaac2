"""/topics: what the chat follows, with buttons; also the mute button below a push."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import get_page, get_page_buttons
from bot.commands.places import offer_places
from bot.message import Button, Message, bold, say
from bot.outside import show
from db import following, linking, threads
from db.following import TopicRow
from db.models import ChatState, Topic


async def list_topics(ask: Ask) -> Answer:
    return reply(await _render_board(ask, 0))


async def turn_topics(ask: Ask) -> Answer:
    """`topics` opens the board in a message of its own, `topics:PAGE` turns its page."""
    if not ask.args:
        return await list_topics(ask)
    return replace(await _render_board(ask, ask.get_numbers(1)[0]))


async def follow(ask: Ask) -> Answer:
    """`follow:TOPIC` from the notice of a mute, `follow:TOPIC:PAGE` from the board.

    In a forum its news goes to the topic where the button stands.
    """
    topic, page = await _get_topic(ask)
    await following.follow(ask.session, ask.chat.id, [topic.id], ask.now)
    await threads.place(ask.session, ask.chat.id, topic.id, ask.thread)
    await linking.spread(ask.session, ask.chat, ask.now)
    toast = ask._("You follow {topic} now.", topic=show(topic.name))
    return replace(await _render_board(ask, page) if page is not None else say(toast), toast)


async def mute(ask: Ask) -> Answer:
    """`mute:TOPIC` from a push, which stays as it is; `mute:TOPIC:PAGE` from the board."""
    topic, page = await _get_topic(ask)
    was_followed = await following.unfollow(ask.session, ask.chat.id, topic.id)
    await linking.spread(ask.session, ask.chat, ask.now)
    if not was_followed and page is None:
        return reply(_explain_other_topics(ask, topic))
    toast = ask._("You no longer follow {topic}.", topic=show(topic.name))
    if page is not None:
        return replace(await _render_board(ask, page), toast)
    hint = ask._("You no longer follow {topic}. /topics shows what you follow.", topic=show(topic.name))
    again = Button(ask._("Follow again"), f"follow:{topic.id}")
    return reply(say(hint).with_buttons([again]), toast=toast)


def _explain_other_topics(ask: Ask, topic: Topic) -> Message:
    """An article that several sources carry names the topic of the first, and comes to who follows any."""
    sentence = ask._(
        "You do not follow {topic}. What comes from there all the same belongs to another topic that you follow, too.",
        topic=show(topic.name),
    )
    return say(sentence).with_buttons([Button(ask._("Choose topics"), "topics")])


async def follow_all(ask: Ask) -> Answer:
    """`followall:PAGE`"""
    [page] = ask.get_numbers(1)
    topics = await following.list_topics(ask.session, ask.chat.id)
    await following.follow(ask.session, ask.chat.id, [topic.id for topic in topics], ask.now, thread=ask.thread)
    await linking.spread(ask.session, ask.chat, ask.now)
    return replace(await _render_board(ask, page), ask._("You follow all topics now."))


async def ask_to_mute_all(ask: Ask) -> Answer:
    """`askmuteall:PAGE`: ask once, since which ones were followed is gone then."""
    [page] = ask.get_numbers(1)
    yes, no = Button(ask._("Leave all"), f"muteall:{page}"), Button(ask._("No"), f"topics:{page}")
    return replace(say(ask._("Leave all topics? No news comes here then.")).with_buttons([yes, no]))


async def mute_all(ask: Ask) -> Answer:
    """`muteall:PAGE`, after the question."""
    [page] = ask.get_numbers(1)
    await following.unfollow_all(ask.session, ask.chat.id)
    await linking.spread(ask.session, ask.chat, ask.now)
    return replace(await _render_board(ask, page), ask._("You follow no topic now."))


async def _get_topic(ask: Ask) -> tuple[Topic, int | None]:
    topic_id, *page = ask.get_numbers(1, 2)
    topic = await following.get_topic(ask.session, topic_id)
    if topic is None:
        raise StaleError
    return topic, page[0] if page else None


async def _render_board(ask: Ask, number: int) -> Message:
    topics = await following.list_topics(ask.session, ask.chat.id)
    if not topics:
        return say(ask._("There are no topics yet. They come with the first source."))
    page = get_page(topics, number)
    rows = [(_get_button(topic, page.number, _find_here(ask, topic)),) for topic in page.rows]
    message = say(bold(ask._("Topics")), "\n", _describe(ask, topics), *_explain_threads(ask, topics))
    both = [Button(ask._("Follow all"), f"followall:{page.number}")] * any(not topic.followed for topic in topics)
    both += [Button(ask._("Leave all"), f"askmuteall:{page.number}")] * any(topic.followed for topic in topics)
    turns = get_page_buttons("topics", page.number, page.last, ask._)
    return message.with_buttons(*rows, *[both] * (len(topics) > 1), *turns, *await offer_places(ask))


def _describe(ask: Ask, topics: list[TopicRow]) -> str:
    if ask.chat.state is ChatState.STOPPED:
        return ask._("Press a topic to follow or leave it. News is stopped; send /start to go on.")
    count = sum(topic.followed for topic in topics)
    return ask._.plural(
        "Press a topic to follow or leave it. You follow {n} topic (✅).",
        "Press a topic to follow or leave it. You follow {n} topics (✅).",
        count,
    )


def _explain_threads(ask: Ask, topics: list[TopicRow]) -> tuple[str, ...]:
    if all(topic.thread == _find_here(ask, topic) for topic in topics if topic.followed):
        return ()
    return ("\n", ask._("🧵 goes to another topic of this forum; press it to have it here."))


def _find_here(ask: Ask, topic: TopicRow) -> int | None:
    """The topic of the forum that this is asked in; from outside all are as good."""
    return topic.thread if ask.aim else ask.thread


def _get_button(topic: TopicRow, page: int, thread: int | None) -> Button:
    is_elsewhere = topic.followed and topic.thread != thread
    verb, mark = ("mute", "✅") if topic.followed and not is_elsewhere else ("follow", "🧵" if is_elsewhere else "▫️")
    return Button(f"{mark} {show(topic.name, 40)}", f"{verb}:{topic.id}:{page}")
