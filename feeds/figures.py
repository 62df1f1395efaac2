"""Finds the numbers, percentages, dates and document numbers of a text, and holds a summary against its article.

Pure: it never mends a figure, it only says which ones the article does not bear out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice, takewhile

from feeds.numerals import SCALES, read_number, read_roman, read_words


class Kind(StrEnum):
    NUMBER = "number"  #: a count, a measure or an amount, scaled: 1,2 tỷ is 1,200,000,000
    DATE = "date"  #: day, month and year, as far as they are written
    TIME = "time"  #: hours and minutes
    DOCUMENT = "document"  #: 30/2020/NĐ-CP
    CODE = "code"  #: letters and digits in one word: COVID-19, U23


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it stands in a text: `label` is the word that it numbers (`năm`), `unit` what it counts.

    `before` and `after` are its neighbours, the nearest first.
    """

    text: str
    kind: Kind
    value: tuple[Decimal | str | None, ...]
    label: str = ""
    unit: tuple[str, ...] = ()
    sign: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Fault(StrEnum):
    ABSENT = "absent"  #: the article has no such figure
    UNIT = "unit"  #: it counts or names something else there
    SIGN = "sign"  #: it rises there and falls here, or the other way round
    PLACE = "place"  #: where the summary has it, the article has another one


@dataclass(frozen=True, slots=True)
class Problem:
    """A figure of a summary that its article does not bear out."""

    figure: str
    fault: Fault


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAME = r"[A-ZĐƯƠĂÂÊÔ]+\d*"
_ONE = "một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín"
_LAST = "một|mốt|hai|ba|bốn|tư|lăm|nhăm|sáu|bảy|bẩy|tám|chín"
_TENS = "mươi|mười|chục|trăm"
_REST = rf"\s+(?:linh|lẻ)\s+(?:{_ONE})|\s+(?:{_LAST})(?:\s+mươi(?:\s+(?:{_LAST}))?)?"
_DAY = "".join(("(?:", "|".join(rf"(?<=\b(?i:{word})\s)" for word in ("ngày", "mùng", "sáng", "chiều", "tối")), ")"))
_PATTERNS = {
    Kind.DOCUMENT: rf"\b\d+/\d{{4}}/{_NAME}(?:-{_NAME})*|\b\d+/{_NAME}(?:-{_NAME})+|\b\d+-{_NAME}/{_NAME}",
    "spoken": rf"{_DAY}\d{{1,2}}\s+(?i:tháng)\s+\d{{1,2}}(?:(?:,?\s+(?i:năm)\s+|/)\d{{4}})?(?!\d)",
    "month": r"(?<=\b(?i:tháng)\s)\d{1,2}(?:,?\s+(?i:năm)\s+|[/-])\d{4}\b",
    Kind.DATE: r"\b\d{1,2}(?P<mark>[/.-])\d{1,2}(?P=mark)\d{4}\b|\b\d{1,2}/(?:\d{4}|\d{1,2})\b(?!/)",
    "dashed": r"(?<=\b(?i:ngày)\s)\d{1,2}-\d{1,2}\b(?!/)",
    Kind.TIME: r"\b\d{1,2}(?:h\d{0,2}\b|:\d{2}\b|\s+giờ\b(?:\s+\d{1,2}(?=\s+phút\b))?)",
    "roman": r"(?<=\s)[IVX]+(?:/\d{4})?\b",
    Kind.CODE: r"\b[^\W\d_]+-?\d+(?:[.:]\d+)*[^\W_]*",
    Kind.NUMBER: (
        r"(?:(?<![\w.,)%/-])[-−](?=\d))?(?<!\w)(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d{1,3}(?: \d{3})+(?:,\d+)?(?!\d)"
        r"|\d{1,3}(?:,\d{3}){2,}(?!\d)|\d+(?:[.,]\d+)?)"
    ),
    "words": rf"(?<!\b(?i:phần)\s)\b(?i:(?:(?:{_ONE})\s+)?(?:{_TENS})(?:{_REST})?|{_ONE})\b",
}
_FIGURE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS.items()))
_DATES = frozenset((Kind.DATE, "spoken", "month", "dashed"))
_TOKEN = re.compile(r"phần\s+trăm|[^\W\d_]+|\d+|%|[^\w\s]|\n")
_STOPS = frozenset(".;:!?…\n")
_ROMAN_LABELS = _words("quý khóa khoá kỷ kỳ thứ lần cấp hạng loại vùng khối")
_LABELS = _ROMAN_LABELS | _words(
    "năm tháng ngày mùng số điều khoản quận phường khu vòng lớp đợt lộ tuần đoạn đua đội nhóm tổ bàn phút"
)
_CALENDAR = {
    "năm": (1000, 2999),
    "tháng": (1, 12),
    "quý": (1, 4),
    "ngày": (1, 31),
    "mùng": (1, 10),
    "đoạn": (1000, 2999),
}
_COUNTED = _words(
    "tháng ngày năm tuần giờ phút quý lần đợt người hộ xã phường tỉnh huyện thành địa cơ đơn dự nhóm "
    "nội nhiệm điểm tổ đoàn giải vụ công văn cuộc nước doanh phần nghìn ngàn vạn triệu tỷ tỉ đồng "
    "tấn mét cán học đại em bộ sở ngành khối bậc"
)
_SIGNS = {"tăng": "+", "vượt": "+", "giảm": "-", "hụt": "-", "sụt": "-", "âm": "-"}
_MEASURES = frozenset(SCALES) | _words("% điểm đồng usd km kg tấn hộ")
_BEFORE_YEAR = _words("đầu cuối trong cả mỗi hằng")
_REACH, _NEAR, _UNIT = 8, 4, 2
#: So many figures of an article are compared: a table may go on for ever.
_MOST = 5_000
_LITTLE = _words("các những của là đã được cho và với trong tại có này đó hiện thì mà ở")
_UNIT_NAMES = {"đ": "đồng", "vnđ": "đồng", "vnd": "đồng", "kilômét": "km", "mét": "m", "hecta": "ha"}
#: Units of one syllable, after which any word may follow; others are told by two.
_SHORT_UNITS = _words(
    "% tháng ngày năm tuần giờ phút quý lần đợt người hộ xã phường tỉnh huyện tổ vụ em đồng tấn tạ m km ha kg usd bậc"
)


