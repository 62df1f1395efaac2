"""/source: one source by itself, with buttons to pause, move or remove it, and words to rename it. For editors."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import BOARD_ROWS, find_page
from bot.commands.sources import describe_source
from bot.message import Button, Message, bold, say
from bot.outside import parse_number, shorten, show
from db import following, managing, polling
from db.models import Act, SourceState
from db.polling import SourceRow

LONGEST_NAME = 80


async def manage(ask: Ask) -> Answer:
    """`/source 3` shows it, `/source 3 = Báo tỉnh` renames it."""
    number, _, name = ask.args.partition("=")
    row = await _find(ask, number)
    if isinstance(row, str):
        return reply(say(row))
    name = shorten(name, LONGEST_NAME)
    if name and name != row.source.name:
        was = row.source.name or row.source.host
        await managing.rename_source(ask.session, row.source.id, name)
        await ask.note(Act.SOURCE_RENAMED, what=name, detail=was)
        return reply(say(ask._("✅ {was} is called {name} from now on.", was=show(was), name=show(name))))
    return reply(_render_card(ask, row, 0))


async def _find(ask: Ask, words: str) -> SourceRow | str:
    """The source of that number, or why there is none."""
    number = parse_number(words.strip())
    if number is None:
        return ask._("Please add the number of a source, as /sources shows it.")
    row = await managing.get_source_row(ask.session, number)
    return row or ask._("No source has the number {number}. /sources shows them all.", number=number)


async def show_source(ask: Ask) -> Answer:
    """`source:SOURCE:PAGE`"""
    row, page = await _get_row(ask)
    return replace(_render_card(ask, row, page))


async def _get_row(ask: Ask) -> tuple[SourceRow, int]:
    source_id, page = ask.get_numbers(2)
    return await _get(ask, source_id), page


async def _get(ask: Ask, source_id: int) -> SourceRow:
    row = await managing.get_source_row(ask.session, source_id)
    if row is None:
        raise StaleError
    return row


def _render_card(ask: Ask, row: SourceRow, page: int) -> Message:
    source = row.source
    where = f"{source.id}:{page}"
    is_read = source.state is SourceState.ACTIVE
    turn = Button(ask._("Pause"), f"halt:{where}") if is_read else Button(ask._("Resume"), f"wake:{where}")
    hint = ask._("To rename it: /{command} {number} = a new name", command=_get_command(ask), number=source.id)
    return say(*describe_source(ask, row), "\n\n", hint).with_buttons(
        [turn, Button(ask._("Topic"), f"totopic:{source.id}:0:{page}")],
        [Button(ask._("Remove"), f"askdrop:{where}")],
        [Button(ask._("← All sources"), f"sources:{page}")],
    )


def _get_command(ask: Ask) -> str:
    return "motnguon" if ask._.language == "vi" else "source"


async def halt(ask: Ask) -> Answer:
    """`halt:SOURCE:PAGE` pauses it."""
    row, page = await _get_row(ask)
    if await polling.pause_source(ask.session, row.source.id):
        await ask.note(Act.SOURCE_PAUSED, what=_name(row))
    await ask.session.refresh(row.source)
    return replace(_render_card(ask, row, page), ask._("⏸ {name} is paused.", name=show(_name(row))))


async def wake(ask: Ask) -> Answer:
    """`wake:SOURCE:PAGE` has it read again."""
    row, page = await _get_row(ask)
    if await polling.resume_source(ask.session, row.source.id, ask.now):
        await ask.note(Act.SOURCE_RESUMED, what=_name(row))
    await ask.session.refresh(row.source)
    return replace(_render_card(ask, row, page), ask._("▶ {name} will be read again now.", name=show(_name(row))))


async def choose_topic(ask: Ask) -> Answer:
    """`totopic:SOURCE:TOPICS:PAGE`: the topics on that page of them."""
    source_id, number, page = ask.get_numbers(3)
    row = await _get(ask, source_id)
    number, last = find_page(await managing.count_topics(ask.session), number)
    topics = await managing.list_managed(ask.session, offset=number * BOARD_ROWS, limit=BOARD_ROWS)
    rows = [(Button(show(item.topic.name, 40), f"puttopic:{source_id}:{item.topic.id}:{page}"),) for item in topics]
    turns = [Button("←", f"totopic:{source_id}:{number - 1}:{page}")] if number else []
    turns += [Button("→", f"totopic:{source_id}:{number + 1}:{page}")] if number < last else []
    question = ask._("Which topic do the articles of {name} belong to?", name=show(_name(row)))
    return replace(say(question).with_buttons(*rows, turns, [Button(ask._("No"), f"source:{source_id}:{page}")]))


async def put_topic(ask: Ask) -> Answer:
    """`puttopic:SOURCE:TOPIC:PAGE`"""
    source_id, topic_id, page = ask.get_numbers(3)
    row = await _get(ask, source_id)
    topic = await following.get_topic(ask.session, topic_id)
    if topic is None:
        raise StaleError
    if await managing.move_source(ask.session, source_id, topic.id):
        await ask.note(Act.SOURCE_MOVED, what=_name(row), detail=topic.name)
    toast = ask._("{name} belongs to {topic} from now on.", name=show(_name(row)), topic=show(topic.name))
    return replace(_render_card(ask, await _get(ask, source_id), page), toast)


async def ask_to_remove(ask: Ask) -> Answer:
    """`askdrop:SOURCE:PAGE`: ask once."""
    row, page = await _get_row(ask)
    question = ask._("Remove {name}? It is read no more; its articles stay and can be searched.", name=show(_name(row)))
    yes = Button(ask._("Remove"), f"drop:{row.source.id}:{page}")
    return replace(say(question).with_buttons([yes, Button(ask._("Keep it"), f"source:{row.source.id}:{page}")]))


async def remove(ask: Ask) -> Answer:
    """`drop:SOURCE:PAGE`, after the question; it can be brought back."""
    row, page = await _get_row(ask)
    await managing.remove_source(ask.session, row.source.id)
    await ask.note(Act.SOURCE_REMOVED, what=_name(row))
    sentence = ask._("{name} was removed.", name=show(_name(row)))
    undo = Button(ask._("Undo"), f"undrop:{row.source.id}:{page}")
    return replace(
        say(bold(sentence)).with_buttons([undo], [Button(ask._("← All sources"), f"sources:{page}")]), sentence
    )


async def restore(ask: Ask) -> Answer:
    """`undrop:SOURCE:PAGE`"""
    source_id, page = ask.get_numbers(2)
    source = await managing.restore_source(ask.session, source_id, ask.now)
    if source is None:
        raise StaleError
    name = source.name or source.host
    await ask.note(Act.SOURCE_RESTORED, what=name)
    return replace(_render_card(ask, await _get(ask, source_id), page), ask._("{name} is back.", name=show(name)))


def _name(row: SourceRow) -> str:
    return row.source.name or row.source.host
