"""Mends words that no article has by words that articles have: keys that were not turned into marks, and slips.

A true syllable that no article has is a right word for which the archive is too small, not a slip.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from string import ascii_lowercase
from typing import NamedTuple

from db.text import fold_word

#: How many words of one query are guessed, and how many candidates of each are looked at more closely.
MOST = 3
_CLOSEST = 8
#: Shorter words have too many neighbours, longer ones are no words.
_SHORTEST, _LONGEST = 3, 20
#: Longer than any syllable: nothing is like such a word by chance.
_LONG = 8
#: One key is a letter too many like any other, in `gas` and in `kee`; from so many on nobody meant the letters.
_FEWEST_KEYS = 2
#: So many times as frequent as the keys is what they spell, where some article has a name or a misprint like them.
_TIMES = 100

#: A folded syllable that Vietnamese may have: onset, vowels, coda.
_SYLLABLE = re.compile(
    r"(?:[bdhlmnprstvx]|[cknpt]h|gi|qu|tr|(?:c|ng)(?=[aou])|g(?=[aiou])|(?:k|gh|ngh)(?=[eiy]))?"
    r"(?:(?:o?[ae]|u?o|ua)(?:[cimnoptuy]|ch|ng|nh)?|u(?:[cimnptu]|ng)?|ue(?:ch|nh)?"
    r"|i(?:[amnptu]|ch|nh)?|u?y(?:[anptu]|ch|nh)?|(?:i|u?y)e(?:[cmnptu]|ng))"
)
#: Telex: a vowel typed again, or the `d` that begins the word; `w` for horn, breve or `ư`; the letter of the tone.
_TWICE = re.compile(r"([aeo])([a-z]*?)\1|^(d)([a-z]*?)d")
_HORN = re.compile(r"(?<=[aou])([a-z]*?)w")
_TONE = re.compile(r"(?<=[aeiouy])([a-z]*?)[sfrxjz](?=[a-z]*$)")
#: VNI: letters, a digit or two behind some of them.
_VNI = re.compile(r"(?:[a-z]+[1-9]{1,2})+[a-z]*")
#: What only keys look like: few words begin with two `d`, end in `f` or `j`, or go on behind a digit.
_SURE = re.compile(r"^dd|[fj]$|\d[a-z]")
_VOWEL = re.compile(r"[aeiouy]")

#: How many articles have a folded word, and how many have two words side by side.
Count = Callable[[str], int]
CountPair = Callable[[str, str], int]


class _Archive(NamedTuple):
    count: Count
    count_pair: CountPair


def mend(words: Sequence[str], count: Count, count_pair: CountPair) -> dict[str, str]:
    """Of the words as typed, those that no article has, each with the word or words that were probably meant.

    Keys of Telex and VNI are undone where articles have what they spell, if the query has two of them or a sure one.
    Other words are guessed, a few at most, if they are no true syllable: the guess for a short one has to stand beside
    a neighbour in some article, unless no article has the neighbours either. A true syllable is a slip only if it is
    the whole query and has no marks; an abbreviation in capitals never is one.
    """
    folded = [fold_word(word) for word in words]
    spelled = _undo_keys(folded, count)
    followers = [*spelled, ""][1:]
    is_bare = len(words) == 1 and folded[0] == words[0].lower()
    mended: dict[str, str] = {}
    before, guessed = "", 0
    for typed, old, word, after in zip(words, folded, spelled, followers, strict=True):
        new: tuple[str, ...] = (word,)
        if guessed < MOST and _may_be_slip(word, is_bare) and not (typed.isupper() or count(word)):
            guessed += 1
            new = _guess(word, (before, after), _Archive(count, count_pair))
        if new != (old,):
            mended[typed] = " ".join(new)
        before = new[-1]
    return mended


def is_syllable(word: str) -> bool:
    """Whether a folded word may be Vietnamese."""
    return _SYLLABLE.fullmatch(word) is not None


def _may_be_slip(word: str, is_bare: bool) -> bool:
    return _is_word(word) and (is_bare or not is_syllable(word))


def _is_word(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and not word.isdigit()


def _undo_keys(words: Sequence[str], count: Count) -> list[str]:
    undone = [_undo(word, count) for word in words]
    keys = sum(_count_keys(word, plain) for word, plain in zip(words, undone, strict=True))
    return undone if keys >= _FEWEST_KEYS else list(words)


def _count_keys(word: str, plain: str) -> int:
    return _FEWEST_KEYS if word != plain and _SURE.search(word) else len(word) - len(plain)


def _undo(word: str, count: Count) -> str:
    """The syllable that the keys spell, or the word itself."""
    if not _is_word(word) or is_syllable(word):
        return word
    plain = re.sub(r"\d", "", word) if _VNI.fullmatch(word) else _undo_telex(word)
    return plain if is_syllable(plain) and count(plain) > _TIMES * count(word) else word


def _undo_telex(word: str) -> str:
    word = _TWICE.sub(r"\1\2\3\4", word)
    word = _HORN.sub(r"\1", word).replace("w", "u")
    return _TONE.sub(r"\1", word, count=1)


def _guess(word: str, neighbours: tuple[str, str], archive: _Archive) -> tuple[str, ...]:
    """The candidate that stands most often beside the same neighbours; the most frequent one if no article has them."""
    count, count_pair = archive
    before, after = neighbours

    def rate(candidate: tuple[str, ...]) -> tuple[int, int]:
        beside = count_pair(before, candidate[0]) if before else 0
        beside += count_pair(candidate[-1], after) if after else 0
        within = count_pair(*candidate) if len(candidate) == 2 else 0
        return beside + within, min(map(count, candidate))

    near = set(_list_near(word)) if word.isalpha() else {_undo(word, count)}
    known = [(found, other) for other in near if (found := count(other))]
    candidates: list[tuple[str, ...]] = [(other,) for _, other in sorted(known, reverse=True)[:_CLOSEST]]
    candidates += [parts for parts in _split(word) if count_pair(*parts)]
    best = max(candidates, key=rate, default=(word,))
    is_doubtful = not _VOWEL.search(word) or any(other and count(other) for other in neighbours)
    return best if rate(best)[0] or len(word) >= _LONG or not is_doubtful else (word,)


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
