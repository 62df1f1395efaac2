"""Reasons of sources that cannot be read."""

import ast
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.locales import load_translators
from bot.reasons import REASONS, explain_reason
from feeds import errors
from feeds.errors import FeedsError, RulesError
from feeds.pagekind import REASONS as PAGE_REASONS

#: What may end the reading of a source, not only of a picture or an article.
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, FeedsError)}
KINDS -= {"PictureError", "ModelError", "ArticleError"}
FEEDS = Path(__file__).parents[2] / "feeds"


def test_the_reasons_are_those_that_feeds_writes() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in FEEDS.glob("*.py"))
    assert [reason for reason in REASONS if f'"{reason}"' not in written] == []


def test_no_reason_that_feeds_writes_reaches_a_chat_as_it_is() -> None:
    """N18 F1 F2: what is told only at the shell, of lists and of older pages, stays as it is."""
    paths = [path for path in FEEDS.glob("*.py") if path.stem not in ("opml", "backfill", "walk", "errors")]
    calls = [
        node
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in KINDS and node.args
    ]
    texts = {arg.value for call in calls if isinstance(arg := call.args[0], ast.Constant)}
    patterned = {ast.literal_eval(_fill(arg)) for call in calls if isinstance(arg := call.args[0], ast.JoinedStr)}
    vietnamese = load_translators().get("vi", ZoneInfo("UTC"))
    written = {*texts, *patterned, *PAGE_REASONS.values(), str(RulesError("item", "li["))}
    assert len(written) > 20
    assert [reason for reason in written if explain_reason(reason, vietnamese) == reason] == []


def _fill(text: ast.JoinedStr) -> str:
    """The same with a number wherever something is put in."""
    return repr("".join(str(part.value) if isinstance(part, ast.Constant) else "30" for part in text.values))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("the page asks to log in", "trang này yêu cầu đăng nhập"),
        ("larger than 10240 KB", "trang lớn hơn 10240 KB"),
        ("a web page, no feed", "đây là trang web, không phải nguồn tin RSS"),
        ("the server answered 503 Service Unavailable", "máy chủ báo lỗi 503"),
        ("the address is private; polling.allow_networks may open it", "đây là địa chỉ mạng nội bộ, loa không đọc"),
        ("something new {x}", "something new {x}"),
    ],
)
def test_a_reason_is_said_in_the_readers_language(reason: str, said: str) -> None:
    assert explain_reason(reason, load_translators().get("vi", ZoneInfo("UTC"))) == said
