"""The newsroom over real HTTP on loopback: its feed, pages, pictures and what it says of itself."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO

import feedparser
import httpx
import pytest
from lxml import etree, html
from PIL import Image

from bot.demo.archive import Article, load_articles
from bot.demo.lists import LAYOUTS
from bot.demo.newsroom import ITEMS_PER_PAGE, OPENING_ARTICLES, Newsroom
from bot.demo.pages import format_stamp
from bot.demo.webforms import _sign

START = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


class SteppingClock:
    """A clock that goes on by one minute at each look."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom(load_articles(), now=SteppingClock()) as newsroom:
        yield newsroom


@pytest.fixture
async def web(newsroom: Newsroom) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=newsroom.url, trust_env=False, verify=False) as client:
        yield client


def find_article(slug: str) -> Article:
    return next(article for article in load_articles() if article.slug == slug)


async def test_the_feed_lists_what_is_published_newest_first(newsroom: Newsroom) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        feed = feedparser.parse((await client.get(newsroom.feed_url)).content)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == [post.article.title for post in newsroom.published]
    assert len(feed.entries) == OPENING_ARTICLES
    dates = [parsedate_to_datetime(entry.published) for entry in feed.entries]
    assert dates == sorted(dates, reverse=True)
    assert max(dates) < START


