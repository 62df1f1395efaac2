"""Reading: the latest, searching, and pages of answers."""

import unicodedata
from datetime import timedelta

import pytest

from bot.asked import Answer
from bot.snippets import show_snippet
from db.snippets import Snippet
from tests import make
from tests.bot.talk import Talk, get_actions, get_buttons, get_text

HOA = "300"


@pytest.fixture
async def reader(talk: Talk) -> Talk:
    await talk.add_reader(HOA)
    return talk


async def _add_articles(talk: Talk, *titles: str, topic: str = "Giá cả") -> None:
    [topic_id] = await talk.add_topics(topic)
    async with talk.database.write() as session:
        source = await make.source(session, topic_id=topic_id)
        for number, title in enumerate(titles):
            published_at = make.NOW + timedelta(hours=number)
            await make.article(session, source_id=source.id, title=title, published_at=published_at, text="Toàn tỉnh.")


def _titles(answer: Answer) -> list[str]:
    return [span.text for message in answer.messages for span in message.spans if span.url]


async def test_the_latest_come_newest_first_with_source_and_date(reader: Talk) -> None:
    await _add_articles(reader, "Giá tháng 6", "Giá tháng 7")
    answer = await reader.say(HOA, "/moinhat")
    assert _titles(answer) == ["Giá tháng 7", "Giá tháng 6"]
    assert "Chi cục Thống kê · 09:30 06/08/2026" in get_text(answer)


@pytest.mark.parametrize(
    ("text", "count"),
    [("/latest", 5), ("/latest 2", 2), ("/latest 999", 15), ("/latest 7 gia", 7), ("/moinhat giá  cả 3", 3)],
)
async def test_as_many_as_were_asked_for(reader: Talk, text: str, count: int) -> None:
    await _add_articles(reader, *(f"Giá tháng {number}" for number in range(20)))
    assert len(_titles(await reader.say(HOA, text))) == count


async def test_who_wants_none_gets_a_kind_word(reader: Talk) -> None:
    answer = await reader.say(HOA, "/latest 0")
    assert (_titles(answer), "từ 1 đến 15" in get_text(answer)) == ([], True)


async def test_the_latest_of_one_topic(reader: Talk) -> None:
    await _add_articles(reader, "Giá tháng 6")
    await _add_articles(reader, "Dân số năm 2026", topic="Dân số")
    assert _titles(await reader.say(HOA, "/latest dan so")) == ["Dân số năm 2026"]
    assert "Không có chủ đề “thể thao”" in get_text(await reader.say(HOA, "/latest thể thao"))


@pytest.mark.parametrize("words", ["thong ke", "Thống kê", "THỐNG KÊ", unicodedata.normalize("NFD", "thống kê")])
async def test_search_ignores_marks_and_case(reader: Talk, words: str) -> None:
    """C5"""
    await _add_articles(reader, "Hội nghị ngành Thống kê", "Giá tháng 6")
    assert _titles(await reader.say(HOA, f"/search {words}")) == ["Hội nghị ngành Thống kê"]


@pytest.mark.parametrize("words", ["Dak Lak", '"Dak Lak"', "dak* lak", "-đắk -lắk", "Lak, Dak"])
async def test_nothing_in_a_query_is_an_operator(reader: Talk, words: str) -> None:
    """C5"""
    await _add_articles(reader, "Sản xuất tại Đắk Lắk", "Giá tháng 6")
    assert _titles(await reader.say(HOA, words)) == ["Sản xuất tại Đắk Lắk"]


@pytest.mark.parametrize("words", ["", "*", '"', "%", "_", "?!", "—"])
async def test_a_search_without_words_is_explained(reader: Talk, words: str) -> None:
    """C5"""
    await _add_articles(reader, "Giá tháng 6")
    answer = get_text(await reader.say(HOA, f"/search {words}"))
    assert "/timkiem chỉ số giá" in answer
    assert "nguồn: tên hoặc chủ đề: tên" in answer


@pytest.mark.parametrize("words", ["z", "a" * 4000, "giá " * 1000 + "vàng", "NEAR", "' OR 1=1 --"])
async def test_odd_searches_are_answered(reader: Talk, words: str) -> None:
    """C5"""
    await _add_articles(reader, "Dân số năm 2026")
    assert "Không tìm thấy bài nào" in get_text(await reader.say(HOA, words))


