"""How lists are shown: articles with their source and date, and pages of anything with buttons to turn them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Generic, TypeVar

from bot.locales import Translator
from bot.message import Button, Span, link
from bot.outside import show
from bot.snippets import show_snippet
from db.library import ArticleRow
from db.snippets import Snippet

#: How many rows a board has; with the longest names it stays within every platform's limits.
BOARD_ROWS = 8

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """The rows of one page; a number past the end gives the last page."""

    rows: Sequence[_Row]
    number: int
    last: int


def get_page(rows: Sequence[_Row], number: int) -> Page[_Row]:
    number, last = find_page(len(rows), number)
    return Page(rows[number * BOARD_ROWS : (number + 1) * BOARD_ROWS], number, last)


def find_page(count: int, number: int, size: int = BOARD_ROWS) -> tuple[int, int]:
    """The page that there is for this number, and the last one, of so many rows."""
    last = max(0, (count - 1) // size)
    return min(number, last), last


def get_page_buttons(verb: str, number: int, last: int, _: Translator) -> list[tuple[Button, ...]]:
    """A row of buttons to the pages before and after, if there are any. `verb` may hold arguments of its own."""
    buttons = []
    if number > 0:
        buttons.append(Button(_("← Page {page}", page=_.number(number)), f"{verb}:{number - 1}"))
    if number < last:
        buttons.append(Button(_("Page {page} →", page=_.number(number + 2)), f"{verb}:{number + 1}"))
    return [tuple(buttons)] if buttons else []


def list_articles(
    rows: Sequence[ArticleRow], first: int, _: Translator, snippets: Sequence[Snippet] = ()
) -> list[str | Span]:
    """Numbered titles over their links, each with its source and date below, and a snippet where there are some."""
    parts: list[str | Span] = []
    for number, (row, snippet) in enumerate(zip_longest(rows, snippets), start=first):
        about = f"{show(row.source, 40)} · {_.published(row.published_at)}"
        parts += [f"\n\n{number}. ", link(show(row.title, 140), row.url), f"\n{about}"]
        parts += show_snippet(snippet) if snippet and snippet.text else []
    return parts