def find_figures(text: str) -> tuple[Figure, ...]:
    """Every figure of the text, in order."""
    return tuple(_list_figures(text))


def check_figures(summary: str, article: str) -> tuple[Problem, ...]:
    """What is wrong with the summary's figures; `article` is all that the summary may rest on, its title too."""
    there = tuple(islice(_list_figures(article), _MOST))
    problems = ((figure, _find_fault(figure, there)) for figure in find_figures(summary))
    return tuple(Problem(figure.text, fault) for figure, fault in problems if fault)


def _list_figures(text: str) -> Iterator[Figure]:
    return filter(None, (_read(text, match) for match in _FIGURE.finditer(text)))


def _read(text: str, match: re.Match[str]) -> Figure | None:
    name = next(name for name in _PATTERNS if match[name] is not None)
    shown = match[name]
    before = _cut_tokens(text[max(0, match.start() - 120) : match.start()])[::-1]
    after = _cut_tokens(text[match.end() : match.end() + 120])
    around = _keep_near(before), _keep_near(after)
    label = before[0] if before else ""
    if name in _DATES:
        return Figure(shown, *_read_date(shown, label), "", (), "", *around)
    if name == Kind.TIME:
        return Figure(shown, Kind.TIME, _read_parts(shown), "", (), "", *around)
    if name in (Kind.DOCUMENT, Kind.CODE):
        return Figure(shown, Kind(name), (shown.casefold(),), "", (), "", *around)
    if name == "roman":
        return _read_ordinal(shown, label, around)
    if name == "words" and not _is_count(shown.lower(), label, after):
        return None
    return _read_count(shown, before, after, around)


def _cut_tokens(text: str) -> list[str]:
    return ["%" if token[-4:] == "trăm" != token else token for token in _TOKEN.findall(text.lower())]


def _read_count(
    shown: str, before: list[str], after: list[str], around: tuple[tuple[str, ...], tuple[str, ...]]
) -> Figure:
    is_written = not shown[-1].isdigit()
    value = read_words(shown.lower().split()) if is_written else read_number(shown.lstrip("-−"))
    label = _get_label(before, value)
    if label in _CALENDAR and not (after and after[0] in _MEASURES):
        return Figure(shown, Kind.NUMBER, (value,), label, (), "", *around)
    scale, unit = _read_unit(_skip_range(after))
    sign = "-" if shown[0] in "-−" else _find_sign(before)
    return Figure(shown, Kind.NUMBER, (value * scale,), label, unit, sign, *around)


def _read_ordinal(shown: str, label: str, around: tuple[tuple[str, ...], tuple[str, ...]]) -> Figure | None:
    """`khóa XIV`; a quarter with its year is a date, however its number is written."""
    kind, value = _read_roman(shown)
    if label not in _ROMAN_LABELS:
        return None
    return Figure(shown, kind, value, "" if kind is Kind.DATE else label, (), "", *around)


