"""Which of its own words a story is told in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.summarisers import extractive, summarise, summarise_description
from feeds.types import Story, Summary

TITLE = "Hội nghị sơ kết công tác thống kê 6 tháng đầu năm"
LEAD = "Sáng 14/7/2026, Cục Thống kê tỉnh Bình An họp với 124 xã, phường về công tác điều tra."
FIRST = "Hội nghị sơ kết công tác thống kê nghe báo cáo về kết quả của 6 tháng đầu năm./."
SECOND = "Các đại biểu cho rằng điều tra doanh nghiệp đã về đích trước hạn 12 ngày so với kế hoạch."
THIRD = "Bà Lê Thị Hoa đề nghị các đơn vị chuẩn bị nhân lực cho tổng điều tra kinh tế năm 2027."
WORDS = st.lists(st.sampled_from([TITLE, LEAD, FIRST, SECOND, THIRD, "A:", "8,2%", "…", "Vì sao?"])).map(" ".join)


def test_a_good_lead_is_the_summary() -> None:
    story = Story(TITLE, lead=LEAD + "/.", paragraphs=(FIRST, SECOND))
    assert summarise(story) == Summary(LEAD, "lead")


def test_a_lead_that_ends_in_dots_but_stands_alone_is_the_summary() -> None:
    lead = LEAD.removesuffix(".") + "..."
    assert summarise(Story(TITLE, lead=lead, paragraphs=(FIRST, SECOND))) == Summary(lead, "lead")


@pytest.mark.parametrize("lead", ["", "Tin vắn", f"{TITLE}.", "Sáng 14/7/2026, Cục Thống kê tỉnh Bình An họp…"])
def test_without_a_good_lead_two_sentences_are_the_summary(lead: str) -> None:
    story = Story(TITLE, lead=lead, paragraphs=(LEAD, FIRST, SECOND, THIRD))
    assert summarise(story) == Summary(f"{LEAD} {FIRST[:-2]}", "extractive")


def test_a_lead_with_a_new_figure_does_not_only_repeat_the_title() -> None:
    """C3"""
    lead = "Hội nghị sơ kết công tác thống kê 6 tháng đầu năm có 350 đại biểu."
    assert summarise(Story(TITLE, lead=lead, paragraphs=(SECOND,))).kind == "lead"


def test_a_poor_lead_serves_when_there_is_nothing_else() -> None:
    assert summarise(Story(TITLE, lead="Tin vắn")) == Summary("Tin vắn", "lead")
    assert summarise(Story(TITLE)) == Summary("", "lead")


def test_fewer_sentences_are_taken_rather_than_cut_ones() -> None:
    story = Story(TITLE, paragraphs=(LEAD, FIRST, SECOND))
    assert summarise(story, limit=100).text == FIRST[:-2]
    assert summarise(story, limit=40).text == "Hội nghị sơ kết công tác thống kê nghe…"


def test_short_lines_headings_and_questions_are_no_summary() -> None:
    story = Story(TITLE, paragraphs=("Kết quả", f"{TITLE} ra sao?", f"{TITLE} có các nội dung sau:", SECOND))
    assert summarise(story, sentences=1).text == SECOND


def test_very_long_sentences_stand_back() -> None:
    endless = " ".join([TITLE] * 7) + "."
    assert extractive.choose([endless, LEAD], "Cục Thống kê họp", 1) == [1]


def test_a_story_without_a_title_is_summarised_too() -> None:
    assert summarise(Story("", paragraphs=(SECOND, THIRD)), sentences=1).text == SECOND


@given(title=WORDS, lead=WORDS, body=WORDS, limit=st.integers(min_value=20, max_value=600))
def test_a_summary_fits_and_all_its_words_stand_in_the_story(title: str, lead: str, body: str, limit: int) -> None:
    """C3"""
    summary = summarise(Story(title, lead=lead, paragraphs=(body,)), limit=limit)
    assert len(summary.text) <= limit
    assert "./." not in summary.text
    words = f"{lead} {body} {lead}. {body}.".replace("./.", ".").split()
    assert set(summary.text.removesuffix("…").split()) <= {*words, *(word.rstrip(".,:…") for word in words)}


def test_a_feed_only_article_is_told_in_the_feeds_words() -> None:
    assert summarise_description(f"{LEAD}/.", TITLE) == Summary(LEAD, "feed")


@pytest.mark.parametrize("description", ["", TITLE, "Xem tiếp"])
def test_a_description_that_says_nothing_new_is_left_out(description: str) -> None:
    assert summarise_description(description, TITLE) == Summary("", "feed")


def test_a_feed_that_sends_whole_articles_is_summarised() -> None:
    summary = summarise_description(" ".join([LEAD, FIRST, SECOND, THIRD] * 3), TITLE, limit=200)
    assert summary == Summary(f"{LEAD} {FIRST[:-2]}", "feed")
