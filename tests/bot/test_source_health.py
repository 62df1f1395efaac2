"""What /sources and the notices say of a source's health: a plain sentence, with what to do."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.locales import load_translators
from bot.notices import render_notice
from db.models import Role, SourceState
from tests import make
from tests.bot.talk import ADMIN, Talk, get_text

DAY = timedelta(days=1)
DAYS = [f"2026-07-{day:02}" for day in range(1, 10)]
FEED = {"source_id": 3, "name": "Cục Thống kê", "url": "https://hoa:secret@example.vn/tin"}


async def show_board(talk: Talk, **values: Any) -> str:
    """The board with one source, which was read a moment ago."""
    await talk.add_reader(ADMIN, Role.ADMIN)
    async with talk.database.write() as session:
        source = await make.source(session)
        for name, value in {"last_ok_at": talk.clock(), "last_polled_at": talk.clock(), **values}.items():
            setattr(source, name, value)
    return get_text(await talk.say(ADMIN, "/nguon"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "✅ đã đọc lúc 08:30 06/08/2026"),
        ({"news_days": DAYS}, "✅ đã đọc lúc 08:30 06/08/2026, cứ khoảng 1 ngày có tin"),
        ({"last_ok_at": None}, "chưa đọc lần nào"),
        ({"state": SourceState.PAUSED}, "⏸"),
        ({"state": SourceState.GONE}, "⛔"),
        ({"failures": 2, "reason": "the connection was refused"}, "⚠ lỗi 2 lần"),
        ({"allow_bad_certificate": True}, "🔓 không kiểm tra chứng thư của máy chủ nguồn này"),
    ],
)
async def test_the_board_says_how_a_source_is_doing(talk: Talk, values: dict[str, Any], said: str) -> None:
    """F9 F5"""
    assert said in await show_board(talk, **values)


async def test_the_board_says_since_when_nothing_came(talk: Talk) -> None:
    said = await show_board(talk, news_days=DAYS, last_new_at=talk.clock() - 20 * DAY)
    assert "🔕 không có tin mới từ 08:30 17/07/2026, bình thường cứ 1 ngày lại có tin" in said


async def test_the_board_says_that_a_page_was_redesigned(talk: Talk) -> None:
    """N16"""
    said = await show_board(talk, failures=3, layout_failures=3)
    assert "⚠ từ 08:30 06/08/2026 không còn thấy tin trên trang" in said
    assert "/themnguon" in said


async def test_the_board_names_a_gap_and_a_move_for_a_week(talk: Talk) -> None:
    """N9 N10"""
    said = await show_board(talk, gap_at=talk.clock())
    assert "⚠ có thể thiếu bài từ 08:30 06/08/2026" in said
    talk.clock.advance(6 * DAY)
    assert "⚠ có thể thiếu bài" in get_text(await talk.say(ADMIN, "/nguon"))
    talk.clock.advance(DAY)
    assert "⚠" not in get_text(await talk.say(ADMIN, "/nguon"))


async def test_the_board_says_that_a_source_moved(talk: Talk) -> None:
    """N9"""
    assert "✅ đọc ở địa chỉ mới từ 08:30 06/08/2026" in await show_board(talk, moved_at=talk.clock())


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("source_silent", FEED | {"gap": 86_400, "quiet": 12 * 86_400}, ("12 ngày", "cứ 1 ngày", "/themnguon")),
        ("source_broken", FEED, ("Không còn tìm thấy tin trên trang của Cục Thống kê", "/themnguon")),
        ("sources_failing", {}, ("Nhiều nguồn", "/nguon")),
        ("sources_back", {}, ("đang trở lại", "/nguon")),
    ],
)
def test_a_notice_says_what_is_wrong_and_what_to_do(kind: str, data: dict[str, Any], said: tuple[str, ...]) -> None:
    """N16 A8"""
    text = render_notice(kind, data, load_translators().get("vi", ZoneInfo("Asia/Ho_Chi_Minh"))).text
    assert [words for words in said if words not in text] == []
    assert "secret" not in text
