"""Finding and reading the list of news on pages without a feed, in the layouts of Vietnamese portals."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import LayoutError, PageError, RulesError
from feeds.listing import check_layout, describe_page, find_listing, parse_listing, read_listing, read_name
from feeds.pagekind import PageKind
from feeds.rules import PageRules
from feeds.types import Entry, Page

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
FOLDER = Path(__file__).parents[1] / "data" / "listings"
LAYOUTS = sorted(path.stem for path in FOLDER.glob("*.html"))
TITLES = [
    "Giá lúa hè thu tăng trở lại ở các huyện phía nam",
    "Hội nghị giao ban công tác thống kê quý bốn",
    "Khảo sát đời sống hộ dân cư vùng ven biển",
    "Sơ kết một năm sắp xếp lại bộ máy cơ sở",
]


def make_page(text: str | bytes, url: str = "https://cucthongke.example.vn/tin-tuc") -> Page:
    return Page(url, 200, text if isinstance(text, bytes) else text.encode(), "text/html; charset=utf-8")


def load(name: str) -> Page:
    return make_page((FOLDER / f"{name}.html").read_bytes())


def expect(name: str) -> list[Entry]:
    found = json.loads((FOLDER / f"{name}.expected.json").read_text(encoding="utf-8"))
    return [
        Entry(item["title"], item["url"], "", item["description"], stamp and datetime.fromisoformat(stamp))
        for item in found
        for stamp in [item["published_at"]]
    ]


def items(markup: str, count: int = 4) -> str:
    """`markup` once for each title, with {title} and {url}."""
    return "\n".join(markup.format(title=TITLES[n], url=f"/tin/{n + 71}.html", n=n) for n in range(count))


def titles(text: str) -> list[str]:
    listing = find_listing(make_page(text), NOW)
    return [entry.title for entry in listing.entries] if listing else []


def read(text: str, **rules: str) -> tuple[Entry, ...]:
    return read_listing(make_page(text), PageRules(**rules), NOW)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_list_of_a_page_is_found_among_menus_and_boxes(name: str) -> None:
    listing = find_listing(load(name), NOW)
    assert listing is not None
    assert list(listing.entries) == expect(name)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_rules_that_are_kept_read_the_same(name: str) -> None:
    listing = find_listing(load(name), NOW)
    assert listing is not None
    assert read_listing(load(name), listing.rules, NOW) == listing.entries


@pytest.mark.parametrize("name", LAYOUTS)
def test_rules_name_nothing_that_a_machine_made(name: str) -> None:
    listing = find_listing(load(name), NOW)
    assert listing is not None
    assert "ctl0" not in repr(listing.rules)
    assert not any(character * 3 in repr(listing.rules) for character in "0123456789")


def test_layouts_are_as_many_as_promised() -> None:
    assert len(LAYOUTS) >= 8


def test_a_relative_date_is_no_part_of_an_item() -> None:
    """N17"""
    row = '<li><h3><a href="{url}">{title}</a></h3><p>%s trước - Cơ quan vừa công bố số liệu mới nhất</p></li>'
    early = find_listing(make_page(f"<ul>{items(row % '2 giờ')}</ul>"), NOW)
    late = find_listing(make_page(f"<ul>{items(row % '5 giờ')}</ul>"), NOW)
    assert early is not None
    assert early == late
    assert early.entries[0].description == "Cơ quan vừa công bố số liệu mới nhất"
    assert early.entries[0].published_at is None


def test_a_relative_date_by_rule_is_no_date() -> None:
    """N17"""
    text = items('<li><a href="{url}">{title}</a><em>Hôm nay, 08:30</em><p>Vừa xong: công bố số liệu</p></li>')
    entries = read(text, item="li", title="a", date="em", teaser="p")
    assert [entry.published_at for entry in entries] == [None] * 4
    assert entries[0].description == "công bố số liệu"


def test_a_stamp_in_the_title_is_taken_out_of_it() -> None:
    entries = read(items('<li><a href="{url}">{title} <i>(1{n}/10/2026)</i></a></li>', 3), item="li")
    assert [entry.title for entry in entries] == TITLES[:3]
    assert entries[1].published_at == datetime(2026, 10, 10, 17, tzinfo=UTC)


def test_a_title_that_is_cut_is_read_from_its_hint() -> None:
    entries = read(f'<ul><li><a href="/a1" title="{TITLES[0]}">{TITLES[0][:20]}…</a></li></ul>', item="li")
    assert [entry.title for entry in entries] == [TITLES[0]]


def test_picture_links_and_details_are_merged_with_the_title() -> None:
    row = '<li><a href="{url}"><img src="a.jpg"></a><a href="{url}">{title}</a><a href="{url}">Xem chi tiết</a></li>'
    entries = read(items(row), item="li")
    assert [entry.title for entry in entries] == TITLES


def test_links_to_other_news_within_an_item_are_not_its_title() -> None:
    row = (
        '<div class="n"><h3><a href="{url}">{title}</a></h3><ul><li><a href="/x/{n}">Bài liên quan dài hơn cả tiêu đề'
        " chính của tin này</a></li></ul></div>"
    )
    assert [entry.title for entry in read(items(row), item="div.n")] == TITLES


def test_a_dated_line_beside_the_page_is_not_taken_for_the_first_items_date() -> None:
    """F6"""
    rows = items('<a href="{url}">{title}</a><span>1{n}/10/2026</span>')
    entries = read(f'<div id="b"><span>Thứ sáu, 20/11/2026</span>{rows}</div>', item="#b a")
    assert [entry.published_at.day for entry in entries if entry.published_at] == [9, 10, 11, 12]


def test_dates_before_blocks_belong_to_what_follows() -> None:
    """F6"""
    rows = items('<div>1{n}/10/2026</div><h3><a href="{url}">{title}</a></h3>')
    entries = read(f'<div id="b">{rows}</div>', item="#b h3")
    assert [entry.published_at.day for entry in entries if entry.published_at] == [9, 10, 11, 12]


def test_an_item_that_is_alone_takes_only_its_line_along() -> None:
    line = f'<a class="t" href="/a1">{TITLES[0]}</a> <span>12/10/2026</span>'
    text = f"<div>{line}<p>Một đoạn văn khác hẳn ở dưới.</p></div>"
    entry = read(text, item="a.t")[0]
    assert (entry.published_at, entry.description) == (datetime(2026, 10, 11, 17, tzinfo=UTC), "")


def test_a_title_within_a_link_can_be_the_item() -> None:
    text = items('<a href="{url}"><h3>{title}</h3></a>')
    assert read(text, item="h3")[0].url.endswith("/tin/71.html")


def test_a_rule_may_name_the_title_by_its_heading() -> None:
    text = items('<div class="n"><h3>{title}</h3><a href="{url}">Xem chi tiết</a></div>')
    entry = read(text, item=".n", title="h3")[0]
    assert (entry.title, entry.url[-12:]) == (TITLES[0], "/tin/71.html")
    assert read(text, item=".n", title="h4") == ()


def test_rules_copied_from_a_browser_find_what_it_added() -> None:
    text = f"<table>{items('<tr><td><a href={url}>{title}</a></td></tr>')}</table>"
    assert len(read(text, item="table > tbody > tr")) == 4


@pytest.mark.parametrize(
    ("rules", "rule"),
    [(PageRules("div["), "item"), (PageRules(""), "item"), (PageRules("li", date="::x"), "date")],
)
def test_a_rule_that_is_no_selector_is_named(rules: PageRules, rule: str) -> None:
    with pytest.raises(RulesError) as caught:
        read_listing(make_page("<ul><li></ul>"), rules, NOW)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<p>Một trang chỉ có một đoạn văn và không có liên kết nào.</p>",
        f"<ul>{items('<li><a href={url}>{title}</a></li>', 2)}</ul>",
        f"<ul>{items('<li><a href=/mot-trang.html>{title}</a></li>')}</ul>",
        f"<ul>{items('<li><a href=http://nơi-khác.example/{n}>{title}</a></li>')}</ul>",
        f"<ul>{items('<li><a href=/tin/{n}000.html>Cùng một tiêu đề cho cả bốn tin</a></li>')}</ul>",
        f"<ul>{items('<li><a href=javascript:void(0)>{title}</a></li>')}</ul>",
        "<ul><li><a href='/a'>Tin tức</a></li><li><a href='/b'>Liên hệ</a></li><li><a href='/c'>Hỏi đáp</a></li></ul>",
    ],
    ids=["empty", "prose", "two", "one address", "elsewhere", "one title", "scripts", "menu"],
)
def test_what_is_no_list_is_not_taken_for_one(text: str) -> None:
    assert titles(text) == []


def test_a_menu_of_long_names_does_not_win() -> None:
    menu = "".join(f"<li><a href='/gioi-thieu/muc-{n}'>Chức năng nhiệm vụ số {n}</a></li>" for n in range(12))
    text = f"<ul>{menu}</ul><div>{items('<p><a href={url}>{title}</a></p>')}</div>"
    assert titles(text) == TITLES


@pytest.mark.parametrize("heading", ["Tin xem nhiều", "Tin nổi bật", "TIN LIÊN QUAN", "Thông báo"])
def test_a_box_is_known_by_its_heading(heading: str) -> None:
    box = "".join(
        f"<p><a href='/tin/9{n}1.html'>Bài này rất được quan tâm từ nhiều tháng {n}</a></p>" for n in range(6)
    )
    news = items("<p><a href={url}>{title}</a></p>")
    text = f"<div><b>{heading}</b><div>{box}</div></div><div><b>Tin tức</b>{news}</div>"
    assert titles(text) == TITLES


def test_the_heading_of_the_page_itself_is_no_box() -> None:
    rows = items("<li><a href={url}>{title}</a></li>")
    other = items("<p><a href=/khac{url}>{title} cũ</a></p>", 3)
    head = "<title>Thông báo - Cục Thống kê</title><h1>Thông báo</h1>"
    text = f"{head}<ul>{rows}</ul><h2>Ban Chỉ đạo</h2><div>{other}</div>"
    assert titles(text) == TITLES


def test_a_narrow_column_does_not_win() -> None:
    box = "".join(
        f"<p><a href='/tin/9{n}1.html'>Bài này rất được quan tâm từ nhiều tháng {n}</a></p>" for n in range(6)
    )
    news = items("<p><a href={url}>{title}</a></p>")
    text = f"<table><tr><td width='20%'>{box}</td><td width='*'>{news}</td></tr></table>"
    assert titles(text) == TITLES


def test_a_redesign_is_noticed() -> None:
    """N16"""
    with pytest.raises(LayoutError, match="find no news"):
        parse_listing(load("ul_items"), PageRules("div.item"), NOW)


def test_one_giant_item_is_no_news() -> None:
    """N16"""
    text = f"<div class='all'><a href='/a1'>{' '.join(TITLES * 3)}</a></div>"
    with pytest.raises(LayoutError, match="whole page"):
        parse_listing(make_page(text), PageRules(".all"), NOW)


def test_the_same_title_everywhere_is_no_news() -> None:
    """N16"""
    with pytest.raises(LayoutError, match="same title"):
        check_layout([Entry("Đọc tiếp nào", f"https://a.example/{n}") for n in range(3)])


def test_a_page_is_read_as_a_feed() -> None:
    page = load("ul_items")
    feed = parse_listing(page, PageRules("ul.list-news li"), NOW)
    assert (feed.title, len(feed.entries)) == ("Tin hoạt động - Trang thông tin điện tử", 10)


KINDS = {
    PageKind.SCRIPT: [
        '<div id="root"></div><script src="/static/main.8f3c.js"></script>',
        "<noscript>You need to enable JavaScript to run this app.</noscript><div></div>",
        "<script>document.cookie='D1N=8f';window.location.reload(true);</script>",
        "<script src='/app.js'></script><p>Đang tải…</p>",
    ],
    PageKind.LOGIN: ["<form><h1>Đăng nhập</h1><input name=u><input type='Password' name=p></form>"],
    PageKind.ERROR: [
        "<title>404 - File or directory not found.</title><h2>Server Error</h2>",
        "<h1>Có sự cố</h1><p>Hệ thống đang gặp sự cố, vui lòng quay lại sau.</p>",
        "<h1>502</h1>",
        "<h1>Lỗi 500</h1><p>Mời quay lại sau.</p>",
        "<b>Fatal error</b>: Uncaught exception in /var/www/index.php",
    ],
    PageKind.MAINTENANCE: ["<h1>Website đang bảo trì</h1><p>Xin quay lại sau 12 giờ.</p>"],
    PageKind.EMPTY: [
        "",
        "<p>Giá gạo tăng 500 đồng, 404 hộ được hỗ trợ.</p>",
        "<p>Giới thiệu chung về cơ quan và địa chỉ liên hệ.</p>",
    ],
    PageKind.LIST: [f"<p>{' '.join(TITLES * 8)}</p>"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_a_page_that_is_no_list_is_recognised(kind: PageKind, text: str) -> None:
    """N18"""
    assert describe_page(make_page(text)) == kind


def test_an_error_page_served_as_all_is_well_is_no_redesign() -> None:
    """N18"""
    with pytest.raises(PageError) as caught:
        parse_listing(make_page(KINDS[PageKind.MAINTENANCE][0]), PageRules("li"), NOW)
    assert not isinstance(caught.value, LayoutError)
    assert caught.value.kind == PageKind.MAINTENANCE


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<title> Tin tức -\n Sở A </title>", "Tin tức - Sở A"),
        ('<meta property="og:site_name" content="Sở B">', "Sở B"),
        ("<p>x</p>", ""),
    ],
)
def test_a_page_tells_its_name(head: str, name: str) -> None:
    assert read_name(make_page(head)) == name
    assert read_name(make_page("")) == ""


def test_of_a_page_without_end_the_beginning_is_read() -> None:
    """F1"""
    rows = "".join(f'<li><a href="/tin/{n}.html">Bản tin thống kê số {n}</a></li>' for n in range(400))
    listing = find_listing(make_page(f"<ul>{rows}</ul>"), NOW)
    assert listing is not None
    assert len(listing.entries) == 300


def test_a_teaser_that_is_a_link_too_is_not_the_title() -> None:
    text = items('<li><a href="{url}">{title}</a><a href="{url}">Đoạn mở đầu dài hơn hẳn tiêu đề của bài này</a></li>')
    entry = read(text, item="li")[0]
    assert (entry.title, entry.description) == (TITLES[0], "Đoạn mở đầu dài hơn hẳn tiêu đề của bài này")


def test_a_base_that_is_no_address_is_passed_over() -> None:
    text = f'<base href="//[">{items("<li><a href={url}>{title}</a></li>")}'
    assert read(text, item="li")[0].url == "https://cucthongke.example.vn/tin/71.html"


def test_a_time_that_tells_nothing_is_passed_over() -> None:
    text = items('<li><a href="{url}">{title}</a><time datetime="x">Mới</time><i>12/10/2026</i></li>')
    assert read(text, item="li")[0].published_at == datetime(2026, 10, 11, 17, tzinfo=UTC)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600) | st.text(max_size=300).map(lambda text: f"<ul><li>{text}".encode()))
def test_no_bytes_break_it(body: bytes) -> None:
    page = make_page(body)
    assert find_listing(page, NOW) is None or body
    describe_page(page)
    read_name(page)
    read_listing(page, PageRules("*", "*", "*", "*"), NOW)


_WORDS = st.sampled_from(
    ["<ul>", "<li>", "</li>", "<br>", "<table><tr><td>", "</td>", "<div class=a>", "</div>", *TITLES]
)
_LINKS = st.integers(0, 9).map(lambda n: f'<a href="/tin/{n}.html">{TITLES[n % 4]} {n}</a>')
_STAMPS = st.sampled_from(["<i>12/10/2026</i>", "(12/10)", "2 giờ trước", "<time datetime='x'>"])


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS | _LINKS | _STAMPS, max_size=40).map("".join))
def test_whatever_is_found_is_read_again_by_its_rules(text: str) -> None:
    listing = find_listing(make_page(text), NOW)
    if listing is not None:
        assert read_listing(make_page(text), listing.rules, NOW) == listing.entries


@given(st.text(max_size=30))
def test_no_selector_breaks_it(selector: str) -> None:
    with contextlib.suppress(RulesError):
        read_listing(load("ul_items"), PageRules(selector), NOW)
