"""The twenty articles: all different, well formed, and dated as a reader expects."""

import re
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime
from itertools import combinations

import pytest

from bot.demo.archive import OFFICE_TIME, Article, date_of_archive, fill_dates, load_articles, workday_before
from bot.demo.pages import format_stamp

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def get_text(article: Article) -> str:
    return "\n".join((article.title, article.lead, *article.paragraphs))


def get_figures(article: Article) -> set[str]:
    """Figures with a decimal comma or thousands' dots: those that belong to one event alone."""
    return set(re.findall(r"\d+(?:[.,]\d+)+%?", get_text(article)))


def test_there_are_twenty_articles_each_of_its_own() -> None:
    articles = load_articles()
    assert len(articles) == 20
    for values in zip(*((article.slug, article.title, article.paragraphs) for article in articles), strict=True):
        assert len(set(values)) == 20


def test_every_section_has_several_articles() -> None:
    sections = Counter(article.section for article in load_articles())
    assert len(sections) == 5
    assert min(sections.values()) >= 2


def test_no_two_articles_share_more_than_two_figures() -> None:
    for one, other in combinations(load_articles(), 2):
        assert len(get_figures(one) & get_figures(other)) <= 2, (one.slug, other.slug)


@pytest.mark.parametrize("article", load_articles(), ids=lambda article: article.slug)
def test_an_article_is_written_as_the_office_writes(article: Article) -> None:
    """F4: NFC text only."""
    text = get_text(article)
    assert unicodedata.is_normalized("NFC", text)
    assert text == text.strip()
    assert "  " not in text
    assert 4 <= len(article.paragraphs) <= 8
    assert article.paragraphs[-1].endswith("./.")
    assert text.count("./.") == 1
    assert min(map(len, article.paragraphs[:-1])) > 150
    assert len(re.findall(r"\d+", text)) >= 10
    assert "{event_day}" in text
    assert article.signature == "CTK Bình An"
    assert bool(article.gallery) == bool(article.pictures)


def test_the_archive_holds_the_cases_that_readers_trip_over() -> None:
    articles = load_articles()
    assert sum(not article.lead for article in articles) == 2
    assert sum(article.lead == f"{article.title}." for article in articles) == 1
    assert sum(bool(article.attachments) for article in articles) == 2
    assert any({"<", "&", '"'} <= set(article.title) for article in articles)
    everything = "\n".join(map(get_text, articles))
    for words in ("Tổng cục Thống kê (TCTK)", "Đắk Lắk", "179/KH-UBND", "1.234.567", "Tân Hòa", "Tân Hoà"):
        assert words in everything


def test_file_names_of_pictures_and_attachments_are_unique() -> None:
    files = [file.file for article in load_articles() for file in (*article.pictures, *article.attachments)]
    assert len(files) == len(set(files))


def test_an_article_of_the_archive_is_dated_in_the_time_of_the_office() -> None:
    """P4: the process is in UTC, where it is still the day before."""
    article = load_articles()[0]
    published_at = date_of_archive(article, NOW)
    assert published_at.tzinfo is OFFICE_TIME
    assert (NOW.astimezone(OFFICE_TIME).date() - published_at.date()).days == article.days_ago
    assert published_at.time() == article.time


def test_the_day_of_an_event_is_the_last_workday() -> None:
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=OFFICE_TIME)
    article = fill_dates(load_articles()[0], monday)
    assert article.lead.startswith("Chiều 20/11/2026, ")
    assert workday_before(date(2026, 11, 20)) == date(2026, 11, 19)


def test_a_stamp_is_written_as_the_site_writes_it() -> None:
    """F6"""
    assert format_stamp(datetime(2026, 7, 14, 1, 30, tzinfo=UTC)) == "Thứ ba, 14/7/2026 | 08:30"
    assert format_stamp(datetime(2026, 7, 18, 17, 5, tzinfo=UTC)) == "Chủ nhật, 19/7/2026 | 00:05"
