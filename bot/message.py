"""What the bot says, before any platform's markup: text with bold and links, rows of buttons."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. A link is `text` over `url`; line breaks stand in the text."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button that does `action` (at most 64 bytes, such as `mute:7`) when pressed."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message: a picture is shown at once, any other is kept by whoever gets it.

    `drawing` shows a picture in characters, where there is only a terminal.
    """

    name: str
    content: bytes
    is_picture: bool = False
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of an article, which goes along where that is possible; `url` is where it came from."""

    article_id: int
    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to say; a channel renders it its own way and keeps within its limits.

    Where it `is_silent` it comes without a sound, if the platform knows how to do that.
    """

    spans: tuple[Span, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    file: File | None = None
    picture: Picture | None = None
    is_silent: bool = False

    @property
    def text(self) -> str:
        """The words alone, without links' addresses."""
        return "".join(span.text for span in self.spans)

    def with_file(self, file: File) -> "Message":
        return replace(self, file=file)

    def with_buttons(self, *rows: Iterable[Button]) -> "Message":
        return replace(self, buttons=(*self.buttons, *(tuple(row) for row in rows)))


def bold(text: str) -> Span:
    return Span(text, bold=True)


def italic(text: str) -> Span:
    return Span(text, italic=True)


def link(text: str, url: str) -> Span:
    return Span(text, url=url)


def say(*parts: str | Span) -> Message:
    """A message of plain strings and styled spans in order."""
    return Message(tuple(Span(part) if isinstance(part, str) else part for part in parts if part))
