"""The terminal as a channel: prints what is pushed, and remembers the buttons by their numbers. It reads no keys."""

import os
from collections import defaultdict
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from bot.asked import Answer
from bot.channel import Budget, Ration
from bot.menus import Menus
from bot.message import File, Message
from bot.terminal.links import shows_links
from bot.terminal.render import WIDEST, clean, get_first_line, render_message, render_push
from db.models import ChatKind

#: How far what loa answers stands from the left edge.
INDENT = 2
WRITTEN = "Tệp ở đây · The file is here: {path}"


class Push(NamedTuple):
    """What was sent to a chat without its asking."""

    address: str
    message: Message


class TerminalChannel:
    """Private chats that share one screen; an address is the person's name. Only `owner` sees pushes in full."""

    name = "terminal"
    ahead = 20
    digest = 80
    edits = False

    def __init__(self, console: Console, *, owner: str, folder: Path | None = None) -> None:
        """Files go into `folder`, or into a new one of the machine's temporary folders."""
        self._console = console
        self._owner = owner
        self._folder = folder
        self._has_links = console.is_terminal and shows_links(os.environ)
        self.menus: dict[str, Menus] = defaultdict(Menus)
        self.pushes: list[Push] = []

    def get_budget(self, kind: ChatKind) -> Budget:
        return Budget(0)

    async def get_ration(self) -> Ration:
        return Ration()

    async def wait_turn(self) -> None:
        """The screen takes all there is."""

    async def probe(self) -> None:
        """The terminal is there."""

    async def correct(self, address: str, message_id: str, message: Message) -> bool:
        return False

    async def send(self, address: str, message: Message, *, thread: int | None = None) -> str:
        self._print_push(address, message)
        self.pushes.append(Push(address, message))
        return str(len(self.pushes))

    def show(self, address: str, answer: Answer, *, pressed: int | None = None) -> None:
        """Print an answer; an edited menu is printed anew, under the numbers it had."""
        if answer.toast and not any(answer.toast in message.text for message in answer.messages):
            self.print(Text(f"· {clean(answer.toast)}", style="italic yellow"))
        for index, message in enumerate(answer.messages):
            is_edit = answer.edit and index == 0
            first = self.menus[address].add(message, instead_of=pressed if is_edit else None)
            width = self.width - INDENT
            self.print(render_message(message, first=first, width=width, has_links=self._has_links))
            if message.file is not None:
                self._show_file(message.file)

    def _show_file(self, file: File) -> None:
        """A picture that can be drawn is drawn; any other file is written, and the person told where."""
        if file.drawing:
            self._console.print(Text(file.drawing), soft_wrap=True, end="\n\n")
            return
        self._folder = self._folder or Path(mkdtemp(prefix="loa-"))
        path = self._folder / Path(file.name).name
        path.write_bytes(file.content)
        self.print(Text(WRITTEN.format(path=path), style="dim"))

    def print(self, text: Text) -> None:
        """A paragraph, set in from the edge, and a blank line below it."""
        for line in text.wrap(self._console, self.width - INDENT):
            line.rstrip()
            self._console.print(Text(" " * INDENT).append_text(line) if line else line)
        self._console.print()

    @property
    def width(self) -> int:
        return min(self._console.width, WIDEST)

    def _print_push(self, address: str, message: Message) -> None:
        first = self.menus[address].add(message)
        title = f"loa → {address}"
        if address == self._owner:
            push = render_push(message, title=title, first=first, width=self.width, has_links=self._has_links)
            self._console.print(push)
            self._console.print()
        else:
            line = Text(f"{clean(title)}: {get_first_line(message)}", style="dim")
            line.truncate(self.width - INDENT, overflow="ellipsis")
            self.print(line)
