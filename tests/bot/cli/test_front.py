"""What stands before the verbs: help and version at once, and every way it can end."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import bot.cli
from bot.channel import ChannelError, ClosedError, TemporaryError
from bot.cli import program, shared
from bot.cli.front import READERS, VERBS, front
from bot.cli.readers import readers_cli
from bot.cli.verbs import cli

HEAVY = ("sqlalchemy", "aiohttp", "httpx", "telegram", "lxml", "tantivy", "pydantic", "babel")


def test_the_front_says_of_the_verbs_what_they_say_of_themselves() -> None:
    commands = get_command(cli).commands  # type: ignore[attr-defined]
    assert {name: command.help.split("\n")[0] for name, command in commands.items()} == VERBS


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom bot.cli.front import front\n"
        "try: front(['--help'])\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "[]"
    assert "backfill" in printed


def test_verbs_that_only_read_load_neither_a_platform_nor_the_way_to_the_sources(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    code = (
        "import sys\nfrom bot.cli.front import front\n"
        "for words in (['search', 'giá'], ['stats']):\n"
        "    try: front(words)\n    except SystemExit: pass\n"
        "print([name for name in ('aiohttp', 'httpx', 'telegram', 'lxml', 'babel', 'bot.app') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert (done.stdout, done.stderr.count("There is no database yet")) == ("[]\n", 2)


def test_verbs_that_are_loaded_alone_are_those_among_the_others() -> None:
    alone = get_command(readers_cli).commands  # type: ignore[attr-defined]
    assert set(alone) == set(READERS)
    assert {name: alone[name].help for name in alone} == {name: VERBS[name] for name in READERS}


def test_the_front_names_its_version_and_passes_the_rest_on() -> None:
    runner = CliRunner()
    assert runner.invoke(front, ["--version"]).stdout.startswith("loa ")
    assert "nosuch" in runner.invoke(front, ["nosuch"]).stderr
    assert "rebuild" in runner.invoke(front, ["index", "--help"]).stdout


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, ""),
        (ClosedError("the token is refused"), 2, "the token is refused"),
        (TemporaryError("not now"), 1, "not now"),
    ],
)
def test_every_end_has_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, words: str
) -> None:
    """F1"""

    def end() -> None:
        raise error

    monkeypatch.setattr("bot.cli.front.front", end)
    with pytest.raises(SystemExit) as ended:
        bot.cli.main()
    assert ended.value.code == code
    assert words in capsys.readouterr().err


def test_what_nobody_foresaw_is_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def end() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.cli.front.front", end)
    with pytest.raises(ZeroDivisionError):
        bot.cli.main()
    assert issubclass(ClosedError, ChannelError)


def test_advice_names_the_command_as_it_was_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "my loa" / "loa"
    path.parent.mkdir()
    path.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(path), "run"])
    assert program.name_program("Alas. Run: loa check, see loa") == f"Alas. Run: '{path}' check, see loa"
    monkeypatch.setenv("PATH", str(path.parent))
    assert program.name_program("Run: loa check") == "Run: loa check"
    monkeypatch.setattr(sys, "argv", ["/x/bot/cli/__main__.py"])
    assert program.name_program("Run: loa check").endswith("-m bot.cli check")


def test_a_table_is_cut_nowhere(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://thongke.example.vn/" + "tin/" * 60
    shared.print_table(("Name", "Address"), [("[b]A\tB\x1b[/b]", address)])
    assert capsys.readouterr().out == f"Name\tAddress\n[b]A B[/b]\t{address}\n"
    monkeypatch.setattr(shared, "is_terminal", lambda: True)
    shared.print_table(("Name", "Address"), [("A", address)])
    assert "…" not in capsys.readouterr().out
    shared.print_table(("Name", "Address"), [], empty="None yet.")
    assert capsys.readouterr().out == "None yet.\n"
