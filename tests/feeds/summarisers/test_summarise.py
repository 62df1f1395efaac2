"""Which of its own words a story is told in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.figures import check_figures
from feeds.summarisers import extractive, summarise, summarise_description
from feeds.types import Story, Summary

TITLE = "Hội nghị sơ kết công tác thống kê 6 tháng đầu năm"
LEAD = "Sáng 14/7/2026, Cục Thống kê tỉnh Bình An họp với 124 xã, phường về công tác điều tra."
FIRST = "Hội nghị sơ kết công tác thống kê nghe báo cáo về kết quả của 6 tháng đầu năm./."
SECOND = "Các đại biểu cho rằng điều tra doanh nghiệp đã về đích trước hạn 12 ngày so với kế hoạch."
THIRD = "Bà Lê Thị Hoa đề nghị các đơn vị chuẩn bị nhân lực cho tổng điều tra kinh tế năm 2027."
WORDS = st.lists(st.sampled_from([TITLE, LEAD, FIRST, SECOND, THIRD, "A:", "8,2%", "…", "Vì sao?"])).map(" ".join)


def test_a_good_lead_comes_first_and_then_what_was_asked_for() -> None:
    story = Story(TITLE, lead=LEAD + "/.", paragraphs=(FIRST, SECOND, THIRD))
    assert summarise(story) == Summary(f"{LEAD} {THIRD}", "lead")
    assert summarise(story, sentences=1) == Summary(LEAD, "lead")


def test_what_does_not_fit_beside_the_lead_is_left_out() -> None:
    story = Story(TITLE, lead=LEAD, paragraphs=(FIRST, SECOND, THIRD))
    assert summarise(story, limit=len(LEAD) + len(THIRD)) == Summary(LEAD, "lead")


def test_a_lead_of_two_sentences_is_told_alone() -> None:
    story = Story(TITLE, lead=f"{LEAD} {SECOND}", paragraphs=(FIRST, THIRD))
    assert summarise(story) == Summary(f"{LEAD} {SECOND}", "lead")


def test_a_lead_that_ends_in_dots_but_stands_alone_is_told() -> None:
    lead = LEAD.removesuffix(".") + "..."
    assert summarise(Story(TITLE, lead=lead, paragraphs=(FIRST, SECOND))) == Summary(f"{lead} {SECOND}", "lead")


def test_a_lead_without_a_full_stop_gets_one_before_what_follows() -> None:
    story = Story(TITLE, lead=LEAD.removesuffix("."), paragraphs=(THIRD,))
    assert summarise(story).text == f"{LEAD} {THIRD}"


@pytest.mark.parametrize("lead", ["", "Tin vắn", f"{TITLE}.", "Sáng 14/7/2026, Cục Thống kê tỉnh Bình An họp…"])
def test_without_a_good_lead_the_best_sentence_and_what_was_asked_for_are_told(lead: str) -> None:
    story = Story(TITLE, lead=lead, paragraphs=(LEAD, FIRST, SECOND, THIRD))
    assert summarise(story) == Summary(f"{LEAD} {THIRD}", "extractive")


def test_outside_meetings_the_best_sentences_are_told_in_the_texts_order() -> None:
    first, second = "Giá vàng trong nước lại lập đỉnh trong ngày.", "Người mua xếp hàng dài từ tờ mờ sáng ở phố cũ."
    story = Story("Giá vàng lập đỉnh, người mua xếp hàng", paragraphs=(first, second, "Ảnh: Minh An"))
    assert summarise(story) == Summary(f"{first} {second}", "extractive")


def test_a_summary_never_repeats_the_title_where_there_is_something_else() -> None:
    story = Story("Giá vàng trong nước lập đỉnh", paragraphs=("Giá vàng trong nước lập đỉnh hôm nay.", SECOND))
    assert summarise(story).text == SECOND


def test_a_sentence_that_leans_on_another_is_told_only_after_it() -> None:
    price, leaning = "Giá vàng trong nước lại lập đỉnh trong ngày.", "Điều này khiến người mua vàng phải xếp hàng dài."
    title = "Giá vàng lập đỉnh, người mua xếp hàng"
    assert summarise(Story(title, paragraphs=(price, leaning))).text == f"{price} {leaning}"
    assert summarise(Story(title, paragraphs=(price, "Ảnh: Minh An", leaning))).text == price


def test_a_row_of_a_table_is_told_neither_beside_a_lead_nor_without_one() -> None:
    """C4"""
    row = "Công nghiệp chế biến, chế tạo của tỉnh | 1.234,5 tỷ đồng | tăng 8,2% so với cùng kỳ năm trước."
    assert summarise(Story(TITLE, lead=LEAD, paragraphs=(row,))).text == LEAD
    assert summarise(Story(TITLE, paragraphs=(row, SECOND))).text == SECOND


def test_what_would_put_a_figure_wrong_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """C2"""
    story = Story(TITLE, lead=LEAD, paragraphs=(FIRST, SECOND, THIRD))
    monkeypatch.setattr("feeds.summarisers.shorten", lambda sentence: sentence.replace("2027", "2072"))
    assert summarise(story) == Summary(LEAD, "lead")
    monkeypatch.setattr("feeds.summarisers.shorten", lambda sentence: sentence.replace("124", "142"))
    assert summarise(story) == Summary("", "lead")


def test_a_lead_with_a_new_figure_does_not_only_repeat_the_title() -> None:
    """C3"""
    lead = "Hội nghị sơ kết công tác thống kê 6 tháng đầu năm có 350 đại biểu."
    assert summarise(Story(TITLE, lead=lead, paragraphs=(SECOND,))).kind == "lead"


def test_a_poor_lead_serves_when_there_is_nothing_else() -> None:
    assert summarise(Story(TITLE, lead="Tin vắn")) == Summary("Tin vắn", "lead")
    assert summarise(Story(TITLE)) == Summary("", "lead")


def test_fewer_sentences_are_taken_rather_than_cut_ones() -> None:
    first, second = "Giá vàng trong nước lại lập đỉnh trong ngày.", "Người mua xếp hàng dài từ tờ mờ sáng ở phố cũ."
    story = Story("Giá vàng lập đỉnh, người mua xếp hàng", paragraphs=(first, second))
    assert summarise(story, limit=70).text == first
    assert summarise(story, limit=30).text == "Giá vàng trong nước lại lập…"


def test_short_lines_headings_and_questions_are_no_summary() -> None:
    story = Story(TITLE, paragraphs=("Kết quả", f"{TITLE} ra sao?", f"{TITLE} có các nội dung sau:", SECOND))
    assert summarise(story, sentences=1).text == SECOND


def test_very_long_sentences_stand_back() -> None:
    endless = " ".join([TITLE] * 7) + "."
    assert extractive.choose([endless, LEAD], "Cục Thống kê họp", 1) == [1]


def test_a_story_without_a_title_is_summarised_too() -> None:
    assert summarise(Story("", paragraphs=(SECOND, THIRD)), sentences=1).text == SECOND


@settings(deadline=None)
@given(title=WORDS, lead=WORDS, body=WORDS, limit=st.integers(min_value=20, max_value=600))
def test_a_summary_fits_and_all_its_words_stand_in_the_story(title: str, lead: str, body: str, limit: int) -> None:
    """C3"""
    summary = summarise(Story(title, lead=lead, paragraphs=(body,)), limit=limit)
    assert len(summary.text) <= limit
    assert "./." not in summary.text
    assert check_figures(summary.text, f"{title}\n{lead}\n\n{body}") == ()
    words = f"{lead} {body} {lead}. {body}.".replace("./.", ".").split()
    assert set(summary.text.removesuffix("…").split()) <= {*words, *(word.rstrip(".,:…") for word in words)}


def test_a_feed_only_article_is_told_in_the_feeds_words() -> None:
    assert summarise_description(f"{LEAD}/.", TITLE) == Summary(LEAD, "feed")


@pytest.mark.parametrize("description", ["", TITLE, "Xem tiếp"])
def test_a_description_that_says_nothing_new_is_left_out(description: str) -> None:
    assert summarise_description(description, TITLE) == Summary("", "feed")


def test_a_feed_that_sends_whole_articles_is_summarised() -> None:
    summary = summarise_description(" ".join([LEAD, FIRST, SECOND, THIRD] * 3), TITLE, limit=200)
    assert summary == Summary(f"{LEAD} {THIRD}", "feed")
