"""Words that a chat watches, and whether an article has them: phrases, without marks, by other names. Pure.

What is written with marks stands for words with the same marks: `thue` for thuế and thuê, `thuế` for one of them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from db.aliases import Aliases, Words, list_runs
from db.text import TITLE_END, bigrams, fold_word, is_meant, key_word, nfc, words

#: So many phrases a watch has at most, and so many words a phrase.
MOST_PHRASES, MOST_WORDS = 5, 12
#: No more of an article is looked at.
_READ = 20_000
_APART = re.compile(r'["“”„«»,;+\n]')


@lru_cache(maxsize=1 << 14)
def parse_watch(text: str) -> tuple[Words, ...]:
    """The phrases that all have to stand in an article; quotation marks and commas part them.

    Raises ValueError when there is none, or too much.
    """
    pieces = (tuple(map(key_word, words(piece))) for piece in _APART.split(nfc(text)))
    phrases = tuple(dict.fromkeys(phrase for phrase in pieces if phrase))
    if not 0 < len(phrases) <= MOST_PHRASES or any(len(phrase) > MOST_WORDS for phrase in phrases):
        raise ValueError("no words to watch")
    return phrases


def make_key(phrases: Sequence[Words]) -> str:
    """The same for two watches that say the same."""
    return ", ".join(sorted(" ".join(phrase) for phrase in phrases))


def make_token(phrases: Sequence[Words]) -> str:
    """What an article with all the phrases is sure to have, and few others: two neighbours, or a single word."""
    folded = [list(map(fold_word, phrase)) for phrase in phrases]
    return max((token for phrase in folded for token in bigrams(phrase) or phrase), key=len)


class Page:
    """An article as watches read it."""

    def __init__(self, title: str, body: str, aliases: Aliases) -> None:
        self._aliases = aliases
        self._words = [*map(key_word, words(title)), TITLE_END, *map(key_word, words(body)[:_READ])]
        self._folded = list(map(fold_word, self._words))
        self._places: dict[str, list[int]] = {}
        for place, word in enumerate(self._folded):
            self._places.setdefault(word, []).append(place)

    def list_tokens(self) -> set[str]:
        """Those of every watch whose words it may have, under whatever name."""
        tokens = {*self._folded, *bigrams(self._folded)}
        for start, end in list_runs(self._folded):
            for other in self._aliases.get(tuple(self._folded[start:end])):
                run = [*self._folded[max(0, start - 1) : start], *other, *self._folded[end : end + 1]]
                tokens |= {*run, *bigrams(run)}
        return tokens

    def has(self, phrases: Iterable[Words]) -> bool:
        """Whether it has all of them."""
        return all(any(self._stands(form) for form in _list_forms(phrase, self._aliases)) for phrase in phrases)

    def _stands(self, form: Words) -> bool:
        """By the places of the word that the page has least often: the first one may be in every sentence."""
        known = [(self._places.get(fold_word(word), []), at) for at, word in enumerate(form)]
        places, at = min(known, key=lambda one: len(one[0]))
        return any(self._reads(form, place - at) for place in places)

    def _reads(self, form: Words, start: int) -> bool:
        here = self._words[max(0, start) : start + len(form)]
        return len(here) == len(form) and all(map(is_meant, form, here))


def _list_forms(phrase: Words, aliases: Aliases) -> Iterator[Words]:
    """The phrase as it is typed, and with one of its parts under another name."""
    yield phrase
    folded = tuple(map(fold_word, phrase))
    for start, end in list_runs(folded):
        for other in aliases.get(folded[start:end]):
            yield (*phrase[:start], *other, *phrase[end:])
