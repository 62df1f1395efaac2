"""The command line: reads the settings, opens the parts, prints what became of it. It decides nothing."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from bot import app as composition
from bot.admission import admit
from bot.app import FIRST_TOPIC, App, OldDatabaseError, open_app, prepare, utcnow
from bot.channel import ChannelError
from bot.check import check_all
from bot.config import Settings, SettingsError, load_settings
from bot.logs import set_up_logging
from bot.outside import hide_user
from db import following, members, migrate, polling, search
from db.engine import Database, get_cause
from db.models import Question

T = TypeVar("T")

out = Console()
err = Console(stderr=True)

cli = typer.Typer(
    help="loa, the ward loudspeaker: brings an office's news to its staff.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
sources_cli = typer.Typer(help="The sources that are watched.", no_args_is_help=True)
members_cli = typer.Typer(help="The people who read.", no_args_is_help=True)
db_cli = typer.Typer(help="The database.", no_args_is_help=True)
cli.add_typer(sources_cli, name="sources")
cli.add_typer(members_cli, name="members")
cli.add_typer(db_cli, name="db")

DEFAULT_CONFIG = Path("config.toml")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]

NO_CONFIG = """There is no {path} yet. To go live:
  1. cp config.example.toml config.toml
  2. Send /newbot to @BotFather on Telegram, and write the token it gives into config.toml.
  3. Run: loa check, then: loa run
To look around first, without a token: loa demo"""


def main() -> None:
    """The entry point: every failure that can be foreseen ends in a sentence, not in a traceback."""
    try:
        cli()
    except SettingsError as error:
        _fail(str(error), 2)
    except ChannelError as error:
        _fail(f"The chat platform refused: {error.reason}. Run: loa check", 1)
    except OldDatabaseError:
        _fail("The database is of another version of loa. Run: loa db upgrade", 1)
    except SQLAlchemyError as error:
        _fail(f"The database cannot be used: {get_cause(error)}. Run: loa check", 1)


def _fail(sentence: str, code: int) -> None:
    err.print(sentence, markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)


@cli.command()
def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Watch the sources, push the news, answer on Telegram. Ctrl+C stops it."""
    if config == DEFAULT_CONFIG and not config.exists() and not _load(config).telegram.token:
        _fail(NO_CONFIG.format(path=config), 2)
    settings = _load(config, needs_token=True)
    set_up_logging()
    asyncio.run(_run_until_signal(settings))


async def _run_until_signal(settings: Settings) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await composition.run(settings, stop)


@cli.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option(help="Where the demo keeps its database; a fresh folder if not named.")
    ] = None,
) -> None:
    """Show the main job without token or network: a newsroom and a chat, or a tour where there is no terminal."""
    from bot.demo.show import run_demo

    sys.exit(asyncio.run(run_demo(folder)))


