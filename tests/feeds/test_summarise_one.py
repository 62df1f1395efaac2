"""Reading articles: from the page, from the feed when the page cannot be had, and what that makes owed."""

import asyncio
from datetime import date, timedelta
from functools import partial
from urllib.parse import urljoin

import httpx
import pytest

from db import summaries
from db.lease import LEASE, kept
from db.models import Article, ArticleState, ChatState, Host, Source, TextOrigin
from feeds.errors import ForbiddenAddressError
from feeds.summarise import RETRIES
from tests import make
from tests.papers import page
from tests.road import Owed, Road

TITLE = "Giao ban công tác thống kê quý III tại huyện đảo Phú Quý"
LEAD = "Sáng 6/8/2026, tại huyện đảo Phú Quý, Chi cục Thống kê giao ban quý III với 17 điều tra viên của các xã."
BODY = (
    "Ông Lê Văn Tám, Chi cục trưởng, chủ trì buổi giao ban; 12 báo cáo được trình bày và thảo luận trong ngày.",
    "Kết luận buổi giao ban, Chi cục trưởng yêu cầu hoàn thành phiếu điều tra trước ngày 15/9 và cử 3 tổ giám sát./.",
)
DESCRIPTION = "Chi cục Thống kê giao ban quý III tại Phú Quý với 17 điều tra viên và nghe 12 báo cáo của các xã."
HTML = {"content_type": "text/html; charset=utf-8"}


async def add(road: Road, *, url: str | None = None, announce: bool = True, title: str = TITLE) -> Article:
    """An article that waits to be read, of a source that a chat follows."""
    async with road.database.write() as session:
        topic = await make.topic(session)
        source = await make.source(session, topic_id=topic.id)
        article = await make.article(
            session, source_id=source.id, title=title, text=DESCRIPTION, state=ArticleState.FOUND, announce=announce
        )
        await make.chat(session, follows=(topic.id,), address="77")
        if url is not None:
            article.url = article.host = url
    return article


async def get_free_hosts(road: Road) -> bool:
    async with road.database.read() as session:
        return (await session.get_one(Host, "thongke.example.vn")).leased_until is None


async def test_there_is_nothing_to_read_when_nothing_was_found(road: Road) -> None:
    assert not await road.read()


async def test_a_page_gives_text_lead_section_signature_and_summary(road: Road) -> None:
    article = await add(road)
    html = page(TITLE, *BODY, section="TIN HOẠT ĐỘNG NGÀNH", lead=LEAD, signature="CTK Bình Thuận")
    road.web.put(article.url, html, **HTML)  # type: ignore[arg-type]
    assert await road.read()
    row = await road.get(Article, article.id)
    assert (row.state, row.origin, row.reason) == (ArticleState.READY, TextOrigin.PAGE, "")
    assert (row.title, row.section, row.lead) == (TITLE, "TIN HOẠT ĐỘNG NGÀNH", LEAD)
    assert (row.summary, row.summary_kind) == (f"{LEAD} {BODY[1].removesuffix('/.')}", "lead")
    assert row.signature == "CTK Bình Thuận"
    assert row.text.startswith(LEAD)
    assert row.text.endswith("cử 3 tổ giám sát.")
    assert "phieu dieu tra" in row.folded
    assert row.leased_until is None
    assert await get_free_hosts(road)
    assert not await road.read()


async def test_a_page_without_a_lead_is_summarised_by_its_sentences(road: Road) -> None:
    article = await add(road)
    road.web.put(article.url, page(TITLE, *BODY), **HTML)  # type: ignore[arg-type]
    await road.read_all()
    row = await road.get(Article, article.id)
    assert (row.summary_kind, row.origin) == ("extractive", TextOrigin.PAGE)
    assert "ngày 15/9" in row.text


async def test_an_article_without_a_title_takes_that_of_its_page(road: Road) -> None:
    article = await add(road)
    async with road.database.write() as session:
        (await session.get_one(Article, article.id)).title = ""
    road.web.put(article.url, page(TITLE, *BODY, lead=LEAD), **HTML)  # type: ignore[arg-type]
    await road.read()
    assert (await road.get(Article, article.id)).title == TITLE


