"""Tells by their words whether two articles that look alike are one story; stores nothing.

What is made from one form, or stands above one footer, shares most of its words and is different news: in the place of
one article's day, name or sentence the other one has its own. A retelling leaves out, adds and moves, and swaps little.
In doubt they are two, for news that is told twice is better than news that is lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from feeds.tokens import Token, is_figure, list_tokens

_RUN = 4  # words of a run

#: The share of a title's words that the common text must have to be what the title is about.
_IS_ABOUT = 0.5
#: Equal titles of fewer words, as "Thông báo", say nothing.
_SAYS_MUCH = 6
#: Common text that no title is about has to have so many words, as few footers are that long, and this share of both.
_LONG = 120
_OF_BOTH = 0.4
#: How many words may stand in others' places, as a share of the common text, if a title is about it, and if none is.
_SWAPPED = 0.2
_SWAPPED_UNTITLED = 0.1
#: For so many figures and names that agree one may have been corrected, for more if it is in the title; so many in all.
_AGREE = 12
_AGREE_ON_TITLE = 20
_CORRECTED = 3
#: Words of a name that a text may be signed with.
_SIGNATURE = 6

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """An article's words; the text is without a title that stands on top of it."""

    title: tuple[Token, ...]
    text: tuple[Token, ...]

    @property
    def words(self) -> list[str]:
        return _list_words(self.text)


class Swap(NamedTuple):
    """What two texts have between the same common words, or after the last of them."""

    ours: Sequence[Token]
    theirs: Sequence[Token]
    is_last: bool

    @property
    def is_signature(self) -> bool:
        both = [*self.ours, *self.theirs]
        return self.is_last and len(both) <= 2 * _SIGNATURE and not any(is_figure(token.word) for token in both)


def read_telling(title: str, text: str) -> Telling:
    headline, tokens = tuple(list_tokens(title)), tuple(list_tokens(text))
    is_on_top = _list_words(tokens[: len(headline)]) == _list_words(headline)
    return Telling(headline, tokens[len(headline) :] if is_on_top else tokens)


def are_one_story(one: Telling, other: Telling) -> bool:
    """Whether enough is common, and what only one says does not stand in the place of what only the other says."""
    runs = set(_list_runs(one.words)) & set(_list_runs(other.words))
    ours, theirs = _mark(one, runs), _mark(other, runs)
    shared = min(sum(ours), sum(theirs))
    is_about = _is_about(one, other, runs)
    if not is_about and shared < max(_LONG, _OF_BOTH * len(one.text), _OF_BOTH * len(other.text)):
        return False
    swaps = list(_pair(_list_gaps(one, ours), _list_gaps(other, theirs)))
    swapped = sum(min(len(swap.ours), len(swap.theirs)) for swap in swaps)
    if swapped > (_SWAPPED if is_about else _SWAPPED_UNTITLED) * shared:
        return False
    agreeing = {token.word for token, is_shared in zip(one.text, ours, strict=True) if token.tells and is_shared}
    return _count_differing(swaps, one, other) <= _count_allowed(one, other, len(agreeing))


