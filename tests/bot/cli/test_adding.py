"""`loa sources preview`, `loa sources add` and `loa backfill` at the shell, with the demo's newsroom for a site."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from bot.check import get_remedy
from bot.cli.verbs import cli
from bot.clock import utcnow
from bot.demo.archive import load_articles
from bot.demo.newsroom import Newsroom
from db.engine import Database
from db.models import Article, Delivery, Source
from feeds.errors import ForbiddenAddressError

#: The store is asked for nothing that other tests do not ask of both.
on_sqlite = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)

Loa = Callable[..., Awaitable[Result]]


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        f'[database]\nurl = {json.dumps(database_url)}\n[polling]\nallow_networks = ["127.0.0.0/8"]\n', encoding="utf-8"
    )
    return path


@pytest.fixture
def loa(config: Path) -> Loa:
    """Runs a verb in a thread of its own, as it opens a loop of its own."""

    async def run(*words: str, code: int = 0, typed: str = "") -> Result:
        runner = CliRunner(env={"COLUMNS": "250"})
        result = await asyncio.to_thread(runner.invoke, cli, [*words, "--config", str(config)], input=typed)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom(load_articles(), now=utcnow, has_feed=False) as newsroom:
        yield newsroom


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at the terminal."""
    monkeypatch.setattr("bot.cli.adding.is_terminal", lambda: True)


async def list_sources(database: Database) -> list[Source]:
    async with database.read() as session:
        return list(await session.scalars(select(Source).order_by(Source.id)))


async def count(database: Database, kind: type[Article | Delivery]) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(kind)) or 0


@on_sqlite
async def test_a_page_is_shown_with_five_items_and_its_rules(loa: Loa, newsroom: Newsroom, database: Database) -> None:
    """N18"""
    shown = (await loa("sources", "preview", f"{newsroom.url}/tin-tuc")).stdout
    assert [post.article.title for post in newsroom.published[:5] if post.article.title not in shown] == []
    assert "--rule 'item=" in shown
    found = json.loads((await loa("sources", "preview", f"{newsroom.url}/tin-tuc", "--json")).stdout)
    assert [one["title"] for one in found["items"]] == [post.article.title for post in newsroom.published[:5]]
    again = [word for name, rule in found["rules"].items() for word in ("--rule", f"{name}={rule}")]
    assert json.loads((await loa("sources", "preview", found["url"], *again, "--json")).stdout) == found
    assert await list_sources(database) == []


@on_sqlite
async def test_nothing_is_kept_before_a_yes(loa: Loa, newsroom: Newsroom, database: Database, asked: None) -> None:
    """N18"""
    url = f"{newsroom.url}/tin-tuc"
    await loa("sources", "add", url, typed="n\n", code=1)
    assert await list_sources(database) == []
    await loa("sources", "add", url, "--name", "Phường", typed="y\n")
    (source,) = await list_sources(database)
    assert (source.url, source.kind, source.name) == (url, "page", "Phường")
    assert source.rules["item"]


async def test_where_nobody_can_be_asked_nothing_is_kept(loa: Loa, newsroom: Newsroom, database: Database) -> None:
    """N18"""
    assert "--yes" in (await loa("sources", "add", f"{newsroom.url}/tin-tuc", code=1)).stderr
    assert await list_sources(database) == []


@on_sqlite
async def test_a_site_with_a_feed_is_watched_by_it(loa: Loa, database: Database) -> None:
    """N18"""
    async with Newsroom(load_articles(), now=utcnow) as newsroom:
        await loa("sources", "add", newsroom.url, "--yes")
        (source,) = await list_sources(database)
        assert (source.url, source.kind, source.rules) == (newsroom.feed_url, "feed", {})
        assert "watched already" in (await loa("sources", "add", newsroom.feed_url)).stdout
        assert "no older pages" in (await loa("backfill", str(source.id), code=1)).stderr


async def test_rules_given_by_hand_mend_a_page(loa: Loa, newsroom: Newsroom, database: Database) -> None:
    """N16"""
    url = f"{newsroom.url}/tin-tuc"
    await loa("sources", "add", url, "--yes")
    newsroom.redesign()
    await loa("sources", "add", url, "--rule", "item=.stories > *", "--rule", "article_body=.content", "--yes")
    (source,) = await list_sources(database)
    assert source.rules["item"] == ".stories > *"
    assert source.article_rules == {"body": ".content"}


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (["ftp://a.example.vn/"], 2, "begins with http"),
        (["http://[::1/"], 2, "begins with http"),
        (["tin moi.vn"], 2, "begins with http"),
        (["javascript:alert(1)"], 2, "begins with http"),
        (["127.0.0.1:1/tin"], 1, "https://127.0.0.1:1/tin: the connection was refused"),
        (["http://127.0.0.1:1/tin", "--rule", "color=red"], 2, "A rule is one of"),
        (["http://127.0.0.1:1/tin", "--rule", "title=h3"], 2, "selects each piece of news"),
        (["http://127.0.0.1:1/tin", "--rule", "item=li["], 2, "no CSS selector"),
        (["http://127.0.0.1:1/tin", "--rule", "article_body=p["], 2, "article_body is no CSS selector"),
        (["http://127.0.0.1:1/tin"], 1, "refused"),
        (["http://10.0.0.1/tin"], 1, "polling.allow_networks"),
    ],
)
async def test_what_cannot_be_is_said(loa: Loa, words: list[str], code: int, reason: str) -> None:
    """N18 F2"""
    assert reason in (await loa("sources", "preview", *words, code=code)).stderr
    assert reason in (await loa("sources", "add", *words, "--yes", code=code)).stderr


def test_a_day_that_cannot_be_read_is_said_with_an_example(config: Path) -> None:
    """F6"""
    result = CliRunner().invoke(cli, ["backfill", "1", "--since", "31/2/2020", "--config", str(config)])
    assert (result.exit_code, result.stderr.strip()) == (
        2,
        "--since wants a day, such as 2020-07-14 or 14/7/2020, and not: 31/2/2020",
    )


def test_only_a_private_address_is_said_to_be_one_of_the_office() -> None:
    """F2"""
    assert "allow_networks" not in get_remedy(ForbiddenAddressError("only http and https addresses are fetched"))


@on_sqlite
async def test_a_day_without_an_hour_is_shown_without_one(loa: Loa, newsroom: Newsroom) -> None:
    """F6"""
    assert "00:00" not in (await loa("sources", "preview", f"{newsroom.url}/chuyen-muc")).stdout


@on_sqlite
async def test_older_pages_are_brought_in_portions_and_without_a_word(
    loa: Loa, newsroom: Newsroom, database: Database
) -> None:
    """N18"""
    url = f"{newsroom.url}/TinTuc.aspx"
    await loa("sources", "add", url, "--yes")
    await loa("backfill", url, "--pages", "1")
    assert await count(database, Article) == 5
    result = await loa("backfill", "1", "--pages", "1", "--read")
    assert "page 2" in result.stdout
    assert await count(database, Article) == 10
    assert await count(database, Delivery) == 0
    async with database.read() as session:
        assert set(await session.scalars(select(Article.state))) == {"ready"}


async def test_a_source_that_is_none_is_not_walked(loa: Loa) -> None:
    """N18"""
    for name in ("77", "https://khong-co.example.vn/"):
        assert "No such source" in (await loa("backfill", name, code=1)).stderr
