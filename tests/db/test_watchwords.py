"""Whether an article has the words that somebody watches."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.aliases import Aliases, make_pair
from db.watchwords import Page, make_key, make_token, parse_watch

ALIASES = Aliases([make_pair("CPI", "chỉ số giá tiêu dùng"), make_pair("UBND", "Ủy ban nhân dân")])
TITLE = "UBND tỉnh Đắk Lắk họp về giá xăng, thuế"
BODY = "Chỉ số giá tiêu dùng tháng 7 tăng 0,3%. Xã Hoà Phú. Nghị định 30/2020/NĐ-CP."

texts = st.text("aăâđoôơhnt ,.\"'!/-1áạ", max_size=60)


def has(words: str, title: str = TITLE, body: str = BODY) -> bool:
    """As loa finds it: by the token first, then by the words."""
    phrases, page = parse_watch(words), Page(title, body, ALIASES)
    return make_token(phrases) in page.list_tokens() and page.has(phrases)


@pytest.mark.parametrize(
    "words",
    [
        "giá xăng",
        "GIA XANG",
        "gia xang",
        unicodedata.normalize("NFD", "giá xăng"),
        "Đắk Lắk",
        "dak lak",
        "Đak Lak",
        "thuế",
        "thue",
        "xã Hòa Phú",
        "“giá xăng” thuế",
        "thuế, dak lak",
        "30/2020/NĐ-CP",
        "CPI",
        "cpi tháng 7",
        "Ủy ban nhân dân tỉnh",
        "UBND tỉnh",
    ],
)
def test_an_article_has_words_however_they_are_written(words: str) -> None:
    """C5"""
    assert has(words)


@pytest.mark.parametrize(
    "words", ["xăng giá", "thuê", "giá", "giá vàng", "thuế, giá vàng", "xăng thuế chỉ số", "thuế chỉ", "HĐND"]
)
def test_an_article_has_no_others(words: str) -> None:
    assert has(words) is (words == "giá")


@pytest.mark.parametrize("words", ["", "  ", "!", ",,", "a " * 13, ",".join("abcdef")])
def test_what_is_too_little_or_too_much_to_watch_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="no words"):
        parse_watch(words)


def test_two_that_say_the_same_are_one() -> None:
    assert make_key(parse_watch("Giá xăng, THUẾ")) == make_key(parse_watch('thuế "giá  xăng"'))


@given(texts, texts)
def test_a_piece_of_a_text_is_found_in_it_wherever_it_stands(before: str, after: str) -> None:
    assert has("giá xăng", f"{before} Giá Xăng {after}", "")
    assert has("giá xăng", before, f"{after}. giá xăng")


@given(texts, texts)
def test_whatever_is_watched_is_read_or_refused(words: str, text: str) -> None:
    try:
        phrases = parse_watch(words)
    except ValueError:
        return
    page = Page(text, "", ALIASES)
    assert make_token(phrases) in page.list_tokens() or not page.has(phrases)
