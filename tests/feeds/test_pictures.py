"""The pictures of articles, and what they show."""

import pytest

from feeds.article import read_story
from feeds.types import Picture, Story

URL = "http://portal.test/tin/1.html"
TITLE = "Cục Thống kê tỉnh Bình An tập huấn điều tra lao động việc làm"
TEXT = "Lớp học giới thiệu phiếu hỏi mới, cách chọn hộ và việc dùng máy tính bảng khi phỏng vấn hộ dân."
LAST = "Cuộc điều tra bắt đầu từ ngày 10/8/2026, kéo dài 07 ngày tại 96 địa bàn trong toàn tỉnh."
CAPTION = "Quang cảnh lớp tập huấn tại hội trường"
IMAGE = '<img src="a.jpg">'


def read(content: str, *, head: str = "") -> Story:
    return read_story(f"<html><head>{head}</head><body>{content}</body></html>".encode(), URL)


def article(pictures: str, *, after: str = f"<p>{LAST}</p>") -> str:
    return f"<div><h1>{TITLE}</h1><div>{TEXT}</div>{pictures}{after}</div><p>Tin liên quan</p><p>{TEXT} {TEXT}</p>"


@pytest.mark.parametrize(
    "pictures",
    [
        f"<figure>{IMAGE}<figcaption>{CAPTION}</figcaption></figure>",
        f"<div class='photo'>{IMAGE}<span class='photo-caption'></span><p class='photo-caption'>{CAPTION}</p></div>",
        f"<p>{IMAGE}<br>{CAPTION}</p>",
        f"<table><tr><td>{IMAGE}</td></tr><tr><td>{CAPTION}</td></tr></table>",
        f"<p>{IMAGE}</p><p align='center'>{CAPTION}</p>",
        f"<p>{IMAGE}</p><p style='text-align: center'>{CAPTION}</p>",
        f"<p>{IMAGE}</p><p><em>{CAPTION}</em></p>",
        f"<a href='#'>{IMAGE}</a><p><i>{CAPTION}</i></p>",
    ],
)
def test_a_caption_is_known_by_where_it_stands_and_how_it_looks(pictures: str) -> None:
    """C4"""
    story = read(article(pictures))
    assert story.pictures == (Picture("http://portal.test/tin/a.jpg", CAPTION),)
    assert story.paragraphs == (TEXT, LAST)


@pytest.mark.parametrize(
    "pictures",
    [
        f"<p>{IMAGE}</p>",
        f"<p>{IMAGE}</p><p><i>{CAPTION}. Tất cả đều có mặt.</i></p>",
        f"<p>{IMAGE}</p><h2>{CAPTION}</h2>",
        f"<p>{IMAGE}</p><p>{CAPTION}</p>",
    ],
)
def test_a_line_that_may_be_text_is_no_caption(pictures: str) -> None:
    assert read(article(pictures)).pictures == (Picture("http://portal.test/tin/a.jpg"),)


def test_where_every_line_is_in_the_middle_none_is_a_caption_for_that() -> None:
    lines = "".join(f"<p align=center>{TEXT[:40]} {number}</p>" for number in range(5))
    assert read(article(IMAGE + lines)).pictures == (Picture("http://portal.test/tin/a.jpg"),)


def test_the_last_of_several_pictures_has_the_caption() -> None:
    pictures = f"<p>{IMAGE}</p><p><img data-src='b.jpg' src='data:,'></p><p><em>{CAPTION}</em></p>"
    assert [one.caption for one in read(article(pictures)).pictures] == ["", CAPTION]


def test_a_picture_shown_twice_is_one() -> None:
    pictures = f"<p>{IMAGE}</p><p>{IMAGE}</p><p><em>{CAPTION}</em></p>"
    assert read(article(pictures)).pictures == (Picture("http://portal.test/tin/a.jpg", CAPTION),)


@pytest.mark.parametrize(
    "image",
    [
        "<img>",
        '<img src="data:image/gif;base64,R0lG">',
        '<img src="/images/icon-pdf.png">',
        '<img src="/logo.png">',
        '<img src="a.jpg" width="16px">',
        '<img src="a.jpg" height=20>',
        '<a href="/tin/2.html"><img src="a.jpg"></a>',
        '<img src="javascript:x">',
        '<div class="social-share"><img src="a.jpg"></div>',
    ],
)
def test_buttons_and_doors_are_no_pictures(image: str) -> None:
    assert read(article(image)).pictures == ()


def test_links_are_relative_to_the_base_of_the_page() -> None:
    head = '<base href="http://files.portal.test/2026/">'
    assert read(article(IMAGE), head=head).pictures == (Picture("http://files.portal.test/2026/a.jpg"),)


def test_pictures_elsewhere_on_the_page_are_not_the_articles() -> None:
    side = f"<div>{IMAGE}</div>"
    page = f"{side}<table><tr><td>{article(IMAGE.replace('a.', 'b.'))}</td><td>{side}</td></tr></table>{side}"
    assert [one.url for one in read(page).pictures] == ["http://portal.test/tin/b.jpg"]


def test_without_a_stop_marker_the_article_ends_at_the_next_heading_or_link() -> None:
    content = f"<h1>{TITLE}</h1><p>{TEXT}</p><p>{LAST}</p><p>{IMAGE}</p><p><a href=/x.pdf>Phiếu hỏi</a></p>"
    for end in ("<h2>Xem nhiều</h2>", "<p><a href=/2.html>Một tin khác của cơ quan</a></p>"):
        story = read(f"{content}{end}<p><img src=z.jpg></p>")
        assert [one.url for one in story.pictures] == ["http://portal.test/tin/a.jpg"]
        assert [one.name for one in story.attachments] == ["Phiếu hỏi"]


def test_a_page_without_title_and_text_has_nothing_to_hang_pictures_on() -> None:
    story = read(f"<p>{IMAGE}</p><p>{TEXT}</p><p>{LAST}</p><p><a href=x.pdf>{CAPTION}</a></p>")
    assert story.paragraphs == (TEXT, LAST)
