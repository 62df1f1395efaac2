"""Folds Vietnamese text for keys and search, and cuts it into syllables; never changes what is shown."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

_LATIN = (range(0x41, 0x250), range(0x1E00, 0x1F00))
_STROKED = {"Đ": "d", "đ": "d"}  # they have no decomposition
_MARKS = dict.fromkeys(range(0x300, 0x370))
_SYLLABLE = re.compile(r"[^\W_]+")
_LONGEST_WORD = 30
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
#: Open syllables, in which the tone has an old and a new place: hòa, hoà.
_PLACES = dict(
    zip(
        ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"],
        ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"],
        strict=True,
    )
)


def _fold_letter(letter: str) -> str:
    return _STROKED.get(letter) or unicodedata.normalize("NFD", letter)[0].lower()


def _list_folded() -> list[int]:
    """For each code its letter folded; what lies after the end stays as it is."""
    codes = list(range(_LATIN[-1].stop))
    for block in _LATIN:
        codes[block.start : block.stop] = [ord(_fold_letter(chr(code))) for code in block]
    return codes


_FOLDED = _list_folded()  # `translate` reads a list in half the time of a mapping

_MARKED = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
#: What nearly all Vietnamese texts are made of, and few enough for a codec: it takes a quarter of the time.
_USUAL = f"\0\t\n\r{''.join(map(chr, range(0x20, 0x7F)))}{_MARKED}{_MARKED.upper()}\u00a0“”‘’–—…•°²³½«»€×"
_CODES = codecs.charmap_build(_USUAL)
_FOLDED_USUAL = _USUAL.translate(_FOLDED)
_SIGN = re.compile(r"[\W_]")
_WORDS_USUAL = _SIGN.sub(" ", _FOLDED_USUAL)


def nfc(text: str) -> str:
    """The composed form, in which text is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without tone and vowel marks, letter for letter.

    Pass NFC text. The length stays the same, so an offset into the result is an offset into the text; the
    rare combining mark that NFC cannot compose stays where it is.
    """
    codes = _encode(text)
    return text.translate(_FOLDED) if codes is None else codecs.charmap_decode(codes, "strict", _FOLDED_USUAL)[0]


def fold_words(text: str) -> str:
    """The same with a space for each sign that is neither a letter nor a digit."""
    codes = _encode(text)
    return _SIGN.sub(" ", fold(text)) if codes is None else codecs.charmap_decode(codes, "strict", _WORDS_USUAL)[0]


def _encode(text: str) -> bytes | None:
    """None when it has an unusual letter."""
    try:
        return codecs.charmap_encode(text, "strict", _CODES)[0]
    except UnicodeEncodeError:
        return None


def syllables(text: str) -> list[str]:
    """The folded runs of letters and digits, of text in any form."""
    return [syllable for token in nfc(text).split() for syllable in _cut(token)]


def _cut(token: str) -> tuple[str, ...]:
    """The syllables of what stands between two spaces; what is no word is not worth remembering."""
    return _cut_word(token) if len(token) < _LONGEST_WORD else _cut_word.__wrapped__(token)


@lru_cache(maxsize=1 << 15)
def _cut_word(token: str) -> tuple[str, ...]:
    return tuple(_SYLLABLE.findall(fold(token).translate(_MARKS)))


def words(text: str) -> list[str]:
    """The runs of letters and digits as they are written; folded, they are the text's syllables."""
    return _WORD.findall(nfc(text))


def find_words(text: str) -> Iterator[re.Match[str]]:
    """The words of NFC text, with their places in it."""
    return _WORD.finditer(text)


@lru_cache(maxsize=1 << 16)
def fold_word(word: str) -> str:
    """The syllable that a word is, without case and marks."""
    return fold(word).translate(_MARKS)


@lru_cache(maxsize=1 << 16)
def key_word(word: str) -> str:
    """A word in lower case with its marks, the tone where the new spelling puts it."""
    word = word.lower()
    return word[:-2] + _PLACES.get(word[-2:], word[-2:])


@lru_cache(maxsize=1 << 16)
def is_meant(typed: str, written: str) -> bool:
    """Whether one key stands for another: for itself, or typed without marks, with đ or with d."""
    bare = unicodedata.normalize("NFD", written).translate(_MARKS)
    return typed in (written, bare, fold_word(written))


def bigrams(words: list[str]) -> list[str]:
    """Each two neighbours, joined by a space: in Vietnamese they stand for words."""
    return [f"{first} {second}" for first, second in pairwise(words)]


#: Parts the title from the body in `searchable`: no syllable of either.
TITLE_END = "|"


def searchable(title: str, body: str) -> str:
    """The syllables of both, each between spaces, so that ` word ` is found only as a whole word."""
    return f" {' '.join(syllables(title))} {TITLE_END} {' '.join(syllables(body))} "


_MAYBE_DOCUMENT = re.compile(r"(?<![\w/.-])\d{1,5}\w?[/-][\w/-]*[^\W\d_]")
_DOCUMENT = re.compile(
    r"0*(\d{1,5}[a-z]?)(?:"
    r"(/(?:19|20)\d\d[/-][a-z]{1,6}\d{0,2}(?:[-/][a-z]{1,12})*)"  # 30/2020/nd-cp, 42/2019/qh14
    r"|([/-][a-z]{1,6}(?:[-/][a-z]{1,12})+))(?!\w)"  # 179/kh-ubnd, 01-kl/tw
)


def find_document_numbers(text: str) -> list[str]:
    """The numbers of documents in a text, as keys: folded, without leading noughts (`30/2020/nd-cp`, `1-kl/tw`)."""
    text = nfc(text)
    parts = (fold(text[match.start() : match.end() + 16]) for match in _MAYBE_DOCUMENT.finditer(text))
    return [match[1] + (match[2] or match[3]) for part in parts if (match := _DOCUMENT.match(part))]
