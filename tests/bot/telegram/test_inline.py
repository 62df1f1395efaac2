"""The bot's name and some words, typed in any chat: articles to choose from, over real HTTP."""

import pytest

from bot.asked import Asked, Shared, Shares
from bot.message import link, say
from tests.bot.telegram.talk import Talk
from tests.bot_api import FakeTelegram, faults

pytestmark = pytest.mark.usefixtures("face")


@pytest.fixture
def hook() -> None:
    """By polling alone: what comes by webhook is the same."""


def list_two(asked: Asked, page: int) -> Shares:
    """Two articles with awkward titles, and a page after the first."""
    articles = (
        Shared(
            7, "GDP < 8% & hơn", "Cục Thống kê · hôm nay", say(link("GDP < 8%", "https://example.vn/7"), "\n\nTăng.")
        ),
        Shared(8 + page, "Bài khác", "", say("x")),
    )
    return Shares(articles, None if page else 1)


async def test_articles_are_offered_to_the_person_who_types(fake: FakeTelegram, talk: Talk) -> None:
    talk.shelf = list_two
    query = fake.ask_inline(fake.person(11, "Lan", "vi"), "giá tiêu dùng")
    await fake.wait_for(lambda: fake.answers)
    [answer] = fake.answers
    assert answer.query_id == query
    first, second = answer.results
    assert (first["id"], first["title"], first["description"]) == ("7", "GDP < 8% & hơn", "Cục Thống kê · hôm nay")
    content = first["input_message_content"]
    assert content["message_text"] == '<a href="https://example.vn/7">GDP &lt; 8%</a>\n\nTăng.'
    assert second["id"] == "8"
    assert [(asked.chat, asked.person, asked.text) for asked in talk.asked] == [("11", "11", "giá tiêu dùng")]


async def test_the_next_page_is_asked_for_by_its_number(fake: FakeTelegram, talk: Talk) -> None:
    talk.shelf = list_two
    fake.ask_inline(fake.person(11, "Lan", "vi"), "giá", offset="1")
    await fake.wait_for(lambda: fake.answers)
    assert [result["id"] for result in fake.answers[0].results] == ["7", "9"]


@pytest.mark.parametrize("offset", ["x", "-1", "99999999999999999999"])
async def test_a_page_that_nobody_was_given_is_the_first(fake: FakeTelegram, talk: Talk, offset: str) -> None:
    """A6"""
    talk.shelf = list_two
    fake.ask_inline(fake.person(11, "Lan", "vi"), "giá", offset=offset)
    await fake.wait_for(lambda: fake.answers)
    assert [result["id"] for result in fake.answers[0].results] == ["7", "8"]


async def test_an_answer_that_comes_too_late_stops_nothing(fake: FakeTelegram, talk: Talk) -> None:
    lan = fake.person(11, "Lan", "vi")
    fake.fail(faults.server_error(), method="answerInlineQuery")
    fake.ask_inline(lan, "một")
    fake.ask_inline(lan, "hai")
    await fake.wait_for(lambda: fake.answers)
    assert [asked.text for asked in talk.asked] == ["một", "hai"]
