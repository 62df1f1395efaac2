"""Asks the index for a query: with all that means the same, with slips mended, the best and newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple

from db.aliases import Aliases, Alternative, Words, list_runs
from db.index import Candidate, Reader, Wanted
from db.periods import Period
from db.query import Query
from db.ranking import LEAST_SHARE, WEIGHTS, Field, Term, blend, list_terms, make_alias_token, make_pair
from db.spelling import mend
from db.text import fold_word

#: How many answers a query has at most: more pages than anybody turns.
MOST = 200
#: How many more are looked at, so that articles that came since do not push old answers off their page.
_SPARE = 50
#: How many meanings of an abbreviation are taken from the texts, the most frequent ones.
_LEARNED = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a query was asked: newer articles than `newest_id` were not there then."""

    now: datetime
    newest_id: int
    zone: tzinfo


class Matches(NamedTuple):
    """What was found, the best first; the folded words to mark in it; the query's words if slips were mended."""

    article_ids: list[int]
    marked: frozenset[str]
    mended: tuple[str, ...] = ()


def match(reader: Reader, query: Query, aliases: Aliases, moment: Moment) -> Matches:
    words, is_mended = _mend(reader, query.words)
    folded = [fold_word(word) for word in words]
    alternatives = list(_list_alternatives(reader, folded, aliases))
    terms = {Term(Field.NUMBERS, number): WEIGHTS[Field.NUMBERS] for number in query.numbers}
    wanted = Wanted(
        terms=terms | list_terms(words, alternatives),
        phrases=[list_forms(phrase, aliases) for phrase in query.phrases],
        source_ids=query.source_ids,
    )
    candidates = _search(reader, wanted, query.period, moment)
    marked = frozenset(folded).union(*(alternative.words for alternative in alternatives))
    ids = [candidate.article_id for candidate in _order(candidates, query.period, moment)]
    return Matches(ids[:MOST], marked, tuple(words) if is_mended else ())


def list_forms(phrase: Words, aliases: Aliases) -> list[Words]:
    """A phrase in each way it may be written."""
    others = [
        phrase[:start] + other + phrase[end:]
        for start, end in list_runs(phrase)
        for other in aliases.get(phrase[start:end])
    ]
    return [phrase, *others]


def _mend(reader: Reader, words: Sequence[str]) -> tuple[list[str], bool]:
    def count(word: str) -> int:
        return reader.count(Term(Field.BODY, word)) + reader.count(Term(Field.TITLE, word))

    def count_pair(first: str, second: str) -> int:
        return reader.count(Term(Field.PAIRS, make_pair(first, second)))

    folded = [fold_word(word) for word in words]
    mended = mend(folded, count, count_pair)
    found: list[str] = []
    for word, old, new in zip(words, folded, mended, strict=True):
        found += [word] if new == (old,) else new
    return found, found != list(words)


def _list_alternatives(reader: Reader, folded: Sequence[str], aliases: Aliases) -> Iterable[Alternative]:
    for start, end in list_runs(folded):
        run = tuple(folded[start:end])
        for other in dict.fromkeys([*aliases.get(run), *_learn(reader, run)]):
            yield Alternative(start, end, other)


def _learn(reader: Reader, run: Words) -> list[Words]:
    """What articles say that an abbreviation stands for, or how they shorten a name."""
    prefix = make_alias_token(run)
    found = sorted(reader.list_tokens(Field.ALIASES, prefix), key=lambda row: -row[1])[:_LEARNED]
    return [tuple(token.removeprefix(prefix).split("_")) for token, _ in found]


def _search(reader: Reader, wanted: Wanted, period: Period | None, moment: Moment) -> list[Candidate]:
    """The best by their words; of a time that was named loosely, those from it and those from any time."""
    if period is None:
        return _search_then(reader, wanted, moment)
    since, before = get_bounds(period, moment.zone)
    inside = _search_then(reader, replace(wanted, since=since, before=before), moment)
    if period.is_strict:
        return inside
    anywhere = {candidate.article_id: candidate for candidate in _search_then(reader, wanted, moment)}
    return list((anywhere | {candidate.article_id: candidate for candidate in inside}).values())


def _search_then(reader: Reader, wanted: Wanted, moment: Moment) -> list[Candidate]:
    """What would have been found at that moment. Without a bound the index skips what cannot be among the best."""
    found = reader.search(wanted, MOST + _SPARE)
    old = [candidate for candidate in found if candidate.article_id <= moment.newest_id]
    if len(old) >= MOST or len(found) < MOST + _SPARE:
        return old
    return reader.search(replace(wanted, newest_id=moment.newest_id), MOST)


def _order(candidates: Sequence[Candidate], period: Period | None, moment: Moment) -> list[Candidate]:
    """By words, age and time together; what has too little of the words is left out."""
    since, before = get_bounds(period, moment.zone) if period else (moment.now, moment.now)
    least = LEAST_SHARE * max((candidate.score for candidate in candidates), default=0.0)

    def rate(candidate: Candidate) -> tuple[float, int]:
        is_in_period = since <= candidate.published_at < before
        age = moment.now - candidate.published_at
        return blend(candidate.score, age, is_in_period=is_in_period), candidate.article_id

    return sorted((candidate for candidate in candidates if candidate.score >= least), key=rate, reverse=True)


def get_bounds(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the first day's beginning to the end of the last, by the office's clock."""
    first = datetime.combine(period.first, time.min, zone)
    return first, datetime.combine(period.last + timedelta(1), time.min, zone)
