"""The failures that can be foreseen, each with its sentence and its exit code."""

from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from bot.channel import ChannelError, ClosedError
from bot.cli.shared import fail
from bot.config_problems import SettingsError
from bot.http import AddressError
from db.engine import get_cause
from db.migrate import NewerDatabaseError, OldDatabaseError
from db.turns import BusyError, LockError

FORESEEN = (
    *(SettingsError, AddressError, ChannelError),
    *(OldDatabaseError, NewerDatabaseError, BusyError, LockError, SQLAlchemyError),
)


def explain(error: Exception) -> NoReturn:
    """End with the sentence. The code 2 means that only new settings help."""
    match error:
        case SettingsError():
            fail(str(error), 2)
        case ChannelError():
            fail(
                f"The chat platform refused: {error.reason}. Run: loa check", 2 if isinstance(error, ClosedError) else 1
            )
        case AddressError(place=place, reason=reason):
            fail(f"Nothing can be served on {place}: {reason}. Change host or port in [http].", 2)
        case OldDatabaseError():
            fail("The database is of another version of loa. Run: loa db upgrade", 1)
        case NewerDatabaseError():
            fail("The database is of a newer version of loa, which cannot be undone. Install that version again.", 1)
        case BusyError(file=file, process=process):
            holder = f"process {process}" if process else "another process"
            fail(
                f"A loa is running on {file} already ({holder}): stop that one first. SQLite serves one at a time; for "
                "several use PostgreSQL, with its address as database.url.",
                1,
            )
        case LockError(reason=reason):
            fail(f"The database cannot be used: {reason}. Run: loa check", 1)
        case SQLAlchemyError():
            fail(f"The database cannot be used: {get_cause(error)}. Run: loa check", 1)
    raise error
