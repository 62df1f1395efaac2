"""Asks the index for a query: with all that means the same, with slips mended, the best and newest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from db.aliases import Aliases, Alternative, Words, list_runs
from db.choosing import choose
from db.index import Candidate, Phrase, Reader, Wanted
from db.passages import Sought, weigh
from db.periods import Period
from db.query import Query
from db.ranking import LEAST_SHARE, PASSAGE, WEIGHTS, Field, Term, blend, list_terms, make_alias_token, make_pair
from db.spelling import mend
from db.text import fold_word, key_word, syllables

#: How many answers a query has at most: more pages than anybody turns.
MOST = 100
#: How many of them are read, to put them in a better order: what people see first.
READ = 10
#: How many more are looked at, so that articles that came since do not push old answers off their page.
_SPARE = 25
#: In how many of the best answers the words are weighed that bring none: those of the pages that people turn.
_WEIGHED = 40
#: How many meanings of an abbreviation are taken from the texts, the most frequent ones.
_LEARNED = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a query was asked: newer articles than `newest_id` were not there then."""

    now: datetime
    newest_id: int
    zone: tzinfo


class Wish(NamedTuple):
    """Bounds of a search, within which every answer has to be, or better is."""

    bounds: Mapping[str, Any]
    is_strict: bool


class Rated(NamedTuple):
    """A candidate, and how many wishes it fulfils."""

    candidate: Candidate
    wishes: int


class Matches(NamedTuple):
    """What was found, the best first; the folded words to mark in it; the query's words if slips were mended.

    `first` are those that reading may put in another order, and `sought` what to look for in them.
    """

    article_ids: list[int]
    marked: frozenset[str]
    mended: tuple[str, ...]
    first: Sequence[Rated]
    sought: Sought


def match(reader: Reader, query: Query, aliases: Aliases, moment: Moment) -> Matches:
    mended, is_mended = _mend(reader, query, aliases)
    words = _drop_marks(reader, mended)
    folded = [fold_word(word) for word in words]
    alternatives = list(_list_alternatives(reader, folded, aliases))
    terms = {Term(Field.NUMBERS, number): WEIGHTS[Field.NUMBERS] for number in query.numbers}
    wanted = Wanted(terms=terms | list_terms(words, alternatives), source_ids=query.source_ids)
    wishes = _list_wishes(query, aliases, moment)
    strict = {name: value for wish in wishes if wish.is_strict for name, value in wish.bounds.items()}
    wanted = replace(wanted, **strict)
    rated = _search(reader, wanted, [wish.bounds for wish in wishes if not wish.is_strict], moment)
    rated = _leave_out(rated, reader, _want_every(folded, alternatives))
    marked = frozenset(folded).union(*(alternative.words for alternative in alternatives))
    ordered = _order(rated, moment, {})[:MOST]
    sought = weigh(wanted.terms, reader.count, reader.articles, folded)
    ids = [one.candidate.article_id for one in ordered]
    return Matches(ids, marked, tuple(mended) if is_mended else (), ordered[:READ], sought)


def put_in_order(matches: Matches, added: Mapping[int, float], moment: Moment) -> list[int]:
    """The same articles, the first of them in the order that they have with what reading added to each."""
    read = _order(matches.first, moment, added)
    return [*(one.candidate.article_id for one in read), *matches.article_ids[len(read) :]]


def _list_wishes(query: Query, aliases: Aliases, moment: Moment) -> list[Wish]:
    """A time is strict when both its ends were given; phrases are when there is nothing else."""
    wishes = []
    if query.period:
        since, before = get_bounds(query.period, moment.zone)
        wishes.append(Wish({"since": since, "before": before}, query.period.is_strict))
    if query.phrases:
        quoted = {word for phrase in query.phrases for word in phrase}
        is_all = all(fold_word(word) in quoted for word in query.words)
        wishes.append(Wish({"phrases": [list_forms(phrase, aliases) for phrase in query.phrases]}, is_all))
    return wishes


def list_forms(phrase: Words, aliases: Aliases) -> list[Words]:
    """A phrase in each way it may be written."""
    others = [
        phrase[:start] + other + phrase[end:]
        for start, end in list_runs(phrase)
        for other in aliases.get(phrase[start:end])
    ]
    return [phrase, *others]


def _mend(reader: Reader, query: Query, aliases: Aliases) -> tuple[list[str], bool]:
    """The words without slips: a word is right that occurs, or is part of a document's number or of a name whose
    abbreviation may."""
    words = query.words
    folded = [fold_word(word) for word in words]
    runs = [tuple(folded[start:end]) for start, end in list_runs(folded)]
    right = {word for run in runs if aliases.get(run) for word in run}
    right |= {word for number in query.numbers for word in syllables(number)}

    def count(word: str) -> int:
        return reader.count(Field.BODY, word) or reader.count(Field.TITLE, word) or int(word in right)

    def count_pair(first: str, second: str) -> int:
        return reader.count(Field.PAIRS, make_pair(first, second))

    mended = mend(folded, count, count_pair)
    found: list[str] = []
    for word, old, new in zip(words, folded, mended, strict=True):
        found += [word] if new == (old,) else new
    return found, found != list(words)


