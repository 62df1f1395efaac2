"""Reasons of sources that cannot be read."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.locales import load_translators
from bot.reasons import REASONS, explain_reason

FEEDS = Path(__file__).parents[2] / "feeds"


def test_the_reasons_are_those_that_feeds_writes() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in FEEDS.glob("*.py"))
    assert [reason for reason in REASONS if f'"{reason}"' not in written] == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("a web page, no feed", "đây là trang web, không phải nguồn tin RSS"),
        ("the server answered 503 Service Unavailable", "máy chủ báo lỗi 503"),
        ("the address is private; polling.allow_networks may open it", "đây là địa chỉ mạng nội bộ, loa không đọc"),
        ("something new {x}", "something new {x}"),
    ],
)
def test_a_reason_is_said_in_the_readers_language(reason: str, said: str) -> None:
    assert explain_reason(reason, load_translators().get("vi", ZoneInfo("UTC"))) == said
