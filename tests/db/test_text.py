"""Folding and syllables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.text import bigrams, fold, fold_words, nfc, syllables

LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x1EFF))


@given(st.text() | LATIN)
def test_folding_keeps_the_length_of_nfc_text(text: str) -> None:
    assert len(fold(nfc(text))) == len(nfc(text))


@given(st.text() | LATIN)
def test_a_letter_is_folded_alike_whatever_stands_beside_it(text: str) -> None:
    assert fold(text) == "".join(map(fold, text)) == fold(f"{text}ж")[:-1]


@given(st.text() | LATIN)
def test_folded_words_stand_where_they_do_in_the_text(text: str) -> None:
    for one in (text, f"{text}ж"):
        assert fold_words(one) == "".join(letter if letter.isalnum() else " " for letter in fold(one))


@given(st.text() | LATIN)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(nfc(text))
    assert fold(once) == once


@given(st.text() | LATIN)
def test_syllables_do_not_depend_on_the_form_of_the_text(text: str) -> None:
    assert syllables(nfc(text)) == syllables(text)
    assert all(word.isalnum() for word in syllables(text))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đắk Lắk", "dak lak"),
        ("ĐIỀU TRA", "dieu tra"),
        ("ƯỚC Ưỡn Ươm", "uoc uon uom"),
        ("İstanbul", "istanbul"),
        ("Ðà", "ða"),
        ("8,2% – “GRDP”", "8,2% – “grdp”"),
    ],
)
def test_marks_and_case_are_folded_away(text: str, folded: str) -> None:
    """C5"""
    assert fold(text) == folded


@pytest.mark.parametrize(("old", "new"), [("hòa", "hoà"), ("khỏe", "khoẻ"), ("thúy", "thuý"), ("ỦY", "uỷ")])
def test_tone_placement_does_not_matter(old: str, new: str) -> None:
    """C5"""
    assert fold(old) == fold(new)


def test_syllables_are_folded_runs_of_letters_and_digits() -> None:
    """C5"""
    assert syllables("Kế hoạch 179/KH-UBND: tăng 8,2%_!") == [
        "ke",
        "hoach",
        "179",
        "kh",
        "ubnd",
        "tang",
        "8",
        "2",
    ]
    assert syllables("Thống kê") == ["thong", "ke"]


def test_a_mark_that_cannot_be_composed_splits_no_syllable() -> None:
    assert syllables("bq̃a") == ["bqa"]


def test_bigrams_are_neighbours() -> None:
    assert bigrams(["tong", "cuc", "thong"]) == ["tong cuc", "cuc thong"]
    assert bigrams(["tong"]) == []
