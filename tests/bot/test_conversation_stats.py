"""/stats: what went on in the last days, and how the language model fares."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands.stats import _VERDICTS
from db import activity, model_use
from db.engine import Database
from db.models import Delivery, DeliveryState, Member, MemberState, Question, Role, VerdictKind
from tests import make
from tests.bot.talk import ADMIN, Talk, get_text
from tests.fakes import Clock

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
    model = told[told.index("Tóm tắt") :]
    assert model.splitlines() == [
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


async def _live(database: Database, *days: int) -> None:
    """On each of these days of August at 00:30 somebody came, was sent two articles and asked for one."""
    async with database.write() as session:
        articles = [await make.article(session) for _ in range(2)]
        for day in days:
            at = datetime(2026, 8, day, 0, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
            member = Member(name=f"{day}", state=MemberState.ACCEPTED, requested_at=at, decided_at=at)
            session.add(member)
            chat = await make.chat(session)
            session.add(Question(chat_id=chat.id, words="lúa", newest_article_id=0, asked_at=at))
            for article in articles:
                debt = Delivery(chat_id=chat.id, channel="telegram", key=f"article:{article.id}", article_id=article.id)
                debt.state, debt.due_at, debt.created_at, debt.sent_at = DeliveryState.SENT, at, at, at
                session.add(debt)
            notice = Delivery(chat_id=chat.id, channel="telegram", key="n", notice="n", due_at=at, created_at=at)
            session.add(notice)


async def test_the_days_are_the_offices(database: Database) -> None:
    """P4"""
    await _live(database, 1, 5, 5, 6)
    async with database.read() as session:
        days = await activity.list_days(session, ZoneInfo("Asia/Ho_Chi_Minh"), TODAY, 3)
    assert [(day.day.day, day.pushes, day.searches, day.members) for day in days] == [
        (4, 0, 0, 1),
        (5, 4, 2, 3),
        (6, 2, 1, 4),
    ]


async def test_admins_see_what_went_on_as_a_picture(office: Talk) -> None:
    await _live(office.database, 1, 6)
    answer = await office.say(ADMIN, "/stats")
    [shown, _model] = answer.messages
    assert shown.text.splitlines() == [
        "30 ngày qua",
        "🟦 4 lượt tin đã gửi (hôm nay: 2)",
        "🟧 2 lần tìm kiếm (hôm nay: 1)",
        "🟩 4 thành viên (+4)",
    ]
    assert shown.file is not None
    assert shown.file.content.startswith(b"\x89PNG")
    assert shown.file.is_picture


async def test_without_pictures_every_day_has_its_figures(database: Database, clock: Clock) -> None:
    """D16"""
    talk = Talk(database, clock, fileless=["telegram"])
    await talk.add_reader(ADMIN, Role.ADMIN)
    await _live(database, *range(1, 7))
    [shown, _model] = (await talk.say(ADMIN, "/stats")).messages
    assert shown.file is None
    assert shown.text.splitlines()[-2:] == ["05/08: 🟦 2 🟧 1 🟩 5", "06/08: 🟦 2 🟧 1 🟩 7"]
    clock.advance(timedelta(days=40))
    [shown, _model] = (await talk.say(ADMIN, "/stats")).messages
    assert len(shown.text.splitlines()) == 4
