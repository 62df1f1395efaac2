"""/topic: topics are made, renamed, merged, and offered to newcomers or not. For editors, in their private chats."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import BOARD_ROWS, find_page, get_page_buttons
from bot.message import Button, Message, bold, say
from bot.outside import shorten, show
from db import following, managing
from db.managing import ManagedTopic, TakenError
from db.models import Act, Topic
from db.text import fold

LONGEST_NAME = 80


async def manage(ask: Ask) -> Answer:
    """`/topic` lists them, `/topic Giá cả` makes one, `/topic Giá = Giá cả` renames one."""
    if not ask.args:
        return reply(await _render_board(ask, 0))
    old, sign, new = (shorten(part, LONGEST_NAME) for part in ask.args.partition("="))
    if not fold(old) or (sign and not fold(new)):
        return reply(say(_explain(ask)))
    return reply(await (_rename(ask, old, new) if sign else _make(ask, old)))


def _explain(ask: Ask) -> str:
    return ask._(
        "/{command} with a name makes a topic; with an old name, = and a new one it renames it.",
        command="suachude" if ask._.language == "vi" else "topic",
    )


async def _make(ask: Ask, name: str) -> Message:
    known = await managing.find_exactly(ask.session, name)
    topic = known or await following.get_or_add_topic(ask.session, name, ask.now)
    if known is None:
        await ask.note(Act.TOPIC_ADDED, what=topic.name)
    return await _render_card(ask, topic.id, 0)


async def _rename(ask: Ask, old: str, new: str) -> Message:
    topic = await managing.find_exactly(ask.session, old)
    if topic is None:
        return say(ask._("There is no topic “{words}”. /topics shows them all.", words=show(old)))
    was = topic.name
    try:
        await managing.rename_topic(ask.session, topic, new)
    except TakenError as error:
        merge = Button(ask._("Merge them"), f"askmerge:{topic.id}:{error.topic.id}:0")
        return say(ask._("There is a topic {topic} already.", topic=show(error.topic.name))).with_buttons([merge])
    await ask.note(Act.TOPIC_RENAMED, what=topic.name, detail=was)
    return say(ask._("✅ {was} is called {name} from now on.", was=show(was), name=show(topic.name)))


async def turn(ask: Ask) -> Answer:
    """`edittopics` opens the board in a message of its own, `edittopics:PAGE` turns its page."""
    if not ask.args:
        return reply(await _render_board(ask, 0))
    return replace(await _render_board(ask, ask.get_numbers(1)[0]))


async def _render_board(ask: Ask, number: int) -> Message:
    count = await managing.count_topics(ask.session)
    number, last = find_page(count, number)
    topics = await managing.list_managed(ask.session, offset=number * BOARD_ROWS, limit=BOARD_ROWS)
    lines = [f"\n{show(item.topic.name, 40)} · {_count(ask, item)}" for item in topics]
    buttons = [(Button(show(item.topic.name, 40), f"edittopic:{item.topic.id}:{number}"),) for item in topics]
    title = bold(ask._.plural("{n} topic", "{n} topics", count))
    message = say(title, *lines, "\n\n", _explain(ask))
    return message.with_buttons(*buttons, *get_page_buttons("edittopics", number, last, ask._))


def _count(ask: Ask, item: ManagedTopic) -> str:
    sources = ask._.plural("{n} source", "{n} sources", item.sources)
    return sources + " · " + ask._.plural("{n} follower", "{n} followers", item.followers)


async def show_topic(ask: Ask) -> Answer:
    """`edittopic:TOPIC:PAGE`"""
    topic_id, page = ask.get_numbers(2)
    return replace(await _render_card(ask, topic_id, page))


async def _get(ask: Ask, topic_id: int) -> Topic:
    topic = await following.get_topic(ask.session, topic_id)
    if topic is None:
        raise StaleError
    return topic


async def _render_card(ask: Ask, topic_id: int, page: int) -> Message:
    item = await managing.get_managed(ask.session, topic_id)
    if item is None:
        raise StaleError
    topic = item.topic
    is_offered = topic.is_default
    state = ask._("Newcomers follow it at once.") if is_offered else ask._("Newcomers do not follow it by themselves.")
    label = ask._("Do not give it to newcomers") if is_offered else ask._("Give it to newcomers")
    return say(bold(show(topic.name)), f"\n{_count(ask, item)}\n{state}\n\n{_explain(ask)}").with_buttons(
        [Button(label, f"default:{topic.id}:{page}")],
        [Button(ask._("Merge into another one"), f"mergeinto:{topic.id}:0:{page}")],
        [Button(ask._("← All topics"), f"edittopics:{page}")],
    )


async def press_default(ask: Ask) -> Answer:
    """`default:TOPIC:PAGE` turns it about."""
    topic_id, page = ask.get_numbers(2)
    topic = await _get(ask, topic_id)
    topic.is_default = not topic.is_default
    await ask.session.flush()
    return replace(await _render_card(ask, topic_id, page))


async def choose_other(ask: Ask) -> Answer:
    """`mergeinto:TOPIC:TOPICS:PAGE`: which one it should go into, on that page of topics."""
    topic_id, number, page = ask.get_numbers(3)
    topic = await _get(ask, topic_id)
    number, last = find_page(await managing.count_topics(ask.session), number)
    topics = await managing.list_managed(ask.session, offset=number * BOARD_ROWS, limit=BOARD_ROWS)
    others = [item.topic for item in topics if item.topic.id != topic_id]
    rows = [(Button(show(other.name, 40), f"askmerge:{topic_id}:{other.id}:{page}"),) for other in others]
    turns = [Button("←", f"mergeinto:{topic_id}:{number - 1}:{page}")] if number else []
    turns += [Button("→", f"mergeinto:{topic_id}:{number + 1}:{page}")] if number < last else []
    question = ask._("Into which topic shall {topic} go?", topic=show(topic.name))
    return replace(say(question).with_buttons(*rows, turns, [Button(ask._("No"), f"edittopic:{topic_id}:{page}")]))


async def ask_to_merge(ask: Ask) -> Answer:
    """`askmerge:TOPIC:INTO:PAGE`: ask once, since it cannot be undone."""
    topic, into, page = await _get_two(ask)
    question = ask._(
        "Merge {topic} into {into}? Its sources and followers go there, and {topic} is no more. This cannot be undone.",
        topic=show(topic.name),
        into=show(into.name),
    )
    yes = Button(ask._("Merge them"), f"merge:{topic.id}:{into.id}:{page}")
    return replace(say(question).with_buttons([yes, Button(ask._("No"), f"edittopic:{topic.id}:{page}")]))


async def merge(ask: Ask) -> Answer:
    """`merge:TOPIC:INTO:PAGE`, after the question."""
    topic, into, page = await _get_two(ask)
    await managing.merge_topics(ask.session, topic, into, ask.now)
    await ask.note(Act.TOPIC_MERGED, what=topic.name, detail=into.name)
    toast = ask._("{topic} is part of {into} now.", topic=show(topic.name), into=show(into.name))
    return replace(await _render_card(ask, into.id, page), toast)


async def _get_two(ask: Ask) -> tuple[Topic, Topic, int]:
    topic_id, into_id, page = ask.get_numbers(3)
    if topic_id == into_id:
        raise StaleError
    return await _get(ask, topic_id), await _get(ask, into_id), page