async def test_an_undated_article_takes_the_date_of_its_page(road: Road) -> None:
    """N11"""
    article = await add(road)
    html = page(TITLE, "Thứ ba, 14/7/2020 | 08:30", *BODY, lead=LEAD)
    road.web.put(article.url, html, **HTML)  # type: ignore[arg-type]
    assert await road.read()
    row = await road.get(Article, article.id)
    assert (row.published_at.isoformat(), row.announce) == ("2020-07-14T01:30:00+00:00", True)
    assert [debt.what for debt in await road.owed()] == [row.title]


class TestPagesThatCannotBeHad:
    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            ({"status": 404}, "the server answered 404 Not Found"),
            ({"error": httpx.ReadTimeout("slow")}, "the answer cannot be understood"),
            ({"status": 503, "retry_after": "7200"}, "the server answered 503 Service Unavailable"),
        ],
        ids=["404", "timeout", "503"],
    )
    async def test_they_are_tried_again_and_then_the_feed_serves(
        self, road: Road, answer: dict[str, object], reason: str
    ) -> None:
        article = await add(road)
        road.web.put(article.url, **answer)  # type: ignore[arg-type]
        for number, wait in enumerate(RETRIES, start=1):
            assert await road.read()
            row = await road.get(Article, article.id)
            assert (row.state, row.reason, row.attempts) == (ArticleState.FOUND, reason, number)
            assert wait <= row.due_at - road.clock() <= RETRIES[-1]
            assert not await road.read()
            assert await get_free_hosts(road)
            road.clock.now = row.due_at
        assert await road.owed() == []
        assert await road.read()
        row = await road.get(Article, article.id)
        assert (row.state, row.origin, row.reason) == (ArticleState.READY, TextOrigin.FEED, reason)
        assert (row.text, row.summary, row.summary_kind) == (DESCRIPTION, DESCRIPTION, "feed")
        assert len(road.web.requests) == 3
        assert await road.owed() == [Owed("77", TITLE)]

    async def test_one_that_comes_at_the_second_try_is_read(self, road: Road) -> None:
        article = await add(road)
        road.web.put(article.url, status=500)
        await road.read()
        road.clock.advance(RETRIES[0])
        road.web.put(article.url, page(TITLE, *BODY, lead=LEAD), **HTML)  # type: ignore[arg-type]
        assert await road.read()
        row = await road.get(Article, article.id)
        assert (row.origin, row.reason, row.lead) == (TextOrigin.PAGE, "", LEAD)

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            ({"status": 410}, "gone"),
            ({"error": ForbiddenAddressError("the address is private")}, "private"),
            ({"body": "%PDF-1.7", "content_type": "application/pdf"}, "not HTML"),
            ({"body": "<html><body></body></html>", "content_type": "text/html"}, "no article text"),
        ],
        ids=["gone", "private", "no page", "no text"],
    )
    async def test_what_will_never_be_had_is_not_tried_again(
        self, road: Road, answer: dict[str, object], reason: str
    ) -> None:
        article = await add(road)
        road.web.put(article.url, **answer)  # type: ignore[arg-type]
        assert await road.read()
        row = await road.get(Article, article.id)
        assert (row.state, row.origin, row.text) == (ArticleState.READY, TextOrigin.FEED, DESCRIPTION)
        assert row.reason
        assert reason in row.reason
        assert await road.owed() == [Owed("77", TITLE)]

    async def test_an_article_without_a_link_is_told_by_its_feed(self, road: Road) -> None:
        """N15"""
        article = await add(road, url="")
        assert await road.read()
        row = await road.get(Article, article.id)
        assert (row.origin, row.reason, row.summary) == (TextOrigin.FEED, "the feed gives no link", DESCRIPTION)
        assert road.web.requests == []


