"""Draws docs/push.svg: the push of one of the newsroom's articles, as loa words it, in a chat's bubble."""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import NamedTuple

from bot.demo.archive import OFFICE_TIME, fill_dates, load_articles
from bot.demo.pages import OFFICE
from bot.demo.stage import TOPIC
from bot.locales import load_translators
from bot.message import Message, Span
from bot.push import render_news
from db.outbox import News
from feeds.summarisers import summarise
from feeds.types import Story

SLUG = "xuat-khau-10-thang-nam-2026"
PUBLISHED_AT = datetime(2026, 11, 11, 8, 0, tzinfo=OFFICE_TIME)

WIDTH = 540
LEFT = 64
MARGIN = 16
PADDING = 14
SIZE = 15
LINE = 21
BLANK = 9
BUTTON = 36

_NARROW = frozenset("iljtfrI.,:;'|!()[]·-")
_WIDE = frozenset("mwMW%—✅🔕")


class Run(NamedTuple):
    """Words of one style on one line."""

    text: str
    style: str


def get_message() -> Message:
    """The push, rendered by the same code that renders every push."""
    article = fill_dates(next(one for one in load_articles() if one.slug == SLUG), PUBLISHED_AT)
    news = News(
        article_id=1,
        title=article.title,
        summary=summarise(Story(article.title, lead=article.lead, paragraphs=article.paragraphs)).text,
        url=f"https://thongke.example.vn/bai-viet/{article.slug}.html",
        published_at=PUBLISHED_AT,
        source=OFFICE,
        section=article.section,
        topic_id=1,
        topic=TOPIC,
    )
    return render_news(news, load_translators().get("vi", OFFICE_TIME))


def render_picture(message: Message) -> str:
    """The message as an SVG."""
    bubble = WIDTH - LEFT - MARGIN
    name = [Run("loa", "name")]
    lines = [name, *break_lines(message.spans, bubble - 2 * PADDING)]
    drawn, bottom = _draw_lines(lines, MARGIN + PADDING)
    bottom += PADDING - 4
    buttons, height = _draw_buttons(message, bottom + 6, bubble)
    drawing = resources.files("bot.demo").joinpath("templates", "push.svg").read_text(encoding="utf-8")
    return Template(drawing).substitute(
        width=WIDTH,
        height=height + MARGIN,
        label=escape(message.text.split("\n", maxsplit=1)[0], quote=True),
        left=LEFT,
        top=MARGIN,
        bubble=bubble,
        tall=bottom - MARGIN,
        foot=bottom - 18,
        avatar=bottom - 36,
        lines="\n".join(drawn),
        buttons="\n".join(buttons),
    )


def break_lines(spans: Sequence[Span], width: float) -> list[list[Run]]:
    """The spans in lines no wider than the bubble; SVG breaks none by itself, so letters' widths are estimated."""
    lines: list[list[Run]] = [[]]
    room = width
    for word, style in _split(spans):
        if word == "\n":
            lines.append([])
            room = width
            continue
        taken = measure(word.rstrip(), bold="bold" in style)
        if taken > room and lines[-1]:
            lines.append([])
            room = width
        lines[-1].append(Run(word, style))
        room -= measure(word, bold="bold" in style)
    return lines


def measure(text: str, *, bold: bool = False) -> float:
    """About how wide the text is, rather too wide than too narrow."""
    return sum(map(_measure_letter, text)) * SIZE * (1.12 if bold else 1.0)


def _measure_letter(letter: str) -> float:
    base = unicodedata.normalize("NFD", letter)[0]
    if base == " ":
        return 0.32
    if base in _NARROW:
        return 0.4
    if base in _WIDE:
        return 0.96
    return 0.72 if base.isupper() else 0.61


def _split(spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """Words with the space after them, and line breaks."""
    for span in spans:
        style = " ".join(name for name in ("bold", "italic") if getattr(span, name)) + (" link" if span.url else "")
        for index, line in enumerate(span.text.split("\n")):
            if index:
                yield "\n", style
            words = line.split(" ")
            yield from ((word + " ", style) for word in words[:-1])
            if words[-1]:
                yield words[-1], style


def _draw_lines(lines: Sequence[Sequence[Run]], top: int) -> tuple[list[str], int]:
    drawn = []
    bottom = top
    for line in lines:
        bottom += LINE if line else BLANK
        if line:
            runs = "".join(f'<tspan class="{run.style.strip()}">{escape(run.text)}</tspan>' for run in _join(line))
            drawn.append(f'<text x="{LEFT + PADDING}" y="{bottom - 6}" xml:space="preserve">{runs}</text>')
    return drawn, bottom


def _join(line: Sequence[Run]) -> Iterator[Run]:
    """Neighbours of one style as one run."""
    text = ""
    for index, run in enumerate(line):
        text += run.text
        if index + 1 == len(line) or line[index + 1].style != run.style:
            yield Run(text, run.style)
            text = ""


def _draw_buttons(message: Message, top: int, width: int) -> tuple[list[str], int]:
    drawn = []
    for row in message.buttons:
        wide = (width - 4 * (len(row) - 1)) / len(row)
        for index, button in enumerate(row):
            left = LEFT + index * (wide + 4)
            drawn.append(
                f'<rect class="key" x="{left:g}" y="{top}" width="{wide:g}" height="{BUTTON}" rx="10"/>'
                f'<text class="button" x="{left + wide / 2:g}" y="{top + 23}">{escape(button.label)}</text>'
            )
        top += BUTTON + 4
    return drawn, top - 4


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_picture(get_message()), encoding="utf-8")
