"""Lists of feeds as other programs write them, and as they break."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.opml import Outline, parse_opml, render_opml


def wrap(outlines: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><opml version="1.0"><head><title>Tin</title></head><body>'
    return f"{head}{outlines}</body></opml>".encode()


def feed(url: str, text: str = "Báo tỉnh", **others: str) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in others.items())
    return f'<outline type="rss" text="{text}"{attributes} xmlUrl="{url}"/>'


def parse_one(outline: str) -> Outline:
    (found,) = parse_opml(wrap(outline)).outlines
    return found


def get_reasons(body: bytes) -> list[tuple[str, str]]:
    return [(skipped.url, skipped.reason) for skipped in parse_opml(body).skipped]


def test_a_folder_is_the_topic_and_the_innermost_one_counts() -> None:
    """P5"""
    inner = f'<outline text="Giá cả">{feed("https://a.example.vn/rss")}</outline>'
    body = wrap(
        f'<outline text="Kinh tế">{inner}{feed("https://b.example.vn/rss")}</outline>{feed("https://c.vn/rss")}'
    )
    topics = {outline.url: outline.topic for outline in parse_opml(body).outlines}
    assert topics == {
        "https://a.example.vn/rss": "Giá cả",
        "https://b.example.vn/rss": "Kinh tế",
        "https://c.vn/rss": "",
    }


def test_a_category_is_the_topic_of_what_stands_in_no_folder() -> None:
    assert parse_one(feed("https://a.vn/rss", category="/Tin/Dân số,/Khác")).topic == "Dân số"


def test_a_title_comes_before_the_text() -> None:
    assert parse_one(feed("https://a.vn/rss", text="rss", title="Báo A")).title == "Báo A"


def test_doubles_are_taken_once() -> None:
    """P5"""
    body = wrap(feed("https://a.vn/rss") + feed("http://www.a.vn/rss/") + feed("https://a.vn/rss?p=2"))
    assert [outline.url for outline in parse_opml(body).outlines] == ["https://a.vn/rss", "https://a.vn/rss?p=2"]
    assert get_reasons(body) == [("http://www.a.vn/rss/", "twice in the file")]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/xml,x", "ftp://a.vn/rss", "/rss", "https://", "x"]
)
def test_only_web_addresses_are_taken(url: str) -> None:
    """P5 F2"""
    body = wrap(feed(url))
    assert parse_opml(body).outlines == ()
    assert get_reasons(body) == [(url, "only http and https addresses are fetched")]


def test_what_names_no_feed_is_skipped_and_folders_are_not_counted() -> None:
    """P5"""
    body = wrap('<outline text="Thư mục"><outline text="Trang" type="link" url="https://a.vn"/></outline>')
    assert [(skipped.title, skipped.reason) for skipped in parse_opml(body).skipped] == [("Trang", "it names no feed")]


def test_an_endless_address_is_skipped() -> None:
    assert get_reasons(wrap(feed("https://a.vn/" + "a" * 3000)))[0][1] == "the address is too long"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("feed:https://a.vn/rss", "https://a.vn/rss"),
        ("feed://a.vn/rss", "http://a.vn/rss"),
        ("  https://a.vn/rss\n", "https://a.vn/rss"),
        ("https://a.vn/rss?a=1&b=2&copy=3", "https://a.vn/rss?a=1&b=2&copy=3"),
        ("https://a.vn/rss?a=1&amp;b=2", "https://a.vn/rss?a=1&b=2"),
    ],
)
def test_addresses_are_read_as_they_are_meant(written: str, meant: str) -> None:
    """P5"""
    assert parse_one(feed(written)).url == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("GDP < 8%", "GDP < 8%"),
        ("Thống k&ecirc;&nbsp;&amp; d&acirc;n số", "Thống kê & dân số"),
        ("R & D", "R & D"),
        ("Thô\u0301ng kê", "Thống kê"),
        ("&lol;", "&lol;"),
    ],
)
def test_names_with_entities_and_signs_are_read(written: str, meant: str) -> None:
    """P5 F7"""
    assert parse_one(feed("https://a.vn/rss", text=written)).title == meant


def test_entities_are_not_expanded() -> None:
    """F7"""
    bomb = '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    body = f'{bomb}<opml><body><outline text="&b;&c;" xmlUrl="https://a.vn/rss"/></body></opml>'.encode()
    assert parse_opml(body).outlines[0].title == "&b;&c;"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "windows-1258"])
def test_encodings_are_recognised(encoding: str) -> None:
    """F4"""
    head = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding == "windows-1258" else ""
    body = f'{head}<opml><body><outline text="Đà Lạt" xmlUrl="https://a.vn/rss"/></body></opml>'
    body = body.replace("ạ", "a\u0323") if encoding == "windows-1258" else body
    assert parse_opml(body.encode(encoding)).outlines[0].title == "Đà Lạt"


def test_broken_markup_loses_nobody() -> None:
    """P5: folders that are never closed, attributes without quotes or doubled, stray signs, a truncated end."""
    body = wrap(
        '<outline text="Kinh tế">' + feed("https://a.vn/1") + "</outlin><<<"
        "<outline text=Giá xmlUrl=https://a.vn/2 />" + feed("https://a.vn/3", xmlUrl="https://a.vn/3") + "</opml></x>"
        '<OUTLINE TEXT="Hoa" XMLURL="https://a.vn/4"><outline text="Cắt" xmlUrl="https://a.vn/5" htmlUrl="https://a'
    )
    urls = [outline.url for outline in parse_opml(body).outlines]
    assert urls[:4] == [f"https://a.vn/{number}" for number in (1, 2, 3, 4)]


def test_a_thousand_feeds_that_are_never_closed_are_all_read() -> None:
    """P5"""
    body = "<opml><body><outline text='Tin'>" + "".join(
        f"<outline text='{number}' xmlUrl='https://a.vn/{number}'>" for number in range(1000)
    )
    found = parse_opml(body.encode()).outlines
    assert len(found) == 1000
    assert {outline.topic for outline in found} == {"Tin"}


def test_a_list_whose_title_is_never_closed_is_read_as_xml() -> None:
    """P5"""
    body = b"<opml><head><title>Tin</head><body><outline text='a' xmlUrl='https://a.vn/rss'/></body></opml>"
    assert [outline.url for outline in parse_opml(body).outlines] == ["https://a.vn/rss"]


@pytest.mark.parametrize("body", [b"", b" \n", b"\x00\xff", b"<html><body>Trang chu</body></html>", b"{}"])
def test_what_is_no_list_is_said_so(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_opml(body)


def test_what_is_written_can_be_read_again() -> None:
    outlines = (
        Outline('Giá & "lương" < 8%', "https://a.vn/rss?a=1&b=2", "Giá cả"),
        Outline("", "https://b.vn/rss", "Giá cả"),
        Outline("Tin", "https://c.vn/rss", ""),
    )
    found = parse_opml(render_opml(outlines)).outlines
    assert set(found) == {outlines[0], outlines[1]._replace(title="https://b.vn/rss"), outlines[2]}


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20))))
def test_any_name_and_topic_can_be_written(names: list[tuple[str, str]]) -> None:
    """C1"""
    outlines = [Outline(name, f"https://a.vn/{number}", topic) for number, (name, topic) in enumerate(names)]
    body = render_opml(outlines)
    assert not names or len(parse_opml(body).outlines) == len(names)


@given(st.binary(max_size=200) | st.text(alphabet="<>/\"'= outlinexmlUrl&;:", max_size=200).map(str.encode))
def test_anything_at_all_is_read_or_refused(body: bytes) -> None:
    """P5"""
    with contextlib.suppress(ParseError):
        parse_opml(body)
