"""Plain text of what feeds and pages send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean import drop_controls, plain_text, shorten, squeeze


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("GDP < 8%", "GDP < 8%"),
        ("<b>GDP</b> < 8% &amp; <i>C</i>PI", "GDP < 8% & CPI"),
        ("GDP <8% <br>tăng", "GDP <8% tăng"),
        ("<p>Một</p><p>Hai</p>", "Một Hai"),
        ("Gi&aacute; &lt;b&gt; c&#225;", "Giá <b> cá"),
        ("a<script>x()</script><!-- y --><style>z</style>b", "ab"),
        ('Ông "A" &amp; bà B', 'Ông "A" & bà B'),
        ("a<b", "a"),
        ("</b>", ""),
        ("<!", ""),
        ("<p>" * 3000 + "sâu", "sâu"),
        ("x\x00<b>y\ud800</b>", "xy"),
    ],
)
def test_markup_becomes_plain_text(markup: str, text: str) -> None:
    """C1 F7"""
    assert plain_text(markup) == text


def test_white_space_is_folded_and_marks_are_composed() -> None:
    """F4"""
    assert squeeze(" Đa\u0302\u0301t\xa0\n\u200b nước\ufeff ") == "Đất nước"


def test_quotes_of_windows_are_kept_and_other_controls_dropped() -> None:
    """F7"""
    assert drop_controls("don\x92t \x00\x81x") == "don’t x"


def test_a_long_text_is_cut_between_words() -> None:
    assert shorten("một hai ba", 10) == "một hai ba"
    assert shorten("một hai ba", 8) == "một hai…"
    assert shorten("một-hai-ba", 8) == "một-hai…"


@given(st.text())
def test_any_markup_is_taken(markup: str) -> None:
    text = plain_text(markup)
    assert squeeze(text) == text
