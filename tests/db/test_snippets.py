"""Snippets are pieces of the article."""

from hypothesis import given
from hypothesis import strategies as st

from db.snippets import Snippet, make_snippet
from db.text import fold, nfc

TEXT = (
    "Sáng 5/7, Sở Tài chính họp. Giá cả ổn định trong tháng qua, không có biến động lớn. "
    "Tại hội nghị sơ kết, Tổng cục Thống kê cho biết chỉ số giá tiêu dùng tăng 0,5% so với tháng trước.\n"
    "Các đại biểu thảo luận về điều tra dân số, về hộ nghèo và về nông thôn mới ở các huyện miền núi của tỉnh."
)


def list_marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.marks]


def test_the_piece_with_most_of_the_words_is_shown_in_its_spelling() -> None:
    snippet = make_snippet(TEXT, {"hoi", "nghi", "tieu", "dung"}, 120)
    assert snippet.text.startswith("Tại hội nghị sơ kết, Tổng cục Thống kê")
    assert list_marked(snippet) == ["hội", "nghị", "tiêu", "dùng"]


def test_it_is_cut_between_words() -> None:
    snippet = make_snippet(TEXT, {"ngheo"}, 60)
    assert f" {snippet.text} " in f" {TEXT} ".replace("\n", " ")
    assert list_marked(snippet) == ["nghèo"]


def test_without_a_match_the_beginning_is_shown() -> None:
    assert make_snippet(f"  {TEXT}", {"xyz"}, 30) == Snippet("Sáng 5/7, Sở Tài chính họp.", 2)


def test_parts_of_words_are_not_marked() -> None:
    assert list_marked(make_snippet("giác giá", {"gia"})) == ["giá"]


def test_no_text_makes_an_empty_snippet() -> None:
    assert make_snippet("", {"gia"}) == Snippet("")


@given(
    st.text() | st.text(alphabet="giá cả\n.,ăâđ "),
    st.sets(st.sampled_from(["gia", "ca", "a", "da", "aa"])),
    st.integers(1, 60),
)
def test_a_snippet_is_always_a_piece_of_the_article(text: str, wanted: set[str], length: int) -> None:
    text = nfc(text)
    snippet = make_snippet(text, wanted, length)
    assert text[snippet.start :].startswith(snippet.text)
    assert len(snippet.text) <= length
    assert all(fold(word) in wanted for word in list_marked(snippet))
