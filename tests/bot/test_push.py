"""How pushes and notices look."""

import logging
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.asked import Answer
from bot.cut import shorten
from bot.locales import Translator, load_translators
from bot.notices import render_notice
from bot.push import render_due, render_news
from bot.telegram import TelegramChannel
from db.models import ChatKind
from db.outbox import Due, News
from tests import make
from tests.bot.talk import check_limits, get_actions

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PUBLISHED = datetime(2026, 8, 6, 1, 30, tzinfo=UTC)

NOTICES: dict[str, dict[str, Any]] = {
    "access_request": {"member_id": 7, "name": "Lê Minh", "channel": "telegram", "address": "200"},
    "access_granted": {"topics": ["Giá cả", "Dân số"]},
    "access_refused": {},
    "source_added": {
        "source_id": 3,
        "name": "Cục Thống kê",
        "url": "https://hoa:secret@example.vn/rss",
        "articles": 12,
        "titles": ["Một", "Hai", "Ba"],
    },
    "source_failed": {"url": "https://hoa:secret@example.vn/rss", "reason": "HTTP 404"},
    "preview_failed": {"url": "https://hoa:secret@example.vn/rss", "reason": "HTTP 404"},
    "source_failing": {"source_id": 3, "name": "Cục Thống kê", "reason": "HTTP 503"},
    "source_back": {"source_id": 3, "name": "Cục Thống kê"},
    "source_moved": {"source_id": 3, "name": "Cục Thống kê", "url": "https://hoa:secret@example.vn/new"},
    "source_gone": {"source_id": 3, "name": "Cục Thống kê"},
    "source_gap": {"name": "Cục Thống kê"},
    "source_silent": {
        "source_id": 3,
        "name": "Cục Thống kê",
        "url": "https://hoa:secret@example.vn/rss",
        "gap": 86_400,
        "quiet": 12 * 86_400,
    },
    "source_broken": {"source_id": 3, "name": "Cục Thống kê", "url": "https://hoa:secret@example.vn/tin"},
    "sources_failing": {},
    "sources_back": {},
    "long_wait": {"chat": "Phòng Tổng hợp", "channel": "telegram", "until": "2026-08-06T13:30:00+00:00"},
}


@pytest.fixture
def words() -> Translator:
    return load_translators().get("vi", ZONE)


def _news(title: str = "Giá tiêu dùng tăng 8,2%", summary: str = "So với tháng 7.", topic: str = "Giá cả") -> News:
    return News(
        article_id=5,
        title=title,
        summary=summary,
        url="https://example.vn/tin/5.html",
        published_at=PUBLISHED,
        source="Cục Thống kê",
        section="Tin hoạt động ngành",
        topic_id=7,
        topic=topic,
    )


def _due(notice: str | None, news: News | None) -> Due:
    return Due(1, 2, "telegram", "200", "Lan", ChatKind.PRIVATE, "vi", make.NOW, 1, "", notice, {}, news)


def test_a_push_has_headline_summary_source_date_link_and_a_way_to_mute(words: Translator) -> None:
    message = render_due(_due(None, _news()), words)
    assert message.text.split("\n\n") == [
        "Giá tiêu dùng tăng 8,2%",
        "So với tháng 7.",
        "Cục Thống kê · Tin hoạt động ngành · 08:30 06/08/2026 · Đọc tiếp",
    ]
    headline, read_on = message.spans[0], message.spans[-1]
    assert headline.bold
    assert headline.url == read_on.url == "https://example.vn/tin/5.html"
    assert [(button.label, button.action) for row in message.buttons for button in row] == [
        ("🔕 Thôi theo dõi Giá cả", "mute:7"),
        ("💾 Lưu bài", "save:5"),
    ]


def test_a_push_without_a_summary_leaves_no_hole(words: Translator) -> None:
    assert "8,2%\n\nCục Thống kê" in render_news(_news(summary=""), words).text


def test_a_summary_that_a_machine_wrote_is_marked(words: Translator) -> None:
    """C2"""
    assert "🤖 máy tóm tắt" in render_news(_news()._replace(by_machine=True), words).text
    assert "🤖" not in render_news(_news(), words).text
    assert "🤖" not in render_news(_news(summary="")._replace(by_machine=True), words).text


def test_a_push_names_the_other_sources_of_the_story(words: Translator) -> None:
    """N8"""
    message = render_news(_news()._replace(also=("Báo Tỉnh", "Cổng <tỉnh>")), words)
    assert message.text.endswith("Đọc tiếp\nCũng đăng tại Báo Tỉnh, Cổng <tỉnh>")
    crowd = render_news(_news()._replace(also=tuple(f"Báo {number}" for number in range(9))), words)
    assert crowd.text.endswith("Báo 3, Báo 4, +4")


