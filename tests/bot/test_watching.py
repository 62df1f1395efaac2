"""Words that are watched: who is told, when, and why; and the conversation about them."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from db import outbox, watches
from db.engine import Database
from db.hours import Hours, Office
from db.models import Article, Chat, Delivery, Rank, Source, Watch, WatchHit
from tests import make
from tests.bot.talk import Talk, get_actions, get_text
from tests.bot.test_hours import Night, at
from tests.fakes import Clock

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
async def talk(database: Database, clock: Clock) -> Talk:
    talk = Talk(database, clock)
    await talk.add_reader("7")
    return talk


@pytest.fixture
def night(database: Database, clock: Clock) -> Night:
    return Night(database, clock)


async def watch(database: Database, address: str, words: str, *, is_urgent: bool = False) -> None:
    async with database.write() as session:
        chat = (await session.scalars(select(Chat).where(Chat.address == address))).one()
        assert await watches.add_watch(session, chat.id, words, make.NOW, is_urgent=is_urgent)


async def owe(talk: Talk, title: str) -> Article:
    """An article of a topic that nobody follows unless told to."""
    async with talk.database.write() as session:
        article = await make.article(session, title=title)
        await outbox.owe_article(session, article.id, talk.clock())
        return article


async def list_owed(talk: Talk) -> list[tuple[str, int]]:
    async with talk.database.read() as session:
        rows = select(Article.title, Delivery.rank).join(Article, Article.id == Delivery.article_id)
        return [(title, rank) for title, rank in await session.execute(rows.order_by(Delivery.id))]


async def test_words_are_heard_of_beside_the_topics(talk: Talk) -> None:
    answer = await talk.say("7", "/tukhoa giá xăng")
    assert "sẽ báo các bài có: giá xăng" in get_text(answer)
    await owe(talk, "Giá vàng giảm")
    watched = await owe(talk, "GIÁ XĂNG tăng từ 15 giờ")
    assert await list_owed(talk) == [("GIÁ XĂNG tăng từ 15 giờ", Rank.NEWS)]
    assert "Bài có từ khóa được theo dõi ở đây: giá xăng" in get_text(await talk.say("7", f"/why {watched.url}"))


async def test_only_these_words_and_no_topics(talk: Talk) -> None:
    await talk.say("7", "/watch xăng")
    await talk.press("7", "onlywatched:1")
    async with talk.database.write() as session:
        article = await make.article(session, title="Giá vàng giảm")
        topic_id = (await session.get_one(Source, article.source_id)).topic_id
        await make.follow(session, (await talk.get_chat("7")).id, topic_id)
        await outbox.owe_article(session, article.id, talk.clock())
    assert await list_owed(talk) == []
    assert "chỉ nhận bài có từ khóa" in get_text(await talk.say("7", f"/why {article.url}"))
    await owe(talk, "Xăng lên giá")
    assert [title for title, _ in await list_owed(talk)] == ["Xăng lên giá"]
    assert "Nhận tin của các chủ đề" in get_text(await talk.say("7", "/watch also these"))
    assert not (await talk.get_chat("7")).only_watched


async def test_urgent_words_pass_quiet_hours_and_digests(night: Night) -> None:
    """D18"""
    night.office = Office(ZONE, Hours(quiet=((time(20), time(7)),), digests=(time(7, 30),)))
    await night.begin("1", "2", now=at(22, day=5))
    await watch(night.database, "1", "lũ quét", is_urgent=True)
    await watch(night.database, "2", "lũ quét")
    await night.owe_news("Tin thường", "Tin thường khác")
    assert await night.deliver() == []
    await night.owe_news("Cảnh báo lũ quét")
    (told,) = await night.deliver()
    assert told.startswith("1 Cảnh báo lũ quét")
    assert "Tin thường" not in told
    assert await night.deliver_at(at(7, 29)) == []
    first, second = sorted(await night.deliver_at(at(7, 30)))
    assert "2 new articles" in first
    assert "3 new articles" in second


async def test_an_abbreviation_that_an_admin_adds_holds_for_what_is_watched(talk: Talk) -> None:
    await talk.say("7", "/watch NSLĐ")
    await owe(talk, "Năng suất lao động tăng")
    assert await list_owed(talk) == []
    await talk.add_admin()
    await talk.say("100", "/aliases NSLĐ = năng suất lao động")
    await owe(talk, "Năng suất lao động giảm")
    assert [title for title, _ in await list_owed(talk)] == ["Năng suất lao động giảm"]


async def test_words_are_listed_made_urgent_and_removed_by_buttons(talk: Talk) -> None:
    await talk.say("7", "/watch giá xăng, Đắk Lắk !")
    await talk.say("7", "/watch lúa gạo")
    answer = await talk.say("7", "/watch")
    assert "giá xăng, Đắk Lắk ❗" in get_text(answer)
    urgent = [action for action in get_actions(answer) if action.startswith("urgent:")]
    assert not get_text(await talk.press("7", urgent[0])).count("❗ được báo") > 1
    await talk.press("7", "onlywatched:1")
    for action in [action for action in get_actions(answer) if action.startswith("unwatch:")]:
        answer = await talk.press("7", action)
    assert "Để theo dõi từ khóa" in get_text(answer)
    assert not (await talk.get_chat("7")).only_watched
    assert not (await talk.press("7", urgent[0])).messages


async def test_the_same_words_again_only_change_how_urgent_they_are(talk: Talk) -> None:
    await talk.say("7", "/watch Giá  xăng")
    await talk.say("7", "/watch giá xăng !")
    async with talk.database.read() as session:
        (row,) = (await session.scalars(select(Watch))).all()
    assert (row.words, row.is_urgent) == ("giá xăng", True)


@pytest.mark.parametrize("asked", ["/watch !", "/watch , ,", f"/watch {'dài ' * 40}"])
async def test_what_are_no_words_is_told_kindly(talk: Talk, asked: str) -> None:
    assert "vui lòng viết vài từ" in get_text(await talk.say("7", asked))


async def test_fifty_entries_with_the_longest_words_stay_within_a_message(talk: Talk) -> None:
    """D16"""
    chat = await talk.get_chat("7")
    async with talk.database.write() as session:
        for number in range(watches.MOST):
            words = f"{number} {'ữ' * 110}"
            assert await watches.add_watch(session, chat.id, words, make.NOW, is_urgent=True)
    assert "tối đa 50" in get_text(await talk.say("7", "/watch thêm nữa"))
    assert "watches:1" in get_actions(await talk.say("7", "/watch"))
    assert "watches:0" in get_actions(await talk.press("7", "watches:1"))


async def test_another_chats_words_are_nobody_elses(talk: Talk) -> None:
    """A6"""
    await talk.add_reader("8")
    await talk.say("8", "/watch lương")
    async with talk.database.read() as session:
        row = (await session.scalars(select(Watch))).one()
    assert not (await talk.press("7", f"unwatch:{row.id}:0")).messages
    assert "lương" in get_text(await talk.say("8", "/watch"))


async def test_words_move_along_with_a_group_and_go_with_their_chat(talk: Talk) -> None:
    """D8"""
    await talk.say_in_group("7", "/start", may_manage=True)
    await talk.say_in_group("7", "/watch lúa", may_manage=True)
    await talk.say_in_group("7", "/watch ngô")
    async with talk.database.write() as session:
        target = await make.chat(session, address="-9")
        chat = (await session.scalars(select(Chat).where(Chat.address == "-500"))).one()
        await session.execute(update(Watch).where(Watch.chat_id == chat.id).values(chat_id=target.id))
        await watches.move_watches(session, target.id, chat.id)
        assert [row.words for row in await watches.list_watches(session, chat.id)] == ["lúa"]
        await session.delete(chat)
        await session.flush()
        assert not (await session.scalars(select(Watch))).all()


async def test_old_hits_are_forgotten(talk: Talk) -> None:
    await talk.say("7", "/watch lúa")
    await owe(talk, "Lúa trúng mùa")
    async with talk.database.write() as session:
        await watches.forget_hits(session, talk.clock())
        assert len((await session.scalars(select(WatchHit))).all()) == 1
        await watches.forget_hits(session, talk.clock.advance(outbox.PATIENCE))
        assert not (await session.scalars(select(WatchHit))).all()
