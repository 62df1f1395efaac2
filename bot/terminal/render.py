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


def render_message(message: Message, *, first: int = 1, width: int = WIDEST, has_links: bool = True) -> Text:
    """The words, the address where there is a single link, and the buttons numbered from `first`.

    Where the terminal shows no links behind words, the address of each stands below its line.
    """
    text = _add_addresses(_render_spans(message.spans), is_each=not has_links)
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


def render_push(message: Message, *, title: str, first: int = 1, width: int = WIDEST, has_links: bool = True) -> Panel:
    """What came without being asked for, in a frame of its own."""
    body = render_message(message, first=first, width=width - FRAME, has_links=has_links)
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


def _add_addresses(text: Text, *, is_each: bool) -> Text:
    """Print each address below the line its link ends in, unless the words show it; of several, only where asked to."""
    ends: dict[str, int] = {}
    for span in text.spans:
        if isinstance(span.style, Style) and span.style.link:
            ends[span.style.link] = max(span.end, ends.get(span.style.link, 0))
    if len(ends) > 1 and not is_each:
        return text
    shown = text.plain.split()
    for address, end in sorted(ends.items(), key=lambda pair: -pair[1]):
        if address not in shown:
            text = _add_line(text, end, address)
    return text


def _add_line(text: Text, place: int, address: str) -> Text:
    """Below the line that the place is in."""
    end = text.plain.find("\n", place)
    end = len(text) if end < 0 else end
    line = Text(f"\n{address}", Style(dim=True, link=address))
    return Text(overflow="fold").append_text(text[:end]).append_text(line).append_text(text[end:])


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
