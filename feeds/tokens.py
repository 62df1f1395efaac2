"""Cuts Vietnamese text into what is compared: folded syllables and whole figures, and which of them are names.

A Roman number, as of a quarter, is a figure when it is written large.
"""

import re
from typing import NamedTuple

from db.text import fold, nfc

FIGURE = "#"  # marks a Roman number, and stands for any figure in another one's surroundings
_ROMAN = re.compile(r"\b[IVX]+\b")
_TOKEN = re.compile(rf"\d+(?:[.,/:-]\d+)*(?!\w)|{FIGURE}?[^\W_]+")
_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
_BETWEEN = str.maketrans(",/:-", "....")
_NEW_SENTENCE = re.compile(r"[.!?:;\n“\"–-]\s*\Z")


class Token(NamedTuple):
    """A syllable or a figure; `tells` is true of a figure, and of a large letter that begins no sentence."""

    word: str
    tells: bool


def list_words(text: str) -> list[str]:
    return [_settle(word) for word in _TOKEN.findall(fold(_mark(text)))]


def list_tokens(text: str) -> list[Token]:
    marked = _mark(text)
    matches = _TOKEN.finditer(fold(marked))
    return [Token(_settle(match[0]), is_figure(match[0]) or _is_name(marked, match.start())) for match in matches]


def is_figure(word: str) -> bool:
    return word[0] == FIGURE or word[0].isdigit()


def _mark(text: str) -> str:
    return _ROMAN.sub(rf"{FIGURE}\g<0>", nfc(text))


def _settle(word: str) -> str:
    """As 06 and 6 are one figure, and 14/7 and 14-7."""
    return _ZEROS.sub("", word).translate(_BETWEEN) if word[0].isdigit() else word


def _is_name(text: str, start: int) -> bool:
    return text[start].isupper() and start > 0 and not _NEW_SENTENCE.search(text, max(0, start - 3), start)
