"""Reads numbers as Vietnamese writes them, in figures, Roman letters and words; knows nothing of units or dates."""

import re
from decimal import Decimal

#: What a number may be multiplied by; `ngàn` and `tỉ` are the southern and the older spelling.
SCALES = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}

_DIGITS = {
    **{"một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5},
    **{"sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9},
}
_TENS = {"mươi": 10, "mười": 10, "chục": 10, "trăm": 100}
_ROMAN = {"I": 1, "V": 5, "X": 10}
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?: \d{3})+(?:,\d+)?")
_GROUPED_BY_COMMAS = re.compile(r"\d{1,3}(?:,\d{3}){2,}")


def read_number(text: str) -> Decimal:
    """`1.234.567`, `1 234 567`, `8,2`, `8.2` and `06`; a single comma always parts the decimals."""
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(".", "").replace(" ", "").replace(",", "."))
    if _GROUPED_BY_COMMAS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return Decimal(text.replace(",", "."))


def read_roman(text: str) -> Decimal:
    """`II` or `XIV`, as quarters, terms and centuries are counted."""
    values = [_ROMAN[letter] for letter in text]
    following = [*values[1:], 0]
    return Decimal(sum(-one if one < after else one for one, after in zip(values, following, strict=True)))


def read_words(words: list[str]) -> Decimal:
    """`sáu`, `mười hai`, `ba trăm linh năm`; of lower-case words. Others, such as `linh`, are passed over."""
    total, last = 0, 0
    for word in words:
        if word in _TENS:
            total, last = total + _TENS[word] * (last or 1), 0
        else:
            last = _DIGITS.get(word, last)
    return Decimal(total + last)
