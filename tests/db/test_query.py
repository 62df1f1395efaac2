"""What a typed query means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.periods import Period
from db.query import MAX_WORDS, Known, Query, UnknownPlace, leave_out_time, names_a_place, parse, replace_words
from db.text import find_document_numbers, fold_word, key_word, syllables, words

TODAY = date(2026, 8, 6)
KNOWN = Known(
    {"Cục Thống kê Bình Thuận": frozenset({1}), "Báo Lâm Đồng": frozenset({2})}, {"Kinh tế": frozenset({1, 2})}
)
JULY = Period(date(2023, 7, 1), date(2023, 7, 31))


def test_words_stay_as_they_were_typed() -> None:
    assert parse("Hội nghị *sơ-kết* AND (thi đua)", TODAY).words == ("Hội", "nghị", "sơ", "kết", "AND", "thi", "đua")


def test_quotes_make_a_phrase_whose_words_are_words_too() -> None:
    query = parse('giá "Tiêu dùng" “lúa gạo”', TODAY)
    assert query.phrases == (("tiêu", "dùng"), ("lúa", "gạo"))
    assert query.words == ("giá", "Tiêu", "dùng", "lúa", "gạo")


def test_a_lonely_quote_means_nothing() -> None:
    assert parse('"giá', TODAY) == Query(text='"giá', words=("giá",))


def test_a_date_alone_is_a_listing() -> None:
    query = parse("tháng 7 năm 2023", TODAY)
    assert (query.is_listing, query.period, query.words) == (True, JULY, ())


def test_a_date_beside_words_stays_among_them() -> None:
    """A statistics office writes of July in August."""
    query = parse("CPI 7/2023", TODAY)
    assert (query.is_listing, query.period, query.words) == (False, JULY, ("CPI", "7", "2023"))


def test_two_dates_are_bounds_and_no_words() -> None:
    query = parse("giá từ 1/7 đến 15/7/2023", TODAY)
    assert query.words == ("giá",)
    assert query.period == Period(date(2023, 7, 1), date(2023, 7, 15), is_strict=True)


def test_a_date_in_quotes_is_words() -> None:
    assert parse('"năm 2020"', TODAY).period is None


@pytest.mark.parametrize(
    ("text", "source_ids", "left"),
    [
        ("nguồn: bình thuận giá cả", {1}, ("giá", "cả")),
        ("NGUON:lam dong", {2}, ()),
        ("giá chủ đề: kinh tế", {1, 2}, ("giá",)),
        ('nguồn: "Báo Lâm Đồng" giá', {2}, ("giá",)),
        ("chủ đề: kinh tế nguồn: lâm đồng", {2}, ()),
    ],
)
def test_a_place_bounds_the_sources(text: str, source_ids: set[int], left: tuple[str, ...]) -> None:
    query = parse(text, TODAY, KNOWN)
    assert (query.source_ids, query.words) == (source_ids, left)
    assert names_a_place(text)


def test_an_unknown_place_is_words() -> None:
    query = parse("nguồn: TTXVN", TODAY, KNOWN)
    assert (query.source_ids, query.words, query.unknown_place) == (None, ("TTXVN",), UnknownPlace("TTXVN"))


def test_a_part_of_a_name_tells_which_names_it_was_taken_for() -> None:
    assert parse("nguồn: bình thuận giá", TODAY, KNOWN).places == ("Cục Thống kê Bình Thuận",)
    assert parse("nguồn: Báo Lâm Đồng chủ đề: kinh tế giá", TODAY, KNOWN).places == ()


@pytest.mark.parametrize("text", ["giá nguồn:", 'giá "nguồn: báo lâm đồng"'])
def test_a_place_without_a_name_or_in_quotes_is_words(text: str) -> None:
    query = parse(text, TODAY, KNOWN)
    assert (query.source_ids, query.unknown_place, query.words[:2]) == (None, None, ("giá", "nguồn"))


@pytest.mark.parametrize(
    ("text", "is_strict"),
    [
        ("trước 2021", True),
        ("giá gạo trước 2021", False),
        ("Tăng lương cơ sở từ 1/7/2024", False),
        ("Lịch nghỉ lễ 30/4-1/5", False),
        ("giá gạo từ 1/7 đến 15/7/2023", True),
        ("giá gạo từ tháng 10 đến nay", True),
    ],
)
def test_beside_words_only_a_time_with_both_bounds_named_is_strict(text: str, is_strict: bool) -> None:
    period = parse(text, TODAY).period
    assert period
    assert period.is_strict is is_strict


@pytest.mark.parametrize("text", ["nguồn: Bao Lam Dnog giá", "nguồn: báo lâm đồn giá", "nguồn: Báo Lâm Đồng giá"])
def test_a_slip_in_a_name_makes_no_other_place(text: str) -> None:
    query = parse(text, TODAY, KNOWN)
    assert (query.source_ids, query.words, query.unknown_place) == ({2}, ("giá",), None)


def test_of_an_unknown_place_the_nearest_name_is_told() -> None:
    query = parse("chủ đề: kinhte", TODAY, KNOWN)
    assert (query.source_ids, query.unknown_place) == (None, UnknownPlace("kinhte", "Kinh tế"))


def test_a_topic_without_a_source_is_known_and_has_nothing() -> None:
    query = parse("chủ đề: giao thông giá", TODAY, Known({}, {"Giao thông": frozenset()}))
    assert (query.source_ids, query.words, query.unknown_place) == (frozenset(), ("giá",), None)


@pytest.mark.parametrize(
    ("text", "words", "timed"),
    [
        ("giá gạo tháng 7 năm 2023", ("giá", "gạo", "tháng", "7", "năm", "2023"), {"thang", "7", "nam", "2023"}),
        ("thu năm 2025 của năm xã", ("thu", "năm", "2025", "của", "xã"), {"2025"}),
        ("giá gạo hôm qua", ("giá", "gạo", "hôm", "qua"), {"hom", "qua"}),
        ("giá gạo từ 1/7 đến 15/7/2023", ("giá", "gạo"), set()),
    ],
)
def test_the_words_of_a_time_beside_others_are_known_as_such(
    text: str, words: tuple[str, ...], timed: set[str]
) -> None:
    query = parse(text, TODAY)
    assert (query.words, query.timed) == (words, timed)
    assert query.period


def test_a_time_may_be_left_out_and_words_replaced() -> None:
    assert leave_out_time("giá gạo  7/2023, ở chợ", TODAY) == "giá gạo , ở chợ"
    assert leave_out_time("giá gạo", TODAY) == ""
    assert replace_words('nguồn: A "giá gao"', {"gao": "gạo"}) == 'nguồn: A "giá gạo"'


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Nghị định số 30/2020/NĐ-CP", "30/2020/nd-cp"),
        ("30/2020/nd-cp", "30/2020/nd-cp"),
        ("01/CT-UBND", "1/ct-ubnd"),
        ("179/KH-UBND", "179/kh-ubnd"),
        ("01-KL/TW", "1-kl/tw"),
        ("Luật 42/2019/QH14", "42/2019/qh14"),
    ],
)
def test_a_documents_number_is_one_token(text: str, number: str) -> None:
    assert find_document_numbers(text) == [number]
    assert parse(text, TODAY).numbers == (number,)


@pytest.mark.parametrize("text", ["14/7/2020", "24/7", "100 km/h", "8,2%", "a/b"])
def test_other_numbers_are_no_documents(text: str) -> None:
    assert find_document_numbers(text) == []


@pytest.mark.parametrize("text", ["", '"', "*%$()", "  ", '""', "-"])
def test_signs_alone_are_nothing(text: str) -> None:
    """C5"""
    assert parse(text, TODAY).is_empty


def test_long_queries_are_cut() -> None:
    """C5"""
    assert len(parse(" ".join(f"từ{n}" for n in range(600)), TODAY).words) == MAX_WORDS


@given(st.text() | st.text(alphabet='"nguồn: chủ đề kinh tế 7/2023 từ đến -'))
def test_no_text_raises(text: str) -> None:
    """C5"""
    query = parse(text, TODAY, KNOWN)
    assert query.is_empty or query.is_listing or query.words


@given(st.text())
def test_folded_words_are_the_syllables(text: str) -> None:
    assert [fold_word(word) for word in words(text)] == syllables(text)


@pytest.mark.parametrize(("old", "new"), [("hòa", "HOÀ"), ("khỏe", "khoẻ"), ("thúy", "thuý"), ("Ủy", "uỷ")])
def test_keys_know_one_place_of_the_tone(old: str, new: str) -> None:
    """C5"""
    assert key_word(old) == key_word(new)


def test_keys_keep_marks() -> None:
    assert key_word("quý") == "quý" != key_word("quy")
