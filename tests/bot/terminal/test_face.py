"""A seat at the terminal: what is typed becomes what is asked, and the answer is printed."""

from io import StringIO
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.asked import Answer, Asked
from bot.channel import Budget
from bot.message import Button, File, say
from bot.qr import draw_code
from bot.terminal.channel import TerminalChannel
from bot.terminal.face import CommandCompleter, Face, read_lines
from db.models import ChatKind

MENU = say("Chọn chủ đề").with_buttons([Button("Kinh tế", "follow:1"), Button("Giá cả", "follow:2")])


class Listener:
    """Remembers what was asked and gives the prepared answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[Asked] = []

    async def converse(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answer


class Seat:
    """A face and a channel on a screen that can be read."""

    def __init__(self, answer: Answer, folder: Path | None = None) -> None:
        self.screen = StringIO()
        self.listener = Listener(answer)
        self.channel = TerminalChannel(Console(file=self.screen, width=80), owner="An", folder=folder)
        self.face = Face(self.listener.converse, self.channel, name="An")

    @property
    def shown(self) -> str:
        return self.screen.getvalue()


async def test_a_file_is_written_and_the_person_told_where(tmp_path: Path) -> None:
    seat = Seat(Answer((say("Thành viên").with_file(File("../members.csv", b"a,b")),)), tmp_path)
    await seat.face.enter("/export")
    assert (tmp_path / "members.csv").read_bytes() == b"a,b"
    assert "The file is here" in seat.shown


async def test_a_picture_of_an_address_is_drawn() -> None:
    seat = Seat(Answer((say("Lời mời").with_file(draw_code("https://t.me/loa?start=x")),)))
    await seat.face.enter("/invite")
    assert seat.shown.count("█") > 100


async def test_what_is_typed_is_asked_as_text() -> None:
    seat = Seat(Answer((say("Đây ạ"),)))
    await seat.face.enter("  /latest 3 ")
    assert seat.listener.asked == [
        Asked(
            channel="terminal",
            chat="An",
            kind=ChatKind.PRIVATE,
            person="An",
            person_name="An",
            language="vi",
            text="/latest 3",
        )
    ]
    assert seat.shown == "  Đây ạ\n\n"


async def test_a_number_presses_the_button_of_that_number() -> None:
    seat = Seat(Answer((MENU,)))
    await seat.face.enter("/topics")
    await seat.face.enter("2")
    assert [(asked.text, asked.action) for asked in seat.listener.asked] == [("/topics", ""), ("", "follow:2")]


async def test_the_button_of_a_push_can_be_pressed() -> None:
    seat = Seat(Answer())
    await seat.channel.send("An", say("Tin mới").with_buttons([Button("Tắt", "mute:7")]))
    await seat.face.enter("1")
    assert seat.listener.asked[0].action == "mute:7"
    assert "[1] Tắt" in seat.shown


async def test_a_number_without_a_button_asks_nothing() -> None:
    """A6"""
    seat = Seat(Answer())
    await seat.face.enter("5")
    assert not seat.listener.asked
    assert "Không có nút số 5" in seat.shown


@pytest.mark.parametrize("typed", ["2026", "179", "-1", "1 2", "²"])
async def test_other_numbers_are_words(typed: str) -> None:
    seat = Seat(Answer())
    await seat.face.enter(typed)
    assert seat.listener.asked[0].text == typed


async def test_an_edited_menu_is_printed_anew_under_its_numbers_with_the_toast() -> None:
    seat = Seat(Answer((MENU,), toast="Đã theo dõi", edit=True))
    await seat.face.enter("/topics")
    await seat.face.enter("1")
    assert seat.shown.count("[1] Kinh tế   [2] Giá cả") == 2
    assert seat.shown.count("· Đã theo dõi") == 2


async def test_a_toast_that_the_message_says_too_is_not_repeated() -> None:
    seat = Seat(Answer((say("Đã duyệt Lan."),), toast="Đã duyệt Lan."))
    await seat.face.enter("x")
    assert seat.shown.count("Đã duyệt Lan.") == 1


async def test_a_question_that_breaks_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def break_down(asked: Asked) -> Answer:
        raise RuntimeError(asked.text)

    seat = Seat(Answer())
    face = Face(break_down, seat.channel, name="An")
    await face.enter("/latest")
    assert "Something went wrong" in seat.shown
    assert "RuntimeError" in caplog.text


async def test_pushes_to_others_take_one_line() -> None:
    seat = Seat(Answer())
    assert await seat.channel.send("Lan", say("Tiêu đề dài " * 20, "\ntóm tắt")) == "1"
    assert seat.shown.startswith("  loa → Lan: Tiêu đề dài")
    assert len(seat.shown.splitlines()) == 2
    assert seat.channel.get_budget(ChatKind.PRIVATE) == Budget(0)


def complete(typed: str) -> list[str]:
    completer = CommandCompleter([("search", "find"), ("settings", "language"), ("timkiem", "tìm")])
    return [one.text for one in completer.get_completions(Document(typed), CompleteEvent())]


def test_commands_are_completed_and_words_are_not() -> None:
    assert complete("/se") == ["/search", "/settings"]
    assert complete("/tim") == ["/timkiem"]
    assert complete("tim") == []
    assert complete("/search gia") == []


@pytest.mark.parametrize("end", ["/quit\r", "\x04", "\x03"])
async def test_lines_are_answered_until_the_person_leaves(end: str) -> None:
    seat = Seat(Answer())
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(f"gia xang\r\r/latest\r{end}")
        await read_lines(seat.face, [])
    assert [asked.text for asked in seat.listener.asked] == ["gia xang", "/latest"]
