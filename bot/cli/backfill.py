"""`loa backfill`: brings in the older pages of a list, with a progress bar. It decides nothing."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bot.app import App
from bot.check import get_remedy
from bot.cli.adding import is_terminal
from bot.cli.parts import with_app
from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, err, fail, load, out
from bot.outside import shorten
from db import backfill, polling
from db.models import Source
from feeds.backfill import Step, walk_back
from feeds.errors import FeedsError
from feeds.walk import MOST_PAGES, Walk

#: Seconds until it is looked again whether an article may be read: its site asks for pauses.
_AGAIN = 1.0
#: Letters of a source's name beside the bar, so that the figures fit into a narrow terminal.
_LONGEST_NAME = 24


@dataclass(slots=True)
class _Result:
    """How far it came, also when it was stopped."""

    step: Step = field(default_factory=lambda: Step(0, 0, None))
    error: FeedsError | None = None


def backfill_source(
    source: Annotated[str, typer.Argument(help="The source's number in: loa sources list, or its address.")],
    pages: Annotated[int | None, typer.Option(min=1, max=MOST_PAGES, help="How many pages at most.")] = None,
    since: Annotated[
        str, typer.Option(metavar="DAY", help="Nothing older than this day, such as 2020-07-14 or 14/7/2020.")
    ] = "",
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin at the newest page, not where the last walk was left.")
    ] = False,
    read: Annotated[bool, typer.Option("--read", help="Read the articles at once, without being asked.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Bring in the older pages of a page that lists news, to be found by search; nothing of it is announced."""
    day = _parse_day(since) if since else None
    row = with_app(config, lambda app: _find(app, source), may_make=False)
    zone = load(config).office.timezone
    start = None if restart else row.backfill
    walk = Walk(pages or MOST_PAGES, day.replace(tzinfo=zone) if day else None, start)
    result = _Result()
    if start:
        out.print(f"It goes on at page {start['number']}. To begin anew, add --restart.", highlight=False)
    _run(lambda: with_app(config, lambda app: _walk(app, row, walk, result)), result)
    if result.error:
        _fail(row, result, result.error)
    is_over = with_app(config, lambda app: _find(app, str(row.id))).backfill is None
    out.print(f"{_count(result)} {'It is the whole list.' if is_over and not since else ''}".strip(), highlight=False)
    if result.step.articles and (read or (is_terminal() and typer.confirm("Read the articles now?"))):
        _run(lambda: with_app(config, lambda app: _read(app, row)), result)
    elif result.step.articles:
        out.print("A running loa reads the articles; so does: loa poll")


def _parse_day(text: str) -> datetime:
    form = "%d/%m/%Y" if "/" in text else "%Y-%m-%d"
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the office's zone is put to it
    except ValueError:
        fail(f"--since wants a day, such as 2020-07-14 or 14/7/2020, and not: {text}", 2)


def _run(work: Callable[[], None], result: _Result) -> None:
    try:
        work()
    except KeyboardInterrupt:
        fail(f"Stopped. {_count(result)} The same command goes on from there.", 1)


def _count(result: _Result) -> str:
    return f"Pages: {result.step.pages}, new articles: {result.step.articles}."


def _fail(row: Source, result: _Result, error: FeedsError) -> None:
    """The reason, and how to go on; a form's state does not last for ever, so that taking it up again may fail."""
    advice = "The same command goes on from there; --restart begins anew." if row.backfill or result.step.pages else ""
    fail(f"{error}. {_count(result)} {advice or get_remedy(error)}", 1)


async def _find(app: App, text: str) -> Source:
    """The source by its number or its address; ends the command where there is none that has older pages."""
    async with app.database.read() as session:
        is_number = text.isdecimal()
        row = await (polling.get_source(session, int(text)) if is_number else polling.find_source(session, text))
    if row is None:
        fail("No such source. See: loa sources list", 1)
    if row.kind != "page":
        fail("That source is a feed, and a feed has no older pages. Add the page of its site that lists the news.", 1)
    return row


async def _walk(app: App, row: Source, walk: Walk, result: _Result) -> None:
    total = walk.pages if walk.pages < MOST_PAGES else None
    steps = walk_back(app.database, app.fetcher, row, walk, now=app.now, wait=asyncio.sleep)
    with _open_bar("pages") as bar:
        task = bar.add_task(shorten(row.name or row.host, _LONGEST_NAME), total=total, articles="")
        try:
            async with aclosing(steps):
                async for step in steps:
                    result.step = step
                    bar.update(task, completed=step.pages, articles=f"new: {step.articles}")
        except FeedsError as error:
            result.error = error


async def _read(app: App, row: Source) -> None:
    """Read until none of the source's articles waits, with the pauses that its site asks for."""
    with _open_bar("articles") as bar:
        total = left = await _count_unread(app, row)
        task = bar.add_task("Reading", total=total, articles="")
        while left:
            if not await app.read():
                await asyncio.sleep(_AGAIN)
            left = await _count_unread(app, row)
            _advance(bar, task, total, left)
    while await app.index():
        pass


def _advance(bar: Progress, task: TaskID, total: int, left: int) -> None:
    bar.update(task, completed=max(0, total - left), total=max(total, left))


async def _count_unread(app: App, row: Source) -> int:
    async with app.database.read() as session:
        return await backfill.count_unread(session, row.id)


def _open_bar(unit: str) -> Progress:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn(f"{unit}: {{task.completed:.0f}}"),
    )
    return Progress(*columns, TextColumn("{task.fields[articles]}"), TimeElapsedColumn(), console=err)
