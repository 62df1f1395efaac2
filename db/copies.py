"""Whole copies of an SQLite database: taken while loa runs, and put back while it does not. It knows no PostgreSQL."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from db.migrate import check_form

#: How much is copied between two words on it, in pages of the database.
_STEP = 2000
#: What SQLite keeps beside a file, and would take for a part of whatever has its name.
_BESIDE = ("-wal", "-shm", "-journal")

#: Told how many pages were copied, and of how many.
Progress = Callable[[int, int], None]


class CopyError(Exception):
    """No copy was made, and nothing was changed; `reason` is fit for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnfitError(CopyError):
    """What was to be copied is no sound database of loa."""


def back_up(file: Path, copy: Path, progress: Progress) -> None:
    """A copy of the database as it is at this moment, for its user alone; it appears when it is whole and sound.

    Others may write meanwhile. Raises CopyError.
    """
    with _explained(copy), _written_anew(copy) as part:
        _copy(file, part, progress)


def restore(copy: Path, file: Path, progress: Progress) -> None:
    """Put a copy in the database's place, where it is whole, sound and not of a later version; no process may have it.

    Raises CopyError, and NewerDatabaseError; the database is what it was, then.
    """
    with _explained(file), _written_anew(file) as part:
        _copy(copy, part, progress)
        check_form(_read_form(part))
        for end in _BESIDE:
            Path(f"{file}{end}").unlink(missing_ok=True)


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CopyError(f"{error.filename or target}: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        raise CopyError(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise UnfitError(str(error)) from error
    except sqlite3.Error as error:
        raise CopyError(str(error)) from error


@contextmanager
def _written_anew(file: Path) -> Iterator[Path]:
    """A file to write into, which takes the place of the other one at once when all went well."""
    part = Path(f"{file}.part")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
        part.replace(file)
    finally:
        for end in ("", *_BESIDE):
            Path(f"{part}{end}").unlink(missing_ok=True)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """The source as it is when this begins: one transaction reads it, however many write to it meanwhile."""
    address = f"{source.absolute().as_uri()}?mode=rw" if os.access(source, os.W_OK) else f"{source.as_uri()}?mode=ro"
    with closing(_open(address)) as old, closing(_open(target.absolute().as_uri())) as new:
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=_STEP, progress=lambda _, left, total: progress(total - left, total))
        new.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the source had beside it
        problems = [row[0] for row in new.execute("PRAGMA integrity_check")]
    if problems != ["ok"]:
        raise UnfitError(f"the database is damaged: {problems[0]}")
    with target.open("rb+") as written:
        os.fsync(written.fileno())


def _open(address: str) -> sqlite3.Connection:
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=15)


def _read_form(file: Path) -> str:
    with closing(_open(f"{file.absolute().as_uri()}?mode=ro")) as connection:
        has_form = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        form = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has_form else None
    if form is None:
        raise UnfitError("the file is no database of loa")
    return str(form[0])
