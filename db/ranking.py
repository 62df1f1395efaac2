"""What makes an article a good answer: the weight of each thing that may match, and of its age. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from math import log, pow
from typing import NamedTuple

from db.aliases import Alternative
from db.text import fold_word, key_word


class Field(StrEnum):
    TITLE = "title"  #: the title's folded syllables
    BODY = "body"  #: the text's folded syllables
    PAIRS = "pairs"  #: each two neighbours of title and of text, folded: in Vietnamese they stand for words
    EXACT = "exact"  #: of both, the syllables that have marks, as they are written
    NUMBERS = "numbers"  #: the numbers of documents
    ALIASES = "aliases"  #: the abbreviations that the text explains


class Term(NamedTuple):
    field: Field
    token: str


#: How much a match counts in each field, times its BM25.
WEIGHTS: Mapping[Field, float] = {
    Field.TITLE: 2.0,
    Field.BODY: 1.0,
    Field.EXACT: 0.8,
    Field.PAIRS: 0.4,
    Field.NUMBERS: 5.0,
}
#: Question words say little of what is asked; this is how much of their weight they keep.
QUESTION_WEIGHT = 0.2
#: So do the words of a time, if there are articles that were published then: those count more (`WISH`).
TIME_WEIGHT = 0.2
#: What means the same counts a little less than what was typed.
ALTERNATIVE_WEIGHT = 0.6
#: A new article counts this much more than an old one of the same words, and half of it after `FRESH`.
RECENCY = 0.15
FRESH = timedelta(days=365)
_FRESH_SECONDS = FRESH.total_seconds()
#: An article of the time that the query names, or with the phrase in it, counts this much more.
WISH = 0.5
#: Where the words stand in the texts of the first answers counts this much, times what `passages.rate` says.
PASSAGE = 0.6
#: Answers with less than this share of the best one's score are left out.
LEAST_SHARE = 0.25

_QUESTION_WORDS = frozenset(("ai", "gì", "nào", "đâu", "bao", "nhiêu", "mấy", "sao", "thế", "khi", "tại", "vì", "như"))
_QUESTION_SYLLABLES = frozenset(map(fold_word, _QUESTION_WORDS))


def list_terms(
    words: Sequence[str], alternatives: Iterable[Alternative] = (), timed: Collection[str] = ()
) -> dict[Term, float]:
    """All that may match, each with its weight. In a text, a word with marks is meant as it is written.

    The folded words of `timed` name a time.
    """
    folded = [fold_word(word) for word in words]
    keys = [key_word(word) for word in words]
    weights = [TIME_WEIGHT if word in timed else _weigh_word(key) for word, key in zip(folded, keys, strict=True)]
    terms = _weigh_run(folded, weights)
    for word, key, weight in zip(folded, keys, weights, strict=True):
        if key != word:
            terms[Term(Field.EXACT, key)] = WEIGHTS[Field.EXACT] * weight
    for word in {word for word, key in zip(folded, keys, strict=True) if key != word}.difference(keys):
        del terms[Term(Field.BODY, word)]
    for alternative in alternatives:
        other = _weigh_run(alternative.words, [ALTERNATIVE_WEIGHT] * len(alternative.words))
        terms = other | terms
    return terms


def _weigh_word(key: str) -> float:
    is_question = key in _QUESTION_WORDS or key in _QUESTION_SYLLABLES
    return QUESTION_WEIGHT if is_question else 1.0


def _weigh_run(folded: Sequence[str], weights: Sequence[float]) -> dict[Term, float]:
    terms = {}
    for word, weight in zip(folded, weights, strict=True):
        terms[Term(Field.TITLE, word)] = WEIGHTS[Field.TITLE] * weight
        terms[Term(Field.BODY, word)] = WEIGHTS[Field.BODY] * weight
    for place in range(len(folded) - 1):
        weight = max(weights[place : place + 2])
        terms[Term(Field.PAIRS, make_pair(*folded[place : place + 2]))] = WEIGHTS[Field.PAIRS] * weight
    return terms


def make_pair(first: str, second: str) -> str:
    """Two neighbours as one token; no syllable has the sign between them."""
    return f"{first}_{second}"


def make_pairs(folded: Sequence[str]) -> list[str]:
    """All neighbours, each as `make_pair` makes them."""
    return [f"{first}_{second}" for first, second in pairwise(folded)]


def make_alias_token(words: Sequence[str], others: Sequence[str] = ()) -> str:
    """What an article explains, one way: it begins with what `make_alias_token(words)` is."""
    return f"{'_'.join(words)}={'_'.join(others)}"


def get_rarity(found: int, articles: int) -> float:
    """What BM25 makes of how many of all articles have a term; always more than nothing."""
    return log(1 + (max(articles - found, 0) + 0.5) / (found + 0.5))


def blend(score: float, age: float, wishes: int) -> float:
    """The score with what newness and fulfilled wishes add to it; the age in seconds."""
    halvings = max(age / _FRESH_SECONDS, 0.0)
    return score * (1 + RECENCY * pow(0.5, halvings) + WISH * wishes)
