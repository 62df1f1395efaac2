"""Messages as Telegram reads them, judged by the strict parser of the fake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import Button, Message, Span, bold, italic, link, say
from bot.telegram.render import render_html, render_keyboard, render_plain
from tests.bot_api.errors import ApiError
from tests.bot_api.markup import parse_markup, parse_text, utf16_length

AWKWARD = st.sampled_from(
    ["<b>", "&amp;", "&", '"', "'", "</a>", "😀", "👨‍👩‍👧", "q\u0323\u0301", "\ud83d", "\x00", "\n", "GDP < 8%"]
)
TEXT = st.text(max_size=40) | AWKWARD | st.builds(str.__mul__, AWKWARD, st.integers(1, 3000))
URL = st.sampled_from(["", 'https://example.vn/?a=1&b="2"', "javascript:alert(1)", "http://[", "x"]) | st.text(
    max_size=20
)
MESSAGES = st.builds(
    Message,
    st.lists(st.builds(Span, text=TEXT, bold=st.booleans(), italic=st.booleans(), url=URL), max_size=12).map(tuple),
)


def parse(html: str) -> tuple[str, tuple[dict[str, object], ...]]:
    return parse_text(html, "HTML", "")


@given(MESSAGES)
def test_telegram_accepts_whatever_is_said(message: Message) -> None:
    """C1 D16"""
    html = render_html(message)
    if not render_plain(message).strip():
        with pytest.raises(ApiError, match="text is empty"):
            parse(html)
        return
    text, _ = parse(html)
    assert utf16_length(text) <= 4096


@given(MESSAGES, st.integers(10, 200))
def test_plain_words_keep_the_limit_too(message: Message, limit: int) -> None:
    """D7 D16"""
    assert utf16_length(render_plain(message, limit)) <= limit


def test_signs_of_markup_are_shown_as_they_are() -> None:
    """C1"""
    message = say(bold('GDP < 8% & "quý"'), "\n<b>không đậm</b> ", link("a>b", 'https://example.vn/?a=1&b="<'))
    text, entities = parse(render_html(message))
    assert text == 'GDP < 8% & "quý"\n<b>không đậm</b> a>b'
    assert [entity["type"] for entity in entities] == ["bold", "text_link"]
    assert entities[1]["url"] == 'https://example.vn/?a=1&b="<'


def test_styles_of_one_span_are_nested() -> None:
    assert render_html(say(Span("x", bold=True, italic=True, url="https://example.vn"))) == (
        '<b><i><a href="https://example.vn">x</a></i></b>'
    )
    assert render_html(say(italic("y"), "")) == "<i>y</i>"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "tg://user?id=1", "file:///etc/passwd", "http://[", "https://", "http://a.vn/\nb"]
)
def test_only_the_web_is_linked(url: str) -> None:
    """C1"""
    assert render_html(say(link("Đọc", url))) == "Đọc"
    assert render_plain(say(link("Đọc", url))) == "Đọc"


def test_an_address_with_a_space_is_mended() -> None:
    assert render_html(say(link("a", " https://example.vn/a b "))) == '<a href="https://example.vn/a%20b">a</a>'


def test_a_link_over_blank_text_shows_its_address() -> None:
    """C1"""
    message = say(link(" ", "https://example.vn/1"))
    assert parse(render_html(message))[0] == render_plain(message) == "https://example.vn/1"


def test_a_long_push_keeps_its_title_and_its_link() -> None:
    """D16"""
    message = say(bold("Tựa đề"), "\n", "Câu tóm tắt. " * 600, "\n", link("Đọc tiếp", "https://example.vn/1"))
    text, entities = parse(render_html(message))
    assert text.startswith("Tựa đề\nCâu tóm tắt.")
    assert text.endswith("…\nĐọc tiếp")
    assert entities[-1]["url"] == "https://example.vn/1"
    assert 4000 < utf16_length(text) <= 4096


def test_references_count_as_the_letters_they_stand_for() -> None:
    """D16"""
    text, _ = parse(render_html(say("&" * 4096)))
    assert text == "&" * 4096


def test_plain_words_spell_links_out() -> None:
    """D7"""
    message = say(bold("Tựa"), " ", link("Đọc", "https://example.vn/1"), " ", link("https://a.vn", "https://a.vn"))
    assert render_plain(message) == "Tựa Đọc (https://example.vn/1) https://a.vn"


def test_buttons_stand_in_their_rows() -> None:
    message = say("x").with_buttons([Button("Một", "a:1"), Button("Hai", "a:2")], [], [Button("Ba", "a:3")])
    keyboard = render_keyboard(message)
    assert keyboard is not None
    parsed = parse_markup(keyboard.to_json())
    assert parsed is not None
    assert [[button["callback_data"] for button in row] for row in parsed["inline_keyboard"]] == [
        ["a:1", "a:2"],
        ["a:3"],
    ]
    assert render_keyboard(say("x")) is None
