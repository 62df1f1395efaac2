"""The rules of a source for its articles' pages."""

from datetime import datetime

import pytest

from feeds.article import read_story
from feeds.dates import LOCAL
from feeds.errors import ArticleError, RulesError
from feeds.types import ArticleRules, Story

URL = "http://portal.test/tin/1.html"
TITLE = "Cục Thống kê tỉnh Bình An tập huấn điều tra lao động việc làm"
LEAD = "Lớp tập huấn dành cho điều tra viên của 14 xã, phường trong tỉnh, kéo dài hai ngày rưỡi."
TEXT = "Lớp học giới thiệu phiếu hỏi mới, cách chọn hộ và việc dùng máy tính bảng khi phỏng vấn hộ dân."
OTHER = "Một đoạn văn dài ở bên cạnh, nói về chuyện khác hẳn, không liên quan gì đến lớp tập huấn nói trên."
PAGE = f"""<html><head><meta property="og:title" content="Trang tin"></head><body>
<h1>Trang tin của Cục Thống kê tỉnh Bình An</h1>
<div id="a"><p class="ten">{TITLE}</p><p class="luc">Đăng lúc 8 giờ 30, ngày 04/08/2026</p></div>
<div id="c"><p>{OTHER}</p><p>{OTHER}</p><p>{OTHER}</p></div>
<div id="b"><div class="qc">{OTHER}</div><p class="mo">{LEAD}</p><p>{TEXT}</p><p>CTK Bình An</p></div>
</body></html>"""
RULES = ArticleRules(title=".ten", lead=".mo", body="#b", date=".luc", remove=".qc, script")


def read(rules: ArticleRules | None, page: str = PAGE) -> Story:
    return read_story(page.encode(), URL, rules=rules)


def test_the_sources_rules_come_first() -> None:
    assert read(RULES) == Story(
        title=TITLE,
        lead=LEAD,
        paragraphs=(TEXT,),
        signature="CTK Bình An",
        published_at=datetime(2026, 8, 4, 8, 30, tzinfo=LOCAL),
    )


def test_what_the_rules_do_not_find_is_read_as_without_them() -> None:
    """N16"""
    gone = ArticleRules(title=".x", lead=".x", body=".x", date=".x", remove=".x")
    assert read(gone) == read(None) == read(ArticleRules())


def test_a_title_that_is_no_line_of_its_own_is_still_the_title() -> None:
    page = PAGE.replace(f'<p class="ten">{TITLE}</p>', f'<p>Tin: <b class="ten">{TITLE}</b> (mới)</p>')
    assert read(RULES, page).title == TITLE


@pytest.mark.parametrize(
    "element",
    ['<time datetime="2026-08-04T08:30:00+07:00">4 tháng 8</time>', '<meta itemprop="d" content="2026-08-04 08:30">'],
)
def test_a_date_may_stand_in_an_attribute(element: str) -> None:
    """F6"""
    page = PAGE.replace('<p class="luc">', f"{element}<p>")
    assert read(ArticleRules(date="time, meta[itemprop]"), page).published_at == datetime(
        2026, 8, 4, 8, 30, tzinfo=LOCAL
    )


def test_a_date_that_cannot_be_is_none() -> None:
    """F6"""
    page = PAGE.replace("04/08/2026", "04/18/2026")
    assert read(RULES, page).published_at is None


def test_what_is_no_selector_is_named() -> None:
    with pytest.raises(RulesError) as caught:
        read(ArticleRules(body="p["))
    assert (caught.value.rule, caught.value.selector) == ("body", "p[")


def test_a_rule_that_removes_everything_leaves_no_article() -> None:
    with pytest.raises(ArticleError):
        read(ArticleRules(remove="html"))
