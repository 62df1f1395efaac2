"""Brings a database to the form that this version of loa expects, and tells whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.engine import Database


class OldDatabaseError(Exception):
    """The database is not of this version's form, and is not to be upgraded without being asked."""


class NewerDatabaseError(Exception):
    """The database was brought to a form that this version of loa does not know."""


def _get_config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


async def upgrade(database: Database) -> None:
    """Apply what is missing, in one transaction; raises SQLAlchemyError when the database cannot be had.

    Raises LinksError, and changes nothing, when a migration loses what others point to.
    Raises NewerDatabaseError, and changes nothing, when the database is of a later version.
    """
    async with database.rebuild() as connection:
        check_form(await connection.run_sync(_read_form))
        await connection.run_sync(lambda sync: command.upgrade(_get_config(sync), "head"))


async def is_current(database: Database) -> bool:
    """Whether the database has this version's form. A new, empty one has not. Raises NewerDatabaseError."""
    async with database.engine.connect() as connection:
        current = await connection.run_sync(_read_form)
    check_form(current)
    return current == ScriptDirectory.from_config(_get_config()).get_current_head()


async def check_current(database: Database) -> None:
    """Raises OldDatabaseError, also when the database is empty, and NewerDatabaseError."""
    if not await is_current(database):
        raise OldDatabaseError


def _read_form(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def check_form(form: str | None) -> None:
    """Raises NewerDatabaseError."""
    known = {script.revision for script in ScriptDirectory.from_config(_get_config()).walk_revisions()}
    if form is not None and form not in known:
        raise NewerDatabaseError(form)
