"""One person's seat at the terminal: what they type becomes a question to the conversation, its answer is printed."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.patch_stdout import patch_stdout

from bot.asked import Answer, Asked
from bot.menus import parse_number
from bot.message import say
from bot.terminal.channel import TerminalChannel
from db.models import ChatKind

log = logging.getLogger(__name__)

Converse = Callable[[Asked], Awaitable[Answer]]

NO_BUTTON = "Không có nút số {number} · There is no button {number}."
BROKEN = "Có lỗi, mã {id} trong nhật ký · Something went wrong; in the log it has the code {id}."
QUIT = ("/quit", "/exit", "/thoat")


class Face:
    """A private chat in the terminal. Several may share a channel."""

    def __init__(self, converse: Converse, channel: TerminalChannel, *, name: str, language: str = "vi") -> None:
        self.converse = converse
        self._channel = channel
        self._language = language
        self.name = name

    async def enter(self, typed: str) -> Answer:
        """Ask what was typed, a number being the button of that number, and print the answer."""
        pressed = parse_number(typed)
        answer = await self.ask(typed)
        self._channel.show(self.name, answer, pressed=pressed)
        return answer

    async def ask(self, typed: str) -> Answer:
        """The same without printing anything."""
        pressed = parse_number(typed)
        button = None if pressed is None else self._channel.menus[self.name].get(pressed)
        if pressed is not None and button is None:
            return Answer((say(NO_BUTTON.format(number=pressed)),))
        try:
            return await self.converse(
                self._make(text=typed.strip()) if button is None else self._make(action=button.action)
            )
        except Exception:
            error_id = secrets.token_hex(3)
            log.exception("error %s: what was typed could not be answered", error_id)
            return Answer((say(BROKEN.format(id=error_id)),))

    def _make(self, *, text: str = "", action: str = "") -> Asked:
        return Asked(
            channel=self._channel.name,
            chat=self.name,
            kind=ChatKind.PRIVATE,
            person=self.name,
            person_name=self.name,
            language=self._language,
            text=text,
            action=action,
        )


class CommandCompleter(Completer):
    """Completes the first word of a line that begins with a slash; `commands` are names and what they do."""

    def __init__(self, commands: Iterable[tuple[str, str]]) -> None:
        self._commands = tuple(commands)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        typed = document.text_before_cursor
        if typed.startswith("/"):
            for name, meaning in self._commands:
                if f"/{name}".startswith(typed):
                    yield Completion(f"/{name}", start_position=-len(typed), display_meta=meaning)


async def read_lines(face: Face, commands: Iterable[tuple[str, str]]) -> None:
    """Answer line by line until /quit, Ctrl+D or Ctrl+C; what is printed meanwhile appears above the prompt."""
    prompt: PromptSession[str] = PromptSession(completer=CommandCompleter(commands), complete_while_typing=True)
    with patch_stdout(raw=True):
        while True:
            try:
                typed = (await prompt.prompt_async(f"{face.name} ▸ ")).strip()
            except (EOFError, KeyboardInterrupt):
                return
            if typed.lower() in QUIT:
                return
            if typed:
                await face.enter(typed)
