"""The picture of a push in the docs is what the code draws now."""

from pathlib import Path
from xml.etree import ElementTree as ET

from bot.demo.picture import break_lines, get_message, measure, render_picture
from bot.message import Button, Span, bold, link, say

DOCS = Path(__file__).parents[3] / "docs"


def test_the_picture_in_the_docs_is_the_present_one() -> None:
    text = (DOCS / "push.svg").read_text(encoding="utf-8")
    assert text == render_picture(get_message()), "run `python -m bot.demo.picture docs/push.svg`"


def test_the_words_of_the_message_are_all_in_the_picture() -> None:
    """C1"""
    message = say(bold('GDP < 8% & "tăng"'), "\n\nhai dòng").with_buttons([Button("<Tắt>", "mute:1")])
    words = "".join(ET.fromstring(render_picture(message)).itertext())
    for text in ('GDP < 8% & "tăng"', "hai dòng", "<Tắt>"):
        assert text in words


def test_lines_break_between_words_and_none_is_too_wide() -> None:
    lines = break_lines([Span("Kim ngạch xuất khẩu hàng hóa của tỉnh"), link("\n\nĐọc tiếp", "https://x.vn")], 120)
    texts = ["".join(run.text for run in line) for line in lines]
    assert "".join(texts) == "Kim ngạch xuất khẩu hàng hóa của tỉnhĐọc tiếp"
    assert texts[-2:] == ["", "Đọc tiếp"]
    assert all(measure(text.rstrip()) < 120.01 for text in texts)
