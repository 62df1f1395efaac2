"""The tour passes on the real road over loopback, and fails with a reason when a part of the road is broken."""

import asyncio
import io
import logging
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.asked import Answer, Asked
from bot.clock import utcnow
from bot.demo import show, tour
from bot.demo.archive import OFFICE_TIME, Post, load_articles
from bot.demo.guide import Guide, TourError
from bot.demo.newsroom import Newsroom
from bot.demo.pages import OFFICE
from bot.demo.show import run_demo
from bot.demo.stage import ADMIN, NEWCOMER, TOPIC, Pulse, Stage, StageError, open_stage
from bot.demo.tour import STEPS
from bot.message import Button, Message, Span, link, say

#: Seconds until a broken part is given up.
SHORT = 0.5


class SilentNewsroom(Newsroom):
    """Never publishes."""

    def publish(self, count: int = 1) -> tuple[Post, ...]:
        return ()


class ForgetfulNewsroom(Newsroom):
    """Says that it has published, but nothing appears in the feed."""

    def publish(self, count: int = 1) -> tuple[Post, ...]:
        posts = super().publish(count)
        self._posts = self._posts[: -len(posts)]
        return posts


@pytest.fixture(autouse=True)
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom(load_articles(), now=utcnow)


@pytest.fixture
async def stage(tmp_path: Path, newsroom: Newsroom) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, Console(file=io.StringIO(), width=100), newsroom) as opened:
        yield opened