def _read_date(shown: str, label: str) -> tuple[Kind, tuple[Decimal | None, ...]]:
    parts = _read_parts(shown)
    if len(parts) == 3:
        return Kind.DATE, parts
    if parts[1] is not None and parts[1] > 31:
        return Kind.DATE, (Decimal(-1) if label == "quý" else None, parts[0], parts[1])
    return Kind.DATE, (*parts, None)


def _read_roman(shown: str) -> tuple[Kind, tuple[Decimal | None, ...]]:
    number, _, year = shown.partition("/")
    if year:
        return Kind.DATE, (Decimal(-1), read_roman(number), Decimal(year))
    return Kind.NUMBER, (read_roman(number),)


def _read_parts(shown: str) -> tuple[Decimal | None, ...]:
    parts = [Decimal(part) for part in re.findall(r"\d+", shown)]
    return tuple(parts) if len(parts) > 1 else (*parts, None)


def _is_count(shown: str, label: str, after: list[str]) -> bool:
    """Whether a word such as `năm`, `ba` or `tư` is a number here."""
    if shown == "một" or not after:
        return False
    return after[0] in _COUNTED and not (shown == "năm" and label in _BEFORE_YEAR)


def _get_label(before: list[str], value: Decimal) -> str:
    """The word that the number names a thing with; in a range, the word before its first number."""
    if len(before) > 2 and before[0] in "-–" and before[1].isdigit():
        before = before[2:]
    label = before[0] if before and before[0] in _LABELS else ""
    least, most = _CALENDAR.get(label, (value, value))
    return label if least <= value <= most else ""


def _skip_range(after: list[str]) -> list[str]:
    """What follows the second number of a range, since it is the unit of the first one too."""
    if len(after) > 1 and after[0] in ("-", "–", "đến") and after[1].isdigit():
        rest = after[2:]
        return rest[2:] if len(rest) > 1 and rest[0] in ",." and rest[1].isdigit() else rest
    return after


def _read_unit(after: list[str]) -> tuple[int, tuple[str, ...]]:
    """The scale, and the two words that say what is counted."""
    scale, place = 1, 0
    while place < len(after) and after[place] in SCALES:
        scale, place = scale * SCALES[after[place]], place + 1
    words = after[place : place + _UNIT]
    if words[:1] == ["%"] or words == ["điểm", "%"]:
        return scale, tuple(words[: words.index("%") + 1])
    unit = tuple(takewhile(lambda word: word.isalpha() and word not in _LITTLE, words))
    return scale, tuple(_UNIT_NAMES.get(word, word) for word in unit)


def _find_sign(before: list[str]) -> str:
    for word in before[:_REACH]:
        if not word.isalpha():
            return ""
        if word in _SIGNS:
            return _SIGNS[word]
    return ""


def _keep_near(words: list[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for word in words:
        if word in _STOPS or len(kept) == _NEAR:
            break
        if word.isalnum() and word not in _LITTLE:
            kept.append(word)
    return tuple(kept)


def _find_fault(figure: Figure, there: tuple[Figure, ...]) -> Fault | None:
    equal = [one for one in there if _is_worth(figure, one)]
    if not equal:
        return Fault.ABSENT
    named = [one for one in equal if _counts_the_same(figure, one)]
    if not named:
        return Fault.UNIT
    borne = [one for one in named if figure.sign == one.sign]
    if not borne:
        return Fault.SIGN
    nearest = _get_nearest(figure, borne)
    if nearest == _get_nearest(figure, [figure]):
        return None
    rivals = (one for one in there if one not in borne)
    return Fault.PLACE if any(_get_nearest(figure, [one]) > nearest for one in rivals) else None


def _is_worth(figure: Figure, other: Figure) -> bool:
    """Whether the values are equal, as far as the summary tells them: a date may leave out its year."""
    if figure.kind is not other.kind:
        return False
    pairs = zip(figure.value, other.value, strict=True)
    return all(one == two or (one is None and figure.kind is Kind.DATE) for one, two in pairs)


def _counts_the_same(figure: Figure, other: Figure) -> bool:
    if figure.label != other.label:
        return False
    length = 1 if figure.unit[:1] and figure.unit[0] in _SHORT_UNITS else 2
    shared = min(len(figure.unit), length, len(other.unit) if figure.label else length)
    return figure.unit[:shared] == other.unit[:shared]


def _get_nearest(figure: Figure, others: Iterable[Figure]) -> int:
    return max((_liken(figure.before, one.before) + _liken(figure.after, one.after) for one in others), default=0)


def _liken(words: tuple[str, ...], others: tuple[str, ...]) -> int:
    """How many neighbours two figures share; a near one counts more."""
    weights = {word: len(others) - place for place, word in reversed(list(enumerate(others)))}
    return sum(min(len(words) - place, weights.get(word, 0)) for place, word in enumerate(dict.fromkeys(words)))
