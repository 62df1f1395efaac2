"""/stats: how the language model fares."""

from datetime import date

import pytest

from bot.commands.stats import _VERDICTS
from db import model_use
from db.models import Role, VerdictKind
from tests.bot.talk import ADMIN, Talk, get_text

TODAY = date(2026, 8, 6)
EDITOR = "400"


@pytest.fixture
async def office(talk: Talk) -> Talk:
    await talk.add_reader(ADMIN, Role.ADMIN, name="Phạm Quốc Hùng")
    await talk.add_reader(EDITOR, Role.EDITOR)
    return talk


def test_every_verdict_has_its_words() -> None:
    assert set(_VERDICTS) == set(VerdictKind) - {VerdictKind.ASKED, VerdictKind.TAKEN}


async def test_admins_hear_how_often_and_why_the_model_was_overruled(office: Talk) -> None:
    """C2"""
    assert "chưa hỏi mô hình ngôn ngữ nào" in get_text(await office.say(ADMIN, "/stats"))
    async with office.database.write() as session:
        assert await model_use.reserve(session, TODAY, 900, budget=1000)
        assert not await model_use.reserve(session, TODAY, 900, budget=1000)
        await model_use.settle(session, TODAY, reserved=900, tokens=700)
        for verdict in (VerdictKind.FIGURE, VerdictKind.TAKEN, VerdictKind.SILENT, VerdictKind.FIGURE):
            await model_use.record(session, TODAY, verdict)
        await model_use.record(session, date(2026, 7, 7), VerdictKind.NAME)
    told = get_text(await office.say(ADMIN, "/sudung"))
    assert told.splitlines() == [
        "Tóm tắt trong 30 ngày qua",
        "",
        "🤖 1 bản do mô hình ngôn ngữ viết",
        "3 bản lấy nguyên văn từ bài viết thay cho mô hình",
        "• có số liệu không đúng với bài viết: 2",
        "• máy chủ không trả lời kịp thời: 1",
        "",
        "Hôm nay đã dùng 700 token",
    ]
    assert "người quản lý loa" in get_text(await office.say(EDITOR, "/stats"))
