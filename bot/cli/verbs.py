"""The verbs of the command line: they open the parts and print what became of it. They decide nothing."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.check import Finding, check_all
from bot.cli.backfill import backfill_source
from bot.cli.database import db_cli
from bot.cli.index import index_cli
from bot.cli.members import members_cli
from bot.cli.parts import with_app
from bot.cli.program import name_program
from bot.cli.readers import readers_cli
from bot.cli.shared import (
    DEFAULT_CONFIG,
    NO_SOURCE,
    ConfigOption,
    JsonOption,
    fail,
    load,
    out,
    print_json,
    print_sentence,
    print_table,
    warn,
)
from bot.cli.sources import sources_cli
from bot.cli.summarise import summarise_article
from bot.clock import utcnow
from bot.config import Settings
from bot.config_problems import SettingsError
from bot.logs import set_up_logging
from bot.outside import hide_user
from bot.run import ALL_PARTS, spare_collector
from bot.run import run as run_parts
from bot.speak import Part
from db import polling
from db.models import Source

cli = typer.Typer(
    help="loa, the ward loudspeaker: brings an office's news to its staff.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
cli.command("summarise")(summarise_article)
cli.command("backfill")(backfill_source)
cli.add_typer(readers_cli)
cli.add_typer(sources_cli, name="sources")
cli.add_typer(members_cli, name="members")
cli.add_typer(db_cli, name="db")
cli.add_typer(index_cli, name="index")

NO_CONFIG = """There is no {path} yet. To go live:
  1. cp config.example.toml config.toml
  2. Send /newbot to @BotFather on Telegram, and write the token it gives into config.toml.
  3. Write your own Telegram user number into telegram.admins: admins let the others in.
  4. Run: loa check, then: loa run
To look around first, without a token: loa demo"""


@cli.command()
def run(
    config: ConfigOption = DEFAULT_CONFIG,
    only: Annotated[
        str, typer.Option(help=f"The parts to run here, with commas between: {', '.join(Part)}. All if not named.")
    ] = "",
) -> None:
    """Watch the sources, push the news, answer on Telegram and Zalo. Ctrl+C stops it. On PostgreSQL several may run."""
    parts = _parse_parts(only)
    speaks = not parts.isdisjoint({Part.DELIVER, Part.CHAT})
    if speaks and config == DEFAULT_CONFIG and not config.exists() and not _has_token(load(config)):
        fail(NO_CONFIG.format(path=config), 2)
    settings = load(config, needs_token=speaks)
    set_up_logging()
    spare_collector()
    asyncio.run(_run_until_signal(settings, parts))


def _parse_parts(only: str) -> frozenset[Part]:
    """The parts that are named; all if none is."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    if unknown := [name for name in names if name not in set(Part)]:
        fail(f"There is no part {unknown[0]}. Name some of these, with commas between: {', '.join(Part)}", 2)
    return frozenset(map(Part, names)) or ALL_PARTS


def _has_token(settings: Settings) -> bool:
    return bool(settings.telegram.token or settings.zalo.token)


async def _run_until_signal(settings: Settings, parts: frozenset[Part]) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await run_parts(settings, stop, parts)


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
    try:
        settings = load(config)
    except SettingsError as error:
        if not as_json:
            raise
        print_json([Finding(f"setting {one.name}", False, one.place, one.remedy)._asdict() for one in error.problems])
        sys.exit(2)
    findings = asyncio.run(check_all(settings))
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        rows = [("✓" if item.ok else "✗", item.what, item.found, name_program(item.remedy)) for item in findings]
        print_table(("", "What", "Found", "What to do"), rows)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@cli.command()
def poll(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Poll every active source and read what is new, now; the pushes are sent by a running loa."""

    start = utcnow()

    async def work(app: App) -> tuple[int, int, list[Source]]:
        """How many were polled and read, and all sources."""
        async with app.database.write() as session:
            await polling.poll_now(session, start)
        polled, read = await _exhaust(app.poll), await _exhaust(app.read)
        await _exhaust(app.index)
        async with app.database.read() as session:
            rows = await polling.list_sources(session)
        return polled, read, [row.source for row in rows]

    polled, read, sources = with_app(config, work)
    if not sources:
        print_sentence(NO_SOURCE)
        return
    failed = [source for source in sources if _has_failed(source, start)]
    for source in failed:
        warn(f"{hide_user(source.url)}: {source.reason}")
    out.print(f"Sources polled: {polled}, failed: {len(failed)}, articles read: {read}.", highlight=False)
    sys.exit(1 if failed and len(failed) >= polled else 0)


def _has_failed(source: Source, since: datetime) -> bool:
    return source.failures > 0 and source.last_polled_at is not None and source.last_polled_at >= since


async def _exhaust(step: Callable[[], Awaitable[bool]]) -> int:
    done = 0
    while await step():
        done += 1
    return done
