"""`loa search` at the shell: what was found, where the words stand, what was searched for instead; and `loa stats`."""

import asyncio
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import update
from typer.testing import CliRunner, Result

from bot.cli.verbs import cli
from db import migrate
from db.engine import Database
from db.library import ArticleRow
from db.migrate import OldDatabaseError
from db.models import Source, SourceState
from tests import make

TITLE = "Họp bàn về giá lúa"
TEXT = "Nông dân huyện Đức Linh bán lúa với giá 7.200 đồng/kg, cao hơn vụ trước."
PUBLISHED_AT = datetime(2026, 11, 20, 9, 45, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path}/loa.db"
    asyncio.run(fill(url))
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    return path


async def fill(url: str) -> None:
    database = Database(url)
    await migrate.upgrade(database)
    async with database.write() as session:
        topic = await make.topic(session)
        source = await make.source(session, topic_id=topic.id, name="Báo tỉnh [b]A[/b]")
        await make.article(session, source_id=source.id, title=TITLE, text=TEXT, published_at=PUBLISHED_AT)
    await database.close()


async def add(url: str) -> None:
    """One more article, and no source that would be polled."""
    database = Database(url)
    async with database.write() as session:
        source = await make.source(session, host="gia.example.vn", state=SourceState.PAUSED)
        await make.article(session, source_id=source.id, title="Giá cá cơm tăng", text=TEXT)
        await session.execute(update(Source).values(state=SourceState.PAUSED))
    await database.close()


def search(config: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["search", *words, "-c", str(config)])


def test_an_article_is_shown_with_its_source_and_where_the_words_stand(config: Path) -> None:
    [found] = json.loads(search(config, "duc linh ban lua", "--json").stdout)
    assert (found["title"], found["source"]) == (TITLE, "Báo tỉnh [b]A[/b]")
    assert "Đức Linh bán lúa" in found["snippet"]


def test_a_row_says_when_by_the_offices_clock_and_where_the_words_are(config: Path) -> None:
    [found] = json.loads(search(config, "duc linh", "--json").stdout)
    assert [found["snippet"][start:end] for start, end in found["marks"]] == ["Đức", "Linh"]
    assert found["published_at"] == "2026-11-20T16:45:00+07:00"
    assert list(found) == [*ArticleRow._fields, "snippet", "marks"]


def test_what_is_said_of_the_rows_is_said_beside_json_too(config: Path) -> None:
    result = search(config, "lua nguồn: tạp chí", "--json")
    assert json.loads(result.stdout) == []
    assert "No source or topic is called “tạp chí”" in result.stderr
    assert "loa index rebuild" in result.stderr


def test_a_terminal_shows_the_words_in_bold_and_takes_no_markup(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = StringIO()
    terminal = Console(file=shown, force_terminal=True, color_system="standard", width=200, _environ={})
    monkeypatch.setattr("bot.cli.search.out", terminal)
    monkeypatch.setattr("bot.cli.search.is_terminal", lambda: True)
    result = search(config, "duc linh")
    number, about, snippet, address = shown.getvalue().splitlines()[:4]
    assert number == f"1. \x1b[1m{TITLE}\x1b[0m"
    assert about == "Báo tỉnh [b]A[/b] · 20/11/2026 16:45"
    assert snippet == f"Nông dân huyện \x1b[1mĐức\x1b[0m \x1b[1mLinh\x1b[0m {TEXT.partition('Linh ')[2]}"
    assert "https://" in address
    assert result.stderr.endswith("Found: 1.\n")


def test_further_pages_are_offered_and_shown(config: Path) -> None:
    asyncio.run(add(f"sqlite:///{config.parent}/loa.db"))
    first, second = (search(config, "nong dan", "--limit", "1", "--page", page) for page in "12")
    titles = [json.loads(search(config, "nong dan", "--limit", "1", "--page", page, "--json").stdout) for page in "12"]
    assert {row["title"] for [row] in titles} == {TITLE, "Giá cá cơm tăng"}
    assert first.stderr.endswith("Found: 2; shown: 1 to 1. For the next ones add: --page 2\n")
    assert second.stderr.endswith("Found: 2; shown: 2 to 2.\n")
    beyond = search(config, "nong dan", "--page", "9")
    assert (beyond.stdout, beyond.stderr.splitlines()[-1]) == (
        "There is no page 9.\n",
        "Found: 2. For the last ones add: --page 1",
    )


def test_a_word_may_begin_with_a_dash(config: Path) -> None:
    found = CliRunner().invoke(cli, ["search", "--json", "-c", str(config), "--", "-Đức", "linh"])
    assert [row["title"] for row in json.loads(found.stdout)] == [TITLE]


def test_a_database_of_another_form_is_left_as_it_is(config: Path) -> None:
    (config.parent / "loa.db").unlink()
    (config.parent / "loa.db").touch()
    for verb in (["search", "giá"], ["stats"]):
        assert isinstance(CliRunner().invoke(cli, [*verb, "-c", str(config)]).exception, OldDatabaseError)


def test_a_table_tells_the_same(config: Path) -> None:
    shown = search(config, "duc linh").stdout
    assert "Title (1 found)" in shown
    assert "Báo tỉnh [b]A[/b]" in shown
    assert "\x1b" not in shown


def test_what_was_searched_for_instead_is_said(config: Path) -> None:
    CliRunner().invoke(cli, ["index", "rebuild", "-c", str(config)])
    result = search(config, "nong dan duc linhh")
    assert "it was searched for: nong dan duc linh" in result.stderr


def test_an_index_that_is_behind_is_named_with_the_remedy(config: Path) -> None:
    assert "loa index rebuild" in search(config, "duc linh").stderr


def test_what_was_polled_can_be_searched_at_once(config: Path) -> None:
    cli_runner = CliRunner()
    cli_runner.invoke(cli, ["index", "rebuild", "-c", str(config)])
    asyncio.run(add(f"sqlite:///{config.parent}/loa.db"))
    cli_runner.invoke(cli, ["poll", "-c", str(config)])
    assert "Giá cá cơm" in search(config, "gia ca com").stdout


def test_nothing_found_is_a_sentence(config: Path) -> None:
    assert search(config, "xyzzy").stdout == "Nothing was found. Fewer words may find more.\n"


def test_signs_alone_are_answered_with_an_example(config: Path) -> None:
    """C5"""
    assert "such as: loa search" in search(config, '"!!!"').stdout.replace("python -m bot.cli", "loa")
    assert json.loads(search(config, "!!!", "--json").stdout) == []


def test_what_there_is_is_counted(config: Path) -> None:
    rows = json.loads(CliRunner().invoke(cli, ["stats", "--json", "-c", str(config)]).stdout)
    assert {"what": "articles", "all": 1, "today": 0, "last 30 days": 0} in rows
    table = CliRunner().invoke(cli, ["stats", "-c", str(config)]).stdout.splitlines()
    assert table[0].split("\t")[1:] == ["All", "Today", "Last 30 days"]
    assert "sources\t1\t0\t0" in table
