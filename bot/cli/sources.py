"""`loa sources`: what is watched, added one by one or by the list. It decides nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.app import FIRST_TOPIC, App
from bot.cli.adding import add_source, preview_source
from bot.cli.opml import Report, export_feeds, import_feeds
from bot.cli.parts import with_app
from bot.cli.shared import (
    DEFAULT_CONFIG,
    NO_SOURCE,
    ConfigOption,
    JsonOption,
    err,
    fail,
    load,
    out,
    print_json,
    print_table,
)
from bot.clock import utcnow
from bot.outside import hide_user
from db import polling
from db.health import Health, HealthState, get_health
from db.models import Source
from feeds.errors import ParseError
from feeds.opml import Skipped

sources_cli = typer.Typer(help="The sources that are watched.", no_args_is_help=True)

_REMARKS = {
    HealthState.BROKEN: "its page was redesigned; give its address to /addsource to mend its rules. Last read {since}",
    HealthState.SILENT: "nothing new since {since}, as a rule every {gap}; has it moved?",
    HealthState.GAP: "on {since} more came at once than it holds; look at its site for what is missing",
    HealthState.MOVED: "moved here on {since}",
    HealthState.WELL: "news about every {gap}",
}


@sources_cli.command("list")
def list_sources(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """The sources, and how each is doing."""

    async def work(app: App) -> list[polling.SourceRow]:
        async with app.database.read() as session:
            return await polling.list_sources(session)

    columns = ("Number", "Name", "Address", "Topic", "State", "Articles", "Remark")
    zone = load(config).office.timezone
    rows = [_describe(row, zone) for row in with_app(config, work, may_make=False)]
    if as_json:
        print_json([dict(zip((name.lower() for name in columns), row, strict=True)) for row in rows])
    else:
        print_table(columns, rows, empty=NO_SOURCE)


def _describe(row: polling.SourceRow, zone: ZoneInfo) -> tuple[object, ...]:
    source, topic, articles = row
    health = get_health(source, utcnow())
    remarks = [_remark(source, health, zone), "its certificate is not checked" if source.allow_bad_certificate else ""]
    address = hide_user(source.url)
    return source.id, source.name, address, topic, health.state.value, articles, "; ".join(filter(None, remarks))


def _remark(source: Source, health: Health, zone: ZoneInfo) -> str:
    if health.state not in _REMARKS:
        return source.reason
    if health.state is HealthState.WELL and health.rhythm is None:
        return ""
    since = f"{health.since.astimezone(zone):%d/%m/%Y}" if health.since else "never"
    gap = _name_days(health.rhythm.gap) if health.rhythm else ""
    return _REMARKS[health.state].format(since=since, gap=gap)


def _name_days(gap: timedelta) -> str:
    days = round(gap / timedelta(days=1))
    return "day" if days <= 1 else f"{days} days"


sources_cli.command("preview")(preview_source)
sources_cli.command("add")(add_source)


@sources_cli.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An OPML file, as feed readers write it.")],
    topic: Annotated[str, typer.Option(help="The topic of feeds that stand in no folder.")] = FIRST_TOPIC,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Watch every feed of a list; its folders become topics. What the feeds have already is not announced."""

    async def work(app: App) -> Report:
        return await import_feeds(app, file.read_bytes(), topic)

    try:
        report = with_app(config, work)
    except ParseError:
        fail(f"{file} holds no list of feeds (OPML).", 1)
    if as_json:
        added = [outline._replace(url=hide_user(outline.url))._asdict() for outline in report.added]
        print_json({"added": added, "skipped": [_hide(item)._asdict() for item in report.skipped]})
        return
    if report.skipped:
        print_table(("Skipped", "Address", "Why"), [_hide(item) for item in report.skipped])
    out.print(f"Feeds added: {len(report.added)}, skipped: {len(report.skipped)}.")
    if report.added:
        out.print(f"Topics: {', '.join(report.topics)}. Chats choose new ones with /topics.", markup=False)


@sources_cli.command("export")
def export_list(
    file: Annotated[Path | None, typer.Argument(help="Where to write the list; on the screen if not named.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the list of feeds as OPML, with the topics as folders, for feed readers or another loa."""

    async def work(app: App) -> list[polling.SourceRow]:
        async with app.database.read() as session:
            return await polling.list_sources(session)

    exported = export_feeds(with_app(config, work, may_make=False))
    if file is None:
        typer.echo(exported.body, nl=False)
    else:
        _write(file, exported.body)
        out.print(f"Feeds written to {file}: {exported.feeds}.", markup=False, highlight=False, soft_wrap=True)
    for item in exported.skipped:
        err.print(f"{item.title} {item.url}: {item.reason}", markup=False, highlight=False, soft_wrap=True)


def _write(file: Path, body: bytes) -> None:
    try:
        file.write_bytes(body)
    except OSError as error:
        fail(f"The list cannot be written to {file}: {error.strerror}. Name another file.", 1)


def _hide(item: Skipped) -> Skipped:
    return item._replace(url=hide_user(item.url)) if item.url else item
