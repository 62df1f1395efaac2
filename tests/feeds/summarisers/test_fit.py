"""Cutting what is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.summarisers.fit import fit, trim_end_mark


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_what_is_shown_is_never_longer_than_the_limit(text: str, limit: int) -> None:
    shown = fit(text, limit)
    assert len(shown) <= limit
    assert text == shown or (shown.endswith("…") and text.startswith(shown[:-1]))


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (50, "Thu ngân sách đạt 1.234,5 tỷ đồng, tăng 8,2%."),
        (33, "Thu ngân sách đạt 1.234,5 tỷ…"),
        (24, "Thu ngân sách đạt…"),
        (18, "Thu ngân sách đạt…"),
        (14, "Thu ngân sách…"),
        (13, "Thu ngân…"),
    ],
)
def test_a_cut_falls_between_words_and_never_at_a_number(limit: int, shown: str) -> None:
    """C3"""
    assert fit("Thu ngân sách đạt 1.234,5 tỷ đồng, tăng 8,2%.", limit) == shown


def test_a_number_written_with_spaces_is_not_cut() -> None:
    """C3"""
    assert fit("Tổng số là 1 234 567 hộ", 17) == "Tổng số là…"


def test_one_endless_word_is_cut_somewhere() -> None:
    assert fit("a" * 20, 10) == "a" * 9 + "…"


@pytest.mark.parametrize("text", ["một lòng./.", "một lòng ./.", "một lòng."])
def test_the_end_mark_becomes_a_full_stop(text: str) -> None:
    assert trim_end_mark(text) == "một lòng."
