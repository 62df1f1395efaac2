"""The command line: reads the settings, opens the parts, prints what became of it. It decides nothing."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import app as composition
from bot.app import App, OldDatabaseError, utcnow
from bot.channel import ChannelError
from bot.check import check_all
from bot.cli.backfill import backfill_source
from bot.cli.database import db_cli
from bot.cli.index import index_cli
from bot.cli.members import members_cli
from bot.cli.shared import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    fail,
    load,
    out,
    print_json,
    print_table,
    with_app,
)
from bot.cli.sources import sources_cli
from bot.config import Settings, SettingsError
from bot.logs import set_up_logging
from db import migrate, polling, search
from db.engine import get_cause
from db.models import Question

cli = typer.Typer(
    help="loa, the ward loudspeaker: brings an office's news to its staff.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
cli.command("backfill")(backfill_source)
cli.add_typer(sources_cli, name="sources")
cli.add_typer(members_cli, name="members")
cli.add_typer(db_cli, name="db")
cli.add_typer(index_cli, name="index")

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
        fail(str(error), 2)
    except ChannelError as error:
        fail(f"The chat platform refused: {error.reason}. Run: loa check", 1)
    except OldDatabaseError:
        fail("The database is of another version of loa. Run: loa db upgrade", 1)
    except migrate.NewerDatabaseError:
        fail("The database is of a newer version of loa, which may not be undone. Install that version again.", 1)
    except SQLAlchemyError as error:
        fail(f"The database cannot be used: {get_cause(error)}. Run: loa check", 1)


@cli.command()
def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Watch the sources, push the news, answer on Telegram. Ctrl+C stops it."""
    if config == DEFAULT_CONFIG and not config.exists() and not load(config).telegram.token:
        fail(NO_CONFIG.format(path=config), 2)
    settings = load(config, needs_token=True)
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
    findings = asyncio.run(check_all(load(config)))
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        rows = [("✓" if item.ok else "✗", item.what, item.found, item.remedy) for item in findings]
        print_table(("", "What", "Found", "What to do"), rows)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@cli.command()
def poll(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Poll every active source and read what is new, now; the pushes are sent by a running loa."""

    async def work(app: App) -> tuple[int, int]:
        async with app.database.write() as session:
            await polling.poll_now(session, utcnow())
        return await _exhaust(app.poll), await _exhaust(app.read)

    polled, read = with_app(config, work)
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

    zone = load(config).office.timezone

    async def work(app: App) -> search.Found:
        async with app.database.read() as session:
            question = Question(words=" ".join(words), newest_article_id=2**31 - 1, asked_at=utcnow())
            return await search.find(session, question, offset=0, limit=limit, index=app.writer.index, zone=zone)

    found = with_app(config, work)
    if as_json:
        print_json([article._asdict() for article in found.articles])
        return
    rows = [(f"{row.published_at.astimezone(zone):%d/%m/%Y}", row.title, row.url) for row in found.articles]
    print_table(("Date", f"Title ({found.total} found)", "Link"), rows)
