"""Chooses which terms of a query bring answers, and which are only weighed in the best of these. Pure.

An index that looks through all that has any of the terms takes the longer the more frequent they are, while frequent
ones say the least: of a million articles a dozen words bring nearly every one.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from db.ranking import Field, Term, get_rarity

#: How many articles are looked through for the terms that bring them; one with several of these counts several times.
LOOKED_THROUGH = 60_000
#: A term with less than this share of what all together may add to a score is not weighed where it brings nothing.
_LEAST = 0.01


class Choice(NamedTuple):
    """The weights of the terms of which every answer has one, and of those that are weighed in the best answers."""

    bringing: Mapping[Term, float]
    weighed: Mapping[Term, float]


class _Known(NamedTuple):
    """A term, how many articles have it, and what it adds to the score of a middling one."""

    term: Term
    articles: int
    worth: float


def choose(terms: Mapping[Term, float], count: Callable[[Field, str], int], articles: int) -> Choice:
    """Those that are worth the most for what they cost bring the answers; all of them do where there are few."""
    counted = [(term, weight, count(*term)) for term, weight in terms.items()]
    known = [_Known(term, found, weight * get_rarity(found, articles)) for term, weight, found in counted if found]
    known.sort(key=lambda one: one.articles / one.worth)
    place, cost = 0, 0
    while place < len(known) and cost < LOOKED_THROUGH:
        cost += known[place].articles
        place += 1
    least = _LEAST * sum(one.worth for one in known)
    weighed = [one.term for one in known[place:] if one.worth > least]
    return Choice({one.term: terms[one.term] for one in known[:place]}, {term: terms[term] for term in weighed})
