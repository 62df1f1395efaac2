"""Finds a query's words in a text, and rates what an index does not know: where in the text they stand. Pure.

A question is answered where its words stand together; news says first what it is about; what the title has tells little
more in the text.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from db.ranking import Field, Term, get_rarity, make_pair, make_pairs
from db.text import find_words, fold_word, fold_words, is_meant, key_word

#: A word so many letters after the beginning counts half of what it would there.
LEAD = 230
#: All of the query in a row counts so many times what its words and pairs weigh: more than a word in a title can make.
ROW = 2.0
#: So many words are found in one text: what follows tells little more, and a snippet of all could take minutes.
MOST_HITS = 1000

#: The most letters between two words in a row: a dash between spaces.
_BETWEEN = 3
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*\s|\n")


class Hit(NamedTuple):
    """A word that was looked for: its place in the text, and itself folded."""

    start: int
    end: int
    word: str


class Sought(NamedTuple):
    """What a query means in a text: its words, those typed with marks with them, and its pairs. Each has a weight.

    `row` are the pairs of it as it was typed.
    """

    words: Mapping[str, float]
    pairs: Mapping[str, float]
    row: frozenset[str] = frozenset()


class Meant(NamedTuple):
    """What of the words that are looked for was typed.

    `words` are folded; `keys` are those of the words typed with marks, which are meant as they are written, or where
    they are written without. `rows` mean the same as something typed; their words mean nothing alone.
    """

    words: Collection[str]
    keys: Collection[str]
    rows: Collection[Sequence[str]]


class _Sign(NamedTuple):
    """A word or pair that a text has: the place of its last word, itself folded, and its weight."""

    start: int
    token: str
    weight: float


def find_hits(text: str, words: Collection[str]) -> list[Hit]:
    """The folded words in NFC text, in its order; the first `MOST_HITS` of them."""
    plain = f" {fold_words(text)} "
    return sorted(hit for word in words for hit in islice(_find(plain, word), MOST_HITS))[:MOST_HITS]


def choose_meant(text: str, hits: Sequence[Hit], meant: Meant) -> Sequence[Hit]:
    """The hits in NFC text that are what was typed; all of them where none is."""
    marked = {fold_word(key) for key in meant.keys}
    in_rows = {place for row in meant.rows for place in _find_rows(hits, row)}
    chosen = [
        hit
        for place, hit in enumerate(hits)
        if place in in_rows
        or (hit.word in meant.words and hit.word not in marked)
        or (hit.word in marked and key_word(text[hit.start : hit.end]) in {hit.word, *meant.keys})
    ]
    return chosen or hits


def _find_rows(hits: Sequence[Hit], row: Sequence[str]) -> Iterator[int]:
    """The places among the hits of those that stand in a row."""
    for start in range(len(hits) - len(row) + 1):
        some = hits[start : start + len(row)]
        if all(hit.word == word for hit, word in zip(some, row, strict=True)) and _stand_together(some):
            yield from range(start, start + len(row))


def _stand_together(hits: Sequence[Hit]) -> bool:
    return all(after.start - before.end <= _BETWEEN for before, after in pairwise(hits))


def has_phrases(texts: Iterable[str], phrases: Iterable[Collection[Sequence[str]]]) -> bool:
    """Whether each phrase stands, in one of its forms, in one of the NFC texts: its words in a row, between them signs.

    A word with marks is meant as it is written, one without them as any that is it when folded.
    """
    plain = [(text, f" {fold_words(text)} ") for text in texts]
    return all(any(_has_row(*both, form) for both in plain for form in forms) for forms in phrases)


def _has_row(text: str, plain: str, words: Sequence[str]) -> bool:
    row = re.compile(rf"(?<= ){' +'.join(map(fold_word, words))}(?= )")
    for match in row.finditer(plain):
        written = [key_word(word[0]) for word in find_words(text[match.start() - 1 : match.end() - 1])]
        if all(map(is_meant, words, written)):
            return True
    return False


def _find(plain: str, word: str) -> Iterator[Hit]:
    """Where a word stands between spaces, in a text that begins after the first letter of `plain`."""
    sought = f" {word} "
    place = plain.find(sought)
    while place >= 0:
        yield Hit(place, place + len(word), word)
        place = plain.find(sought, place + len(word) + 1)


def weigh(
    terms: Mapping[Term, float], count: Callable[[Field, str], int], articles: int, folded: Sequence[str] = ()
) -> Sought:
    """The terms of texts: as in BM25, each weighs the more the fewer articles have it. `folded` is what was typed."""
    words: dict[str, float] = {}
    pairs: dict[str, float] = {}
    for term, weight in terms.items():
        if term.field in (Field.BODY, Field.EXACT, Field.PAIRS):
            rarity = get_rarity(count(*term), articles)
            (pairs if term.field == Field.PAIRS else words)[term.token] = weight * rarity
    return Sought(words, pairs, frozenset(make_pairs(folded)))


def rate(title: str, text: str, hits: Iterable[Hit], sought: Sought) -> float:
    """The best sentence's words and pairs, and each again by how early it stands; less the words that the title has.

    More if all that was typed stands in a row, in either.
    """
    told = fold_words(title).split()
    known = {*told, *make_pairs(told)}
    signs = list(_list_signs(text, hits, sought))
    repeated = {sign.token: sign.weight for sign in signs if sign.token in known and sign.token not in sought.pairs}
    new = [sign for sign in signs if sign.token not in known]
    rated = _rate_sentence(text, new) + _rate_early(new) - sum(repeated.values())
    return rated + _rate_row(known.union(sign.token for sign in signs), sought)


def _rate_row(found: Collection[str], sought: Sought) -> float:
    is_whole = bool(sought.row) and sought.row.issubset(found)
    return ROW * (sum(sought.words.values()) + sum(sought.pairs.values())) if is_whole else 0.0


def _list_signs(text: str, hits: Iterable[Hit], sought: Sought) -> Iterator[_Sign]:
    last = Hit(-2, -2, "")
    for hit in hits:
        weight = sought.words.get(key_word(text[hit.start : hit.end])) or sought.words.get(hit.word)
        if weight:
            yield _Sign(hit.start, hit.word, weight)
        if hit.start - last.end == 1 and (pair := make_pair(last.word, hit.word)) in sought.pairs:
            yield _Sign(hit.start, pair, sought.pairs[pair])
        last = hit


def _rate_sentence(text: str, signs: Sequence[_Sign]) -> float:
    """All that one sentence has at most."""
    best, end = 0.0, 0
    sentence: dict[str, float] = {}
    for sign in signs:
        if sign.start >= end:
            best, sentence = max(best, sum(sentence.values())), {}
            match = _SENTENCE_END.search(text, sign.start)
            end = match.end() if match else len(text)
        sentence[sign.token] = sign.weight
    return max(best, sum(sentence.values()))


def _rate_early(signs: Sequence[_Sign]) -> float:
    """All that the text has, the less the later it comes."""
    first: dict[str, float] = {}
    for sign in signs:
        first.setdefault(sign.token, sign.weight / (1 + sign.start / LEAD))
    return sum(first.values())
