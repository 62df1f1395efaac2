"""The terms that bring answers are those that say much and are soon looked through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import choosing
from db.choosing import choose
from db.ranking import Field, Term

ARTICLES = 1_000_000
TERMS = st.dictionaries(
    st.builds(Term, st.sampled_from(Field), st.text("abc", min_size=1, max_size=3)),
    st.tuples(st.sampled_from([0.2, 0.4, 1.0, 2.0]), st.integers(0, ARTICLES)),
)


def test_a_frequent_word_is_only_weighed() -> None:
    counts = {"xoay": 900, "loc": 40_000, "mien": 90_000, "trung": 700_000, "cua": 999_000}
    choice = choose({Term(Field.BODY, word): 1.0 for word in counts}, lambda _, word: counts[word], ARTICLES)
    assert [term.token for term in choice.bringing] == ["xoay", "loc", "mien"]
    assert [term.token for term in choice.weighed] == ["trung"]


def test_a_title_brings_answers_before_a_text_of_as_many_articles() -> None:
    terms = {Term(Field.BODY, "lua"): 1.0, Term(Field.TITLE, "lua"): 2.0}
    assert list(choose(terms, lambda *_: 150_000, ARTICLES).bringing) == [Term(Field.TITLE, "lua")]


@given(TERMS)
def test_what_is_looked_through_has_a_bound(known: dict[Term, tuple[float, int]]) -> None:
    terms = {term: weight for term, (weight, _) in known.items()}
    counts = {term: count for term, (_, count) in known.items()}
    choice = choose(terms, lambda *term: counts[Term(*term)], ARTICLES)
    brought = [counts[term] for term in choice.bringing]
    assert sum(brought[:-1]) < choosing.LOOKED_THROUGH
    assert bool(brought) == any(counts.values())
    assert not choice.bringing.keys() & choice.weighed.keys()
    assert (choice.bringing | choice.weighed).items() <= terms.items()


@pytest.mark.parametrize("count", [0, 1, 1_900])
def test_of_few_articles_every_known_word_brings_some(count: int) -> None:
    terms = {Term(Field.BODY, str(number)): 0.2 for number in range(30)}
    choice = choose(terms, lambda *_: count, ARTICLES)
    assert choice.bringing == (terms if count else {})
    assert not choice.weighed