def test_a_push_keeps_within_the_limits_whatever_the_article_holds(words: Translator) -> None:
    """C1, D16"""
    news = _news("tiêu đề <b>& " * 200, "tóm tắt " * 2000, "שלום " * 50)
    crowd = news._replace(source="nguồn " * 100, also=("nguồn khác " * 100,) * 50)
    check_limits(Answer((render_news(crowd, words),)))
    check_limits(Answer((render_news(_news("", ""), words),)))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_each_notice_is_said_in_each_language(kind: str, language: str) -> None:
    """A8"""
    message = render_notice(kind, NOTICES[kind], load_translators().get(language, ZONE))
    check_limits(Answer((message,)))
    assert "secret" not in message.text


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_a_notice_with_odd_data_is_said_all_the_same(kind: str, words: Translator) -> None:
    """P7"""
    keys = ("member_id", "source_id", "name", "url", "reason", "articles", "titles", "topics", "channel", "address")
    keys += ("gap", "quiet", "items", "rules")
    for value in (None, "", "{x}", "x" * 5000, ["y" * 5000] * 100, -1, 10**30, {"a": 1}):
        message = render_notice(kind, dict.fromkeys(keys, value), words)
        assert len(message.text) <= 3500
    check_limits(Answer((render_notice(kind, {}, words),)))


def test_a_request_is_answered_by_buttons(words: Translator) -> None:
    message = render_due(_due("access_request", None)._replace(data=NOTICES["access_request"]), words)
    assert message.text == "Lê Minh xin được duyệt\nTài khoản: 200 trên Telegram"
    assert get_actions(Answer((message,))) == ["approve:7", "refuse:7"]


def test_an_ill_source_can_be_paused_and_a_gone_one_resumed(words: Translator) -> None:
    """F9, N9"""
    failing = render_notice("source_failing", NOTICES["source_failing"], words)
    gone = render_notice("source_gone", NOTICES["source_gone"], words)
    assert get_actions(Answer((failing, gone))) == ["pause:3", "resume:3"]


def test_an_unknown_notice_says_little_and_is_logged(words: Translator, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        message = render_notice("from_the_future", {"secret": "x"}, words)
    assert message.text == "Có một thông báo mà phiên bản loa này chưa hiển thị được."
    assert "from_the_future" in caplog.text


def test_many_articles_are_told_in_one_message_below_their_topics(words: Translator) -> None:
    """D2 D18"""
    items = [_news()._replace(title=f"Tin {number}", topic=("Giá cả", "Dân số")[number % 2]) for number in range(4)]
    message = render_due(_due(None, _news())._replace(folded=tuple(items)), words)
    lines = message.text.splitlines()
    assert lines[0] == "4 tin mới"
    assert [line for line in lines[1:] if line and not line.startswith("•")] == ["Giá cả", "Dân số"]
    assert [span.text for span in message.spans if span.url] == ["Tin 0", "Tin 2", "Tin 1", "Tin 3"]


@pytest.mark.parametrize("topics", [1, 10, 80])
def test_as_many_articles_as_fit_stay_within_a_message(words: Translator, topics: int) -> None:
    """D16 D18"""
    odd = _news()._replace(title="אẦ" * 150, source="ỷ" * 90)
    many = [odd._replace(topic=f"{number % topics} {'ữ' * 90}") for number in range(TelegramChannel.digest)]
    late = datetime(2026, 8, 6, tzinfo=UTC)
    message = render_due(_due(None, _news())._replace(folded=tuple(many), late_since=late), words)
    shown = shorten(message.spans, 4096)
    assert shown == message.spans
    assert sum(bool(span.url) for span in shown) == len(many)
    assert sum(span.bold or span.italic or bool(span.url) for span in shown) <= 100
    assert message.text.count("אẦ" * 15) == len(many)


def test_the_fewer_articles_the_longer_their_lines(words: Translator) -> None:
    title = "Hội nghị sơ kết công tác thi đua khối các cơ quan trung ương đóng trên địa bàn tỉnh năm nay"
    lines = []
    for number in (2, 40, 80):
        folded = (_news()._replace(title=title),) * number
        lines.append(render_due(_due(None, _news())._replace(folded=folded), words).text.splitlines()[-1])
    assert lines[0].startswith(f"• {title} · ")
    assert [len(line) for line in lines] == sorted(map(len, lines), reverse=True)
    assert all(line.startswith("• Hội nghị sơ kết công tác thi đua") for line in lines)
