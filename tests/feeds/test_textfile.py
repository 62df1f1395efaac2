"""Articles that were saved in files."""

import pytest

from feeds.errors import ArticleError
from feeds.textfile import read_file

TITLE = "Hội nghị sơ kết công tác thống kê 6 tháng đầu năm"
LEAD = "Sáng 14/7/2026, Cục Thống kê tỉnh Bình An họp với 124 xã, phường về công tác điều tra."
TEXT = "Bà Lê Thị Hoa đề nghị các đơn vị chuẩn bị nhân lực cho tổng điều tra kinh tế năm 2027./."
TAIL = "CTK Bình An\n\nMột số hình ảnh tại hội nghị:\n\nTIN TỨC CÙNG LOẠI KHÁC:\n\nTrang: "


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("section", ["", "TIN HOẠT ĐỘNG"])
def test_a_text_is_read_like_a_page(section: str, encoding: str) -> None:
    """F4"""
    story = read_file("\n\n".join((section, TITLE, LEAD, TEXT, TAIL)).encode(encoding))
    assert (story.section, story.title, story.lead) == (section, TITLE, LEAD)
    assert (story.paragraphs, story.signature) == ((TEXT.removesuffix("/."),), "CTK Bình An")


def test_what_looks_like_markup_in_a_text_is_text() -> None:
    """C1"""
    story = read_file(f"{TITLE}\n{LEAD}\nGDP < 8% & CPI > 3% theo số liệu <b> của Cục Thống kê tỉnh Bình An.".encode())
    assert "GDP < 8% & CPI > 3% theo số liệu <b> của Cục" in story.paragraphs[0]


def test_a_saved_page_is_read_as_the_page_that_it_is() -> None:
    page = f"<html><body><h1>{TITLE}</h1><p><b>{LEAD}</b></p><p>{TEXT}</p></body></html>"
    assert read_file(page.encode()).lead == LEAD


def test_a_text_without_a_title_has_none() -> None:
    assert read_file(f"{LEAD}\n{TEXT}".encode()).title == ""


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"%PDF-1.7", "Tin vắn".encode()], ids=["empty", "blank", "PDF", "title"]
)
def test_what_holds_no_article_is_refused(body: bytes) -> None:
    """C4"""
    with pytest.raises(ArticleError):
        read_file(body)
