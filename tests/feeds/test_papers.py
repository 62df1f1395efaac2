"""The papers that hang on an article."""

import pytest
from lxml import html

from feeds.papers import read_papers
from feeds.types import Attachment

BASE = "http://portal.test/tin/1.html"


def read(markup: str) -> tuple[Attachment, ...]:
    return read_papers(html.fromstring(f"<div>{markup}</div>").iter("a"), BASE)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="/f/ke-hoach.pdf">Kế hoạch số 179/KH-UBND</a>', ("/f/ke-hoach.pdf", "Kế hoạch số 179/KH-UBND")),
        ('<a href="/f/Phu%20luc.XLSX"> Tải về </a>', ("/f/Phu%20luc.XLSX", "Phu luc.XLSX")),
        ('<a href="/f/a.doc" title="Biểu mẫu"><img src="/icon.gif"></a>', ("/f/a.doc", "Biểu mẫu")),
        ('<a href="/tai?file=bao-cao.docx&amp;v=2">Tại đây</a>', ("/tai?file=bao-cao.docx&v=2", "bao-cao.docx")),
        ('<a href="/tai.ashx?id=5">bao-cao-9-thang.xls</a>', ("/tai.ashx?id=5", "bao-cao-9-thang.xls")),
    ],
)
def test_a_paper_has_the_name_people_see(link: str, expected: tuple[str, str]) -> None:
    """C4"""
    path, name = expected
    assert read(link) == (Attachment(f"http://portal.test{path}", name),)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/tin/2.html">Tin khác</a>',
        "<a>Kế hoạch</a>",
        '<a href="javascript:x(1.pdf)">Kế hoạch</a>',
        '<a href="/pdf.pdfx">x</a>',
        '<a href="http://[/a.pdf">x</a>',
    ],
)
def test_other_links_are_no_papers(link: str) -> None:
    assert read(link) == ()


def test_a_paper_linked_twice_is_one_with_its_better_name() -> None:
    link = '<a href="/a.pdf">Tải về</a> <a href="/a.pdf">Quyết định</a> <a href="/a.pdf">Xem</a>'
    assert read(link) == (Attachment("http://portal.test/a.pdf", "Quyết định"),)