async def test_a_place_that_nobody_knows_is_said_to_be_none(reader: Talk) -> None:
    await _add_articles(reader, "Nguồn vốn đầu tư công")
    for words, found in (("nguồn: đầu tư", 1), ("chủ đề: bóng đá", 0)):
        answer = await reader.say(HOA, f"/timkiem {words}")
        assert f"Không có nguồn hay chủ đề nào tên là “{words.split(': ')[1]}”" in get_text(answer)
        assert len(_titles(answer)) == found
    assert "Không có nguồn" not in get_text(await reader.say(HOA, "/timkiem chủ đề: giá vốn"))


async def test_a_search_is_offered_without_its_time_where_nothing_is_of_it(reader: Talk) -> None:
    await _add_articles(reader, "Giá tháng 6")
    answer = await reader.say(HOA, "/timkiem giá từ 1/1/2020 đến 15/1/2020")
    assert (_titles(answer), [button.label for button in get_buttons(answer)]) == ([], ["Tìm “giá”"])
    [action] = get_actions(answer)
    assert _titles(await reader.press(HOA, action)) == ["Giá tháng 6"]


async def test_a_time_that_is_found_in_texts_alone_is_said_to_be(reader: Talk) -> None:
    await _add_articles(reader, "Kinh tế quý II/2021")
    answer = await reader.say(HOA, "/timkiem quý II/2021")
    assert _titles(answer) == ["Kinh tế quý II/2021"]
    assert "Thời gian ấy không có bài nào như vậy" in get_text(answer)


async def test_one_letter_is_a_word(reader: Talk) -> None:
    """C5"""
    await _add_articles(reader, "Vitamin A cho trẻ em", "Giá tháng 6")
    assert _titles(await reader.say(HOA, "a")) == ["Vitamin A cho trẻ em"]


async def test_answers_come_in_pages_of_ten(reader: Talk) -> None:
    await _add_articles(reader, *(f"Giá tháng {number}" for number in range(25)))
    first = await reader.say(HOA, "gia")
    assert get_text(first).startswith("Tìm được 25 bài với “gia”")
    assert [button.label for button in get_buttons(first)] == ["Trang 2 →"]
    second = await reader.press(HOA, get_actions(first)[0])
    assert second.edit
    assert "11. Giá tháng 14" in get_text(second)
    assert [button.label for button in get_buttons(second)] == ["← Trang 1", "Trang 3 →"]
    third = await reader.press(HOA, get_actions(second)[1])
    assert len(_titles(third)) == 5
    assert [button.label for button in get_buttons(third)] == ["← Trang 2"]


async def test_pages_stay_as_they_were_when_news_comes(reader: Talk) -> None:
    await _add_articles(reader, *(f"Giá tháng {number}" for number in range(11)))
    first = await reader.say(HOA, "gia")
    await _add_articles(reader, "Giá hôm nay")
    second = await reader.press(HOA, get_actions(first)[0])
    assert _titles(second) == ["Giá tháng 0"]


async def test_a_whole_text_is_shown_without_dots(reader: Talk) -> None:
    await _add_articles(reader, "Giá tháng 6")
    assert get_text(await reader.say(HOA, "/timkiem giá tháng 6")).endswith("\nToàn tỉnh.")


@pytest.mark.parametrize(
    ("snippet", "shown"),
    [
        (Snippet("Giá lúa tăng", 0), "\nGiá lúa tăng …"),
        (Snippet("Giá lúa tăng.", 40), "\n… Giá lúa tăng."),
        (Snippet("“Giá lúa tăng.”", 0, ((1, 4),)), "\n“Giá lúa tăng.”"),
    ],
)
def test_dots_stand_where_a_snippet_was_cut(snippet: Snippet, shown: str) -> None:
    assert "".join(part if isinstance(part, str) else part.text for part in show_snippet(snippet)) == shown


async def test_another_chats_pages_stay_closed(reader: Talk) -> None:
    """A6"""
    await _add_articles(reader, *(f"Giá tháng {number}" for number in range(11)))
    await reader.add_reader("301")
    [page] = get_actions(await reader.say(HOA, "gia"))
    assert "không còn dùng được" in (await reader.press("301", page)).toast
    assert "không còn dùng được" in (await reader.press(HOA, page.rpartition(":")[0] + ":99")).toast


async def test_the_longest_titles_keep_within_the_limits(reader: Talk) -> None:
    """C1"""
    await _add_articles(reader, *(f'Giá <b>&"{number} {"vàng " * 200}' for number in range(20)))
    assert len(_titles(await reader.say(HOA, "/latest 15"))) == 15
    assert len(_titles(await reader.say(HOA, "gia"))) == 10
