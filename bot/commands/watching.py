"""/watch: words that a chat wants to hear of, beside its topics or instead of them; urgent ones at any hour."""

from collections.abc import Sequence

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import get_page, get_page_buttons
from bot.message import Button, Message, bold, say
from bot.outside import show
from db import watches
from db.models import Watch
from db.text import fold

_ONLY = {"only", "only these", "chi", "chi nhung tu nay", "chi tu khoa"}
_ALSO = {"also", "also these", "them", "ca nhung tu nay", "ca chu de"}


async def manage(ask: Ask) -> Answer:
    """`/watch` shows the board, `/watch words` adds some, `/watch words !` urgent ones, `/watch only these` chooses."""
    word = " ".join(fold(ask.args).split())
    if word in _ONLY or word in _ALSO:
        return reply(await _choose(ask, only=word in _ONLY))
    if not ask.args:
        return reply(await _render_board(ask, 0))
    words = ask.args.rstrip("! ")
    try:
        is_added = await watches.add_watch(
            ask.session, ask.chat.id, words, ask.now, is_urgent=ask.args.rstrip().endswith("!")
        )
    except ValueError:
        return reply(say(ask._("Please write a few words, in one line."), "\n", _explain(ask)))
    if not is_added:
        return reply(say(ask._("One chat can watch {most} entries and no more.", most=watches.MOST)))
    sentence = ask._("From now on you hear of articles with: {words}", words=show(" ".join(words.split()), 120))
    return reply(await _render_board(ask, 0, sentence))


async def turn(ask: Ask) -> Answer:
    """`watches` opens the board, `watches:PAGE` turns its page."""
    if not ask.args:
        return reply(await _render_board(ask, 0))
    return replace(await _render_board(ask, ask.get_numbers(1)[0]))


async def remove(ask: Ask) -> Answer:
    """`unwatch:WATCH:PAGE`; without any words left the chat hears of its topics again."""
    watch, page = await _get_watch(ask)
    toast = ask._("“{words}” is no longer watched.", words=show(watch.words, 80))
    await ask.session.delete(watch)
    await ask.session.flush()
    ask.chat.only_watched = ask.chat.only_watched and bool(await watches.list_watches(ask.session, ask.chat.id))
    return replace(await _render_board(ask, page), toast)


async def turn_urgent(ask: Ask) -> Answer:
    """`urgent:WATCH:PAGE` turns on or off whether the words come at any hour."""
    watch, page = await _get_watch(ask)
    watch.is_urgent = not watch.is_urgent
    await ask.session.flush()
    words = show(watch.words, 80)
    toast = ask._("“{words}” comes at any hour.", words=words)
    return replace(
        await _render_board(ask, page),
        toast if watch.is_urgent else ask._("“{words}” keeps your quiet hours.", words=words),
    )


async def choose_only(ask: Ask) -> Answer:
    """`onlywatched:1` for these words only, `onlywatched:0` for the topics too."""
    return replace(await _choose(ask, only=ask.get_numbers(1)[0] == 1), ask._("Noted."))


async def _choose(ask: Ask, *, only: bool) -> Message:
    """Without any words nothing would ever come."""
    ask.chat.only_watched = only and bool(await watches.list_watches(ask.session, ask.chat.id))
    return await _render_board(ask, 0)


async def _get_watch(ask: Ask) -> tuple[Watch, int]:
    watch_id, page = ask.get_numbers(2)
    watch = await watches.get_watch(ask.session, ask.chat.id, watch_id)
    if watch is None:
        raise StaleError
    return watch, page


async def _render_board(ask: Ask, number: int, sentence: str = "") -> Message:
    rows = await watches.list_watches(ask.session, ask.chat.id)
    page = get_page(rows, number)
    told = (f"{sentence}\n\n",) if sentence else ()
    message = say(*told, bold(ask._("Watched words")), *_list(page.rows), "\n", _describe(ask, rows))
    buttons = [_make_buttons(ask, watch, page.number) for watch in page.rows]
    turning = get_page_buttons("watches", page.number, page.last, ask._)
    return message.with_buttons(*buttons, *turning, *([_make_choice(ask)] if rows else []))


def _list(rows: Sequence[Watch]) -> list[str]:
    return [f"\n• {show(watch.words, 120)}{' ❗' if watch.is_urgent else ''}" for watch in rows]


def _describe(ask: Ask, rows: Sequence[Watch]) -> str:
    if not rows:
        return _explain(ask)
    if ask.chat.only_watched:
        kind = ask._("You get only articles with these words, of whatever topic.")
    else:
        kind = ask._("You get the news of your topics, and also articles with these words.")
    urgent = ask._("❗ comes at any hour, past quiet hours and digests.")
    return f"\n{kind} {urgent}\n\n{_explain(ask)}"


def _explain(ask: Ask) -> str:
    command = ask.write_command("tukhoa", "watch")
    return ask._(
        "To watch words, write: /{command} giá xăng. Between commas stands what has to appear together; a ! at the end "
        "makes it urgent. Marks and capitals may be left out.",
        command=command,
    )


def _make_buttons(ask: Ask, watch: Watch, page: int) -> tuple[Button, ...]:
    urgent = ask._("Not urgent") if watch.is_urgent else ask._("❗ Urgent")
    name = show(watch.words, 30)
    return Button(f"❌ {name}", f"unwatch:{watch.id}:{page}"), Button(urgent, f"urgent:{watch.id}:{page}")


def _make_choice(ask: Ask) -> tuple[Button, ...]:
    if ask.chat.only_watched:
        return (Button(ask._("My topics too"), "onlywatched:0"),)
    return (Button(ask._("Only these words"), "onlywatched:1"),)
