"""The road with texts that nobody wrote for loa; they lie beside the repository, and without them this is skipped."""

import ast
import re
import tarfile
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

from db.models import Article, ArticleKey, Source
from tests.flow import Flow, open_flow
from tests.papers import Item, rss
from tests.road import FEED, Road

SHARED = Path(__file__).parents[1].parent / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))
FEEDS = SHARED / "data" / "feeds.tar.gz"

#: Feeds whose own comment says what title a right reader sees: Atom 0.3 and 1.0, CDF, RDF, RSS, JSON Feed.
TOLD = (
    *("atom/entry_title", "atom/entry_title_base64", "atom/entry_title_text_plain_brackets", "atom10/entry_title"),
    *("atom10/entry_title_text_plain", "cdf/item_title", "media-rss/item_media_title1", "rdf/rdf_item_title"),
    *("namespace/rss1.0withModules", "namespace/rss2.0NSwithModules", "namespace/rss2.0noNSwithModules"),
    *("rdf/rss090_item_title", "rss/item_dc_title", "rss/item_title"),
    *("sanitize/entry_title_script", "sanitize/entry_title_iframe", "media-rss/item_media_title2"),
    "atom10/entry_title_text_plain_brackets",
)
#: Feeds in old encodings, and what the server says of them; the title is the one that stands there.
ENCODED = {
    "illformed/chardet/eucjp.xml": "euc-jp",
    "illformed/chardet/euckr.xml": "euc-kr",
    "illformed/chardet/gb2312.xml": "gb2312",
    "illformed/chardet/koi8r.xml": "koi8-r",
    "illformed/chardet/shiftjis.xml": "shift_jis",
    "encoding/http_text_xml_charset_overrides_encoding_2.xml": "windows-1252",
}
PAPERS = (
    *(f"wellformed/{name}.xml" for name in TOLD),
    *(
        "entities/hex_entity_x_lowercase.xml",
        "entities/hex_entity_x_uppercase.xml",
        "wellformed/xml/xlink_ns_no_prefix.xml",
    ),
    *(
        "illformed/always_strip_doctype.xml",
        "wellformed/xml/empty_xmlns_uri.xml",
        "json/example.json",
        "encoding/euc-kr.xml",
    ),
    *ENCODED,
)

_TITLE = r"""title(?:'\])?\s*==\s*(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
_EXPECTED = re.compile(rf"(?:entries\[0\]|feed)(?:\.|\[')({_TITLE})")
_FIRST_TITLE = re.compile(r"<(?:item|entry)\b.*?<title>(.*?)</title>", re.DOTALL)


@pytest.fixture
async def flow(road: Road) -> AsyncIterator[Flow]:
    async with open_flow(road) as flow:
        await flow.begin(11)
        yield flow


@pytest.mark.skipif(not SEEDS, reason="the office's pages are not here")
@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
async def test_a_page_of_the_office_reaches_a_chat_with_its_title_lead_news_and_section(flow: Flow, seed: Path) -> None:
    section, title, lead, *rest = read_lines(seed)
    item = Item(title, "https://thongke.example.vn/tin/bai-viet.aspx?id=7", "7")
    flow.road.web.put(FEED, rss([item]))
    flow.road.web.put(item.url, build_portal_page(section, title, lead, *rest), content_type="text/html; charset=utf-8")
    await flow.travel(minutes=8)
    (push,) = flow.pushes(11)
    assert push.text.startswith(f"{title}\n\n{lead} ")
    assert not [part for part in ("./.", "CTK Bình Thuận", "Một số hình ảnh") if part in push.text]
    assert section in push.text
    assert push.links[title] == item.url
    (article,) = await flow.road.rows(Article)
    assert (article.section, article.lead, article.signature) == (section, lead, "CTK Bình Thuận")
    assert article.text.rstrip(".").endswith(next(line for line in rest if line.endswith("./.")).rstrip("./"))


def read_lines(seed: Path) -> list[str]:
    lines = (line.strip() for line in seed.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def build_portal_page(section: str, title: str, lead: str, *rest: str) -> str:
    """In the way of the office's own portal: one form and nested tables around everything."""
    body = "".join(f"<p>{line}</p>" for line in rest)
    return (
        f"<html><head><title>Cục Thống kê</title></head><body><form id='aspnetForm'><table><tr>"
        "<td class='menu'><a href='/'>Trang chủ</a><a href='/gioi-thieu'>Giới thiệu</a></td>"
        f"<td class='main'><div class='cate'>{section}</div><div class='title'>{title}</div>"
        f"<div class='sapo'>{lead}</div><div class='content'>{body}</div></td></tr></table></form></body></html>"
    )


@pytest.mark.skipif(not FEEDS.exists(), reason="the collection of feeds is not here")
async def test_thirty_feeds_of_all_kinds_and_encodings_give_their_titles(road: Road) -> None:
    """F4"""
    assert len(PAPERS) >= 30
    papers = read_papers()
    sources = {}
    for number, name in enumerate(PAPERS):
        url = f"https://bao{number}.example.vn/feed"
        sources[name] = await road.source(url, name="")
        road.web.put(url, papers[name], content_type=get_content_type(name))
    while await road.poll():
        pass
    got = {name: await get_titles(road, source_id) for name, source_id in sources.items()}
    assert {name: titles for name, titles in got.items() if get_title(name) not in titles} == {}


async def get_titles(road: Road, source_id: int) -> list[str]:
    """What the source is called, and what it carries."""
    carried = select(ArticleKey.article_id).where(ArticleKey.source_id == source_id)
    async with road.database.read() as session:
        articles = await session.scalars(select(Article.title).where(Article.id.in_(carried)))
        return [(await session.get_one(Source, source_id)).name, *articles]


@cache
def read_papers() -> dict[str, bytes]:
    with tarfile.open(FEEDS) as archive:
        members = {member.name.removeprefix("./"): member for member in archive.getmembers()}
        files = {name: archive.extractfile(members[name]) for name in PAPERS}
        return {name: file.read() for name, file in files.items() if file}


def get_content_type(name: str) -> str:
    return f"application/xml; charset={ENCODED[name]}" if name in ENCODED else ""


def get_title(name: str) -> str:
    """From what the paper says of itself, or as Python reads it."""
    text = read_papers()[name].decode(ENCODED.get(name, "utf-8"), "replace")
    if name in ENCODED:
        match = _FIRST_TITLE.search(text)
        assert match
        return " ".join(match[1].split())
    match = _EXPECTED.search(text)
    assert match
    return " ".join(str(ast.literal_eval(match[2])).split())
