"""Articles are read out of pages as Vietnamese portals build them."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.article import read_story
from feeds.dates import LOCAL
from feeds.errors import ArticleError
from feeds.summarisers import summarise
from feeds.types import Story

SEEDS = sorted((Path(__file__).parents[3] / "shared" / "seeds").glob("*.txt"))
URL = "http://newsroom.test/bai-viet/1"
SITE = "Cục Thống kê tỉnh Bình An"
SECTION = "HOẠT ĐỘNG CỦA NGÀNH"
TITLE = "Cục Thống kê tỉnh Bình An tập huấn điều tra lao động việc làm"
LEAD = "Sáng 3/8/2026, 120 điều tra viên của 14 xã đã dự lớp tập huấn tại hội trường Cục Thống kê."
FIRST = "Lớp học giới thiệu phiếu hỏi mới, cách chọn hộ và việc dùng máy tính bảng khi phỏng vấn hộ dân."
SECOND = "Cuộc điều tra bắt đầu từ ngày 10/8/2026, kéo dài 07 ngày tại 96 địa bàn trong toàn tỉnh./."
LAST = SECOND.removesuffix("/.")
SIGNATURE = "CTK Bình An"


def frame(content: str, *, head: str = "", title: str = SITE) -> str:
    """A page of a portal: one form and one table around everything."""
    return f"""<html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>
    <form method="post"><input type="hidden" value="x"><table>
    <tr><td><a href="/">Trang chủ</a> <a href="/tin">Tin tức</a></td></tr>
    <tr><td><p><b>LIÊN KẾT</b></p><ul><li>Bộ Tài chính</li></ul></td><td class="content">{content}</td></tr>
    <tr><td><div>Bản quyền thuộc về {SITE}</div><div>Địa chỉ: 18 Trần Phú, phường Tân Hòa, tỉnh Bình An</div></td></tr>
    </table></form></body></html>"""


def article(*, lead: str = f"<p><b>{LEAD}</b></p>", tail: str = f"<p>{SIGNATURE}</p>") -> str:
    return f"""<div>{SECTION}</div><h1>{TITLE}</h1><div class="date">Thứ ba, 4/8/2026 | 08:30</div>
    {lead}<p>{FIRST}</p><p>{SECOND}</p>{tail}
    <div>TIN TỨC CÙNG LOẠI KHÁC:</div><ul><li>Một tin khác dài hơn ba mươi chữ cái để gây nhiễu</li></ul>
    <div>Trang: <a href="?p=2">2</a></div>"""


def read(page: str, **options: str) -> Story:
    return read_story(page.encode(), URL, "text/html", **options)


def test_every_part_of_an_article_is_found() -> None:
    assert read(frame(article())) == Story(
        title=TITLE,
        section=SECTION,
        lead=LEAD,
        paragraphs=(FIRST, LAST),
        signature=SIGNATURE,
        published_at=datetime(2026, 8, 4, 8, 30, tzinfo=LOCAL),
        event_date=date(2026, 8, 3),
    )


LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "paragraphs": lambda lines: "".join(f"<p>{line}</p>" for line in lines),
    "divisions": lambda lines: "".join(f"<div>{line}</div>" for line in lines),
    "breaks": "<br>".join,
    "rows": lambda lines: "<table>" + "".join(f"<tr><td>{line}</td></tr>" for line in lines) + "</table>",
    "heading": lambda lines: f"<p>{lines[0]}</p><h1>{lines[1]}</h1><p>{'</p><p>'.join(lines[2:])}</p>",
}


@pytest.mark.skipif(not SEEDS, reason="the seeds are not there")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_the_seeds_are_read_in_every_layout(path: Path, layout: str) -> None:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    story = read(frame(LAYOUTS[layout]([escape(line) for line in lines])))
    assert (story.section, story.title, story.lead) == tuple(lines[:3])
    assert story.signature == "CTK Bình Thuận"
    assert story.paragraphs[0] == lines[3]
    assert story.paragraphs[-1] + "/." == next(line for line in lines if line.endswith("./."))
    summary = summarise(story).text
    assert summary.startswith(f"{story.lead} ")
    assert not [part for part in ("CTK Bình Thuận", "Một số hình ảnh", "./.") if part in summary]


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "articleSection": ["Kinh tế"],'
        f'"datePublished": "2026-08-04T08:30:00+07:00", "headline": "{TITLE}"}}]}}</script>',
        f'<meta name="description" content=""><meta property="og:title" content="{TITLE}">'
        '<meta property="article:section" content="Kinh tế">'
        '<meta property="article:published_time" content="2026-08-04T01:30:00Z">',
    ],
)
def test_what_the_head_says_comes_first(head: str) -> None:
    content = f"<div>{TITLE}</div><p>Lượt xem: 20</p><p>{FIRST}</p><p>{SECOND}</p><p>{FIRST} Và hết.</p>"
    story = read(frame(content, head=head))
    assert (story.title, story.section) == (TITLE, "Kinh tế")
    assert story.published_at == datetime(2026, 8, 4, 8, 30, tzinfo=LOCAL)


@pytest.mark.parametrize("script", ["", "{", "[" * 100_000, '{"headline": 3, "articleSection": []}', '"x"'])
def test_broken_json_ld_is_passed_over(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert read(frame(article(), head=head)).title == TITLE


def test_a_title_that_stands_nowhere_on_the_page_comes_from_the_head() -> None:
    head = f'<meta property="og:title" content="{TITLE}">'
    content = f'<p>{FIRST}</p><p>{LAST}</p><p><a href="/">{FIRST} {LAST}</a></p>'
    story = read(frame(content, head=head))
    assert (story.title, story.section, story.paragraphs) == (TITLE, "", (FIRST, LAST))


def test_the_feeds_title_helps_to_find_the_pages() -> None:
    content = f"<h1>{SITE} kính chào</h1><p>{SECTION}</p><p>{TITLE.upper()}</p><p>{FIRST}</p><p>{SECOND}</p>"
    assert read(frame(content), title=TITLE).title == TITLE.upper()


def test_the_browsers_title_with_the_sites_name_finds_the_line() -> None:
    content = f"<p>Tin</p><p>{TITLE}</p><p>{FIRST}</p><p>{SECOND}</p>"
    assert read(frame(content, title=f"{TITLE} - {SITE}")).title == TITLE


def test_the_last_crumb_is_the_section() -> None:
    crumbs = '<div class="breadcrumb"><a href="/">Trang chủ</a> » <a href="/k">Kinh tế</a></div><p>In trang</p>'
    assert read(frame(crumbs + f"<h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p>")).section == "Kinh tế"


def test_a_menu_elsewhere_is_no_section() -> None:
    page = frame(f"<div><div><div><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></div></div></div>")
    assert read(page).section == ""


@pytest.mark.parametrize(
    "lead",
    [
        f'<div class="sapo">{LEAD}</div>',
        f"<h2>{LEAD}</h2>",
        f'<p style="font-weight: 700">{LEAD}</p>',
        f"<p>{LEAD}</p>",
        f"<div>{TITLE}</div><p><strong>{LEAD}</strong></p>",
    ],
)
def test_a_lead_is_known_by_its_looks(lead: str) -> None:
    assert read(frame(article(lead=lead))).lead == LEAD


def test_a_description_that_is_the_first_paragraph_is_the_lead() -> None:
    head = f'<meta name="description" content="{FIRST}">'
    story = read(frame(article(lead=""), head=head))
    assert (story.lead, story.paragraphs) == (FIRST, (LAST,))


@pytest.mark.parametrize("description", [SITE, FIRST[:40] + "..."])
def test_a_description_that_is_not_in_the_text_is_no_lead(description: str) -> None:
    head = f'<meta name="description" content="{description}">'
    story = read(frame(article(lead=""), head=head))
    assert (story.lead, story.paragraphs) == ("", (FIRST, LAST))


def test_a_lead_that_repeats_the_title_is_left_out() -> None:
    story = read(frame(article(lead=f"<p><b>{TITLE} năm nay.</b></p>")))
    assert (story.lead, story.paragraphs) == ("", (FIRST, LAST))


def test_captions_pictures_and_files_are_no_text() -> None:
    """C4"""
    tail = f"""<p><img src="a.jpg"><br><em>Quang cảnh lớp học</em></p><p>{SIGNATURE}</p>
    <p>Tệp đính kèm: phieu-hoi.pdf</p><p>Một số hình ảnh tại lớp học:</p><p>Các học viên thực hành</p>"""
    story = read(frame(article(tail=tail).replace("./.", ".")))
    assert (story.paragraphs, story.signature) == ((FIRST, LAST), SIGNATURE)


def test_an_end_mark_near_the_top_ends_nothing() -> None:
    page = frame(article(lead=f"<p>{LEAD}/.</p>").replace(SECOND, LAST))
    assert read(page).paragraphs == (FIRST, LAST)


def test_a_list_of_key_words_is_no_section() -> None:
    head = f'<meta property="article:section" content="{FIRST}">'
    assert read(frame(article(), head=head)).section == SECTION


def test_a_text_without_signature_has_none() -> None:
    story = read(frame(article(tail="").replace("./.", ".")))
    assert (story.paragraphs, story.signature) == ((FIRST, LAST), "")
    assert read(frame(article(tail=""))).signature == ""


def test_a_marker_above_the_text_ends_nothing() -> None:
    page = frame(f"<h1>{TITLE}</h1><p>Tin liên quan</p><p>{FIRST}</p><p>{SECOND}</p><p>Tin liên quan</p><p>{LEAD}</p>")
    assert read(page).paragraphs == (FIRST, LAST)


def test_hidden_parts_and_scripts_are_not_read() -> None:
    hidden = f'<p style="display:none">{LEAD}</p><p hidden>{LEAD}</p><script>{LEAD}</script><!-- {LEAD} -->'
    assert read(frame(article(lead=hidden))).paragraphs == (FIRST, LAST)


@pytest.mark.parametrize(
    ("encoding", "content_type", "label"),
    [
        ("utf-8", "text/html", "utf-8"),
        ("utf-8", "text/html; charset=iso-8859-1", "windows-1252"),
        ("utf-8-sig", "", "utf-16"),
        ("cp1258", "text/html; charset=windows-1258", "utf-8"),
        ("cp1258", "text/html", "windows-1258"),
        ("cp1258", "text/html; charset=ISO-8859-1", "windows-1258"),
        ("cp1258", "", "no-such-charset"),
        ("utf-16", "text/html", "utf-8"),
    ],
)
def test_pages_in_every_encoding_are_nfc_text(encoding: str, content_type: str, label: str) -> None:
    """F4"""
    page = frame(article()).replace("utf-8", label)
    if encoding == "cp1258":
        page = _for_cp1258(page)
    story = read_story(page.encode(encoding), URL, content_type)
    assert (story.title, story.lead, story.section) == (TITLE, LEAD, SECTION)


def _for_cp1258(text: str) -> str:
    """Base letters with their tone as a mark of its own, as that code page writes them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letters = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in marks if mark in tones)
        letters.append(unicodedata.normalize("NFC", "".join(m for m in marks if m not in tones)) + tone)
    return "".join(letters)


