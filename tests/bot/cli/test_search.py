"""`loa search` at the shell: what was found, where the words stand, what was searched for instead; and `loa stats`."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from bot.cli.verbs import cli
from db import migrate
from db.engine import Database
from db.models import Source, SourceState
from tests import make

TITLE = "Họp bàn về giá lúa"
TEXT = "Nông dân huyện Đức Linh bán lúa với giá 7.200 đồng/kg, cao hơn vụ trước."


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
        source = await make.source(session, topic_id=topic.id, name="Báo tỉnh")
        await make.article(session, source_id=source.id, title=TITLE, text=TEXT)
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
    assert (found["title"], found["source"]) == (TITLE, "Báo tỉnh")
    assert "Đức Linh bán lúa" in found["snippet"]


def test_a_table_tells_the_same(config: Path) -> None:
    shown = search(config, "duc linh").stdout
    assert "Title (1 found)" in shown
    assert "Báo tỉnh" in shown


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
