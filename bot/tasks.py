"""What people say, understood: which command or button is meant, with which words behind it, for which chat. Pure."""

import re
from dataclasses import dataclass, replace

from bot.access import Place
from bot.asked import Answer, Asked
from bot.commands import ACTIONS, COMMANDS
from bot.commands.ask import Action, Ask, Command, StaleError
from bot.commands.places import name_place
from bot.message import Button, Message, Span
from bot.outside import clean
from bot.spoken import find_spoken
from db.models import ChatKind
from db.text import fold

#: More letters than this are not read; no platform delivers as many in one message.
LONGEST_TEXT = 8000
#: Names a group or channel that is to be managed from a private chat: `@7 follow:3`, `/watch @7 words`.
_AIM = re.compile(r"@(\d{1,10})(?:\s+|$)")
_COMMAND = re.compile(r"/([^\s@]*)(?:@\S*)?\s*(.*)", re.DOTALL)
_BY_NAME = {name: command for command in COMMANDS for name in (command.name, command.vi)}
_NAMES = {name: command.name for name, command in _BY_NAME.items()}
_BY_VERB = {action.verb: action for action in ACTIONS}
_SEARCH, _HELP = _BY_NAME["search"], _BY_NAME["help"]
#: The buttons that open what these commands do.
_OPENERS = {"start": "begin", "watch": "watches"}
#: Commands that change something without any words behind them.
_DEEDS = {"start", "stop", "begin"}


async def _answer_stale(_ask: Ask) -> Answer:
    raise StaleError


_STALE = Action("", _answer_stale, reads_only=True)


@dataclass(frozen=True, slots=True)
class Task:
    """What was asked, understood: a command or a button with its arguments, or a `name` that nothing is called.

    `aim` is the number of the group or channel that it is for, where that is another one than where it was asked.
    """

    target: Command | Action | None
    args: str
    name: str = ""
    aim: int | None = None

    @property
    def is_deed(self) -> bool:
        """Whether it may change what a chat gets."""
        return not self.reads_only and (bool(self.args) or self.name in _DEEDS)

    @property
    def reads_only(self) -> bool:
        return self.target is None or self.target.reads_only


def understand(asked: Asked) -> Task:
    """A button's verb, a command by either name whatever its marks and case, or else words to search for."""
    if asked.action:
        action, aim = _take_aim(asked, clean(asked.action))
        verb, _, args = action.partition(":")
        return Task(_keep_aimed(_BY_VERB.get(verb, _STALE), aim), args, verb, aim)
    text = clean(asked.text[:LONGEST_TEXT]).strip()
    command = _COMMAND.fullmatch(text)
    spoken = find_spoken(text, _NAMES) if asked.is_menuless and command is None else None
    if spoken is not None:
        return Task(_BY_NAME[spoken[0]], spoken[1], _BY_NAME[spoken[0]].name)
    if command is None:
        return Task(_understand_words(asked, text), text)
    name = fold(command[1])
    target = _BY_NAME.get(name)
    args, aim = command[2].strip(), None
    if target is not None and target.need.place is Place.MANAGED:
        args, aim = _take_aim(asked, args)
    return Task(target, args, target.name if target else name, aim)


def _understand_words(asked: Asked, text: str) -> Command | None:
    """A search in private, and in a group where they are meant for loa; whoever only calls it gets help."""
    if asked.kind is not ChatKind.PRIVATE and not asked.is_addressed:
        return None
    return _SEARCH if text or asked.kind is ChatKind.PRIVATE else _HELP


def _take_aim(asked: Asked, text: str) -> tuple[str, int | None]:
    """Which group or channel it is for, and the rest."""
    aim = _AIM.match(text) if asked.kind is ChatKind.PRIVATE else None
    return (text[aim.end() :], int(aim[1])) if aim else (text, None)


def _keep_aimed(action: Action, aim: int | None) -> Action:
    return action if aim is None or action.need.place is Place.MANAGED else _STALE


def find_opener(task: Task) -> str:
    """The verb of the button that opens what this command does."""
    if task.target is None or task.target.need.place is not Place.MANAGED:
        return ""
    return _OPENERS.get(task.name, task.name)


def aim_answer(answer: Answer, ask: Ask) -> Answer:
    """Say for which group or channel it is, and let the buttons be for that one, too."""
    return replace(answer, messages=tuple(_aim_message(message, ask) for message in answer.messages))


def _aim_message(message: Message, ask: Ask) -> Message:
    rows = tuple(tuple(replace(one, action=_aim_action(one.action, ask.aim)) for one in row) for row in message.buttons)
    spans = (Span(name_place(ask.chat), bold=True), Span("\n\n"), *message.spans)
    has_way = any(button.action in ("place", "places") for row in message.buttons for button in row)
    way = () if has_way else ((Button("← " + name_place(ask.chat), f"{ask.aim}place"),),)
    return replace(message, spans=spans, buttons=(*rows, *way))


def _aim_action(action: str, aim: str) -> str:
    target = _BY_VERB.get(action.partition(":")[0])
    return f"{aim}{action}" if target and target.need.place is Place.MANAGED else action
