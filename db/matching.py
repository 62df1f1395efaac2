"""Asks the index for a query: with all that means the same, with slips mended, the best and newest first."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from db.aliases import Aliases, Alternative, Words, list_runs
from db.choosing import choose
from db.index import Candidate, Phrase, Reader, Wanted
from db.passages import Meant, Sought, has_phrases, weigh
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
#: How many texts are read for a phrase that has to be there as it was typed.
_MOST_READ = 1_000
#: How many meanings of an abbreviation are taken from the texts, the most frequent ones.
_LEARNED = 2


_ANYTHING = Wanted(terms={})


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a query was asked: newer articles than `newest_id` were not there then."""

    now: datetime
    newest_id: int
    zone: tzinfo


#: The title and the text of each of some articles, by their ids.
ReadTexts = Callable[[Collection[int]], Mapping[int, tuple[str, str]]]


class Wish(NamedTuple):
    """Bounds of a search, within which every answer has to be, or better is; phrases that it has to have as written.

    A phrase is there in one of its forms, whose words are keys.
    """

    bounds: Mapping[str, Any]
    is_strict: bool
    written: Sequence[Phrase] = ()


class Rated(NamedTuple):
    """A candidate, and how many wishes it fulfils; whether one of them is the time that was named."""

    candidate: Candidate
    wishes: int = 0
    is_of_time: bool = False


class Matches(NamedTuple):
    """What was found, the best first; the folded words to mark in it; what stands for words that were slips.

    `first` are those that reading may put in another order, and `sought` what to look for in them. `misses_time`: none
    is of the time that was named.
    """

    article_ids: list[int]
    marked: frozenset[str]
    meant: Meant
    mended: Mapping[str, str]
    first: Sequence[Rated]
    sought: Sought
    misses_time: bool


def match(reader: Reader, query: Query, aliases: Aliases, moment: Moment, read: ReadTexts) -> Matches:
    """`read` is asked only where a phrase was typed with marks, which the index has no places of."""
    mended = _mend(reader, query, aliases)
    words = _drop_marks(reader, [word for typed in query.words for word in mended.get(typed, typed).split()])
    folded = [fold_word(word) for word in words]
    alternatives = list(_list_alternatives(reader, folded, aliases))
    terms = {Term(Field.NUMBERS, number): WEIGHTS[Field.NUMBERS] for number in query.numbers}
    wishes = _list_wishes(query, aliases, moment)
    timed = query.timed if _has_time(reader, wishes, moment) else frozenset[str]()
    terms |= list_terms(words, alternatives, timed)
    strict = {name: value for wish in wishes if wish.is_strict for name, value in wish.bounds.items()}
    wanted = replace(Wanted(terms=terms, source_ids=query.source_ids), **strict)
    rated = _search(reader, wanted, wishes, moment, read)
    rated = _leave_out(rated, reader, _want_every(folded, alternatives, timed))
    ordered = _order(rated, moment, {})[:MOST]
    return Matches(
        [one.candidate.article_id for one in ordered],
        frozenset(folded).difference(timed).union(*(alternative.words for alternative in alternatives)),
        _tell_meant(words, alternatives),
        mended,
        ordered[:READ],
        weigh(wanted.terms, reader.count, reader.articles, folded),
        misses_time=any(_is_time(wish) for wish in wishes) and not any(one.is_of_time for one in ordered),
    )


def _tell_meant(words: Sequence[str], alternatives: Sequence[Alternative]) -> Meant:
    folded = frozenset(map(fold_word, words))
    return Meant(folded, frozenset(map(key_word, words)) - folded, [other.words for other in alternatives])


def put_in_order(matches: Matches, added: Mapping[int, float], moment: Moment) -> list[int]:
    """The same articles, the first of them in the order that they have with what reading added to each."""
    read = _order(matches.first, moment, added)
    return [*(one.candidate.article_id for one in read), *matches.article_ids[len(read) :]]


def _list_wishes(query: Query, aliases: Aliases, moment: Moment) -> list[Wish]:
    """A time is strict when a bound of it was named; phrases are when there is nothing else."""
    wishes = []
    if query.period:
        since, before = get_bounds(query.period, moment.zone)
        wishes.append(Wish({"since": since, "before": before}, query.period.is_strict))
    if query.phrases:
        folded = [tuple(map(fold_word, phrase)) for phrase in query.phrases]
        quoted = {word for phrase in folded for word in phrase}
        is_all = all(fold_word(word) in quoted | query.timed for word in query.words)
        forms = [list_forms(phrase, aliases) for phrase in folded]
        has_marks = list(query.phrases) != folded
        written = [[phrase, *others[1:]] for phrase, others in zip(query.phrases, forms, strict=True)]
        wishes.append(Wish({"phrases": forms}, is_all, written if has_marks else ()))
    return wishes


def _is_time(wish: Wish) -> bool:
    return "since" in wish.bounds and not wish.is_strict


