"""Mends words that no article has by words that articles have, one slip of the finger away."""

from collections.abc import Callable, Iterable, Sequence
from string import ascii_lowercase

#: How many words of one query are mended, and how many candidates of each are looked at more closely.
MOST = 3
_CLOSEST = 8
#: Shorter words have too many neighbours, longer ones are no words.
_SHORTEST, _LONGEST = 2, 20

#: How many articles have a folded word, and how many have two words side by side.
Count = Callable[[str], int]
CountPair = Callable[[str, str], int]


def mend(words: Sequence[str], count: Count, count_pair: CountPair) -> list[tuple[str, ...]]:
    """For each folded word what to put in its place: itself, unless nobody wrote it and something near it is known."""
    mended: list[tuple[str, ...]] = []
    mistakes = 0
    for place, word in enumerate(words):
        is_mistake = mistakes < MOST and _SHORTEST <= len(word) <= _LONGEST and word.isalpha() and not count(word)
        mistakes += is_mistake
        before = mended[-1][-1] if mended else ""
        after = words[place + 1] if place + 1 < len(words) else ""
        mended.append(_mend_word(word, before, after, count, count_pair) if is_mistake else (word,))
    return mended


def _mend_word(word: str, before: str, after: str, count: Count, count_pair: CountPair) -> tuple[str, ...]:
    """The candidate that stands most often beside the same neighbours, or else the most frequent one."""

    def rate(candidate: tuple[str, ...]) -> tuple[int, int]:
        beside = count_pair(before, candidate[0]) if before else 0
        beside += count_pair(candidate[-1], after) if after else 0
        within = count_pair(*candidate) if len(candidate) == 2 else 0
        return beside + within, min(map(count, candidate))

    known = [(found, near) for near in set(_list_near(word)) if (found := count(near))]
    candidates: list[tuple[str, ...]] = [(near,) for _, near in sorted(known, reverse=True)[:_CLOSEST]]
    candidates += [parts for parts in _split(word) if count_pair(*parts)]
    return max(candidates, key=rate, default=(word,))


def _list_near(word: str) -> Iterable[str]:
    """All that one letter too few, too many, wrong or swapped makes of a word."""
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        yield from (head + letter + tail for letter in ascii_lowercase)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in ascii_lowercase)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _split(word: str) -> Iterable[tuple[str, str]]:
    """Two words between which the space is missing."""
    return ((word[:place], word[place:]) for place in range(1, len(word)))
