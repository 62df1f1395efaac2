"""Where the words of a query stand in a text."""

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.passages import MOST_HITS, Hit, Sought, find_hits, rate, weigh
from db.ranking import Field, Term, list_terms
from db.text import fold, fold_word, nfc, words


def read(text: str, query: str, title: str = "") -> float:
    """As if of a hundred articles one had each word."""
    terms = list_terms(words(query))
    return rate(title, text, find_hits(text, set(map(fold_word, words(query)))), weigh(terms, lambda *_: 1, 100))


def test_hits_are_whole_words_in_the_order_of_the_text() -> None:
    assert find_hits("Giá gạo, giác GIÁ.", {"gia", "gao"}) == [Hit(0, 3, "gia"), Hit(4, 7, "gao"), Hit(14, 17, "gia")]
    assert find_hits("Giá gạo", set()) == []


def test_a_text_of_one_word_again_and_again_holds_nobody_up() -> None:
    """F1"""
    assert len(find_hits("giá " * 100_000, {"gia"})) == MOST_HITS


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Năm ấy giá gạo tăng cao. Mưa nhiều.", "Mưa nhiều, giá cao. Năm ấy gạo tăng."),  # in one sentence
        ("Nay giá gạo lại tăng cao.", "Nay giá của gạo tăng cao."),  # side by side
        ("Giá gạo tăng. " + "Mưa nhiều. " * 9, "Mưa nhiều. " * 9 + "Giá gạo tăng."),  # early
        ("Nay giá gạo tăng.", "Nay gia gao tăng."),  # as it is written
    ],
)
def test_a_text_is_better(better: str, worse: str) -> None:
    """C5"""
    assert read(better, "giá gạo tăng") > read(worse, "giá gạo tăng")


def test_words_of_the_title_are_not_counted_again() -> None:
    text = "Giá gạo trong nước tăng mạnh."
    assert read(text, "giá gạo tăng", title="Giá gạo") < read(text, "giá gạo tăng", title="Tin trong nước")
    assert read("Mưa nhiều.", "giá gạo tăng", title="Giá gạo") == 0


def test_a_rare_word_weighs_more_than_a_frequent_one() -> None:
    terms = {Term(Field.BODY, "gao"): 1.0, Term(Field.BODY, "la"): 1.0, Term(Field.TITLE, "gao"): 2.0}
    sought = weigh(terms, lambda _, word: {"gao": 2, "la": 120}[word], 100)  # deleted ones are counted for a while
    assert sought.words["gao"] > sought.words["la"] > 0
    assert sought.pairs == {}


@given(
    st.text() | st.text(alphabet="giá cả\n.,ăâđ "),
    st.text() | st.text(alphabet="giá cả\n.,ăâđ "),
    st.sets(st.sampled_from(["gia", "ca", "a", "da", "aa"])),
)
def test_any_text_is_rated(title: str, text: str, wanted: set[str]) -> None:
    title, text = nfc(title), nfc(text)
    hits = find_hits(text, wanted)
    assert all(fold(text[hit.start : hit.end]) == hit.word for hit in hits)
    assert isfinite(rate(title, text, hits, Sought(dict.fromkeys(wanted, 1.0), {"gia_ca": 1.0})))
