"""Whatever is typed, the article that is meant comes first."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.demo.archive import load_articles
from db import search
from db.aliases import Aliases
from db.base import OFFICE_ZONE
from db.changes import Cursor
from db.engine import Database
from db.index import Reader, SearchIndex, State
from db.index_writer import Entry, Writer
from db.indexing import index_some
from db.matching import Moment, match
from db.models import Question
from db.query import parse
from db.search import Archive, Found, pair_snippets
from tests import make

ARTICLES = {
    "Hội nghị sơ kết công tác thi đua": "Sáng 5/7, lãnh đạo tỉnh dự hội nghị. Các khối, cụm báo cáo kết quả sáu tháng.",
    "Tổng cục Thống kê họp báo": "Tổng cục Thống kê công bố số liệu quý II. Kinh tế tăng trưởng khá.",
    "Tuyên truyền biển đảo": "Thực hiện Kế hoạch số 179/KH-UBND của tỉnh, các xã tổ chức tuyên truyền.",
    "Viện kiểm sát làm việc": "Viện kiểm sát nhân dân (VKSND) làm việc với công an. Hội thảo kết thúc lúc trưa.",
    "Chỉ số giá tiêu dùng tháng 7": "Chỉ số giá tiêu dùng tăng 0,5% so với tháng trước.",
    "Mùa màng ở Khánh Hoà": "Nông dân Khánh Hoà được mùa lúa. Má Năm gặt xong ruộng.",
    "Trộm cắp mạ non": "Mạ non bị trộm.",
    "Thăm vườn cây lâu năm": "Đoàn công tác tỉnh Đắk Lắk trao đổi kinh nghiệm.",
}


class Room:
    """A database with some articles, and its index."""

    def __init__(self, database: Database, index: SearchIndex, writer: Writer) -> None:
        self.database, self.index, self.writer = database, index, writer

    async def follow(self) -> None:
        while await index_some(self.database, self.writer):
            pass

    async def ask(self, words: str, *, newest: int = 2**31 - 1, offset: int = 0, limit: int = 10) -> Found:
        question = Question(words=words, newest_article_id=newest, asked_at=make.NOW)
        return await search.find(Archive(self.database, self.index), question, offset=offset, limit=limit)

    async def titles(self, words: str) -> list[str]:
        return [article.title for article in (await self.ask(words)).articles]


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    room = Room(database, index := SearchIndex(tmp_path / "index"), Writer(index))
    async with database.write() as session:
        topic = await make.topic(session, "Kinh tế")
        source = await make.source(session, name="Cục Thống kê", topic_id=topic.id)
        for number, (title, text) in enumerate(ARTICLES.items()):
            published = make.NOW - timedelta(days=40 * number)
            await make.article(session, source_id=source.id, title=title, text=text, published_at=published)
    await room.follow()
    yield room
    room.writer.close()


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("hoi nghi so ket thi dua", "Hội nghị sơ kết công tác thi đua"),
        ("Hội nghi sơ ket", "Hội nghị sơ kết công tác thi đua"),
        ("thi đua sơ kết", "Hội nghị sơ kết công tác thi đua"),
        ("TCTK", "Tổng cục Thống kê họp báo"),
        ("CPI", "Chỉ số giá tiêu dùng tháng 7"),
        ("vksnd", "Viện kiểm sát làm việc"),
        ("179/KH-UBND", "Tuyên truyền biển đảo"),
        ("hoi ngih", "Hội nghị sơ kết công tác thi đua"),
        ("thidua", "Hội nghị sơ kết công tác thi đua"),
        ("thoongs kee", "Tổng cục Thống kê họp báo"),
        ("khánh hòa", "Mùa màng ở Khánh Hoà"),
        ("Kha\u0301nh Ho\u0300a", "Mùa màng ở Khánh Hoà"),
        ("mạ", "Trộm cắp mạ non"),
        ("Đắc Lắc", "Thăm vườn cây lâu năm"),
        ("dak lak", "Thăm vườn cây lâu năm"),
        ('"tuyên truyền"', "Tuyên truyền biển đảo"),
        ("nguồn: thống kê biển đảo", "Tuyên truyền biển đảo"),
    ],
)
async def test_what_is_meant_comes_first(room: Room, words: str, title: str) -> None:
    """C5"""
    assert (await room.titles(words))[0] == title


async def test_a_phrase_alone_wants_its_words_in_a_row(room: Room) -> None:
    assert await room.titles('"sơ kết công tác"') == ["Hội nghị sơ kết công tác thi đua"]
    assert await room.titles('"công tác sơ kết"') == []
    assert await room.titles('"TCTK họp báo"') == ["Tổng cục Thống kê họp báo"]


async def test_a_phrase_with_marks_is_meant_as_it_is_written(room: Room) -> None:
    async with room.database.write() as session:
        for title in ("Giá cà phê", "Giá cả thị trường", "Bảng giá, cả năm", "GIA CA PHE"):
            await make.article(session, title=title, text="Số liệu của cả tỉnh.")
    await room.follow()
    assert set(await room.titles('"giá cả"')) == {"Giá cả thị trường", "Bảng giá, cả năm"}
    assert (await room.titles('"giá cả" tỉnh'))[:2] == ["Bảng giá, cả năm", "Giá cả thị trường"]
    assert set(await room.titles('"gia ca"')) == {"Giá cà phê", "Giá cả thị trường", "Bảng giá, cả năm", "GIA CA PHE"}


async def test_a_phrase_with_marks_is_found_behind_many_that_are_it_when_folded(room: Room) -> None:
    async with room.database.write() as session:
        for number in range(130):
            await make.article(session, title=f"Giá cà phê {number}", text="Giá cà phê, cả tỉnh.")
        await make.article(session, title="Thị trường", text="Hàng hóa nhiều. " * 30 + "Giá cả bình ổn.")
    await room.follow()
    assert await room.titles('"giá cả"') == ["Thị trường"]


async def test_a_headline_with_one_bound_of_time_is_found_though_it_was_published_before(room: Room) -> None:
    async with room.database.write() as session:
        for title, month in (("Tăng lương cơ sở từ 1/7/2026", 6), ("Lương cơ sở và giá cả", 7)):
            await make.article(session, title=title, text="Tin.", published_at=make.NOW.replace(month=month))
    await room.follow()
    assert (await room.titles("Tăng lương cơ sở từ 1/7/2026"))[0] == "Tăng lương cơ sở từ 1/7/2026"


async def test_of_words_with_marks_only_those_are_marked(room: Room) -> None:
    async with room.database.write() as session:
        text = "Số đại biểu dự họp đông. Hội nghị sơ kết sáu tháng đã khai mạc vào buổi sáng hôm nay, với số lượng lớn."
        await make.article(session, title="Họp", text=text)
    await room.follow()
    [found] = [snippet for row, snippet in pair_snippets(await room.ask("sơ kết đại biểu")) if row.title == "Họp"]
    assert "Số đại biểu" in found.text
    assert [found.text[start:end] for start, end in found.marks] == ["đại", "biểu", "sơ", "kết"]


async def test_of_what_an_abbreviation_means_the_whole_is_marked(room: Room) -> None:
    async with room.database.write() as session:
        text = "Ngày 5/7, sở ban hành văn bản. Nhân đó, Hội đồng nhân dân và Ủy ban nhân dân tỉnh họp, dân dự đông."
        await make.article(session, title="Họp", text=text)
    await room.follow()
    [found] = [snippet for row, snippet in pair_snippets(await room.ask("UBND")) if row.title == "Họp"]
    assert [found.text[start:end] for start, end in found.marks] == ["Ủy", "ban", "nhân", "dân"]


async def test_a_time_that_nothing_was_published_at_is_looked_for_in_texts(room: Room) -> None:
    async with room.database.write() as session:
        await make.article(session, title="Tình hình kinh tế quý III/2025", text="Tăng trưởng khá.")
    await room.follow()
    found = await room.ask("quý III/2025")
    assert [row.title for row in found.articles] == ["Tình hình kinh tế quý III/2025"]
    assert found.misses_time
    assert (await room.ask("hôm qua")).total == 0


async def test_who_names_a_time_beside_words_is_told_when_nothing_is_of_it(room: Room) -> None:
    found = await room.ask("giá tiêu dùng tháng 2/2021")
    assert (found.articles[0].title, found.misses_time) == ("Chỉ số giá tiêu dùng tháng 7", True)
    assert not (await room.ask("sơ kết thi đua 2026")).misses_time
    strict = await room.ask("giá tiêu dùng từ 1/2 đến 3/2/2021")
    assert (strict.total, strict.untimed) == (0, "giá tiêu dùng")


async def test_the_words_of_a_time_are_no_words_of_an_article(room: Room) -> None:
    async with room.database.write() as session:
        for title, month in (("Hội thi nấu ăn kỳ 2 tháng 2", 3), ("Thu ngân sách khá", 2)):
            published = make.NOW.replace(month=month)
            await make.article(session, title=title, text="Thu ngân sách hai tháng.", published_at=published)
    await room.follow()
    assert (await room.titles("thu ngân sách tháng 2/2026"))[0] == "Thu ngân sách khá"


async def test_what_is_offered_keeps_all_but_the_slips(room: Room) -> None:
    assert (await room.ask('nguồn: thống kê "công tác" thi đuua')).mended == 'nguồn: thống kê "công tác" thi dua'
    assert (await room.ask('nguồn: thống kê "công tác" sơ kếtt')).mended == 'nguồn: thống kê "công tác" sơ ket'


async def test_a_date_alone_lists_the_newest_first(room: Room) -> None:
    titles = list(ARTICLES)
    assert await room.titles("từ 1/6 đến 10/8/2026") == titles[:2]
    assert await room.titles("tháng 6 năm 2026") == titles[1:2]
    assert await room.titles("từ 1/6/2026") == titles[:2]
    assert await room.titles("trước tháng 6 năm 2026") == titles[2:]
    assert await room.titles("chủ đề: kinh tế") == titles


async def test_an_article_of_the_time_that_is_named_comes_first(room: Room) -> None:
    async with room.database.write() as session:
        for month in (1, 2, 3):
            published = make.NOW.replace(month=month)
            await make.article(session, title=f"Giá vàng {month}", text="Vàng tăng", published_at=published)
    await room.follow()
    assert (await room.titles("giá vàng tháng 2/2026"))[0] == "Giá vàng 2"
    assert await room.titles("vàng từ 1/2 đến 28/2/2026") == ["Giá vàng 2"]
    assert (await room.titles("vàng trước 1/2/2026"))[0] == "Giá vàng 1"
    assert (await room.titles("vàng sau tháng 2/2026"))[0] == "Giá vàng 3"


async def test_of_the_same_words_the_newest_comes_first(room: Room) -> None:
    async with room.database.write() as session:
        for days in (300, 3, 30):
            published = make.NOW - timedelta(days=days)
            await make.article(session, title=f"Bão số {days}", text="Bão vào bờ.", published_at=published)
    await room.follow()
    assert await room.titles("bão vào bờ") == ["Bão số 3", "Bão số 30", "Bão số 300"]


async def test_an_article_with_every_word_is_found_however_much_better_others_are(room: Room) -> None:
    async with room.database.write() as session:
        for number in range(9):
            await make.article(session, title=f"Tin {number}", text="Sáng nay cả xã ra đồng. Không có gì khác. " * 20)
        await make.article(session, title="Xã, xã, xã", text="Xã và đồng, xã và đồng.")
        await make.article(session, title="Giao ban UBND", text="Cả xã họp.")
    await room.follow()
    assert (await room.ask("xã")).total == 12  # two articles of the room have it, too
    assert (await room.ask("đồng xã")).total >= 10
    assert "Giao ban UBND" in await room.titles("ủy ban nhân dân")


async def test_pages_stay_as_they_were_after_new_articles(room: Room) -> None:
    async with room.database.write() as session:
        for number in range(25):
            newest = (await make.article(session, title=f"Lốc xoáy {number}", text="Lốc xoáy vào bờ")).id
    await room.follow()
    pages = [await room.ask("lốc xoáy", newest=newest, offset=offset) for offset in (0, 10, 20)]
    async with room.database.write() as session:
        for number in range(30):
            await make.article(session, title=f"Lốc xoáy mới {number}", text="Lốc xoáy vào bờ")
    await room.follow()
    again = [await room.ask("lốc xoáy", newest=newest, offset=offset) for offset in (0, 10, 20)]
    assert [page.articles for page in again] == [page.articles for page in pages]
    assert [(page.total, len(page.articles)) for page in pages] == [(25, 10), (25, 10), (25, 5)]


@pytest.mark.parametrize(
    ("count", "words", "piece"),
    [
        (14, "du lich", "dịch vụ du lịch"),  # another title has `dự`
        (14, "du lihc", "dịch vụ du lịch"),
        (20, "Tổng cục Thống kê", "Tổng cục Thống kê"),  # another title has `Cục Thống kê`
    ],
)
async def test_words_in_a_row_come_first_in_a_small_archive(
    database: Database, tmp_path: Path, count: int, words: str, piece: str
) -> None:
    """C5"""
    small = Room(database, index := SearchIndex(tmp_path / "index"), Writer(index))
    texts = {one.title: "\n".join((one.title, one.lead, *one.paragraphs)) for one in load_articles()[:count]}
    async with database.write() as session:
        topic = await make.topic(session, "Kinh tế")
        source = await make.source(session, topic_id=topic.id)
        for title, text in texts.items():
            await make.article(session, source_id=source.id, title=title, text=text.removeprefix(title).lstrip())
    await small.follow()
    first = (await small.titles(words))[0]
    small.writer.close()
    assert piece in texts[first]


async def test_a_slip_is_told(room: Room) -> None:
    assert (await room.ask("Hội ngih")).mended == "Hội nghi"
    assert (await room.ask("Hội nghị")).mended == ""
    assert (await room.ask("179/KX-UBND")).mended == ""  # nobody knows better what number was meant
    assert (await room.ask("chỉ soos tieeu dungf")).mended == "chỉ so tieu dung"
    assert (await room.ask("nửa sau tháng, khối nào")).mended == ""  # right words, which the archive has nowhere


async def test_snippets_show_the_words_in_their_spelling(room: Room) -> None:
    (snippet, *_) = (await room.ask("cum bao cao")).snippets
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["cụm", "báo", "cáo"]


@pytest.mark.parametrize("words", ["", '"', "*", "%_%", "x" * 4000, "q", "AND OR NOT", "zzzzzz", "' OR 1=1 --", "a:b"])
async def test_anything_has_an_answer(room: Room, words: str) -> None:
    """C5"""
    assert (await room.ask(words)).total >= 0


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    index = SearchIndex(tmp_path_factory.mktemp("words") / "index")
    writer = Writer(index)
    assert writer.claim()
    writer.add(Entry(number, [1], title, text, make.NOW) for number, (title, text) in enumerate(ARTICLES.items(), 1))
    writer.commit(State(Cursor(0), built_to=None))
    writer.close()
    reader = index.get_reader()
    assert reader
    return reader


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.text() | st.text(alphabet='hội nghị sơ kết "7/2023 :+-*()[]{}^~\\'))
def test_no_query_raises(reader: Reader, words: str) -> None:
    """C5"""
    moment = Moment(make.NOW, 100, OFFICE_ZONE)
    texts = dict(enumerate(ARTICLES.items(), 1))
    found = match(
        reader, parse(words, make.NOW.date()), Aliases([]), moment, lambda ids: {one: texts[one] for one in ids}
    )
    assert set(found.article_ids) <= set(range(1, len(ARTICLES) + 1))


@pytest.mark.parametrize("words", ["Ai hát bài ca mở đầu?", "ai hat bai ca mo dau"])
async def test_a_question_finds_first_the_text_whose_sentence_answers_it(room: Room, words: str) -> None:
    """C5"""
    apart = "Bài viết gửi về sở. Ca trực đầu tuần mở cửa sớm. Đội hát luyện tập. Ca sĩ hát một bài, ca khác hát ba bài."
    together = "Cuộc thi có ba phần. Cô Hà hát bài ca mở đầu, trước mọi người."
    async with room.database.write() as session:
        for number, text in enumerate([together, apart]):
            await make.article(session, title=f"Liên hoan {number}", text=text, published_at=make.NOW)
    await room.follow()
    assert (await room.titles(words))[0] == "Liên hoan 0"


async def test_pages_of_any_length_part_the_same_list(room: Room) -> None:
    """C5"""
    async with room.database.write() as session:
        for number in range(13):
            text = "Lúa chín. " * (number % 4) + "Gặt lúa trên đồng."
            await make.article(session, title=f"Vụ mùa {number}", text=text)
    await room.follow()
    whole = [article.id for article in (await room.ask("gặt lúa", limit=20)).articles]
    assert len(whole) == 14
    for size in (1, 4, 10):
        pages = [await room.ask("gặt lúa", offset=offset, limit=size) for offset in range(0, 14, size)]
        assert [article.id for page in pages for article in page.articles] == whole


async def test_a_frequent_word_is_left_out_only_while_others_bring_answers(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C5"""
    monkeypatch.setattr("db.choosing.LOOKED_THROUGH", 2)
    async with room.database.write() as session:
        for number in range(4):
            await make.article(session, title=f"Lúa vụ {number}", text="Lúa chín vàng.")
    await room.follow()
    assert (await room.ask("lúa")).total == 5
    monkeypatch.setattr("db.matching.MOST", 4)
    assert all("Lúa vụ" in title for title in await room.titles("lúa"))
    assert (await room.titles("khánh hòa lúa"))[0] == "Mùa màng ở Khánh Hoà"


async def test_a_frequent_word_weighs_in_what_others_bring(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """C5"""
    async with room.database.write() as session:
        for number in range(8):
            await make.article(session, title=f"Tin {number}", text="Gặt lúa.")
        for number in range(4):
            text = "Lúa chín vàng." if number == 2 else "Ngô chín vàng trên đồng."
            await make.article(session, title=f"Vụ mùa {number}", text=text)
    await room.follow()
    by_all = await room.titles("vụ mùa lúa")
    monkeypatch.setattr("db.choosing.LOOKED_THROUGH", 1)
    monkeypatch.setattr("db.matching.MOST", 2)
    assert by_all[0] == (await room.titles("vụ mùa lúa"))[0] == "Vụ mùa 2"
