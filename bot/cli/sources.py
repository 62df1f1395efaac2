"""`loa sources`: what is watched, added one by one or by the list. It decides nothing."""

from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.app import FIRST_TOPIC, App, utcnow
from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, out, print_json, print_table, with_app
from bot.outside import hide_user
from db import following, polling

sources_cli = typer.Typer(help="The sources that are watched.", no_args_is_help=True)


@sources_cli.command("list")
def list_sources(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """The sources, and how each is doing."""

    async def work(app: App) -> list[polling.SourceRow]:
        async with app.database.read() as session:
            return await polling.list_sources(session)

    columns = ("Number", "Name", "Address", "Topic", "State", "Articles", "Reason")
    rows = [
        (source.id, source.name, hide_user(source.url), topic, source.state.value, articles, source.reason)
        for source, topic, articles in with_app(config, work)
    ]
    if as_json:
        print_json([dict(zip((name.lower() for name in columns), row, strict=True)) for row in rows])
    else:
        print_table(columns, rows)


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
        fail("An address begins with http:// or https:// and names a host.", 2)

    async def work(app: App) -> bool:
        async with app.database.write() as session:
            row = await following.get_or_add_topic(session, topic, utcnow())
            added = await polling.add_source(
                session, url=url, host=host or "", name=name, topic_id=row.id, now=utcnow()
            )
            return added is not None

    out.print("It is watched from now on." if with_app(config, work) else "It is watched already.")