class TestWhatIsOwed:
    async def test_an_article_that_is_not_announced_owes_nothing(self, road: Road) -> None:
        """D11"""
        article = await add(road, announce=False)
        road.web.put(article.url, page(TITLE, *BODY, lead=LEAD), **HTML)  # type: ignore[arg-type]
        assert await road.read()
        assert (await road.get(Article, article.id)).state is ArticleState.READY
        assert await road.owed() == []

    async def test_only_active_chats_that_follow_the_topic_are_owed(self, road: Road) -> None:
        article = await add(road)
        async with road.database.write() as session:
            await make.chat(session)
            for state in (ChatState.NEW, ChatState.STOPPED, ChatState.PARKED):
                await make.chat(session, state=state, follows=(1,))
        road.web.put(article.url, page(TITLE, *BODY, lead=LEAD), **HTML)  # type: ignore[arg-type]
        await road.read_all()
        assert await road.owed() == [Owed("77", TITLE)]

    async def test_news_to_be_announced_is_read_first(self, road: Road) -> None:
        silent = await add(road, announce=False, title="Tin cũ của năm trước được lưu lại để tra cứu")
        async with road.database.write() as session:
            source_id = (await session.get_one(Article, silent.id)).source_id
            await make.article(session, source_id=source_id, title=TITLE, state=ArticleState.FOUND)
        await road.read()
        states = {one.title: one.attempts for one in await road.rows(Article)}
        assert states == {silent.title: 0, TITLE: 1}

    async def test_readers_at_once_send_one_request_at_a_time_to_a_host(self, road: Road) -> None:
        """F8"""
        first = await add(road)
        async with road.database.write() as session:
            for _ in range(5):
                await make.article(session, source_id=first.source_id, state=ArticleState.FOUND)
        while any(await asyncio.gather(*(road.read() for _ in range(6)))):
            pass
        assert (road.web.busiest, len(road.web.requests)) == (1, 6)