@cli.command()
def check(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Test the settings, the database, the token and each source; say what to mend."""
    findings = asyncio.run(check_all(_load(config)))
    if as_json:
        _print_json([finding._asdict() for finding in findings])
    else:
        rows = [("✓" if item.ok else "✗", item.what, item.found, item.remedy) for item in findings]
        _print_table(("", "What", "Found", "What to do"), rows)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@cli.command()
def poll(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Poll every active source and read what is new, now; the pushes are sent by a running loa."""

    async def work(app: App) -> tuple[int, int]:
        async with app.database.write() as session:
            await polling.poll_now(session, utcnow())
        return await _exhaust(app.poll), await _exhaust(app.read)

    polled, read = _with_app(config, work)
    out.print(f"{polled} sources polled, {read} articles read.")


async def _exhaust(step: Callable[[], Awaitable[bool]]) -> int:
    done = 0
    while await step():
        done += 1
    return done


@cli.command("search")
def search_words(
    words: Annotated[list[str], typer.Argument(help="What to look for, with or without marks.")],
    config: ConfigOption = DEFAULT_CONFIG,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: JsonOption = False,
) -> None:
    """Search the stored articles, as /search does."""

    async def work(app: App) -> search.Found:
        async with app.database.read() as session:
            question = Question(words=" ".join(words), newest_article_id=2**31 - 1, asked_at=utcnow())
            return await search.find(session, question, offset=0, limit=limit)

    found = _with_app(config, work)
    if as_json:
        _print_json([article._asdict() for article in found.articles])
        return
    zone = _load(config).office.timezone
    rows = [(f"{row.published_at.astimezone(zone):%d/%m/%Y}", row.title, row.url) for row in found.articles]
    _print_table(("Date", f"Title ({found.total} found)", "Link"), rows)


@sources_cli.command("list")
def list_sources(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """The sources, and how each is doing."""

    async def work(app: App) -> list[polling.SourceRow]:
        async with app.database.read() as session:
            return await polling.list_sources(session)

    columns = ("Number", "Name", "Address", "Topic", "State", "Articles", "Reason")
    rows = [
        (source.id, source.name, hide_user(source.url), topic, source.state.value, articles, source.reason)
        for source, topic, articles in _with_app(config, work)
    ]
    if as_json:
        _print_json([dict(zip((name.lower() for name in columns), row, strict=True)) for row in rows])
    else:
        _print_table(columns, rows)


@sources_cli.command("add")
def add_source(
    url: Annotated[str, typer.Argument(help="The address of a feed.")],
    topic: Annotated[str, typer.Option(help="The topic its news belongs to.")] = FIRST_TOPIC,
    name: Annotated[str, typer.Option(help="What to call it; the feed's own title if not named.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Watch a feed from now on. Test it first with: loa check"""
    host = urlsplit(url).hostname
    if not host or urlsplit(url).scheme not in ("http", "https"):
        _fail("An address begins with http:// or https:// and names a host.", 2)

    async def work(app: App) -> bool:
        async with app.database.write() as session:
            row = await following.get_or_add_topic(session, topic, utcnow())
            added = await polling.add_source(
                session, url=url, host=host or "", name=name, topic_id=row.id, now=utcnow()
            )
            return added is not None

    out.print("It is watched from now on." if _with_app(config, work) else "It is watched already.")


@members_cli.command("list")
def list_members(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Who was let in, and who waits to be."""

    async def work(app: App) -> list[tuple[int, str, str, str, str]]:
        async with app.database.read() as session:
            rows = [(row.member, ", ".join(row.channels)) for row in await members.list_members(session)]
            rows += [(member, "") for member in await members.list_pending(session)]
            return [(m.id, m.name, m.role.value, m.state.value, channels) for m, channels in rows]

    columns = ("Number", "Name", "Role", "State", "Channels")
    rows = _with_app(config, work)
    if as_json:
        _print_json([dict(zip((name.lower() for name in columns), row, strict=True)) for row in rows])
    else:
        _print_table(columns, rows)


@members_cli.command("approve")
def approve_member(
    number: Annotated[int, typer.Argument(help="The person's number in: loa members list")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Let in somebody who asked; they are told, and follow the default topics."""

    async def work(app: App) -> bool:
        async with app.database.write() as session:
            return await admit(session, number, by=None, now=utcnow())

    if not _with_app(config, work):
        _fail(f"Nobody with number {number} is waiting. See: loa members list", 1)
    out.print("They were let in; the running loa tells them.")


@db_cli.command()
def upgrade(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to the form that this version of loa expects."""

    async def work() -> None:
        database = Database(_load(config).database.url)
        try:
            await migrate.upgrade(database)
        finally:
            await database.close()

    asyncio.run(work())
    out.print("The database is up to date.")


def _load(config: Path, *, needs_token: bool = False) -> Settings:
    """The settings of the file; without one at the usual place, those of the environment."""
    path = None if config == DEFAULT_CONFIG and not config.exists() else config
    return load_settings(path, needs_token=needs_token)


def _with_app(config: Path, work: Callable[[App], Awaitable[T]]) -> T:
    async def work_and_close() -> T:
        async with open_app(_load(config)) as app:
            await prepare(app)
            return await work(app)

    return asyncio.run(work_and_close())


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Outside text is printed as it is: nothing in it is markup."""
    table = Table(*columns, box=SIMPLE)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    out.print(table)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201 - for scripts, without Rich


if __name__ == "__main__":
    main()
