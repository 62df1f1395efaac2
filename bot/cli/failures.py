"""The failures that can be foreseen, each with its sentence and its exit code."""

from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from bot.app import OldDatabaseError
from bot.channel import ChannelError, ClosedError
from bot.cli.shared import fail
from bot.config_problems import SettingsError
from bot.http import AddressError
from db.engine import get_cause
from db.migrate import NewerDatabaseError

FORESEEN = (SettingsError, AddressError, ChannelError, OldDatabaseError, NewerDatabaseError, SQLAlchemyError)


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
        case SQLAlchemyError():
            fail(f"The database cannot be used: {get_cause(error)}. Run: loa check", 1)
    raise error
