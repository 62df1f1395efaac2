"""Messages as Zalo takes them: plain text with styled runs, addresses spelled out, buttons as a numbered list. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.cut import clean, clean_url, count_units, split_text
from bot.message import Message, Span

MAX_UNITS = 2000


@dataclass(frozen=True, slots=True)
class Part:
    """One of the messages that are sent: below a `photo`, an address, or with `styles`, runs in UTF-16 units."""

    text: str
    styles: tuple[dict[str, Any], ...] = ()
    photo: str = ""

    def get_less(self) -> "Part | None":
        """What to send where Zalo does not take it: without its picture, then without its styles."""
        if self.photo:
            return replace(self, photo="")
        return Part(self.text) if self.styles else None


def render_parts(message: Message, *, first: int = 1, hint: str = "", limit: int = MAX_UNITS) -> list[Part]:
    """As many as it needs, parted between paragraphs; a picture goes with words that are not parted.

    Its buttons are numbered from `first`, below the `hint`.
    """
    runs = [*_spell_links(message), *_list_buttons(message, first, hint)]
    text = "".join(run.text for run in runs)
    marks = list(_find_marks(runs))
    parts = [_make_part(text, start, end, marks) for start, end in split_text(text, limit)]
    if message.picture and len(parts) == 1:
        return [replace(parts[0], photo=message.picture.url)]
    return parts


def _make_part(text: str, start: int, end: int, marks: list[tuple[int, int, list[str]]]) -> Part:
    """The runs that lie in this part, counted from its beginning."""
    styles = []
    for begin, stop, names in marks:
        begin, stop = max(begin, start), min(stop, end)
        if begin < stop:
            at, length = count_units(text[start:begin]), count_units(text[begin:stop])
            styles.append({"start": at, "len": length, "st": names})
    return Part(text[start:end], tuple(styles))


def _find_marks(runs: list[Span]) -> Iterator[tuple[int, int, list[str]]]:
    at = 0
    for run in runs:
        names = [name for name, is_set in (("b", run.bold), ("i", run.italic)) if is_set]
        if names and run.text.strip():
            yield at, at + len(run.text), names
        at += len(run.text)


def _spell_links(message: Message) -> Iterator[Span]:
    """Each address below the line that links it; once, where the message links it last."""
    spans = [Span(clean(span.text), span.bold, span.italic, clean_url(span.url)) for span in message.spans]
    last = {span.url: index for index, span in enumerate(spans) if span.url}
    pending: list[str] = []
    for index, span in enumerate(spans):
        lines = span.text.split("\n")
        if span.url and last[span.url] == index and span.url not in span.text:
            pending.append(span.url)
            lines = [" ".join(lines)]
        for number, line in enumerate(lines):
            if number:
                yield Span("".join(f"\n{url}" for url in pending) + "\n")
                pending = []
            yield Span(line, span.bold, span.italic)
    yield Span("".join(f"\n{url}" for url in pending))


def _list_buttons(message: Message, first: int, hint: str) -> Iterator[Span]:
    labels = [clean(button.label) for row in message.buttons for button in row]
    if labels:
        yield Span("\n\n")
        yield Span(hint, italic=True)
        yield Span(
            "".join(f"\n[{number}] {' '.join(label.split())}" for number, label in enumerate(labels, start=first))
        )