def _has_time(reader: Reader, wishes: Sequence[Wish], moment: Moment) -> bool:
    """Whether anything was published at the time that is named: then that is what is meant, and not its words."""
    then = replace(_ANYTHING, newest_id=moment.newest_id)
    return any(_is_time(wish) and reader.has_any(replace(then, **wish.bounds)) for wish in wishes)


def list_forms(phrase: Words, aliases: Aliases) -> list[Words]:
    """A phrase in each way it may be written."""
    others = [
        phrase[:start] + other + phrase[end:]
        for start, end in list_runs(phrase)
        for other in aliases.get(phrase[start:end])
    ]
    return [phrase, *others]


def _mend(reader: Reader, query: Query, aliases: Aliases) -> dict[str, str]:
    """What stands for words that are slips.

    A word is right that occurs, or is part of a document's number, of a time, or of a name whose abbreviation may.
    """
    folded = [fold_word(word) for word in query.words]
    runs = [tuple(folded[start:end]) for start, end in list_runs(folded)]
    right = {word for run in runs if aliases.get(run) for word in run}
    right |= {word for number in query.numbers for word in syllables(number)} | query.timed

    def count(word: str) -> int:
        return reader.count(Field.BODY, word) or reader.count(Field.TITLE, word) or int(word in right)

    def count_pair(first: str, second: str) -> int:
        return reader.count(Field.PAIRS, make_pair(first, second))

    return mend(query.words, count, count_pair)


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


def _search(reader: Reader, wanted: Wanted, wishes: Sequence[Wish], moment: Moment, read: ReadTexts) -> list[Rated]:
    """The best by their words, and those that also have what was wished, each with how many wishes it fulfils."""
    found = {one.article_id: Rated(one) for one in _search_well(reader, wanted, moment, enough=MOST)}
    for wish in wishes:
        if not wish.is_strict:
            having = _search_well(reader, replace(wanted, **wish.bounds), moment, enough=0)
            for candidate in _keep_written(having, wish, read):
                _, fulfilled, is_of_time = found.get(candidate.article_id, Rated(candidate))
                found[candidate.article_id] = Rated(candidate, fulfilled + 1, is_of_time or _is_time(wish))
    strict = [wish for wish in wishes if wish.is_strict and wish.written]
    return _find_written(reader, wanted, strict, moment, read, found) if strict else list(found.values())


def _find_written(
    reader: Reader,
    wanted: Wanted,
    wishes: Sequence[Wish],
    moment: Moment,
    read: ReadTexts,
    found: Mapping[int, Rated],
) -> list[Rated]:
    """What has the phrases as they are written: of what was found, and where that is cut off of all that has them."""
    more = {}
    if len(found) >= MOST:
        wanted = replace(wanted, newest_id=moment.newest_id)
        more = {one.article_id: Rated(one) for one in reader.search(wanted, _MOST_READ)}
    candidates = [one.candidate for one in {**more, **found}.values()]
    for wish in wishes:
        candidates = _keep_written(candidates, wish, read)
    return [found.get(one.article_id, Rated(one)) for one in candidates]


def _keep_written(candidates: list[Candidate], wish: Wish, read: ReadTexts) -> list[Candidate]:
    """Those that have the wish's phrases with the marks that were typed; the index knows them folded."""
    if not wish.written or not candidates:
        return candidates
    texts = read([candidate.article_id for candidate in candidates])
    return [one for one in candidates if has_phrases(texts.get(one.article_id, ()), wish.written)]


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


def _want_every(words: Sequence[str], alternatives: Sequence[Alternative], timed: Collection[str]) -> list[Phrase]:
    """Each of the words that name no time, or what means the same as it."""
    others = [
        [other.words for other in alternatives if other.start <= place < other.end] for place in range(len(words))
    ]
    return [[(word,), *forms] for word, forms in zip(words, others, strict=True) if word not in timed]


def _leave_out(rated: Sequence[Rated], reader: Reader, every: Sequence[Phrase]) -> list[Rated]:
    """Those with too little of the words are left out, unless they have every one."""
    least = LEAST_SHARE * max((one.candidate.score for one in rated), default=0.0)
    poor = [one.candidate.article_id for one in rated if one.candidate.score < least]
    out = set(poor) - (reader.list_whole(poor, every) if poor else set())
    return [one for one in rated if one.candidate.article_id not in out]


def _order(rated: Sequence[Rated], moment: Moment, added: Mapping[int, float]) -> list[Rated]:
    """By words, age and wishes together."""
    now = moment.now.timestamp()

    def rate(one: Rated) -> tuple[float, int]:
        candidate, wishes, _ = one
        score = candidate.score + PASSAGE * added.get(candidate.article_id, 0.0)
        return blend(score, now - candidate.published, wishes), candidate.article_id

    return sorted(rated, key=rate, reverse=True)


def get_bounds(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the first day's beginning to the end of the last, by the office's clock."""
    first = datetime.combine(period.first, time.min, zone)
    return first, datetime.combine(period.last + timedelta(1), time.min, zone)
