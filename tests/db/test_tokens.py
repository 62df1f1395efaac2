"""An article's tokens are those that a query is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import tokens
from db.ranking import make_pairs
from db.text import find_document_numbers, fold_word, key_word, words
from db.tokens import tokenize

PIECES = st.sampled_from(
    ["Hòa", "Quyết định số 0179/KH-UBND.", "(TCTK),", "a_b", "x" * 200, "Kha\u0301nh", "\u0301", "30/2020/NĐ-CP"]
)
TEXT = st.text(max_size=60) | st.lists(PIECES | st.text(max_size=5), max_size=20).map(" ".join)


@given(TEXT)
def test_a_text_read_in_pieces_is_the_text_read_at_once(text: str) -> None:
    """C5"""
    found = [word for word in words(text) if len(word) <= tokens.LONGEST_WORD]
    read = tokenize(text)
    assert read.folded.split() == list(map(fold_word, found))
    assert read.pairs.split() == make_pairs(read.folded.split())
    assert read.keys.split() == [key_word(word) for word in found if key_word(word) != fold_word(word)]
    assert read.numbers.split() == find_document_numbers(text)


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_REMEMBERED", 10)
    for number in range(30):
        tokenize(f"{number} {'y' * (90 + number)}")
    assert len(tokens._KNOWN) <= 10
    assert max(map(len, tokens._KNOWN)) <= 100
