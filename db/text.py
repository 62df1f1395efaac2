"""Folds Vietnamese text for keys and search, and cuts it into syllables; never changes what is shown."""

import re
import unicodedata
from itertools import pairwise

_LATIN = (range(0x41, 0x250), range(0x1E00, 0x1F00))
_STROKED = {"Đ": "d", "đ": "d"}  # they have no decomposition
_MARKS = dict.fromkeys(range(0x300, 0x370))
_SYLLABLE = re.compile(r"[^\W_]+")


def _fold_letter(letter: str) -> str:
    return _STROKED.get(letter) or unicodedata.normalize("NFD", letter)[0].lower()


_FOLDED = {code: _fold_letter(chr(code)) for block in _LATIN for code in block}


def nfc(text: str) -> str:
    """The composed form, in which text is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without tone and vowel marks, letter for letter.

    Pass NFC text. The length stays the same, so an offset into the result is an offset into the text; the
    rare combining mark that NFC cannot compose stays where it is.
    """
    return text.translate(_FOLDED)


def syllables(text: str) -> list[str]:
    """The folded runs of letters and digits, of text in any form."""
    return _SYLLABLE.findall(fold(nfc(text)).translate(_MARKS))


def bigrams(words: list[str]) -> list[str]:
    """Each two neighbours, joined by a space: in Vietnamese they stand for words."""
    return [f"{first} {second}" for first, second in pairwise(words)]


#: Parts the title from the body in `searchable`: no syllable of either.
TITLE_END = "|"


def searchable(title: str, body: str) -> str:
    """The syllables of both, each between spaces, so that ` word ` is found only as a whole word."""
    return f" {' '.join(syllables(title))} {TITLE_END} {' '.join(syllables(body))} "