def test_control_characters_and_spaces_are_folded() -> None:
    """F7"""
    page = frame(article()).replace("Thống kê", "Thống\u00a0\x0b \n kê\u200b").replace("Lớp học", "Lớp\x01 học")
    assert read(page).title == TITLE
    assert read(page).paragraphs == (FIRST, LAST)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "text/html"),
        (b"PK\x03\x04", ""),
        (frame(article()).encode(), "application/pdf"),
        (b"", "text/html"),
        (b"<!-- -->", ""),
        (b"<html><body><div id=app></div><script>run()</script></body></html>", "text/html"),
        (frame(f"<h1>{TITLE}</h1><p>Xem ảnh</p>").encode(), "text/html"),
    ],
)
def test_a_page_without_an_article_is_refused(body: bytes, content_type: str) -> None:
    """C4"""
    with pytest.raises(ArticleError) as caught:
        read_story(body, URL, content_type)
    assert caught.value.url == URL


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.lists(
        st.sampled_from(["<p>", "</p>", "<h1>", "<b>", "<br>", "<form>", "<a href=x>", "<", "&#0;", LEAD, FIRST])
    )
    .map("".join)
    .map(str.encode)
)
def test_any_bytes_are_a_story_or_an_article_error(body: bytes) -> None:
    """F7"""
    try:
        story = read_story(body, URL)
    except ArticleError:
        return
    assert story.text == unicodedata.normalize("NFC", story.text)
    assert all(paragraph.strip() for paragraph in story.paragraphs)


@pytest.mark.parametrize(
    ("source", "cover"),
    [
        ("/sites/default/files/tap-huan.jpg?w=1200", "http://newsroom.test/sites/default/files/tap-huan.jpg?w=1200"),
        ("https://anh.newsroom.test/a/1.jpg", "https://anh.newsroom.test/a/1.jpg"),
        ("/images/logo.png", ""),
        ("/images/default-share.jpg", ""),
        ("data:image/png;base64,AAAA", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_page_without_pictures_has_the_one_that_it_shows_to_others(source: str, cover: str) -> None:
    head = f'<meta property="og:image" content="{source}">'
    assert read(frame(article(), head=head)).cover == cover
    pictured = read(frame(article(tail='<p><img src="/anh/1.jpg"></p>'), head=head))
    assert (bool(pictured.pictures), pictured.cover) == (True, "")
