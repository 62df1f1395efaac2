"""Text from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outside import clean, hide_user, parse_number, shorten, show


def test_what_a_database_refuses_is_left_out() -> None:
    assert clean("Hoa\x00\ud800\u202e") == "Hoa"


def test_text_is_composed() -> None:
    assert clean("Đắk Lắk") == "Đắk Lắk"


def test_a_long_name_is_shortened_to_one_line() -> None:
    assert shorten("Nguyễn\nThị  Hoa", 60) == "Nguyễn Thị Hoa"
    assert shorten("a" * 255, 10) == "a" * 9 + "…"


def test_a_cut_leaves_no_letter_without_its_marks() -> None:
    """D16"""
    assert shorten("ab\u0331\u0323cdef", 3) == "a…"
    assert shorten("👨\u200d👩\u200d👧 nhà", 4) == "…"


def test_a_name_from_right_to_left_is_kept_to_itself() -> None:
    assert show("שלום") == "\u2068שלום\u2069"
    assert show("Hoa") == "Hoa"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hoa:secret@example.vn:8443/rss?a=1", "https://example.vn:8443/rss?a=1"),
        ("https://example.vn/@hoa", "https://example.vn/@hoa"),
        ("http://[hoa:secret", "…"),
    ],
)
def test_a_password_in_an_address_is_never_shown(url: str, shown: str) -> None:
    """A8"""
    assert hide_user(url) == shown


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("", None), ("-1", None), ("²", None), ("٣", None), ("9" * 10, None), ("1 ", None)]
)
def test_a_number_is_small_and_plain(text: str, number: int | None) -> None:
    """A6"""
    assert parse_number(text) == number


@given(st.text(), st.integers(min_value=1, max_value=80))
def test_nothing_shown_is_longer_than_asked(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
    assert "\n" not in show(text, limit)