def _drop_marks(reader: Reader, words: Sequence[str]) -> list[str]:
    """Marks that the word has in no article are a slip."""
    return [word if reader.count(Field.EXACT, key_word(word)) else fold_word(word) for word in words]


def _list_alternatives(reader: Reader, folded: Sequence[str], aliases: Aliases) -> Iterable[Alternative]:
    begin_some = {word for word in folded if reader.list_tokens(Field.ALIASES, word)}
    for start, end in list_runs(folded):
        run = tuple(folded[start:end])
        learned = _learn(reader, run) if run[0] in begin_some else ()
        for other in dict.fromkeys([*aliases.get(run), *learned]):
            yield Alternative(start, end, other)


def _learn(reader: Reader, run: Words) -> list[Words]:
    """What articles say that an abbreviation stands for, or how they shorten a name."""
    prefix = make_alias_token(run)
    found = sorted(reader.list_tokens(Field.ALIASES, prefix), key=lambda row: -row[1])[:_LEARNED]
    return [tuple(token.removeprefix(prefix).split("_")) for token, _ in found]


def _search(reader: Reader, wanted: Wanted, loose: Sequence[Mapping[str, Any]], moment: Moment) -> list[Rated]:
    """The best by their words, and those that also have what was wished, each with how many wishes it fulfils."""
    found = {one.article_id: Rated(one, 0) for one in _search_well(reader, wanted, moment, enough=MOST)}
    for bounds in loose:
        for candidate in _search_well(reader, replace(wanted, **bounds), moment, enough=0):
            known = found.get(candidate.article_id, Rated(candidate, 0))
            found[candidate.article_id] = Rated(candidate, known.wishes + 1)
    return list(found.values())


def _search_well(reader: Reader, wanted: Wanted, moment: Moment, *, enough: int) -> list[Candidate]:
    """By the words that say the most where they bring answers enough; the others are weighed in what they bring."""
    bringing, weighed = choose(wanted.terms, reader.count, reader.articles)
    found = _search_then(reader, replace(wanted, terms=bringing), moment)
    if not weighed:
        return found
    if len(found) < enough:
        return _search_then(reader, wanted, moment)
    best, others = found[:_WEIGHED], found[_WEIGHED:]
    more = reader.rate([one.article_id for one in best], weighed)
    return [Candidate(key, score + more.get(key, 0.0), published) for key, score, published in best] + others


def _search_then(reader: Reader, wanted: Wanted, moment: Moment) -> list[Candidate]:
    """What would have been found at that moment. A bound takes longer; it is set where newer ones fill the list."""
    found = reader.search(wanted, MOST + _SPARE)
    old = [candidate for candidate in found if candidate.article_id <= moment.newest_id]
    if len(old) >= MOST or len(found) < MOST + _SPARE:
        return old
    return reader.search(replace(wanted, newest_id=moment.newest_id), MOST)


def _want_every(words: Sequence[str], alternatives: Sequence[Alternative]) -> list[Phrase]:
    """Each of the words, or what means the same as it."""
    others = [
        [other.words for other in alternatives if other.start <= place < other.end] for place in range(len(words))
    ]
    return [[(word,), *forms] for word, forms in zip(words, others, strict=True)]


def _leave_out(rated: Sequence[Rated], reader: Reader, every: Sequence[Phrase]) -> list[Rated]:
    """Those with too little of the words are left out, unless they have every one."""
    least = LEAST_SHARE * max((candidate.score for candidate, _ in rated), default=0.0)
    poor = [candidate.article_id for candidate, _ in rated if candidate.score < least]
    out = set(poor) - (reader.list_whole(poor, every) if poor else set())
    return [one for one in rated if one.candidate.article_id not in out]


def _order(rated: Sequence[Rated], moment: Moment, added: Mapping[int, float]) -> list[Rated]:
    """By words, age and wishes together."""
    now = moment.now.timestamp()

    def rate(one: Rated) -> tuple[float, int]:
        candidate, wishes = one
        score = candidate.score + PASSAGE * added.get(candidate.article_id, 0.0)
        return blend(score, now - candidate.published, wishes), candidate.article_id

    return sorted(rated, key=rate, reverse=True)


def get_bounds(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the first day's beginning to the end of the last, by the office's clock."""
    first = datetime.combine(period.first, time.min, zone)
    return first, datetime.combine(period.last + timedelta(1), time.min, zone)
