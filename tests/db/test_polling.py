"""Whose turn it is to be polled, and what is known of it."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from db import carriages, hosts, managing, polling, storing
from db.engine import Database
from db.models import Article, ArticleKey, ArticleState, Host, Source, SourceState
from db.polling import Find, Outcome
from db.storing import KnownKey, NewArticle, Standing
from tests import make
from tests.fakes import Clock

LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


async def claim(database: Database, now: datetime) -> Source | None:
    async with database.write() as session:
        return next(iter(await polling.claim_sources(session, now, LEASE)), None)


async def get_source(database: Database, source_id: int) -> Source:
    async with database.read() as session:
        return await session.get_one(Source, source_id)


async def add_sources(database: Database, *hosts: str) -> list[Source]:
    async with database.write() as session:
        topic = await make.topic(session)
        return [await make.source(session, host=host, topic_id=topic.id) for host in hosts]


def new_article(number: int, *, announce: bool = True) -> NewArticle:
    return NewArticle(
        url=f"https://a.vn/{number}",
        host="a.vn",
        title=f"Tin số {number}",
        description="Đắk Lắk",
        published_at=make.NOW,
        keys=(f"g:{number}", f"l:{number}"),
        announce=announce,
    )


async def test_the_most_overdue_source_comes_first(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        late = await make.source(session, host="a.vn", now=clock() - SECOND)
        later = await make.source(session, host="b.vn", now=clock())
        await make.source(session, host="c.vn", now=clock() + SECOND)
    claimed = [await claim(database, clock()) for _ in range(3)]
    assert [source and source.id for source in claimed] == [late.id, later.id, None]


async def test_one_host_is_asked_one_thing_at_a_time(database: Database, clock: Clock) -> None:
    """F8"""
    first, second, other = await add_sources(database, "a.vn", "a.vn", "b.vn")
    claimed = [await claim(database, clock()) for _ in range(3)]
    assert [source and source.id for source in claimed] == [first.id, other.id, None]
    async with database.write() as session:
        await hosts.release_host(session, "a.vn", clock() + SECOND)
    assert await claim(database, clock()) is None
    again = await claim(database, clock.advance(SECOND))
    assert again is not None
    assert again.id == second.id


async def test_several_are_claimed_at_once_one_a_host(database: Database, clock: Clock) -> None:
    """F8"""
    added = await add_sources(database, "a.vn", "a.vn", "a.vn", "b.vn", "c.vn", "d.vn")
    async with database.write() as session:
        claimed = await polling.claim_sources(session, clock(), LEASE, 3)
        assert [source.id for source in claimed] == [added[0].id, added[3].id, added[4].id]
        assert [source.id for source in await polling.claim_sources(session, clock(), LEASE, 3)] == [added[5].id]


async def test_what_came_through_together_is_recorded_together(database: Database, clock: Clock) -> None:
    """N13: a claim that ran out is not among them."""
    await add_sources(database, "a.vn", "b.vn")
    async with database.write() as session:
        mine, lost = await polling.claim_sources(session, clock(), LEASE, 2)
    lost.leased_until = clock()
    outcome = Outcome('"v1"', None, "abc", 60.0, clock())
    async with database.write() as session:
        assert [await polling.is_held(session, source) for source in (mine, lost)] == [True, False]
        await polling.record_successes(session, [(mine, outcome), (lost, outcome)], clock())
    claimed = [await claim(database, clock()) for _ in range(2)]
    assert [source and source.id for source in claimed] == [mine.id, None]


async def test_a_source_whose_poller_died_is_claimed_again(database: Database, clock: Clock) -> None:
    """D1"""
    (source,) = await add_sources(database, "a.vn")
    assert await claim(database, clock()) is not None
    assert await claim(database, clock.advance(LEASE - SECOND)) is None
    again = await claim(database, clock.advance(SECOND))
    assert again is not None
    assert again.id == source.id


async def test_pollers_at_once_never_get_one_source_or_one_host(database_url: str, clock: Clock) -> None:
    """D12"""
    databases = [Database(database_url) for _ in range(3)]
    try:
        await add_sources(databases[0], *(f"{n % 4}.vn" for n in range(12)))
        claims = [claim(database, clock()) for database in databases for _ in range(4)]
        claimed = [source for source in await asyncio.gather(*claims) if source]
        while more := await claim(databases[0], clock()):
            claimed.append(more)
        assert sorted(source.host for source in claimed) == ["0.vn", "1.vn", "2.vn", "3.vn"]
    finally:
        await asyncio.gather(*(database.close() for database in databases))


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_a_poller_passes_over_the_host_another_one_is_taking(database: Database, clock: Clock) -> None:
    """D12: on SQLite there is one writer at a time."""
    first, _, other = await add_sources(database, "a.vn", "a.vn", "b.vn")
    async with database.write() as session:
        (mine,) = await polling.claim_sources(session, clock(), LEASE)
        theirs = await claim(database, clock())
    assert (mine.id, theirs and theirs.id) == (first.id, other.id)


async def test_a_source_is_watched_once(database: Database, clock: Clock) -> None:
    async with database.write() as session:
        topic = await make.topic(session)
        chat = await make.chat(session)
        source = {"url": "https://a.vn/rss", "host": "a.vn", "topic_id": topic.id, "now": clock()}
        added = await polling.add_source(session, name="Báo A", chat_id=chat.id, **source)  # type: ignore[arg-type]
        assert added is not None
        assert (added.state, added.kind, added.next_poll_at) == (SourceState.ACTIVE, "auto", clock())
        assert await polling.add_source(session, name="Báo B", **source) is None  # type: ignore[arg-type]
        assert await session.get(Host, "a.vn") is not None


async def test_new_articles_are_stored_with_their_keys_and_can_be_found(database: Database, clock: Clock) -> None:
    """D11"""
    (source,) = await add_sources(database, "a.vn")
    async with database.write() as session:
        added = await storing.add_articles(
            session, source.id, [new_article(1), new_article(2, announce=False)], clock()
        )
        assert added == 2
        assert await storing.add_articles(session, source.id, [], clock()) == 0
    async with database.read() as session:
        articles = (await session.scalars(select(Article).order_by(Article.id))).all()
        keys = await session.scalar(select(func.count()).select_from(ArticleKey))
    assert [(a.state, a.announce, a.due_at, a.attempts) for a in articles] == [
        (ArticleState.FOUND, True, clock(), 0),
        (ArticleState.FOUND, False, clock(), 0),
    ]
    assert articles[0].folded == " tin so 1 | dak lak "
    assert keys == 4


async def test_own_keys_and_links_of_other_sources_are_known(database: Database, clock: Clock) -> None:
    """N8: a guid means something only in its own source."""
    mine, other = await add_sources(database, "a.vn", "b.vn")
    async with database.write() as session:
        await storing.add_articles(session, other.id, [new_article(1)], clock())
        standing = await storing.get_standing(session, mine.id)
        assert standing == Standing(None, None, has_keys=False)
        known = await storing.get_known(session, mine.id, ["g:1", "l:1", "l:2"], has_keys=False)
        (article,) = (await session.scalars(select(Article))).all()
        assert known == {"l:1": KnownKey(article.id, "Tin số 1", article.published_at, own=False)}
        await storing.add_articles(session, mine.id, [new_article(1)], clock())
        standing = await storing.get_standing(session, mine.id)
        assert standing == Standing(None, new_article(1).published_at, has_keys=True)
        known = await storing.get_known(session, mine.id, ["g:1", "l:1"])
    assert {key: row.own for key, row in known.items()} == {"g:1": True, "l:1": True}


async def test_a_key_keeps_the_article_it_named_first(database: Database) -> None:
    async with database.write() as session:
        article, other = await make.article(session), await make.article(session)
        await storing.add_keys(session, article.source_id, {"g:1": article.id})
        await storing.add_keys(session, article.source_id, {"g:1": other.id})
        await storing.add_keys(session, article.source_id, {})
        assert (await storing.get_known(session, article.source_id, ["g:1"]))["g:1"].article_id == article.id


async def test_more_keys_than_a_statement_holds_are_looked_up(database: Database, clock: Clock) -> None:
    (source,) = await add_sources(database, "a.vn")
    async with database.write() as session:
        await storing.add_articles(session, source.id, [new_article(n) for n in range(3)], clock())
        known = await storing.get_known(session, source.id, [f"l:{n}" for n in range(1200, -1, -1)])
    assert sorted(known) == ["l:0", "l:1", "l:2"]


async def test_a_paused_source_is_left_alone_until_it_is_resumed(database: Database, clock: Clock) -> None:
    (source,) = await add_sources(database, "a.vn")
    async with database.write() as session:
        assert not await polling.resume_source(session, source.id, clock())
        assert await polling.pause_source(session, source.id, "ồn ào")
        assert not await polling.pause_source(session, source.id)
        assert await polling.poll_now(session, clock()) == 0
    assert await claim(database, clock()) is None
    assert (await get_source(database, source.id)).reason == "ồn ào"
    async with database.write() as session:
        assert await polling.resume_source(session, source.id, clock())
        assert await polling.poll_now(session, clock()) == 1
    assert await claim(database, clock()) is not None


async def test_a_poll_that_came_through_leaves_its_validators_and_rhythm(database: Database, clock: Clock) -> None:
    """N13"""
    await add_sources(database, "a.vn")
    source = await claim(database, clock())
    assert source is not None
    later = clock() + timedelta(hours=1)
    async with database.write() as session:
        outcome = Outcome('"v1"', None, "abc", 3600.0, later)
        await polling.record_finds(session, [Find(source, outcome, dates=[clock()])], clock())
    stored = await get_source(database, source.id)
    assert (stored.etag, stored.body_hash, stored.interval, stored.next_poll_at) == ('"v1"', "abc", 3600.0, later)
    assert stored.first_polled_at == stored.last_ok_at == stored.last_new_at == clock()
    assert stored.leased_until is None
    assert await claim(database, clock()) is None
    assert await claim(database, later) is not None


async def test_failures_are_counted_until_a_poll_comes_through(database: Database, clock: Clock) -> None:
    """F9"""
    await add_sources(database, "a.vn")
    for failures in (1, 2):
        source = await claim(database, clock())
        assert source is not None
        async with database.write() as session:
            await polling.record_failure(session, source, reason="503", next_poll_at=clock(), now=clock())
        stored = await get_source(database, source.id)
        assert (stored.failures, stored.reason, stored.last_ok_at) == (failures, "503", None)
    source = await claim(database, clock())
    assert source is not None
    async with database.write() as session:
        await polling.record_finds(session, [Find(source, Outcome(None, None, None, 60.0, clock()))], clock())
    stored = await get_source(database, stored.id)
    assert (stored.failures, stored.reason) == (0, "")


async def test_a_source_that_is_gone_is_polled_no_more(database: Database, clock: Clock) -> None:
    """N9"""
    await add_sources(database, "a.vn")
    source = await claim(database, clock())
    assert source is not None
    async with database.write() as session:
        await polling.record_gone(session, source, reason="410", now=clock())
    assert await claim(database, clock.advance(LEASE)) is None
    assert (await get_source(database, source.id)).state is SourceState.GONE


async def test_a_poll_that_is_given_back_is_due_at_once(database: Database, clock: Clock) -> None:
    """P3"""
    await add_sources(database, "a.vn")
    source = await claim(database, clock())
    assert source is not None
    async with database.write() as session:
        await polling.give_back(session, source)
    assert await claim(database, clock()) is not None


async def test_a_source_moves_unless_its_new_address_is_watched(database: Database) -> None:
    """N9"""
    source, other = await add_sources(database, "a.vn", "b.vn")
    async with database.write() as session:
        assert not await polling.record_move(session, source, url=other.url, host="b.vn", now=make.NOW)
        assert await polling.record_move(session, source, url="https://c.vn/rss", host="c.vn", now=make.NOW)
    stored = await get_source(database, source.id)
    assert (stored.url, stored.host) == ("https://c.vn/rss", "c.vn")


async def test_only_a_source_without_a_name_takes_its_feeds_name(database: Database, clock: Clock) -> None:
    outcome = Outcome(None, None, None, 60.0, clock() + LEASE)
    for name, taken in (("Sở Y tế", "Sở Y tế"), ("", "RSS feed")):
        async with database.write() as session:
            await make.source(session, name=name)
            (source,) = await polling.claim_sources(session, clock(), LEASE)
            await polling.record_finds(session, [Find(source, outcome, "RSS feed")], clock())
        stored = await get_source(database, source.id)
        assert (stored.name, stored.last_new_at) == (taken, None)


async def test_the_board_names_topics_and_counts_articles(database: Database) -> None:
    async with database.write() as session:
        busy, idle = await make.source(session), await make.source(session)
        for _ in range(2):
            await make.article(session, source_id=busy.id)
        rows = await polling.list_sources(session)
    assert [(row.source.id, row.articles) for row in rows] == [(busy.id, 2), (idle.id, 0)]
    assert all(row.topic.startswith("Kinh tế") for row in rows)


async def test_the_board_counts_what_a_source_carries_and_a_story_it_retold_once(database: Database) -> None:
    """N8"""
    async with database.write() as session:
        sources = [await make.source(session) for _ in range(3)]
        first, second = [await make.article(session, source_id=sources[0].id) for _ in range(2)]
        await carriages.carry(session, sources[1].id, [first.id, second.id])
        retelling = await make.article(session, source_id=sources[2].id)
        retelling.same_as_id = first.id
        await carriages.retell(session, retelling.id, first.id)
        assert [row.articles for row in await polling.list_sources(session)] == [2, 2, 1]
        rows = [await managing.get_source_row(session, source.id) for source in sources]
    assert [row.articles for row in rows if row] == [2, 2, 1]