async def test_an_entry_has_all_that_a_reader_needs(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    entry = feedparser.parse((await web.get("/rss.xml")).content).entries[0]
    post = newsroom.published[0]
    assert entry.link == newsroom.url + post.path
    assert entry.guid == f"binhan-{post.id}"
    assert entry.category == post.article.section
    assert "<img" in entry.description
    assert post.article.lead in entry.description


async def test_what_is_published_appears_at_the_top_dated_now(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    (post,) = newsroom.publish()
    entry = feedparser.parse((await web.get("/rss.xml")).content).entries[0]
    assert entry.title == post.article.title
    assert post.published_at > START
    assert parsedate_to_datetime(entry.published) == post.published_at
    assert newsroom.published[0] is post


async def test_publishing_ends_when_nothing_waits(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    assert len(newsroom.publish(100)) == 20 - OPENING_ARTICLES
    assert newsroom.waiting == 0
    assert newsroom.publish() == ()
    assert len(feedparser.parse((await web.get("/rss.xml")).content).entries) == 20


@pytest.mark.parametrize(("sent", "validator"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")])
async def test_an_unchanged_feed_answers_304_until_news_appear(
    newsroom: Newsroom, web: httpx.AsyncClient, sent: str, validator: str
) -> None:
    """N13"""
    first = await web.get("/rss.xml")
    again = await web.get("/rss.xml", headers={sent: first.headers[validator]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    newsroom.publish()
    changed = await web.get("/rss.xml", headers={sent: first.headers[validator]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


async def test_the_validator_counts_more_than_the_date(web: httpx.AsyncClient) -> None:
    first = await web.get("/rss.xml")
    headers = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]}
    assert (await web.get("/rss.xml", headers=headers)).status_code == 200


async def test_an_empty_newsroom_has_an_empty_feed_and_one_page() -> None:
    async with (
        Newsroom((), now=SteppingClock()) as newsroom,
        httpx.AsyncClient(base_url=newsroom.url, trust_env=False, verify=False) as web,
    ):
        assert feedparser.parse((await web.get("/rss.xml")).content).entries == []
        assert (await web.get("/tin-tuc")).status_code == 200


async def test_every_article_page_has_everything(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    newsroom.publish(100)
    for post in newsroom.published:
        answer = await web.get(post.path)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        text = html.fromstring(answer.content).text_content()
        article = post.article
        captions = [picture.caption for picture in article.pictures]
        labels = [attachment.label for attachment in article.attachments]
        stamp = format_stamp(post.published_at)
        for part in (article.section, article.title, stamp, *article.paragraphs, article.signature):
            assert part in text
        for part in (article.lead, article.gallery, *captions, *labels, "Bản quyền", "Số lượt truy cập"):
            assert part in text
        assert "./." in text
        assert "{" not in "".join((article.lead, *article.paragraphs))


async def test_an_article_page_names_related_news_and_numbered_pages(
    newsroom: Newsroom, web: httpx.AsyncClient
) -> None:
    post = newsroom.published[0]
    related = [other.path for other in newsroom.published[1:] if other.article.section == post.article.section]
    page = html.fromstring((await web.get(post.path)).content)
    (block,) = page.xpath(".//div[@class='related']")
    assert block.text_content().strip().startswith("TIN TỨC CÙNG LOẠI KHÁC:")
    assert [link.get("href") for link in block.iterfind(".//li/a")] == related[:5]
    assert "Trang: 1 2 3" in block.text_content()


async def test_one_form_goes_around_everything(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    page = html.fromstring((await web.get(newsroom.published[0].path)).content)
    (form,) = page.forms
    assert form.getparent().tag == "body"
    assert page.find(".//h1") in form.iterdescendants()


async def test_list_pages_are_numbered_and_hold_every_article_once(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    """N18"""
    paths = []
    for number in (1, 2, 3):
        page = html.fromstring((await web.get(f"/tin-tuc?page={number}")).content)
        links = [link.get("href") for link in page.iterfind(".//h3/a")]
        assert len(links) <= ITEMS_PER_PAGE
        assert f"<b>{number}</b>" in etree.tostring(page, encoding="unicode")
        paths += links
    assert paths == [post.path for post in newsroom.published]


@pytest.mark.parametrize("path", ["/tin-tuc", *(layout.path for layout in LAYOUTS)])
async def test_every_list_can_be_redesigned(newsroom: Newsroom, web: httpx.AsyncClient, path: str) -> None:
    """N16"""
    before = html.fromstring((await web.get(path)).content)
    newsroom.redesign()
    after = html.fromstring((await web.get(path)).content)
    links = [link.get("href") for link in after.iterfind(".//article/h2/a")]
    assert links == [post.path for post in newsroom.published[:ITEMS_PER_PAGE]]
    assert before.find(".//article") is None


@pytest.mark.parametrize("path", [layout.path for layout in LAYOUTS])
async def test_a_list_of_its_own_knows_no_feed(newsroom: Newsroom, web: httpx.AsyncClient, path: str) -> None:
    assert "rss" not in (await web.get(path)).text


async def test_a_newsroom_may_have_no_feed() -> None:
    async with (
        Newsroom((), now=SteppingClock(), has_feed=False) as newsroom,
        httpx.AsyncClient(base_url=newsroom.url, trust_env=False, verify=False) as web,
    ):
        assert (await web.get("/rss.xml")).status_code == 404


async def test_a_forged_state_of_the_form_is_refused(web: httpx.AsyncClient) -> None:
    state = _sign("page=1").replace("=", "")[:-4] + "Mg=="
    form = {"__VIEWSTATE": state, "__EVENTVALIDATION": _sign(state)}
    answer = await web.post("/TinTuc.aspx", data=form)
    assert answer.status_code == 500
    assert "Server Error" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/chuyen-muc/trang-9",
        "/diem-tin?trang=0",
        "/tin-tuc?page=4",
        "/tin-tuc?page=x",
        "/tin-tuc?page=01",
        "/bai-viet/a-1.html",
        "/khac",
        "/hinh-anh/a.jpg",
    ],
)
async def test_an_unknown_address_is_told_so_in_vietnamese(web: httpx.AsyncClient, path: str) -> None:
    answer = await web.get(path)
    assert answer.status_code == 404
    assert "Không tìm thấy trang" in answer.text


async def test_an_article_waits_for_its_publication(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    slug = load_articles()[OPENING_ARTICLES].slug
    assert (await web.get(f"/bai-viet/{slug}-{newsroom.published[0].id + 1}.html")).status_code == 404
    (post,) = newsroom.publish()
    assert (await web.get(post.path)).status_code == 200


async def test_pictures_and_attachments_can_be_fetched(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    newsroom.publish(100)
    for post in newsroom.published:
        page = html.fromstring((await web.get(post.path)).content)
        for image in page.iterfind(".//img"):
            picture = await web.get(image.get("src"))
            assert picture.headers["Content-Type"] == "image/jpeg"
            assert Image.open(BytesIO(picture.content)).size == (480, 270)
        for link in page.xpath(".//p[@class='attachment']/a"):
            attachment = await web.get(link.get("href"))
            assert attachment.headers["Content-Type"] == "application/pdf"
            assert attachment.content.startswith(b"%PDF-1.4")


async def test_the_place_of_each_object_in_a_pdf_is_right(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    """C4"""
    document = (await web.get("/dinh-kem/ke-hoach-179-kh-ubnd.pdf")).content
    start = int(re.findall(rb"startxref\n(\d+)", document)[0])
    assert document[start:].startswith(b"xref")
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", document), start=1):
        assert document[int(offset) :].startswith(b"%d 0 obj" % number)


async def test_markup_in_a_title_is_shown_and_never_obeyed(newsroom: Newsroom, web: httpx.AsyncClient) -> None:
    """C1"""
    title = find_article("toa-dam-so-lieu-va-quyet-dinh").title
    post = next(post for post in newsroom.published if post.article.title == title)
    answer = await web.get(post.path)
    assert "&quot;Số liệu &amp; quyết định&quot;: sai số &lt; 5%" in answer.text
    page = html.fromstring(answer.content)
    assert page.findtext(".//h1") == title
    assert title in (page.findtext(".//title") or "")
    entries = feedparser.parse((await web.get("/rss.xml")).content).entries
    assert title in [entry.title for entry in entries]


async def test_the_head_of_a_page_alone_can_be_asked_for(web: httpx.AsyncClient) -> None:
    answer = await web.head("/rss.xml")
    assert answer.status_code == 200
    assert answer.content == b""
