"""Limits in UTF-16 units, and what a cut leaves whole."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cut import clean, count_units, cut_text, is_inside_character, shorten
from bot.message import Span, bold, link

FAMILY = "👨‍👩‍👧"
TONE = "👍🏽"
FLAG = "🇻🇳"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
HEART = "❤\ufe0f"
KEYCAP = "1\ufe0f\u20e3"
MARKED = "q\u0323\u0301"  # NFC has no letter for it
SPANS = st.lists(
    st.builds(Span, text=st.text(max_size=300), url=st.sampled_from(["", "", "https://example.vn/a"])), max_size=30
)


def get_units(spans: tuple[Span, ...]) -> int:
    return sum(count_units(span.text) for span in spans)


@pytest.mark.parametrize("character", [FAMILY, TONE, FLAG, ENGLAND, HEART, KEYCAP, MARKED, "😀"])
def test_what_reads_as_one_character_is_never_parted(character: str) -> None:
    """D16"""
    whole = count_units(character)
    for limit in range(1, whole + 1):
        assert cut_text(character * 2, limit) == "…"
    assert cut_text(character * 2, whole + 1) == f"{character}…"


def test_flags_are_counted_by_pairs() -> None:
    """D16"""
    text = f"a{FLAG}{FLAG}"
    assert [is_inside_character(text, at) for at in range(1, 5)] == [False, True, False, True]


def test_units_are_those_of_utf16() -> None:
    """D16"""
    assert count_units("ệ😀") == 3
    assert count_units(clean(unicodedata.normalize("NFD", "Đắk Lắk"))) == 7


def test_a_text_within_the_limit_stays() -> None:
    assert cut_text("Quý II", 6) == "Quý II"


def test_a_cut_goes_back_to_a_whole_word() -> None:
    assert cut_text("Sản lượng công nghiệp tăng", 17) == "Sản lượng công…"
    assert cut_text("Sản lượng công", 10) == "Sản lượng…"


def test_a_cut_goes_through_a_word_too_long_to_lose() -> None:
    assert cut_text("x" * 50, 31) == "x" * 30 + "…"
    assert cut_text(" " + "x" * 50, 31) == " " + "x" * 29 + "…"
    assert cut_text("  xx", 3) == "…"


def test_a_limit_of_one_leaves_the_ellipsis() -> None:
    assert cut_text("   x", 1) == "…"
    assert cut_text("   x", 3) == "…"


def test_control_characters_and_half_pairs_do_not_pass() -> None:
    """C1"""
    assert clean("a\x00b\r\nc\td\ud83d") == "a b\nc\td�"
    assert clean("\ud83d\ude00") == "😀"


def test_the_summary_gives_way_before_title_source_and_link() -> None:
    """D16"""
    title, summary, address = bold("Tựa đề"), Span("số liệu " * 100 + "\n\n"), link("Đọc tiếp", "https://example.vn")
    spans = shorten([title, Span("\n"), summary, Span("Nguồn · "), address], 300)
    assert (spans[0], spans[1], spans[3], spans[4]) == (title, Span("\n"), Span("Nguồn · "), address)
    assert spans[2].text.endswith(" số…\n\n")
    assert 290 <= get_units(spans) <= 300


def test_the_last_link_survives_a_cut_at_the_end() -> None:
    """D16"""
    spans = shorten([*[Span("a b c ")] * 100, link("Đọc tiếp", "https://example.vn"), Span("!")], 90)
    assert spans[-2:] == (Span("\n"), link("Đọc tiếp", "https://example.vn"))
    assert "…" in spans[-3].text
    assert get_units(spans) <= 90


def test_links_that_stand_before_the_cut_stay_where_they_are() -> None:
    spans = shorten([link("Nguồn", "https://example.vn"), *[Span("a b c ")] * 100], 90)
    assert spans[0] == link("Nguồn", "https://example.vn")
    assert spans[-1].text.endswith("…")


def test_a_link_too_long_to_save_is_cut_like_any_text() -> None:
    spans = shorten([Span("x"), link("y" * 200, "https://example.vn")], 100)
    assert get_units(spans) == 100
    assert spans[-1].url == "https://example.vn"


@given(SPANS, st.integers(1, 400))
def test_whatever_is_said_fits(spans: list[Span], limit: int) -> None:
    """D16"""
    shortened = shorten(spans, limit)
    assert get_units(shortened) <= limit or get_units(tuple(spans)) <= limit
    assert all(span.url in {"", "https://example.vn/a"} for span in shortened)


@given(st.text(max_size=60), st.integers(1, 60))
def test_every_cut_is_a_beginning_that_ends_between_characters(text: str, limit: int) -> None:
    """D16"""
    shortened = cut_text(text, limit)
    assert count_units(shortened) <= limit
    if shortened != text:
        kept = shortened.removesuffix("…")
        assert text.startswith(kept)
        assert not kept or not is_inside_character(text, len(kept))
