"""Sources that the settings name: how each is to be read, and what is wrong with that."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import open_app, prepare
from bot.check import check_all
from bot.config import Settings, SettingsError, load_settings
from db.engine import Database
from db.models import Source

URL = "http://127.0.0.1:1/tin"


def name_source(path: Path, database_url: str, *lines: str) -> Settings:
    rows = ["[database]", f"url = {json.dumps(database_url)}", "[[sources]]", f'url = "{URL}"', *lines]
    (path / "config.toml").write_text("\n".join(rows), encoding="utf-8")
    return load_settings(path / "config.toml", {})


async def start(settings: Settings) -> None:
    async with open_app(settings) as app:
        await prepare(app)


@pytest.mark.parametrize(
    ("lines", "name", "remedy"),
    [
        (['kind = "page"'], "sources[1].item", "A page needs it"),
        (['item = "li"'], "sources[1].item", "Only a page"),
        (['kind = "feed"', 'date = "i"'], "sources[1].date", "Only a page"),
        (['kind = "blog"'], "sources[1].kind", '"page"'),
        (['kind = "page"', "item = 3"], "sources[1].item", "a CSS selector"),
    ],
)
def test_what_cannot_be_read_so_is_named(tmp_path: Path, lines: list[str], name: str, remedy: str) -> None:
    """N18"""
    with pytest.raises(SettingsError) as caught:
        name_source(tmp_path, "sqlite:///loa.db", *lines)
    (problem,) = caught.value.problems
    assert problem.name == name
    assert remedy in problem.remedy


async def test_a_page_is_read_by_the_rules_of_the_file(tmp_path: Path, database_url: str, database: Database) -> None:
    """N18 N16"""
    for item in ("li.a", "li.b"):
        await start(name_source(tmp_path, database_url, 'kind = "page"', f'item = "{item}"', 'date = "i"'))
        async with database.read() as session:
            (source,) = await session.scalars(select(Source))
        assert (source.kind, source.rules) == ("page", {"item": item, "title": "", "date": "i", "teaser": ""})
    await start(name_source(tmp_path, database_url))
    async with database.read() as session:
        assert (await session.scalars(select(Source.kind))).one() == "page"


async def test_a_selector_that_is_none_is_said_at_start_and_by_check(tmp_path: Path, database_url: str) -> None:
    """N18"""
    settings = name_source(tmp_path, database_url, 'kind = "page"', 'item = "li["')
    with pytest.raises(SettingsError, match=r"sources\[1\].item"):
        await start(settings)
    findings = {finding.what: finding for finding in await check_all(settings)}
    assert findings[f"source {URL}"].found == "item is no CSS selector: li["


async def test_articles_are_read_by_the_rules_of_the_file(
    tmp_path: Path, database_url: str, database: Database
) -> None:
    """N16"""
    for body in (".a", ".b"):
        await start(name_source(tmp_path, database_url, f'article_body = "{body}"'))
        async with database.read() as session:
            (source,) = await session.scalars(select(Source))
        assert (source.kind, source.article_rules) == ("auto", {"body": body})
    with pytest.raises(SettingsError, match=r"sources\[1\].article_lead"):
        await start(name_source(tmp_path, database_url, 'article_lead = "p["'))
