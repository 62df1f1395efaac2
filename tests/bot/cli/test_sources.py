"""`loa sources` at the shell: lists that come and go, health, certificates."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.cli.verbs import cli
from bot.clock import utcnow
from db.engine import Database
from db.models import Source, SourceState, Topic
from feeds.opml import parse_opml
from tests import make

#: The store is asked for nothing that other tests do not ask of both.
on_sqlite = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)

Loa = Callable[..., Result]

FEEDS = """<opml><body>
  <outline text="Kinh tế"><outline text="Giá cả">
    <outline text="Báo A" xmlUrl="https://a.example.vn/rss"/></outline>
    <outline text="Báo B" xmlUrl="https://b.example.vn/rss?x=1&y=2"/>
  </outline>
  <outline text="Báo A, lần hai" xmlUrl="http://www.a.example.vn/rss/"/>
  <outline text="Báo C" xmlUrl="https://hoa:secret@c.example.vn/rss"/>
  <outline text="Bẫy" xmlUrl="javascript:alert(1)"/>
  <outline text="Không có gì"/>
</body>"""


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        f'[database]\nurl = {json.dumps(database_url)}\n[polling]\nmin_interval = "10m"\n', encoding="utf-8"
    )
    return path


@pytest.fixture
def loa(config: Path) -> Loa:
    """Runs a verb on a database of its own."""

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner(env={"COLUMNS": "250"}).invoke(cli, [*words, "--config", str(config)])
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.opml"
    path.write_text(FEEDS, encoding="utf-8")
    return path


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


async def list_rows(database: Database) -> list[tuple[Source, str]]:
    async with database.read() as session:
        found = await session.execute(select(Source, Topic.name).join(Topic).order_by(Source.id))
        return [(source, topic) for source, topic in found]


def test_a_list_is_taken_in_with_a_word_on_each_feed(loa: Loa, file: Path) -> None:
    """P5"""
    report = json.loads(loa("sources", "import", str(file), "--topic", "Báo chí", "--json").stdout)
    assert [(one["title"], one["topic"]) for one in report["added"]] == [
        ("Báo A", "Giá cả"),
        ("Báo B", "Kinh tế"),
        ("Báo C", "Báo chí"),
    ]
    assert [(one["title"], one["reason"]) for one in report["skipped"]] == [
        ("Báo A, lần hai", "twice in the file"),
        ("Bẫy", "only http and https addresses are fetched"),
        ("Không có gì", "it names no feed"),
    ]
    again = loa("sources", "import", str(file)).stdout
    assert "Feeds added: 0, skipped: 6." in again
    assert "watched already" in again


@on_sqlite
def test_no_password_is_shown_or_given_away(loa: Loa, file: Path, tmp_path: Path) -> None:
    """A8"""
    out = tmp_path / "out.opml"
    shown = [loa("sources", "import", str(file), "--json").output, loa("sources", "import", str(file)).output]
    shown += [loa("sources", "list").output, loa("sources", "export", str(out)).output]
    assert not [text for text in [*shown, out.read_text(encoding="utf-8")] if "secret" in text]


@pytest.mark.parametrize("body", ["", "Trang chủ", "<html><body>Trang chủ</body></html>"])
@on_sqlite
def test_what_is_no_list_is_refused(loa: Loa, file: Path, body: str) -> None:
    file.write_text(body, encoding="utf-8")
    assert "holds no list of feeds" in loa("sources", "import", str(file), code=1).stderr


@on_sqlite
def test_what_goes_out_can_come_in(loa: Loa, file: Path, tmp_path: Path) -> None:
    loa("sources", "import", str(file))
    told = loa("sources", "export", str(tmp_path / "out.opml"))
    assert f"Feeds written to {tmp_path / 'out.opml'}: 3." in told.stdout
    assert "Name another file" in loa("sources", "export", str(tmp_path), code=1).stderr
    found = parse_opml((tmp_path / "out.opml").read_bytes())
    assert [(one.title, one.url, one.topic) for one in found.outlines] == [
        ("Báo A", "https://a.example.vn/rss", "Giá cả"),
        ("Báo B", "https://b.example.vn/rss?x=1&y=2", "Kinh tế"),
        ("Báo C", "https://c.example.vn/rss", "Tin chung"),
    ]
    assert parse_opml(loa("sources", "export").stdout_bytes).outlines == found.outlines


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_a_thousand_feeds_start_without_a_word_and_not_at_once(loa: Loa, file: Path, database: Database) -> None:
    """P5"""
    feeds = "".join(f"<outline text='{n}' xmlUrl='https://a{n}.example.vn/rss'>" for n in range(1000))
    write(file, f"<opml><body><outline text='Tin'>{feeds}")
    before = utcnow()
    await run_apart(lambda: loa("sources", "import", str(file)))
    rows = await list_rows(database)
    assert len(rows) == 1000
    assert {(source.quiet_start, topic) for source, topic in rows} == {(True, "Tin")}
    dues = sorted(source.next_poll_at for source, _ in rows)
    assert dues[-1] - dues[0] > timedelta(minutes=9)
    assert dues[0] >= before
    busiest = max(sum(due <= other < due + timedelta(seconds=10) for other in dues) for due in dues[::50])
    assert busiest <= 20


async def test_an_imported_topic_is_followed_by_nobody_yet(loa: Loa, file: Path, database: Database) -> None:
    """P5"""
    await run_apart(lambda: loa("sources", "import", str(file)))
    async with database.read() as session:
        topics = {topic.name: topic.is_default for topic in await session.scalars(select(Topic))}
    assert topics == {"Tin chung": True, "Giá cả": False, "Kinh tế": False}


async def test_the_list_says_how_each_source_is_doing(loa: Loa, database: Database) -> None:
    """F9 N9 N10 N16 F5"""
    now = utcnow()
    days = [(now - timedelta(days=60 + day)).date().isoformat() for day in range(9)]
    async with database.write() as session:
        for values in (
            {"failures": 2, "reason": "the server answered 500 {x}"},
            {"state": SourceState.GONE, "reason": "gone for good (410)"},
            {"layout_failures": 3, "failures": 3, "last_ok_at": now},
            {"last_ok_at": now, "last_new_at": now - timedelta(days=60), "news_days": days},
            {"last_ok_at": now, "gap_at": now},
            {"last_ok_at": now, "moved_at": now, "allow_bad_certificate": True},
            {"last_ok_at": now, "last_new_at": now, "news_days": days},
            {"last_ok_at": now},
        ):
            source = await make.source(session)
            for name, value in values.items():
                setattr(source, name, value)
    result: list[Result] = []
    await run_apart(lambda: result.append(loa("sources", "list", "--json")))
    rows = json.loads(result[0].stdout)
    assert [row["state"] for row in rows] == [
        *("failing", "gone", "broken", "silent", "gap", "moved", "well", "well"),
    ]
    remarks = [row["remark"] for row in rows]
    assert remarks[:2] == ["the server answered 500 {x}", "gone for good (410)"]
    assert "give its address to /addsource" in remarks[2]
    assert "as a rule every day" in remarks[3]
    assert "its certificate is not checked" in remarks[5]
    assert remarks[6:] == ["news about every day", ""]


async def test_one_source_may_show_a_bad_certificate(loa: Loa, database: Database) -> None:
    """F5"""
    async with database.write() as session:
        for host in ("a.example.vn", "b.example.vn"):
            await make.source(session, url=f"https://{host}/rss", host=host)
    await run_apart(lambda: loa("sources", "add", "https://b.example.vn/rss", "--allow-bad-certificate"))
    assert [source.allow_bad_certificate for source, _ in await list_rows(database)] == [False, True]


async def test_the_settings_may_allow_and_forbid_it(
    loa: Loa, config: Path, database_url: str, database: Database
) -> None:
    """F5"""
    database_rows = f"[database]\nurl = {json.dumps(database_url)}\n"
    for allowed in ("true", "false"):
        rows = f'[[sources]]\nurl = "https://a.example.vn/rss"\nallow_bad_certificate = {allowed}\n'
        write(config, database_rows + rows)
        await run_apart(lambda: loa("sources", "list"))
        ((source, _),) = await list_rows(database)
        assert source.allow_bad_certificate is (allowed == "true")


async def run_apart(work: Callable[[], object]) -> None:
    """A verb opens a loop of its own: it needs a thread of its own here."""
    await asyncio.to_thread(work)
