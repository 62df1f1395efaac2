"""`loa db backup` and `restore` at the shell, on a database that somebody writes to."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.verbs import cli
from db.engine import Database
from db.migrate import NewerDatabaseError
from db.turns import BusyError, alone

Loa = Callable[..., Result]

pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)


@pytest.fixture
def file(database_url: str) -> Path:
    return Path(database_url.removeprefix("sqlite:///"))


@pytest.fixture
def loa(database_url: str, tmp_path: Path) -> Loa:
    config = tmp_path / "config.toml"
    config.write_text(f"[database]\nurl = {json.dumps(database_url)}\n", encoding="utf-8")
    return lambda *words: CliRunner().invoke(cli, ["db", *map(str, words), "--config", str(config)])


def add_topics(file: Path, *names: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO topics (name, slug, is_default, created_at) VALUES (?, ?, 0, '2026-11-22 00:00:00')",
            [(name, name) for name in names],
        )
        connection.execute("COMMIT")


def list_topics(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM topics ORDER BY id")]


def test_a_copy_is_whole_while_others_write_and_can_be_put_back(loa: Loa, file: Path, tmp_path: Path) -> None:
    """P2"""
    copy = tmp_path / "copies" / "monday.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        add_topics(file, "giá cả")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE topics SET name = 'chưa xong'")
        assert loa("backup", copy).exit_code == 0
    assert list_topics(copy) == ["giá cả"]
    assert (copy.stat().st_mode & 0o777, [path.name for path in copy.parent.iterdir()]) == (0o600, ["monday.db"])
    add_topics(file, "thu nhập")
    (index := Path(f"{file}.index")).mkdir()
    refused = loa("restore", copy)
    assert (refused.exit_code, "--force" in refused.stderr) == (1, True)
    assert list_topics(file) == ["giá cả", "thu nhập"]
    assert loa("restore", copy, "--force").exit_code == 0
    assert (list_topics(file), index.exists()) == (["giá cả"], False)


def test_a_new_place_needs_no_force(loa: Loa, file: Path, tmp_path: Path) -> None:
    add_topics(file, "giá cả")
    loa("backup", tmp_path / "a.db")
    file.unlink()
    assert loa("restore", tmp_path / "a.db").exit_code == 0
    assert list_topics(file) == ["giá cả"]


def test_an_older_copy_is_not_overwritten_unasked(loa: Loa, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "a.db"
    copy.write_text("something else")
    assert "--force" in loa("backup", copy).stderr
    assert copy.read_text() == "something else"
    assert loa("backup", copy, "--force").exit_code == 0
    assert loa("backup", file, "--force").exit_code == 1


def test_a_running_loa_is_not_robbed_of_its_database(loa: Loa, file: Path, tmp_path: Path) -> None:
    """D12"""
    loa("backup", tmp_path / "a.db")
    with alone(Database(f"sqlite:///{file}")):
        assert isinstance(loa("restore", tmp_path / "a.db", "--force").exception, BusyError)


def test_what_is_no_sound_copy_is_not_put_in_place(loa: Loa, file: Path, tmp_path: Path) -> None:
    """P2 P7"""
    add_topics(file, "giá cả")
    add_topics(file, *(f"dài {number}" * 50 for number in range(300)))
    copy = tmp_path / "a.db"
    assert "no file" in loa("restore", copy).stderr
    copy.write_bytes(b"no database at all" * 100)
    refused = loa("restore", copy, "--force").stderr
    assert "not a database" in refused
    assert "is as it was. Name a copy that loa db backup made." in refused
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE a (b)").connection.close()
    assert "no database of loa" in loa("restore", tmp_path / "other.db", "--force").stderr
    loa("backup", copy, "--force")
    content = copy.read_bytes()
    copy.write_bytes(content[: len(content) // 2])
    assert "Nothing was copied" in loa("restore", copy, "--force").stderr
    copy.write_bytes(content)
    with closing(sqlite3.connect(copy, isolation_level=None)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    assert isinstance(loa("restore", copy, "--force").exception, NewerDatabaseError)
    assert list_topics(file)[0] == "giá cả"
    assert [path.name for path in file.parent.glob("*.part*")] == []


def test_postgresql_is_copied_by_its_own_tools(database_url: str, tmp_path: Path) -> None:
    """A8"""
    config = tmp_path / "config.toml"
    config.write_text('[database]\nurl = "postgresql://loa:secret@db.example.vn/loa"\n', encoding="utf-8")
    for verb, command in (("backup", "pg_dump"), ("restore", "pg_restore")):
        result = CliRunner().invoke(cli, ["db", verb, "a.dump", "--config", str(config)])
        assert (result.exit_code, "secret" in result.output) == (1, False)
        assert command in result.stderr
        assert "postgresql://loa@db.example.vn/loa" in result.stderr