async def test_the_tour_passes(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    assert await run_demo(None, newsroom=newsroom) == 0
    text = capsys.readouterr().out
    assert re.search(rf"the tour is done: {len(STEPS)} steps, [0-9]+ pushes\n$", text)
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 100
    assert not re.search(r"(?m)^[^│\n]* $", text)
    assert logging.getLogger().handlers == before


async def test_a_newsroom_that_never_publishes_fails_the_tour(capsys: pytest.CaptureFixture[str]) -> None:
    newsroom = SilentNewsroom(load_articles(), now=utcnow)
    assert await run_demo(None, newsroom=newsroom) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "✗ Step 6 " in text
    assert "The newsroom published nothing." in text


async def test_news_that_does_not_arrive_fails_the_tour(stage: Stage) -> None:
    lost = ForgetfulNewsroom(load_articles(), now=utcnow).publish()
    with pytest.raises(TourError, match="not read and stored"):
        await Guide(stage, SHORT).wait_until_read(lost)


async def test_a_push_that_does_not_come_fails_the_tour(stage: Stage) -> None:
    with pytest.raises(TourError, match="was sent to An"):
        await Guide(stage, SHORT).wait_for_push(ADMIN, "tin mới")


async def test_a_port_in_use_is_a_reason(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    async with newsroom:
        port = int(newsroom.url.rpartition(":")[2])
        second = Newsroom(load_articles(), now=utcnow, port=port)
        assert await run_demo(None, newsroom=second) == 1
    assert "cannot be opened on 127.0.0.1" in capsys.readouterr().out


async def test_a_folder_that_is_a_file_is_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "demo").touch()
    assert await run_demo(tmp_path / "demo") == 1
    assert "cannot be written to" in capsys.readouterr().out.replace("\n", " ")


async def test_an_earlier_demo_is_not_overwritten(tmp_path: Path, newsroom: Newsroom) -> None:
    (tmp_path / "loa.db").touch()
    with pytest.raises(StageError, match="earlier demo"):
        async with open_stage(tmp_path, Console(file=io.StringIO()), newsroom):
            pass


def answer_with(*messages: Message, toast: str = "") -> Callable[[Asked], Awaitable[Answer]]:
    async def converse(_asked: Asked) -> Answer:
        return Answer(messages, toast)

    return converse


async def test_each_step_notices_a_wrong_answer(stage: Stage) -> None:
    wrong = [
        (tour.start, "Chào An", "does not name the topic"),
        (tour.read_latest, "Chưa có tin", "three newest"),
        (tour.search, "Không thấy", "did not find the title"),
        (tour.turn_pages, "Không thấy", "shows 0 articles"),
        (tour.follow_again, "Chủ đề", "does not offer to follow"),
        (tour.change_language, "Cài đặt", "no button to language"),
        (tour.manage_sources, "Chưa có nguồn", "does not show the newsroom"),
        (tour.find_the_way, "Không thấy", "Plain words"),
    ]
    await tour.look_first(Guide(stage))
    for step, answer, reason in wrong:
        stage.admin.converse = answer_with(say(answer))
        with pytest.raises(TourError, match=reason):
            await step(Guide(stage, SHORT))


async def test_a_stranger_who_sees_an_article_fails_the_tour(stage: Stage) -> None:
    """A1"""
    stage.stranger.converse = answer_with(say(stage.newsroom.published[0].article.title))
    with pytest.raises(TourError, match="A stranger was shown"):
        await tour.refuse(Guide(stage, SHORT))


async def test_a_newcomer_whom_nobody_hears_of_fails_the_tour(stage: Stage) -> None:
    stage.newcomer.converse = answer_with(say("Đã gửi"))
    with pytest.raises(TourError, match=f"“{NEWCOMER}” was sent to {ADMIN}"):
        await tour.let_in(Guide(stage, SHORT))


async def test_no_answer_at_all_fails_the_tour(stage: Stage) -> None:
    stage.admin.converse = answer_with()
    with pytest.raises(TourError, match="got no answer"):
        await Guide(stage, SHORT).type(stage.admin, "/start")


async def test_news_for_somebody_who_has_stopped_fails_the_tour(stage: Stage) -> None:
    guide = Guide(stage)
    await tour.look_first(guide)
    await stage.admin.enter("/start")
    stage.admin.converse = answer_with(say("Đã dừng"))
    with pytest.raises(TourError, match=r"“.*” was sent to Lan"):
        await tour.stop(Guide(stage, 3))


class ReadyGuide(Guide):
    """Hands out a post and a push that were made beforehand."""

    async def publish(self) -> Post:
        return self.stage.newsroom.published[0]

    async def wait_for_push(self, name: str, words: str, *, after: int = 0) -> Message:
        return make_push(self.get_url(await self.publish()), await self.publish(), self.stage.newcomer.name)


def make_push(url: str, post: Post, missing: str) -> Message:
    """A push as it should be, without the part that is called `missing`."""
    parts: dict[str, str | Span] = {
        "lead": post.article.lead,
        "source": OFFICE,
        "date": f"{post.published_at.astimezone(OFFICE_TIME):%d/%m/%Y}",
        "link": link("Đọc tiếp", url),
    }
    push = say(*(part for name, part in parts.items() if name != missing))
    return push if missing == "button" else push.with_buttons([Button("Tắt", "mute:1")])


async def test_a_push_without_one_of_its_parts_fails_the_tour(stage: Stage) -> None:
    for missing in ("lead", "source", "date", "link", "button"):
        stage.newcomer.name = missing
        with pytest.raises(TourError, match=missing):
            await tour.get_push(ReadyGuide(stage))


async def test_a_person_at_the_terminal_gets_news_and_a_request(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "PACE", 0.01)
    guide = Guide(stage)
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        chatting = asyncio.create_task(show.chat(stage))
        request = await guide.wait_for_push(ADMIN, NEWCOMER)
        number = stage.channel.menus[ADMIN].find(request.buttons[0][0])
        keys.send_text(f"{number}\r")
        await guide.wait_for_push(NEWCOMER, TOPIC)
        newest = stage.newsroom.published[0].article.title
        await guide.wait_for_push(ADMIN, newest[:60])  # a digest cuts it short, when many come at once
        keys.send_text("/quit\r")
        assert await chatting == 0
    assert isinstance(stage.console.file, io.StringIO)
    assert "Goodbye" in stage.console.file.getvalue()


async def test_those_who_wait_look_again_after_each_step_that_worked() -> None:
    pulse, looks = Pulse(), 0

    async def work() -> bool:
        return True

    async def is_met() -> bool:
        nonlocal looks
        looks += 1
        if looks == 1:
            await pulse.watch(work)()
        return looks == 2

    await pulse.wait_for(is_met, within=SHORT)
    assert looks == 2
