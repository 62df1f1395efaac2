"""`loa run` as a process against a strict Bot API, and one by other hands; tests/test_chaos.py kills it."""

from collections import Counter
from pathlib import Path

import pytest

from bot.clock import utcnow
from bot.demo.archive import load_articles
from bot.demo.newsroom import Newsroom
from tests.bot_api import FakeTelegram
from tests.emulator import SAYING, Emulator
from tests.processes import LoaProcess

#: What was there before the first poll.
OPENING = 3


def start_people(fake: FakeTelegram, number: int) -> list[int]:
    people = [fake.person(1000 + index, f"Người {index}") for index in range(number)]
    for person in people:
        fake.say(person, "/start")
    return [person.id for person in people]


def count_pushes(fake: FakeTelegram, title: str) -> Counter[int]:
    """How often each chat got the news of that title."""
    return Counter(sent.chat_id for sent in fake.sent if sent.text.startswith(title))


def has_news(fake: FakeTelegram, titles: list[str], chats: list[int]) -> bool:
    return all(set(count_pushes(fake, title)) >= set(chats) for title in titles)


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_an_article_reaches_each_of_25_chats_once(database_url: str, tmp_path: Path) -> None:
    """D11 P3 A8: news within 10 s, nothing of the old, /search finds the old, out within 10 s, no token in the log."""
    async with FakeTelegram() as fake, Newsroom(load_articles(), now=utcnow, opening=OPENING) as newsroom:
        loa = LoaProcess(tmp_path, database=database_url, token=fake.token, api_url=fake.url, feed=newsroom.feed_url)
        async with loa:
            chats = start_people(fake, 25)
            await fake.wait_for(lambda: {sent.chat_id for sent in fake.sent} >= set(chats), 30)
            old = [post.article.title for post in newsroom.published]
            (new,) = newsroom.publish()
            await fake.wait_for(lambda: has_news(fake, [new.article.title], chats), 10)
            for title in old:
                assert not count_pushes(fake, title)
            assert set(count_pushes(fake, new.article.title).values()) == {1}
            fake.say(fake.person(chats[0], "Người 0"), f"/search {old[0]}")
            await fake.wait_for(lambda: any(old[0] in sent.text for sent in fake.sent_to(chats[0])), 10)
            assert await loa.stop(within=10) == 0
        assert fake.token not in loa.printed
        assert fake.token.partition(":")[2] not in loa.printed
        assert not [refusal for refusal in fake.refusals if refusal.status == 429]


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_the_road_ends_at_a_bot_api_that_others_wrote(database_url: str, tmp_path: Path) -> None:
    async with Emulator() as emulator, Newsroom(load_articles(), now=utcnow, opening=OPENING) as newsroom:
        loa = LoaProcess(
            tmp_path, database=database_url, token=emulator.token, api_url=emulator.url, feed=newsroom.feed_url
        )
        async with loa:
            await emulator.enqueue(_start_update())
            await emulator.wait_for(lambda: emulator.sent, 60)
            (new,) = newsroom.publish()
            await emulator.wait_for(lambda: any(_is_about(sent, new.article.title) for sent in emulator.sent), 60)
            assert await loa.stop(within=10) == 0
        assert "sendPhoto" in [sent["method"] for sent in emulator.sent]
        assert {request["status"] for request in emulator.requests if request["method"] in SAYING} == {200}


def _is_about(sent: dict[str, object], title: str) -> bool:
    return title[:40] in str(sent["text"])


def _start_update() -> dict[str, object]:
    person = {"id": 5, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
    command = {"type": "bot_command", "offset": 0, "length": 6}
    chat = {"id": 5, "type": "private", "first_name": "Lan"}
    return {
        "message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": "/start", "entities": [command]}
    }
