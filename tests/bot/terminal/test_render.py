"""What a person sees in the terminal, and that outside text can steer nothing there."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from bot.message import Button, Message, bold, italic, link, say
from bot.terminal.links import shows_links
from bot.terminal.render import clean, get_first_line, render_message, render_push

URL = "https://thongke.example.vn/tin/7.html"


def show(renderable: RenderableType, *, width: int = 60, is_terminal: bool = False) -> str:
    console = Console(
        file=StringIO(), width=width, force_terminal=is_terminal, color_system="standard" if is_terminal else None
    )
    console.print(renderable)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_brackets_in_a_title_are_no_markup() -> None:
    """C1"""
    assert "[bold]GDP < 8%[/bold] [/]" in show(render_message(say(bold("[bold]GDP < 8%[/bold] [/]"))))


@pytest.mark.parametrize(
    ("outside", "kept"),
    [
        ("tin \x1b[31mđỏ\x1b[0m", "tin đỏ"),
        ("\x1b]0;tên cửa sổ\x07tin", "tin"),
        ("\x1b]8;;http://evil.example\x1b\\tin\x1b]8;;\x1b\\", "tin"),
        ("\x9b2Jtin", "tin"),
        ("tin\x1b", "tin"),
        ("một\x00 hai\x08\x7f\rba", "một haiba"),
        ("một\r\nhai\tba", "một\nhai ba"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("hòa".encode().decode() + "Tie\u0302\u0301ng", "hòaTiếng"),
    ],
)
def test_what_steers_a_terminal_is_taken_out(outside: str, kept: str) -> None:
    assert clean(outside) == kept


def test_bold_italic_and_links_are_seen() -> None:
    text = show(render_message(say(bold("đậm"), italic("nghiêng"), link("bài", URL))), is_terminal=True)
    assert "\x1b[1mđậm" in text
    assert "\x1b[3mnghiêng" in text
    assert f";{URL}\x1b\\" in text


def test_the_address_of_an_only_link_is_printed() -> None:
    assert show(render_message(say(link("Tiêu đề", URL), " ", link("Đọc tiếp", URL)))).count(URL) == 1


def test_the_address_stands_below_the_line_of_its_link() -> None:
    assert show(render_message(say("1. ", link("Cục", URL), " · 15 bài\nđọc lúc 8 giờ"))).splitlines() == [
        "1. Cục · 15 bài",
        URL,
        "đọc lúc 8 giờ",
    ]


def test_a_list_of_links_shows_titles_alone_where_the_terminal_shows_links() -> None:
    assert "https" not in show(render_message(say(link("một", f"{URL}?1"), link("hai", f"{URL}?2"))))


def test_each_link_of_a_list_has_its_address_where_the_terminal_shows_none() -> None:
    listed = say("Mới\n1. ", link("một", f"{URL}?1"), "\nCục\n2. ", link("hai", f"{URL}?12"), "\n", link(URL, URL))
    lines = ["Mới", "1. một", f"{URL}?1", "Cục", "2. hai", f"{URL}?12", URL]
    assert show(render_message(listed, has_links=False)).splitlines() == lines


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "linux", "VTE_VERSION": "x"}, False),
        ({"VTE_VERSION": "3405"}, False),
        ({"VTE_VERSION": "6800"}, True),
        ({"TERM_PROGRAM": "vscode"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"WT_SESSION": "1"}, True),
    ],
)
def test_links_are_trusted_to_terminals_that_are_known_to_show_them(environment: dict[str, str], shown: bool) -> None:
    assert shows_links(environment) is shown


def test_an_address_that_is_its_own_text_is_not_printed_twice() -> None:
    assert show(render_message(say(link(URL, URL)))).count(URL) == 1


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://x.vn/\x1b]8;;evil", "https://a b"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    text = show(render_message(say(link("bài", url))), is_terminal=True)
    assert "javascript" not in text
    assert "passwd" not in text
    assert "]8;;evil" not in text


def test_buttons_are_numbered_and_rows_are_kept() -> None:
    message = say("Chọn").with_buttons([Button("Duyệt", "a"), Button("Từ chối", "b")], [Button("Sau", "c")])
    assert show(render_message(message, first=7)) == "Chọn\n\n[7] Duyệt   [8] Từ chối\n[9] Sau\n"


def test_a_long_row_breaks_between_buttons() -> None:
    row = [Button(f"Chủ đề số {number}", "x") for number in range(1, 6)]
    lines = show(render_message(say("Chọn").with_buttons(row), width=40), width=40).splitlines()
    assert lines[2:] == [
        "[1] Chủ đề số 1   [2] Chủ đề số 2",
        "[3] Chủ đề số 3   [4] Chủ đề số 4",
        "[5] Chủ đề số 5",
    ]


def test_the_frame_of_a_push_is_straight_round_vietnamese_text() -> None:
    """C5: decomposed letters take one column each."""
    push = say(bold("Tiê\u0301ng Viê\u0323t: Đắk Lắk tăng 8,2%"), "\n\nhoà, hòa ✅ 🔕")
    lines = show(render_push(push, title="loa → An", width=40), width=40).splitlines()
    assert lines[0].startswith("╭─ loa → An ─")
    assert "│ Tiếng Việt: Đắk Lắk tăng 8,2%        │" in lines
    assert lines[-1] == f"╰{'─' * 38}╯"


def test_the_headline_stands_for_a_message() -> None:
    assert get_first_line(say("\n", bold("Hội nghị\u00a0 sơ kết"), "\nsáng nay")) == "Hội nghị sơ kết"
    assert get_first_line(Message(())) == ""