class TestEnds:
    async def test_a_long_reading_keeps_its_claim(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
        """F8"""
        monkeypatch.setattr("feeds.summarise.kept", partial(kept, every=0.01))
        article = await add(road)
        gate = asyncio.Event()
        road.web.put(article.url, page(TITLE, *BODY, lead=LEAD), gate=gate, **HTML)  # type: ignore[arg-type]
        reading = asyncio.create_task(road.read())
        await road.web.wait_for_requests(1)
        for _ in range(3):
            until = road.clock.advance(LEASE / 2) + LEASE
            while (await road.get(Article, article.id)).leased_until != until:  # noqa: ASYNC110 - each look is a wait
                await asyncio.sleep(0)
            assert not await road.read()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert (await road.get(Article, article.id)).attempts == 0
        assert await get_free_hosts(road)

    async def test_a_reading_that_is_cancelled_is_given_back_untried(self, road: Road) -> None:
        """P3"""
        article = await add(road)
        for number in range(1, 6):
            road.web.put(article.url, gate=asyncio.Event())
            reading = asyncio.create_task(road.read())
            await road.web.wait_for_requests(number)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
        row = await road.get(Article, article.id)
        assert (row.state, row.attempts, row.leased_until, row.reason) == (ArticleState.FOUND, 0, None, "")
        assert await get_free_hosts(road)
        road.web.put(article.url, page(TITLE, *BODY, lead=LEAD), **HTML)  # type: ignore[arg-type]
        assert await road.read()
        assert (await road.get(Article, article.id)).origin is TextOrigin.PAGE

    async def test_a_page_that_kills_the_reader_again_and_again_is_left_alone(
        self, road: Road, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        article = await add(road)
        road.web.put(article.url, page(TITLE, *BODY, lead=LEAD), **HTML)  # type: ignore[arg-type]
        monkeypatch.setattr("feeds.reading.read_story", _die)
        for _ in range(len(RETRIES) + 1):
            with pytest.raises(MemoryError):
                await road.read()
            assert not await road.read()
            road.clock.advance(LEASE)
        assert await road.read()
        row = await road.get(Article, article.id)
        assert (row.origin, row.reason) == (TextOrigin.FEED, "reading it never came to an end")
        assert await road.owed() == [Owed("77", TITLE)]

    async def test_a_crash_before_the_commit_owes_nothing_and_the_next_reading_all(
        self, road: Road, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """D1"""
        article = await add(road)
        road.web.put(article.url, page(TITLE, *BODY, lead=LEAD), **HTML)  # type: ignore[arg-type]
        with monkeypatch.context() as patch:
            patch.setattr("db.outbox.owe_article", _crash)
            with pytest.raises(OSError, match="disk full"):
                await road.read()
        assert (await road.get(Article, article.id)).state is ArticleState.FOUND
        road.clock.advance(LEASE + timedelta(seconds=1))
        await road.read_all()
        assert await road.owed() == [Owed("77", TITLE)]


def _die(*_: object, **__: object) -> None:
    raise MemoryError


async def _crash(*_: object) -> int:
    raise OSError("disk full")


async def test_a_reading_that_outlived_its_lease_does_not_count(road: Road) -> None:
    """P4"""
    article = await add(road)
    gate = asyncio.Event()
    road.web.put(article.url, page("Cũ", *BODY), gate=gate, **HTML)  # type: ignore[arg-type]
    late = asyncio.create_task(road.read())
    await road.web.wait_for_requests(1)
    road.clock.advance(LEASE)
    async with road.database.write() as session:
        taken = await summaries.claim_article(session, road.clock(), LEASE)
    assert taken
    gate.set()
    assert await late
    row = await road.get(Article, article.id)
    assert (row.state, row.leased_until) == (ArticleState.FOUND, taken.leased_until)
    assert not await get_free_hosts(road)


async def test_a_host_that_wants_to_be_left_alone_is_for_all_its_articles(road: Road) -> None:
    """F3"""
    first = await add(road)
    async with road.database.write() as session:
        second = await make.article(session, source_id=first.source_id, state=ArticleState.FOUND)
    for article in (first, second):
        road.web.put(article.url, status=429, retry_after="90")
    assert await road.read()
    road.clock.advance(timedelta(seconds=89))
    assert not await road.read()
    road.clock.advance(timedelta(seconds=1))
    assert await road.read()


async def test_a_page_that_loa_cannot_read_is_told_by_its_feed(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """P4"""
    article = await add(road)
    road.web.put(article.url, page(TITLE, *BODY), **HTML)  # type: ignore[arg-type]
    monkeypatch.setattr("feeds.reading.read_story", None)
    assert await road.read()
    row = await road.get(Article, article.id)
    assert (row.state, row.origin) == (ArticleState.READY, TextOrigin.FEED)
    assert row.reason == "loa could not read this page"


async def test_what_a_person_sees_on_the_page_is_kept(road: Road) -> None:
    """C4: the day it tells of, pictures with captions, papers and their numbers."""
    article = await add(road)
    picture = '<figure><img src="/anh/1.jpg" width="600"><figcaption>Quang cảnh buổi giao ban</figcaption></figure>'
    paper = '<p><a href="/files/bc-12.pdf">Báo cáo số 12/BC-CCTK.pdf</a></p>'
    road.web.put(
        article.url, page(TITLE, *BODY, lead=LEAD).replace(BODY[0], f"{BODY[0]}</p>{picture}{paper}<p>"), **HTML
    )  # type: ignore[arg-type]
    await road.read()
    row = await road.get(Article, article.id)
    assert row.event_date == date(2026, 8, 6)
    assert row.pictures == [{"url": urljoin(article.url, "/anh/1.jpg"), "caption": "Quang cảnh buổi giao ban"}]
    assert [one["name"] for one in row.attachments] == ["Báo cáo số 12/BC-CCTK.pdf"]
    assert row.document_numbers == ["12/BC-CCTK"]


async def test_the_rules_of_its_source_read_an_article_first(road: Road) -> None:
    """N16"""
    article = await add(road)
    async with road.database.write() as session:
        source = await session.get_one(Source, article.source_id)
        source.article_rules = {"remove": ".more"}
    html = page(TITLE, *BODY, lead=LEAD).replace(BODY[1], f'{BODY[1]}</p><p class="more">Xem thêm tin này.')
    road.web.put(article.url, html, **HTML)  # type: ignore[arg-type]
    await road.read()
    assert "Xem thêm tin này" not in (await road.get(Article, article.id)).text
