"""What the index keeps of a text: its words folded and with their marks, and its documents' numbers.

A text is read in the pieces between its spaces. Most of them have been seen before, which is what makes a million
articles a matter of minutes.
"""

from typing import NamedTuple

from db.ranking import make_pair
from db.text import find_document_numbers, fold_word, key_word, nfc, words

#: Longer runs of letters are no words.
LONGEST_WORD = 64
#: Longer pieces are hardly ever seen twice.
_LONGEST_PIECE = 100
#: How many pieces are remembered: more than an office's texts have.
_REMEMBERED = 1 << 16


class Tokens(NamedTuple):
    """Each in its order, between spaces: the folded words, each two neighbours of them as `make_pair` joins them, the
    keys of the words with marks, and the numbers of documents."""

    folded: str
    pairs: str
    keys: str
    numbers: str


def tokenize(text: str) -> Tokens:
    pieces = list(map(_KNOWN.__getitem__, nfc(text).split()))
    folded, ends, keys, numbers = zip(*pieces, strict=True) if pieces else _NOTHING
    links = "".join(ends)
    pairs = links[links.find(" ") + 1 : links.rfind(" ")]  # before the first word and behind the last is no neighbour
    return Tokens(" ".join(folded), pairs, " ".join(keys), " ".join(numbers))


#: What is known of a piece: its words folded; each of them as the end of a pair and the beginning of the next one
#: (`_hội hội`), so that pieces side by side make the pairs between them; the keys; the numbers.
_Piece = tuple[str, str, str, str]
_NOTHING: _Piece = ("", "", "", "")


class _Known(dict[str, _Piece]):
    """Reads each piece once."""

    def __missing__(self, piece: str) -> _Piece:
        tokens = _read(piece)
        if len(piece) <= _LONGEST_PIECE:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[piece] = tokens
        return tokens


def _read(piece: str) -> _Piece:
    found = [word for word in words(piece) if len(word) <= LONGEST_WORD]
    folded = [fold_word(word) for word in found]
    links = "".join(make_pair("", word) + " " + word for word in folded)
    keys = [key for word, key in zip(folded, map(key_word, found), strict=True) if key != word]
    return " ".join(folded), links, " ".join(keys), " ".join(find_document_numbers(piece))


_KNOWN = _Known()
