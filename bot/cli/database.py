"""`loa db`: the form of the database. It decides nothing."""

import asyncio

import typer

from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, load, out
from db import migrate
from db.engine import Database

db_cli = typer.Typer(help="The database.", no_args_is_help=True)


@db_cli.command()
def upgrade(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to the form that this version of loa expects."""

    async def work() -> None:
        database = Database(load(config).database.url)
        try:
            await migrate.upgrade(database)
        finally:
            await database.close()

    asyncio.run(work())
    out.print("The database is up to date.")
