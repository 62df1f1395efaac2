"""What the index keeps of a text: its words folded and with their marks, and its documents' numbers.

A text is read in the pieces between its spaces. Most of them have been seen before, which is what makes a million
articles a matter of minutes.
"""

from typing import NamedTuple

from db.text import find_document_numbers, fold_word, key_word, nfc, words

#: Longer runs of letters are no words.
LONGEST_WORD = 64
#: Longer pieces are hardly ever seen twice.
_LONGEST_PIECE = 100
#: How many pieces are remembered: more than an office's texts have.
_REMEMBERED = 1 << 16


class Tokens(NamedTuple):
    """Each word folded, the keys of words with marks, and the numbers of documents; in their order, between spaces."""

    folded: str
    keys: str
    numbers: str


def tokenize(text: str) -> Tokens:
    pieces = nfc(text).split()
    return Tokens(*map(" ".join, zip(*map(_KNOWN.__getitem__, pieces), strict=True))) if pieces else Tokens("", "", "")


class _Known(dict[str, Tokens]):
    """Reads each piece once."""

    def __missing__(self, piece: str) -> Tokens:
        tokens = _read(piece)
        if len(piece) <= _LONGEST_PIECE:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[piece] = tokens
        return tokens


def _read(piece: str) -> Tokens:
    found = [word for word in words(piece) if len(word) <= LONGEST_WORD]
    folded = [fold_word(word) for word in found]
    keys = [key for word, key in zip(folded, map(key_word, found), strict=True) if key != word]
    return Tokens(*map(" ".join, (folded, keys, find_document_numbers(piece))))


_KNOWN = _Known()
