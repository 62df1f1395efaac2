"""`loa summarise` at the shell: the office's own pages where they are there, and the demo's newsroom for a site."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.verbs import cli
from bot.clock import utcnow
from bot.demo.archive import load_articles
from bot.demo.newsroom import Newsroom

SEEDS = sorted((Path(__file__).parents[4] / "shared" / "seeds").glob("*.txt"))
TITLE = "Hội nghị sơ kết công tác thống kê 6 tháng đầu năm"
LEAD = "Sáng 14/7/2026, Cục Thống kê tỉnh Bình An họp với 124 xã, phường về công tác điều tra."
ASKED = "Bà Lê Thị Hoa đề nghị các đơn vị chuẩn bị nhân lực cho tổng điều tra kinh tế năm 2027."


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('[polling]\nallow_networks = ["127.0.0.0/8"]\n', encoding="utf-8")
    return path


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom(load_articles(), now=utcnow, has_feed=False) as newsroom:
        yield newsroom


def run(config: Path, *words: object) -> Result:
    return CliRunner().invoke(cli, ["summarise", *map(str, words), "-c", str(config)])


@pytest.mark.skipif(not SEEDS, reason="the office's pages are not here")
@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_the_offices_pages_are_told_by_their_lead_and_by_what_is_new(seed: Path, config: Path) -> None:
    _section, title, lead, *_ = filter(None, map(str.strip, seed.read_text(encoding="utf-8").splitlines()))
    told = json.loads(run(config, seed, "--json").stdout)
    assert (told["title"], told["kind"], told["problems"]) == (title, "lead", [])
    assert told["summary"].startswith(f"{lead} ")
    assert len(told["summary"].removeprefix(lead).split()) >= 8
    assert not [part for part in ("./.", "CTK Bình Thuận", "Một số hình ảnh") if part in told["summary"]]
    assert [one["is_told"] for one in told["sentences"]].count(True) == 1


def test_a_text_is_shown_with_its_summary_the_verdict_and_each_sentence(config: Path, tmp_path: Path) -> None:
    """C3"""
    path = tmp_path / "tin.txt"
    path.write_text(f"{TITLE}\n\n{LEAD}\n\n{ASKED}\n\nHội nghị kết thúc vào buổi trưa cùng ngày./.", encoding="utf-8")
    shown = run(config, path).stdout.splitlines()
    assert (shown[0], shown[2]) == (TITLE, f"{LEAD} {ASKED}")
    assert shown[4:6] == ["Kind: lead", "Figures: each stands in the article"]
    [told] = [line for line in shown if line.startswith("✓")]
    assert told.endswith(ASKED)


async def test_a_page_is_fetched_and_told(newsroom: Newsroom, config: Path) -> None:
    url = f"{newsroom.url}{newsroom.published[0].path}"
    result = await asyncio.to_thread(run, config, url, "--json")
    assert json.loads(result.stdout)["title"] == newsroom.published[0].article.title


async def test_a_private_page_is_not_fetched(newsroom: Newsroom, tmp_path: Path) -> None:
    """F2"""
    (tmp_path / "closed.toml").touch()
    result = await asyncio.to_thread(run, tmp_path / "closed.toml", f"{newsroom.url}{newsroom.published[0].path}")
    assert result.exit_code == 1
    assert "the address is private" in result.stderr


def test_a_model_is_asked_where_that_is_wanted(config: Path, tmp_path: Path) -> None:
    """C2"""
    verdict = "silent: the server cannot be reached"
    path = tmp_path / "tin.txt"
    path.write_text(f"{TITLE}\n\n{LEAD}\n\n{ASKED}", encoding="utf-8")
    refused = run(config, path, "--model")
    assert (refused.exit_code, "There is no language model" in refused.stderr) == (2, True)
    config.write_text('[model]\nbase_url = "http://127.0.0.1:1/v1"\nname = "qwen3:8b"\n', encoding="utf-8")
    told = json.loads(run(config, path, "--model", "--json").stdout)
    assert (told["summary"], told["model"]) == (f"{LEAD} {ASKED}", {"text": "", "verdict": verdict})
    assert f"Verdict: {verdict}" in run(config, path, "--model").stdout


@pytest.mark.parametrize(
    ("name", "words"), [("none.txt", "No such file"), (".", "Is a directory"), ("paper.pdf", "not HTML")]
)
def test_what_cannot_be_read_is_a_sentence(name: str, words: str, config: Path, tmp_path: Path) -> None:
    """C4"""
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7")
    result = run(config, tmp_path / name)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.output
