"""`loa members`: the people who read. It decides nothing."""

from typing import Annotated

import typer

from bot.admission import admit
from bot.app import App
from bot.cli.parts import with_app
from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, out, print_json, print_table
from bot.clock import utcnow
from db import members
from db.members import MemberRow
from db.models import MemberState

_STATES = (MemberState.ACCEPTED, MemberState.PENDING, MemberState.REFUSED)

members_cli = typer.Typer(help="The people who read.", no_args_is_help=True)


@members_cli.command("list")
def list_members(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Who was let in, who waits to be, and who was refused."""

    async def work(app: App) -> list[tuple[int, str, str, str, str]]:
        async with app.database.read() as session:
            return [_describe(row) for state in _STATES for row in await members.list_members(session, state)]

    columns = ("Number", "Name", "Role", "State", "Accounts")
    rows = with_app(config, work, may_make=False)
    if as_json:
        print_json([dict(zip((name.lower() for name in columns), row, strict=True)) for row in rows])
    else:
        print_table(columns, rows, empty="Nobody has asked to be let in yet.")


def _describe(row: MemberRow) -> tuple[int, str, str, str, str]:
    member, accounts = row
    return member.id, member.name, member.role.value, member.state.value, ", ".join(map(" ".join, accounts))


@members_cli.command("approve")
def approve_member(
    number: Annotated[int, typer.Argument(help="The person's number in: loa members list")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Let in somebody who asked; they are told, and follow the default topics."""

    async def work(app: App) -> bool:
        async with app.database.write() as session:
            return await admit(session, number, by=None, now=utcnow())

    if not with_app(config, work, may_make=False):
        fail(f"Nobody with number {number} is waiting. See: loa members list", 1)
    out.print("They were let in; the running loa tells them.")
