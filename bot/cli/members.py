"""`loa members`: the people who read. It decides nothing."""

from typing import Annotated

import typer

from bot.admission import admit
from bot.app import App, utcnow
from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, out, print_json, print_table, with_app
from db import members

members_cli = typer.Typer(help="The people who read.", no_args_is_help=True)


@members_cli.command("list")
def list_members(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Who was let in, and who waits to be."""

    async def work(app: App) -> list[tuple[int, str, str, str, str]]:
        async with app.database.read() as session:
            rows = [(row.member, ", ".join(row.channels)) for row in await members.list_members(session)]
            rows += [(member, "") for member in await members.list_pending(session)]
            return [(m.id, m.name, m.role.value, m.state.value, channels) for m, channels in rows]

    columns = ("Number", "Name", "Role", "State", "Channels")
    rows = with_app(config, work)
    if as_json:
        print_json([dict(zip((name.lower() for name in columns), row, strict=True)) for row in rows])
    else:
        print_table(columns, rows)


@members_cli.command("approve")
def approve_member(
    number: Annotated[int, typer.Argument(help="The person's number in: loa members list")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Let in somebody who asked; they are told, and follow the default topics."""

    async def work(app: App) -> bool:
        async with app.database.write() as session:
            return await admit(session, number, by=None, now=utcnow())

    if not with_app(config, work):
        fail(f"Nobody with number {number} is waiting. See: loa members list", 1)
    out.print("They were let in; the running loa tells them.")
