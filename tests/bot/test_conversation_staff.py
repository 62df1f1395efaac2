"""What members do for themselves: save articles, be forgotten; and what bounds everybody."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.config import AccessMode
from bot.flood import Flood
from db import audit, members, outbox
from db.engine import Database
from db.models import Act, Base, Chat, Delivery, Member, Role, Saved
from tests import make
from tests.bot.talk import ADMIN, GROUP, Talk, get_actions, get_text
from tests.fakes import Clock

HOA, NAM = "300", "301"


async def _add_articles(talk: Talk, count: int) -> list[int]:
    async with talk.database.write() as session:
        source = await make.source(session)
        return [(await make.article(session, source_id=source.id)).id for _ in range(count)]


async def test_an_article_is_saved_from_its_push_and_listed(talk: Talk) -> None:
    [first, second] = await _add_articles(talk, 2)
    await talk.add_reader(HOA)
    assert "chưa lưu bài nào" in get_text(await talk.say(HOA, "/saved"))
    assert (await talk.press(HOA, f"save:{first}")).toast == "💾 Đã lưu cho anh/chị. Gửi /daluu để xem."
    assert "rồi" in (await talk.press(HOA, f"save:{first}")).toast
    talk.clock.advance(timedelta(seconds=1))
    await talk.press(HOA, f"save:{second}")
    listed = await talk.say(HOA, "/daluu")
    assert "2 bài đã lưu" in get_text(listed)
    assert get_actions(listed) == [f"unsave:{second}:0", f"unsave:{first}:0"]
    less = await talk.press(HOA, f"unsave:{second}:0")
    assert get_actions(less) == [f"unsave:{first}:0", f"resave:{second}:0"]
    assert "2 bài đã lưu" in get_text(await talk.press(HOA, f"resave:{second}:0"))
    assert (await talk.press(HOA, "save:999")).toast


async def test_in_a_group_each_saves_for_themselves(talk: Talk) -> None:
    [article] = await _add_articles(talk, 1)
    await talk.add_reader(HOA)
    await talk.add_reader(NAM)
    await talk.say_in_group(HOA, "/start", may_manage=True)
    saved = await talk.press_in_group(NAM, f"save:{article}")
    assert (saved.messages, saved.toast[:1]) == ((), "💾")
    assert "1 bài đã lưu" in get_text(await talk.say(NAM, "/saved"))
    assert "chưa lưu bài nào" in get_text(await talk.say(HOA, "/saved"))
    assert "nhắn riêng" in get_text(await talk.say_in_group(NAM, "/saved"))
    assert (await talk.press_in_group("999", f"save:{article}")).toast.startswith("Loa dành cho cán bộ")


async def test_many_saved_articles_come_in_pages(talk: Talk) -> None:
    articles = await _add_articles(talk, 9)
    member = await talk.add_reader(HOA)
    async with talk.database.write() as session:
        session.add_all(Saved(member_id=member, article_id=number, saved_at=talk.clock()) for number in articles)
    assert get_actions(await talk.say(HOA, "/saved"))[-1] == "saved:1"
    last = await talk.press(HOA, "saved:1")
    assert "9. " in get_text(last)
    assert get_actions(last)[-1] == "saved:0"


async def _find_traces(talk: Talk, words: str) -> list[str]:
    """The tables in which the words stand anywhere."""
    found = []
    async with talk.database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = (await session.execute(select(table))).all()
            found += [table.name] * any(words in str(tuple(row)) for row in rows)
    return found


async def test_whoever_is_forgotten_stands_nowhere_any_more(talk: Talk) -> None:
    """The name and the address are looked for in every table."""
    await talk.add_admin()
    [article] = await _add_articles(talk, 1)
    await talk.say("300300", "/start", name="Lò Thị Nhớ")
    member = (await talk.get_chat("300300")).member_id
    await talk.press(ADMIN, f"approve:{member}")
    await talk.press(ADMIN, f"role:{member}:1:0")
    await talk.say("300300", "/addsource https://example.vn/rss", name="Lò Thị Nhớ")
    await talk.press("300300", f"save:{article}")
    await talk.say("300300", "giá", name="Lò Thị Nhớ")
    assert {"members", "chats", "deliveries"} <= set(await _find_traces(talk, "Lò Thị Nhớ"))
    question = await talk.say("300300", "/quenminh", name="Lò Thị Nhớ")
    assert get_actions(question) == ["forget", "keepme"]
    assert "1 bài đã lưu" in get_text(question)
    assert "như cũ" in get_text(await talk.press("300300", "keepme"))
    done = await talk.press("300300", "forget")
    assert "Loa đã xóa:" in get_text(done)
    assert "1 lần tìm kiếm" in get_text(done)
    assert await _find_traces(talk, "Lò Thị Nhớ") == []
    assert await _find_traces(talk, "300300") == []
    async with talk.database.read() as session:
        assert [row.entry.act async for row in audit.walk_acts(session)][-1] is Act.FORGOTTEN
    assert "gửi /batdau" in get_text(await talk.say("300300", "/latest"))


async def test_the_only_admin_is_not_forgotten(talk: Talk) -> None:
    """A3"""
    await talk.add_admin()
    await talk.say(ADMIN, "/forget")
    assert "quản trị viên duy nhất" in (await talk.press(ADMIN, "forget")).toast
    async with talk.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 1


async def test_what_is_being_sent_to_who_is_forgotten_stops_nothing(talk: Talk) -> None:
    """D10"""
    await talk.add_reader(HOA)
    async with talk.database.write() as session:
        chat = await members.get_chat(session, "telegram", HOA)
        assert chat is not None
        await outbox.owe_notice(session, [chat.id], notice="role_given", key="1", data={}, now=talk.clock())
        [due] = await outbox.claim(session, "telegram", talk.clock(), lease=timedelta(seconds=9), limit=1)
    await talk.add_reader(NAM, Role.ADMIN)
    await talk.press(HOA, "forget")
    async with talk.database.write() as session:
        await outbox.record_sent(session, due, message_id="1", now=talk.clock(), next_send_at=talk.clock())
    async with talk.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Delivery)) == 0
        assert HOA not in (await session.scalars(select(Chat.address))).all()


async def test_who_floods_is_told_once_and_at_each_button(database: Database, clock: Clock) -> None:
    talk = Talk(database, clock, flood=Flood(4, 3600))
    await talk.add_reader(HOA)
    await talk.add_reader(NAM)
    assert [len((await talk.say(HOA, "/help")).messages) for _ in range(6)] == [1, 1, 1, 1, 1, 0]
    assert "chờ một lát" in (await talk.press(HOA, "topics:0")).toast
    assert "Cài đặt" in get_text(await talk.say(NAM, "/settings"))


async def test_codes_are_guessed_a_few_times_only(database: Database, clock: Clock) -> None:
    """A4"""
    talk = Talk(database, clock, AccessMode.INVITE, guesses=Flood(3, 3600))
    await talk.add_admin()
    code = get_text(await talk.say(ADMIN, "/invite")).rpartition("/start ")[2]
    for number in range(3):
        assert "Lời mời này không dùng được" in get_text(await talk.say("900", f"/start {number}"))
    assert "quá nhiều lời mời" in get_text(await talk.say("900", f"/start {code}"))
    assert "Xin chào" in get_text(await talk.say("901", f"/start {code}"))


@pytest.mark.parametrize("action", ["forget", "forget:1", "keepme", "saved:0", "unsave:1:0", "muteall:0"])
async def test_a_strangers_or_groups_press_forgets_nobody(talk: Talk, action: str) -> None:
    """A6"""
    await talk.add_reader(HOA, Role.ADMIN)
    await talk.say_in_group(HOA, "/start", may_manage=True)
    assert (await talk.press("999", action)).messages == ()
    assert (await talk.press_in_group(HOA, action)).messages == ()
    assert (await talk.get_chat(GROUP)).kind == "group"
    assert "Cài đặt" in get_text(await talk.say(HOA, "/settings"))
