"""A message as Rich's text: bold, links, numbered buttons. It takes no markup and no escapes from outside."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from bot.message import Button, Message, Span

#: The widest that anything is set, in columns; lines longer than that are hard to read.
WIDEST = 100
#: What a panel's frame and its padding take of a line.
FRAME = 4
#: Columns between two buttons.
GAP = "   "

_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links, device strings
    r"|\x1b[ -/]*[0-~]?"
)
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WEB = re.compile(r"https?://\S+")


def clean(text: str) -> str:
    """The text without anything that steers a terminal; line breaks stay, letters are composed (one column each)."""
    text = _ESCAPE.sub("", text).replace("\r\n", "\n").replace("\t", " ")
    kept = (letter for letter in text if letter == "\n" or not _is_control(letter))
    return unicodedata.normalize("NFC", "".join(kept))


def render_message(message: Message, *, first: int = 1, width: int = WIDEST) -> Text:
    """The words, the address where there is a single link, and the buttons numbered from `first`."""
    text = _add_address(_render_spans(message.spans), message)
    for line in render_buttons(message.buttons, first=first, width=width):
        text.append("\n").append_text(line)
    return text


def render_buttons(rows: Sequence[Sequence[Button]], *, first: int, width: int) -> Iterator[Text]:
    """A blank line and the rows of buttons, each broken between buttons where it is too long for a line."""
    if any(rows):
        yield Text()
    number = first
    for row in rows:
        buttons = [(number + index, clean(button.label)) for index, button in enumerate(row)]
        number += len(row)
        yield from _break_row(buttons, width)


def render_push(message: Message, *, title: str, first: int = 1, width: int = WIDEST) -> Panel:
    """What came without being asked for, in a frame of its own."""
    body = render_message(message, first=first, width=width - FRAME)
    return Panel(body, title=Text(clean(title)), title_align="left", border_style="cyan", width=width)


def get_first_line(message: Message) -> str:
    """The headline of a message, for where the whole would be too much."""
    lines = (" ".join(line.split()) for line in clean(message.text).splitlines())
    return next(filter(None, lines), "")


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" or letter in _BIDI


def _get_style(span: Span) -> Style:
    address = _get_web_address(span.url)
    if address is None:
        return Style(bold=span.bold or None, italic=span.italic or None)
    return Style(bold=span.bold or None, italic=span.italic or None, underline=True, link=address)


def _render_spans(spans: Sequence[Span]) -> Text:
    text = Text(overflow="fold")
    for span in spans:
        text.append(clean(span.text), _get_style(span))
    text.rstrip()
    return text


def _add_address(text: Text, message: Message) -> Text:
    """Print the address where all links are one, below the line it stands in, unless the words show it already."""
    addresses = {_get_web_address(span.url) for span in message.spans if span.url} - {None}
    address = addresses.pop() if len(addresses) == 1 else None
    if not address or address in text.plain:
        return text
    linked = max((span.end for span in text.spans if getattr(span.style, "link", None)), default=len(text))
    end = text.plain.find("\n", linked)
    end = len(text) if end < 0 else end
    return (
        Text(overflow="fold").append_text(text[:end]).append(f"\n{address}", Style(dim=True, link=address)) + text[end:]
    )


def _get_web_address(url: str) -> str | None:
    cleaned = clean(url).strip()
    return cleaned if _WEB.fullmatch(cleaned) else None


def _break_row(buttons: Iterable[tuple[int, str]], width: int) -> Iterator[Text]:
    line = Text(overflow="fold")
    for number, label in buttons:
        button = Text.assemble((f"[{number}]", "bold cyan"), " ", label)
        if line and cell_len(line.plain + GAP) + button.cell_len > width:
            yield line
            line = Text(overflow="fold")
        line.append(GAP if line else "").append_text(button)
    if line:
        yield line
