"""`loa search`: what was found, for people and for programs. What is said of it goes to stderr. It decides nothing."""

import shlex
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.cli.shared import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    is_terminal,
    load,
    out,
    print_json,
    print_sentence,
    print_table,
    warn,
)
from bot.cli.stored import with_database
from bot.clock import utcnow
from bot.message import Span, bold, say
from bot.outside import LONGEST_TITLE, show
from bot.snippets import show_snippet
from bot.terminal.render import clean, render_message
from db.engine import Database
from db.index import SearchIndex
from db.library import ArticleRow
from db.matching import MOST
from db.search import Archive, Found, find, make_question, pair_snippets
from db.snippets import Snippet
from db.text import syllables

#: Farther on there is nothing that anybody reads, and databases count no farther than so many digits.
_LAST_PAGE = 1_000_000
#: Letters of a source's name, and of what was taken for one.
_LONGEST_NAME = 40

_NO_WORDS = "There are no words to look for. Write some, such as: loa search chi so gia tieu dung"
_NOTHING = "Nothing was found. Fewer words may find more."


def search_words(
    words: Annotated[
        list[str],
        typer.Argument(
            help="What to look for, with or without marks. Words in a row stand in both kinds of quotes, such as "
            "'\"chỉ số giá\"'. Where a word begins with -, the options come first and then --, such as: "
            "loa search --limit 5 -- gạo -5%"
        ),
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to show.")] = 10,
    page: Annotated[int, typer.Option(min=1, max=_LAST_PAGE, help="Which of the pages of so many.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Search the stored articles, as /search does."""
    text = " ".join(words)
    if not syllables(text) and not as_json:
        print_sentence(_NO_WORDS)
        return
    settings = load(config)
    zone = settings.office.timezone
    first = (page - 1) * limit

    async def work(database: Database) -> Found:
        archive = Archive(database, SearchIndex(database.index_folder), zone)
        return await find(archive, make_question(text, utcnow()), offset=first, limit=limit)

    found = with_database(settings, work)
    if as_json:
        print_json([_describe(row, snippet, zone) for row, snippet in pair_snippets(found)])
    elif found.articles:
        _show(found, first, zone)
    else:
        print_sentence(f"There is no page {page}." if found.total else _NOTHING)
    for warning in _list_warnings(found):
        warn(warning)
    if found.total and not as_json:
        warn(_count(found, first, limit))


def _describe(row: ArticleRow, snippet: Snippet, zone: ZoneInfo) -> dict[str, Any]:
    published_at = row.published_at.astimezone(zone).isoformat(timespec="seconds")
    return row._asdict() | {"published_at": published_at, "snippet": snippet.text, "marks": snippet.marks}


def _show(found: Found, first: int, zone: ZoneInfo) -> None:
    if is_terminal():
        for number, (row, snippet) in enumerate(pair_snippets(found), start=first + 1):
            _show_article(number, row, snippet, zone)
        return
    rows = [
        (f"{row.published_at.astimezone(zone):%d/%m/%Y}", row.title, say(*_mark(snippet)).text, row.source, row.url)
        for row, snippet in pair_snippets(found)
    ]
    print_table(("Date", f"Title ({found.total} found)", "Found in", "Source", "Link"), rows)


def _show_article(number: int, row: ArticleRow, snippet: Snippet, zone: ZoneInfo) -> None:
    """The address is broken nowhere, so that it can be clicked or copied."""
    about = f"{show(row.source, _LONGEST_NAME)} · {_show_date(row.published_at, zone)}"
    title = show(row.title, LONGEST_TITLE)
    out.print(render_message(say(f"{number}. ", bold(title), f"\n{about}", *_mark(snippet))), highlight=False)
    out.print(clean(row.url), style="dim", markup=False, highlight=False, soft_wrap=True)
    out.print()


def _mark(snippet: Snippet) -> list[str | Span]:
    return show_snippet(snippet) if snippet.text else []


def _show_date(moment: datetime, zone: ZoneInfo) -> str:
    """The day alone where it is midnight, as it is when a page names no hour."""
    return f"{moment.astimezone(zone):%d/%m/%Y %H:%M}".removesuffix(" 00:00")


def _list_warnings(found: Found) -> Iterator[str]:
    if found.mended:
        yield f"No article has these words as they are written; it was searched for: {clean(found.mended)}"
    if found.misses_time and found.articles:
        yield "Nothing of that time has these words; these are from other times."
    if found.untimed:
        yield f"Nothing is of that time. Without it: loa search -- {shlex.quote(clean(found.untimed))}"
    if found.places:
        yield f"Searched only in: {', '.join(show(place, _LONGEST_NAME) for place in found.places)}"
    if found.unknown_place:
        name, nearest = (show(text, _LONGEST_NAME) for text in found.unknown_place)
        question = f" Did you mean “{nearest}”?" if nearest else ""
        yield f"No source or topic is called “{name}”: its words were searched for like others.{question}"
    if found.is_partial:
        yield "The search index is behind, so more may be there: loa run catches up, or loa index rebuild at once."


def _count(found: Found, first: int, limit: int) -> str:
    """How many there are, which of them were shown, and how to see the next ones."""
    total = f"The best {MOST} were found" if found.total == MOST else f"Found: {found.total}"
    last_page = (found.total - 1) // limit + 1
    page = first // limit + 1
    if page > last_page:
        return f"{total}. For the last ones add: --page {last_page}"
    if last_page == 1:
        return f"{total}."
    shown = f"{total}; shown: {first + 1} to {first + len(found.articles)}."
    return f"{shown} For the next ones add: --page {page + 1}" if page < last_page else shown
