"""Articles that a member may share in any chat, and nobody else."""

from datetime import timedelta

from sqlalchemy import select

from bot.asked import Asked, Shares
from db.models import ChatKind, Question
from tests import make
from tests.bot.talk import Talk
from tests.fakes import Clock

HOA = "300"


async def offer(talk: Talk, words: str, *, page: int = 0, person: str = HOA) -> Shares:
    return await talk.offer(Asked("telegram", person, ChatKind.PRIVATE, person, text=words), page)


async def add_articles(talk: Talk, *titles: str) -> None:
    async with talk.database.write() as session:
        source = await make.source(session, name="Cục Thống kê")
        for number, title in enumerate(titles):
            published = talk.clock() - timedelta(hours=number)
            row = await make.article(session, source_id=source.id, title=title, published_at=published)
            row.summary = "Tóm tắt."


async def test_a_member_finds_what_to_share(talk: Talk) -> None:
    await add_articles(talk, "Giá tiêu dùng tháng 7", "Hội nghị sơ kết")
    await talk.add_reader(HOA)
    [shared] = (await offer(talk, "gia tieu dung")).articles
    assert shared.title == "Giá tiêu dùng tháng 7"
    assert shared.line.startswith("Cục Thống kê · ")
    assert "Tóm tắt." in shared.message.text
    assert shared.message.spans[0].url.startswith("https://")
    assert (await offer(talk, "không có bài này")).articles == ()


async def test_without_words_the_latest_are_offered(talk: Talk) -> None:
    await add_articles(talk, "Mới nhất", "Cũ hơn")
    await talk.add_reader(HOA)
    assert [shared.title for shared in (await offer(talk, "  ")).articles] == ["Mới nhất", "Cũ hơn"]


async def test_many_come_in_pages(talk: Talk) -> None:
    await add_articles(talk, *(f"Giá tháng {number}" for number in range(13)))
    await talk.add_reader(HOA)
    first = await offer(talk, "gia")
    assert (len(first.articles), first.next_page) == (10, 1)
    last = await offer(talk, "gia", page=1)
    assert (len(last.articles), last.next_page) == (3, None)


async def test_what_is_typed_in_one_go_counts_as_one_search_without_its_words(talk: Talk, clock: Clock) -> None:
    await talk.add_reader(HOA)
    for minutes in (0, 5):
        clock.advance(timedelta(minutes=minutes))
        for words in ("", "g", "gi", "gia", "gia xang"):
            await offer(talk, words)
        await offer(talk, "gia xang", page=1)
    async with talk.database.read() as session:
        assert [question.words for question in await session.scalars(select(Question))] == ["", ""]


async def test_others_get_nothing_and_leave_no_trace(talk: Talk, clock: Clock) -> None:
    """A1"""
    await add_articles(talk, "Giá tiêu dùng tháng 7")
    assert await offer(talk, "gia", person="666") == Shares()
    await talk.say("777", "/start")
    assert await offer(talk, "gia", person="777") == Shares()
    assert await offer(talk, "gia", person="") == Shares()
