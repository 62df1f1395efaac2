"""Whose page is read next, and what is kept of it."""

import asyncio
from datetime import date, datetime, timedelta

import pytest

from db import summaries
from db.engine import Database
from db.hosts import release_host
from db.models import Article, ArticleState, TextOrigin
from db.summaries import Reading
from tests import make
from tests.fakes import Clock

LEASE = timedelta(minutes=2)
HOUR = timedelta(hours=1)
NO_TIME = timedelta()
FOUND = ArticleState.FOUND
READING = Reading(
    title="GRDP tăng 8,2%",
    section="Kinh tế",
    lead="Sáu tháng đầu năm…",
    text="Tổng sản phẩm trên địa bàn tăng 8,2%.",
    signature="Phòng Tổng hợp",
    summary="Tổng sản phẩm tăng 8,2%.",
    summary_kind="lead",
    origin=TextOrigin.PAGE,
    event_date=date(2026, 7, 14),
    pictures=[{"url": "https://a.vn/1.jpg", "caption": "Quang cảnh"}],
    attachments=[{"url": "https://a.vn/1.pdf", "name": "Báo cáo"}],
    document_numbers=["12/BC-CTK"],
)


async def claim(database: Database, now: datetime) -> int | None:
    async with database.write() as session:
        article = await summaries.claim_article(session, now, LEASE)
        return article.id if article else None


async def release(database: Database, *hosts: str) -> None:
    async with database.write() as session:
        for host in hosts:
            await release_host(session, host)


async def test_what_is_to_be_announced_is_read_first(database: Database, clock: Clock) -> None:
    """D11"""
    async with database.write() as session:
        old = await make.article(session, state=FOUND, announce=False, host="a.vn")
        new = await make.article(session, state=FOUND, host="a.vn")
        await make.article(session, host="b.vn")
        await make.article(session, state=FOUND, host="c.vn", now=clock() + LEASE)
    assert await claim(database, clock()) == new.id
    assert await claim(database, clock()) is None
    await release(database, "a.vn")
    assert await claim(database, clock()) == old.id


async def test_an_article_without_a_page_waits_for_no_host(database: Database, clock: Clock) -> None:
    """N15"""
    async with database.write() as session:
        ids = [(await make.article(session, state=FOUND, host="")).id for _ in range(2)]
    assert [await claim(database, clock()) for _ in range(3)] == [*ids, None]


async def test_a_page_is_read_again_when_its_reader_died(database: Database, clock: Clock) -> None:
    """D1"""
    async with database.write() as session:
        article = await make.article(session, state=FOUND)
    assert await claim(database, clock()) == article.id
    assert await claim(database, clock()) is None
    assert await claim(database, clock.advance(LEASE)) == article.id
    async with database.read() as session:
        assert (await session.get_one(Article, article.id)).attempts == 2


async def test_readers_at_once_never_get_one_article_or_one_host(database_url: str, clock: Clock) -> None:
    """D12"""
    databases = [Database(database_url) for _ in range(3)]
    try:
        async with databases[0].write() as session:
            for number in range(9):
                await make.article(session, state=FOUND, host=f"{number % 3}.vn")
        claimed = await asyncio.gather(*(claim(database, clock()) for database in databases for _ in range(3)))
        ids = [article_id for article_id in claimed if article_id]
        while article_id := await claim(databases[0], clock()):
            ids.append(article_id)
        assert len(set(ids)) == len(ids) == 3
    finally:
        await asyncio.gather(*(database.close() for database in databases))


async def test_a_reading_makes_the_article_ready_and_found_by_its_text(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        article = await make.article(session, state=FOUND)
    await claim(database, clock())
    async with database.write() as session:
        await summaries.record_reading(session, article.id, READING, clock())
    async with database.read() as session:
        stored = await session.get_one(Article, article.id)
    read = {name: value for name, value in READING._asdict().items() if name not in ("published_at", "cover")}
    assert {name: getattr(stored, name) for name in read} == read
    assert (stored.state, stored.leased_until) == (ArticleState.READY, None)
    assert stored.folded == " grdp tang 8 2 | tong san pham tren dia ban tang 8 2 "


async def test_without_a_text_the_feeds_description_can_be_found(database: Database, clock: Clock) -> None:
    reading = READING._replace(text="", origin=TextOrigin.FEED)
    async with database.write() as session:
        article = await make.article(session, state=FOUND, text="Đắk Lắk")
        await summaries.record_reading(session, article.id, reading, clock())
        assert article.folded == " grdp tang 8 2 | dak lak "


@pytest.mark.parametrize(
    ("said", "found_after", "kept"),
    [(-HOUR, NO_TIME, -HOUR), (HOUR, NO_TIME, NO_TIME), (None, NO_TIME, NO_TIME), (-HOUR, HOUR, NO_TIME)],
)
async def test_an_article_is_dated_by_its_page_where_the_feed_gave_no_date(
    database: Database, clock: Clock, said: timedelta | None, found_after: timedelta, kept: timedelta
) -> None:
    """N11: an article without a date is stored with the time it was found."""
    reading = READING._replace(published_at=None if said is None else clock() + said)
    async with database.write() as session:
        article = await make.article(session, state=FOUND, published_at=clock(), now=clock() + found_after)
        await summaries.record_reading(session, article.id, reading, clock())
        assert article.published_at == clock() + kept


@pytest.mark.parametrize(
    ("listed", "told", "kept"),
    [
        ("2026-08-05T17:00", "2026-08-06T01:30", "2026-08-06T01:30"),
        ("2026-08-05T17:00", "2026-08-06T17:30", "2026-08-05T17:00"),
        ("2026-08-06T01:00", "2026-08-06T01:30", "2026-08-06T01:00"),
    ],
    ids=["day-alone", "another-day", "with-an-hour"],
)
async def test_a_day_without_an_hour_takes_the_hour_of_its_page(
    database: Database, listed: str, told: str, kept: str
) -> None:
    """F6: many lists print the day alone, and their articles the hour."""
    listed_at, told_at, kept_at = (datetime.fromisoformat(f"{text}+00:00") for text in (listed, told, kept))
    async with database.write() as session:
        article = await make.article(session, state=FOUND, published_at=listed_at, now=told_at + HOUR)
        await summaries.record_reading(session, article.id, READING._replace(published_at=told_at), told_at + 48 * HOUR)
        assert article.published_at == kept_at


async def test_a_page_that_could_not_be_had_is_tried_later(database: Database, clock: Clock) -> None:
    """D6"""
    async with database.write() as session:
        article = await make.article(session, state=FOUND)
    await claim(database, clock())
    later = clock() + timedelta(minutes=5)
    async with database.write() as session:
        await summaries.record_retry(session, article.id, due_at=later, reason="502")
    await release(database, article.host)
    assert await claim(database, clock()) is None
    assert await claim(database, later) == article.id