def _count_allowed(one: Telling, other: Telling, agreeing: int) -> int:
    """How many figures and names may differ; less than none if the titles name different things."""
    disputed = _list_disputed(one, other)
    if not all(map(is_figure, disputed)):
        return -1
    return min(_CORRECTED, agreeing // (_AGREE_ON_TITLE if disputed else _AGREE))


def _list_words(tokens: Sequence[Token]) -> list[str]:
    return [token.word for token in tokens]


def _list_runs(words: Sequence[str]) -> Iterator[Run]:
    return zip(*(words[start:] for start in range(_RUN)), strict=False)


def _mark(telling: Telling, runs: Collection[Run]) -> list[bool]:
    """Which of the words belong to a common run."""
    marks = [False] * len(telling.text)
    for start, run in enumerate(_list_runs(telling.words)):
        if run in runs:
            marks[start : start + _RUN] = [True] * _RUN
    return marks


def _is_about(one: Telling, other: Telling, runs: Collection[Run]) -> bool:
    """Whether the common text has what one title says and the other does not, or the titles are equal."""
    ours, theirs = _leave_alike(one.title, other.title), _leave_alike(other.title, one.title)
    if not ours and not theirs and len(one.title) >= _SAYS_MUCH:
        return True
    common = {pair for run in runs for pair in pairwise(run)}
    return _has(common, one.title, ours) or _has(common, other.title, theirs)


def _has(common: Collection[tuple[str, str]], title: Sequence[Token], own: Sequence[Token]) -> bool:
    """A syllable counts with its neighbour, as most words have two. A title without words of its own counts whole."""
    words = [token.word for token in title]
    found = {word for pair in pairwise(words) if pair in common for word in pair}
    asked = [token.word for token in own] or words
    return bool(asked) and sum(word in found for word in asked) >= _IS_ABOUT * len(asked)


def _list_disputed(one: Telling, other: Telling) -> set[str]:
    """Figures and names by which two titles differ that are else alike; of names, those that the other text has not."""
    ours, theirs = _leave_alike(one.title, other.title), _leave_alike(other.title, one.title)
    if len(ours) > _IS_ABOUT * len(one.title) and len(theirs) > _IS_ABOUT * len(other.title):
        return set()
    our, their = _list_telling(ours, other.words), _list_telling(theirs, one.words)
    return our | their if our and their else set()


def _list_gaps(telling: Telling, marks: Sequence[bool]) -> Mapping[tuple[Run, Run], list[Sequence[Token]]]:
    """What is not common, by the common words before and after it."""
    words = telling.words
    gaps: dict[tuple[Run, Run], list[Sequence[Token]]] = defaultdict(list)
    end = 0
    for is_shared, group in groupby(marks):
        start, end = end, end + sum(1 for _ in group)
        if not is_shared:
            around = tuple(words[max(0, start - _RUN) : start]), tuple(words[end : end + _RUN])
            gaps[around].append(telling.text[start:end])
    return gaps


def _pair(
    ours: Mapping[tuple[Run, Run], list[Sequence[Token]]], theirs: Mapping[tuple[Run, Run], list[Sequence[Token]]]
) -> Iterator[Swap]:
    for around in ours.keys() & theirs.keys():
        for our, their in zip(ours[around], theirs[around], strict=False):
            if not _is_short_for(our, their) and not _is_short_for(their, our):
                yield Swap(_leave_alike(our, their), _leave_alike(their, our), is_last=not around[1])


def _is_short_for(ours: Sequence[Token], theirs: Sequence[Token]) -> bool:
    """As UBND is for Ủy ban nhân dân."""
    return len(ours) == 1 and ours[0].word == "".join(token.word[0] for token in theirs)


def _leave_alike(ours: Sequence[Token], theirs: Sequence[Token]) -> Sequence[Token]:
    """Without what the other has there too, if only with a letter more or less."""
    words = {token.word for token in theirs}
    known = words.union(*(_list_mistyped(word) for word in words))
    return [token for token in ours if token.word not in known and words.isdisjoint(_list_mistyped(token.word))]


def _list_mistyped(word: str) -> set[str]:
    """The word without one of its letters; a figure is what it is."""
    return set() if is_figure(word) else {word[:place] + word[place + 1 :] for place in range(len(word))}


def _count_differing(swaps: Collection[Swap], one: Telling, other: Telling) -> int:
    """How many figures and names stand in others' places; each counts once, as a wrong year is mended everywhere."""
    our_words, their_words = set(one.words), set(other.words)
    ours, theirs = set[str](), set[str]()
    for swap in swaps:
        our, their = _list_telling(swap.ours, their_words), _list_telling(swap.theirs, our_words)
        if our and their and not swap.is_signature:
            ours |= our
            theirs |= their
    return min(len(ours), len(theirs))


def _list_telling(tokens: Sequence[Token], known: Collection[str]) -> set[str]:
    """Figures, and names that are nowhere in the other text."""
    return {word for word, tells in tokens if tells and (is_figure(word) or word not in known)}
