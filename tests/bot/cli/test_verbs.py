"""The verbs at the shell: what they print and how they end."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.failures import explain
from bot.cli.verbs import cli
from db.engine import Database
from db.turns import BusyError, alone


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/data/loa.db"\n[polling]\nallow_networks = ["127.0.0.0/8"]\n'
        '[[sources]]\nurl = "http://127.0.0.1:1/rss"\n',
        encoding="utf-8",
    )
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_a_poll_says_what_failed_and_fails_where_all_did(config: Path) -> None:
    """F2"""
    result = run("poll", "-c", config)
    assert "Sources polled: 1, failed: 1, articles read: 0." in result.stdout
    assert "http://127.0.0.1:1/rss: the connection was refused" in result.stderr
    assert result.exit_code == 1


def test_a_poll_of_no_source_says_how_to_add_one(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/loa.db"\n', encoding="utf-8")
    result = run("poll", "-c", config)
    assert (result.exit_code, "loa sources add ADDRESS" in result.stdout) == (0, True)


def test_bad_settings_are_json_too_where_it_was_asked_for(config: Path) -> None:
    """F1"""
    config.write_text('[polling]\nmin_interval = "soon"\n', encoding="utf-8")
    result = run("check", "--json", "-c", config)
    assert result.exit_code == 2
    [finding] = json.loads(result.stdout)
    assert (finding["what"], finding["ok"], finding["found"]) == ("setting polling.min_interval", False, "line 2")


def test_a_check_makes_nothing_and_says_what_is_in_the_way(config: Path, tmp_path: Path) -> None:
    """F1"""
    assert "will be made" in run("check", "-c", config).stdout
    assert not (tmp_path / "data").exists()
    (tmp_path / "data").touch()
    assert "is no folder" in run("check", "-c", config).stdout


def test_a_check_tries_the_language_model_where_one_is_named(config: Path) -> None:
    """C2"""
    assert "language model" not in run("check", "-c", config).stdout
    with config.open("a", encoding="utf-8") as file:
        file.write('[model]\nbase_url = "http://127.0.0.1:1/v1"\nname = "qwen3:8b"\n')
    (finding,) = [
        one for one in json.loads(run("check", "--json", "-c", config).stdout) if one["what"] == "language model"
    ]
    assert (finding["ok"], finding["found"]) == (False, "the server cannot be reached")
    assert "model.base_url" in finding["remedy"]


@pytest.mark.parametrize(
    "words",
    [
        *("search giá", "stats --json", "sources list", "sources export"),
        *("members list", "members approve 1", "backfill 1", "index rebuild"),
    ],
)
def test_what_only_reads_makes_no_database(config: Path, tmp_path: Path, words: str) -> None:
    result = run(*words.split(), "-c", config)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no database yet" in result.stderr
    assert result.stderr.endswith("loa run\n")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_what_only_reads_reads_postgresql(database_url: str, config: Path) -> None:
    config.write_text(f"[database]\nurl = {json.dumps(database_url)}\n", encoding="utf-8")
    assert run("search", "giá", "-c", config).stdout == "Nothing was found. Fewer words may find more.\n"
    assert {"what": "articles", "all": 0, "today": 0, "last 30 days": 0} in json.loads(
        run("stats", "--json", "-c", config).stdout
    )


def test_nobody_yet_is_a_sentence(config: Path) -> None:
    run("poll", "-c", config)
    assert run("members", "list", "-c", config).stdout == "Nobody has asked to be let in yet.\n"
    assert json.loads(run("members", "list", "--json", "-c", config).stdout) == []


def test_a_second_loa_on_one_file_is_refused_with_a_way_out(config: Path, tmp_path: Path) -> None:
    """D12"""
    with alone(Database(f"sqlite:///{tmp_path}/data/loa.db")):
        result = run("run", "--only", "poll, read", "-c", config)
        assert isinstance(result.exception, BusyError)
        with pytest.raises(SystemExit) as ended:
            explain(result.exception)
        run("db", "upgrade", "-c", config)
        assert run("search", "giá", "-c", config).exit_code == 0
    assert ended.value.code == 1


def test_a_part_that_does_not_exist_is_named(config: Path) -> None:
    result = run("run", "--only", "poll,sing", "-c", config)
    assert result.exit_code == 2
    assert "There is no part sing." in result.stderr
    assert "poll, read, deliver, chat, index" in result.stderr
