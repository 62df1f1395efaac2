"""Finding articles by what somebody typed, through the index or, while there is none, in the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.aliases import read_aliases
from db.base import OFFICE_ZONE
from db.engine import Database
from db.index import SearchIndex
from db.indexing import is_whole
from db.library import ArticleRow, Bounds, select_articles
from db.matching import READ, Matches, Moment, get_bounds, match, put_in_order
from db.models import Article, Question, Source, Topic
from db.passages import Hit, choose_meant, find_hits, rate
from db.query import (
    NOTHING_KNOWN,
    Known,
    Query,
    UnknownPlace,
    leave_out_time,
    names_a_place,
    parse,
    replace_words,
)
from db.scan import scan
from db.snippets import Snippet, cut_snippet, make_snippet
from db.statements import get_table
from db.text import fold_word, nfc

#: What snippets are cut from.
_ARTICLES = get_table(Article)
_BODY = func.coalesce(func.nullif(_ARTICLES.c.text, ""), _ARTICLES.c.description)
#: Of a page and of its texts; made once, since it takes as long to make a statement as to have its answer.
_PAGE = select_articles().add_columns(_BODY).where(_ARTICLES.c.id.in_(bindparam("ids", expanding=True)))
_TEXTS = select(_ARTICLES.c.id, _ARTICLES.c.title, _BODY).where(_ARTICLES.c.id.in_(bindparam("ids", expanding=True)))
_PLACES = select(Source.id, Source.name, Source.host, Topic.name).select_from(Topic).outerjoin(Source)
#: No article has a higher number.
_ANY_ARTICLE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Archive:
    """What is searched: the stored articles, by this machine's index where it has one, and by the office's clock."""

    database: Database
    index: SearchIndex | None = None
    zone: tzinfo = OFFICE_ZONE


class Found(NamedTuple):
    """One page of hits, and how many there are in all; a snippet of each.

    `mended` is the query with slips of the finger mended, where words of it are in no article. `is_partial`: the index
    is still catching up, so that only articles with all the words were found. `unknown_place` and `places` are those of
    `db.query.Query`. `misses_time`: none of the articles was published at the time that was named; `untimed` is the
    query without that time, where nothing was found for it, and without it something is.
    """

    articles: Sequence[ArticleRow]
    total: int
    snippets: Sequence[Snippet] = ()
    mended: str = ""
    is_partial: bool = False
    unknown_place: UnknownPlace | None = None
    places: tuple[str, ...] = ()
    misses_time: bool = False
    untimed: str = ""


class _Page(NamedTuple):
    """An article, its NFC text, and where in it the words are."""

    article: ArticleRow
    text: str
    hits: Sequence[Hit]


def pair_snippets(found: Found) -> list[tuple[ArticleRow, Snippet]]:
    """Each article with its snippet, an empty one where none was cut."""
    snippets = found.snippets or [Snippet("")] * len(found.articles)
    return list(zip(found.articles, snippets, strict=True))


async def add_question(session: AsyncSession, chat_id: int, words: str, now: datetime) -> Question:
    """Remember a search, and what was the newest article when it was asked, so that its pages stay as they are."""
    newest = await session.scalar(select(func.coalesce(func.max(Article.id), 0)))
    question = Question(chat_id=chat_id, words=words, newest_article_id=newest or 0, asked_at=now)
    session.add(question)
    await session.flush()
    return question


def make_question(words: str, now: datetime) -> Question:
    """One of the moment, which is not remembered."""
    return Question(words=words, newest_article_id=_ANY_ARTICLE, asked_at=now)


async def get_question(session: AsyncSession, question_id: int, chat_id: int) -> Question | None:
    """The search of that number, if this chat asked it."""
    question = await session.get(Question, question_id)
    return question if question is not None and question.chat_id == chat_id else None


async def find(archive: Archive, question: Question, *, offset: int, limit: int) -> Found:
    """The page of answers that begins with `offset`: as they were when the question was asked, the best first.

    A query of a time or a place alone lists the newest. All of it is work for one thread, which the loop waits for.
    """
    moment = Moment(question.asked_at, question.newest_article_id, archive.zone)
    page = slice(offset, offset + limit)
    find_page = partial(_find, index=archive.index, words=question.words, moment=moment, page=page)
    return await archive.database.read_in_thread(find_page)


def _find(connection: Connection, *, index: SearchIndex | None, words: str, moment: Moment, page: slice) -> Found:
    today = moment.now.astimezone(moment.zone).date()
    known = _read_known(connection) if names_a_place(words) else NOTHING_KNOWN
    query = parse(words, today, known)
    found = _answer(connection, index, query, moment, page)
    if query.may_be_text and not found.total:
        query = parse(words, today, known, is_timed=False)
        found = _answer(connection, index, query, moment, page)._replace(misses_time=True)
    untimed = ""
    if query.words and query.period and query.period.is_strict and not found.total:
        without = leave_out_time(query.text, today)
        others = _answer(connection, index, parse(without, today, known), moment, slice(0, 1))
        untimed = without if others.total else ""
    return found._replace(unknown_place=query.unknown_place, places=query.places, untimed=untimed)


def _answer(connection: Connection, index: SearchIndex | None, query: Query, moment: Moment, page: slice) -> Found:
    if query.is_empty:
        return Found([], 0)
    if index is None or query.is_listing:
        return _scan(connection, query, moment, page)
    matches = _match(connection, index, query, moment)
    if matches is None:
        return _scan(connection, query, moment, page)._replace(is_partial=True)
    mended = replace_words(query.text, matches.mended) if matches.mended else ""
    return _show(connection, matches, moment, page)._replace(mended=mended, misses_time=matches.misses_time)


def _match(connection: Connection, index: SearchIndex, query: Query, moment: Moment) -> Matches | None:
    """None while there is no whole index."""
    reader = index.get_reader()
    if reader is None or not is_whole(reader):
        return None
    return match(reader, query, read_aliases(connection), moment, partial(_read_texts, connection))


def _read_texts(connection: Connection, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """The title and the text of each, in NFC."""
    rows = connection.execute(_TEXTS, {"ids": list(ids)})
    return {article_id: (nfc(title), nfc(text)) for article_id, title, text in rows}


def _show(connection: Connection, matches: Matches, moment: Moment, page: slice) -> Found:
    is_first = page.start < READ
    ids = {*matches.article_ids[page], *(matches.article_ids[:READ] if is_first else ())}
    rows = connection.execute(_PAGE, {"ids": list(ids)})
    pages = {row.id: _read(ArticleRow(*row[:-1]), row[-1], matches.marked) for row in rows}
    added = {number: rate(one.article.title, one.text, one.hits, matches.sought) for number, one in pages.items()}
    ordered = put_in_order(matches, added, moment) if is_first else matches.article_ids
    shown = [pages[article_id] for article_id in ordered[page] if article_id in pages]
    snippets = [cut_snippet(one.text, choose_meant(one.text, one.hits, matches.meant)) for one in shown]
    return Found([one.article for one in shown], len(ordered), snippets)


def _read(article: ArticleRow, text: str, words: Collection[str]) -> _Page:
    text = nfc(text)
    return _Page(article, text, find_hits(text, words))


def _scan(connection: Connection, query: Query, moment: Moment, page: slice) -> Found:
    words = query.words
    limit = page.stop - page.start
    articles, total = scan(connection, words, _make_bounds(query, moment), offset=page.start, limit=limit)
    return Found(articles, total, _cut(connection, articles, {fold_word(word) for word in words}))


def _make_bounds(query: Query, moment: Moment) -> Bounds:
    is_dated = query.period is not None and (query.period.is_strict or query.is_listing)
    since, before = get_bounds(query.period, moment.zone) if query.period and is_dated else (None, None)
    return Bounds(query.source_ids, since, before, moment.newest_id)


def _cut(connection: Connection, articles: Sequence[ArticleRow], marked: Collection[str]) -> Sequence[Snippet]:
    if not articles:
        return ()
    texts = _read_texts(connection, [row.id for row in articles])
    return [make_snippet(texts[row.id][1] if row.id in texts else "", marked) for row in articles]


def _read_known(connection: Connection) -> Known:
    sources: dict[str, frozenset[int]] = {}
    topics: dict[str, frozenset[int]] = {}
    for source_id, name, host, topic in connection.execute(_PLACES):
        own = frozenset((source_id,)) if source_id else frozenset[int]()
        topics[topic] = topics.get(topic, frozenset()) | own
        if source_id:
            sources[name or host] = sources.get(name or host, frozenset()) | own
    return Known(sources, topics)
