"""`loa db`: the form of the database, and copies of it. It decides nothing."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress as Bar

from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, fail, load, out
from db import copies, migrate
from db.copies import CopyError, Progress, UnfitError
from db.engine import Database
from db.turns import alone

db_cli = typer.Typer(help="The database.", no_args_is_help=True)

_BY_SERVER = "This database is PostgreSQL's, whose own tools copy it. Run: {command}"
_DUMP = 'pg_dump --format=custom --file="{file}" "{url}"'
_RESTORE = 'pg_restore --clean --if-exists --no-owner --dbname="{url}" "{file}"'
_TAKEN = "{file} is there already and is left as it is. Name another file, or overwrite it with --force."
_FILLED = "There is a database already: {file}. Overwrite it, and lose what it holds, with --force."

_DAMAGED = "Stop loa, and put the last sound copy in its place: loa db restore FILE --force"
_UNFIT = "{own} is as it was. Name a copy that loa db backup made."

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


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


@db_cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    config: ConfigOption = DEFAULT_CONFIG,
    force: ForceOption = False,
) -> None:
    """Copy the SQLite database into a file, whole and checked, while loa runs."""
    database = _get_database(config, _DUMP, file)
    own = Path(database.url.database or "")
    if not own.exists():
        fail(f"There is no database yet: {own}", 1)
    if file.exists() and (not force or file.samefile(own)):
        fail(_TAKEN.format(file=file), 1)
    with _shown("Copying", _DAMAGED) as progress:
        copies.back_up(own, file, progress)
    out.print(f"The database was copied to {file} and found sound.", highlight=False, soft_wrap=True)


@db_cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `loa db backup` made.")],
    config: ConfigOption = DEFAULT_CONFIG,
    force: ForceOption = False,
) -> None:
    """Put such a copy in the database's place. Stop loa first; its search index is built again by itself."""
    database = _get_database(config, _RESTORE, file)
    own = Path(database.url.database or "")
    if not file.is_file():
        fail(f"There is no file {file}. Name a copy that loa db backup made.", 1)
    with alone(database):
        if own.exists() and own.stat().st_size > 0 and not force:
            fail(_FILLED.format(file=own), 1)
        with _shown("Restoring", _UNFIT.format(own=own)) as progress:
            copies.restore(file, own, progress)
        shutil.rmtree(database.index_folder, ignore_errors=True)
    out.print(
        f"{own} is as it was when {file} was made. News that was sent since then is sent again if it was owed already.",
        highlight=False,
        soft_wrap=True,
    )


def _get_database(config: Path, command: str, file: Path) -> Database:
    """The SQLite database of the settings; for another one it says which command serves, and ends."""
    database = Database(load(config).database.url)
    if not database.is_sqlite:
        url = database.url._replace(drivername="postgresql", password=None).render_as_string()
        fail(_BY_SERVER.format(command=command.format(file=file, url=url)), 1)
    return database


@contextmanager
def _shown(what: str, remedy: str) -> Iterator[Progress]:
    """A bar that grows; what goes wrong is told in a sentence, with what helps where the file is at fault."""
    try:
        with Bar(console=out) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    except UnfitError as error:
        fail(f"Nothing was copied: {error.reason}. {remedy}", 1)
    except CopyError as error:
        fail(f"Nothing was copied: {error.reason}.", 1)
