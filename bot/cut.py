"""Shortens what is said to a limit in UTF-16 units. Pure; it never cuts what reads as one character."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bot.message import Span

ELLIPSIS = "…"
_ZERO_WIDTH_JOINERS = "\u200c\u200d"
#: A span is worth cutting in its middle only if this much of it stays.
_WORTH_KEEPING = 80
#: A cut goes back to the last space if the word it would break is no longer than this.
_LONGEST_WORD = 24
_LAST_WORD = re.compile(r"\s\S*\Z")
_CONTROLS = dict.fromkeys({*range(32), 0x7F} - {ord("\n"), ord("\t")}, " ") | {ord("\r"): ""}


def clean(text: str) -> str:
    """NFC without control characters and half surrogate pairs, which no platform takes."""
    return unicodedata.normalize("NFC", mend_surrogates(text).translate(_CONTROLS))


def mend_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean_url(url: str) -> str:
    """The address as it may stand in a link, or nothing: only the web is linked."""
    url = mend_surrogates(url).strip().replace(" ", "%20")
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url if is_web and not any(character.isspace() or character < " " for character in url) else ""


def count_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_text(text: str, limit: int) -> str:
    """The text, or its longest beginning within the limit with an ellipsis, whole words where they are short."""
    if count_units(text) <= limit:
        return text
    return _take_words(text, limit - 1) + ELLIPSIS


def split_text(text: str, limit: int) -> list[tuple[int, int]]:
    """Where the parts of a text begin and end, each within the limit and trimmed: parted between paragraphs where that
    leaves no part short, else between lines, words, and at last characters."""
    parts, start = [], len(text) - len(text.lstrip())
    while start < len(text):
        end = start + _find_break(text[start:], limit)
        body = text[start:end].rstrip()
        parts.append((start, start + len(body)))
        start = end + len(text[end:]) - len(text[end:].lstrip())
    return parts


def _find_break(text: str, limit: int) -> int:
    room = len(_take_characters(text, limit)) or 1
    if room == len(text) or not text[room:].strip():
        return len(text)
    for border in ("\n\n", "\n", " "):
        at = text.rfind(border, 0, room + 1)
        if at > room // 2:
            return at
    return room


def shorten(spans: Sequence[Span], limit: int) -> tuple[Span, ...]:
    """The spans within the limit. The longest run without a link (a push's summary) gives way first; if that is
    not enough the end does, but for the last link."""
    over = sum(count_units(span.text) for span in spans) - limit
    if over <= 0:
        return tuple(spans)
    longest = max(range(len(spans)), key=lambda index: 0 if spans[index].url else count_units(spans[index].text))
    room = 0 if spans[longest].url else count_units(spans[longest].text) - over
    if room < _WORTH_KEEPING:
        return _cut_end(spans, limit)
    return (*spans[:longest], _cut_inside(spans[longest], room), *spans[longest + 1 :])


def _cut_inside(span: Span, room: int) -> Span:
    """The line breaks at its end stay, so that what follows keeps its place."""
    body = span.text.rstrip()
    breaks = "\n" * min(2, span.text[len(body) :].count("\n"))
    return replace(span, text=cut_text(body, room - len(breaks)) + breaks)


def _cut_end(spans: Sequence[Span], limit: int) -> tuple[Span, ...]:
    kept = _take(spans, limit)
    last_link = max((index for index, span in enumerate(spans) if span.url), default=-1)
    if last_link < len(kept) - 1:
        return kept
    tail = (Span("\n"), spans[last_link])
    room = limit - sum(count_units(span.text) for span in tail)
    return (*_take(spans[:last_link], room), *tail) if room > limit // 2 else kept


def _take(spans: Sequence[Span], limit: int) -> tuple[Span, ...]:
    """Of spans that are too long together: those that fit, and the beginning of the one that does not."""
    room, index = limit - 1, 0
    while (units := count_units(spans[index].text)) <= room:
        room, index = room - units, index + 1
    return (*spans[:index], replace(spans[index], text=_take_words(spans[index].text, room) + ELLIPSIS))


def _take_words(text: str, limit: int) -> str:
    kept = _take_characters(text, limit)
    broken = None if text[len(kept)].isspace() else _LAST_WORD.search(kept)
    if broken and len(broken[0]) <= _LONGEST_WORD:
        kept = kept[: broken.start()]
    return kept.rstrip()


def _take_characters(text: str, limit: int) -> str:
    end = len(text.encode("utf-16-le")[: 2 * max(0, limit)].decode("utf-16-le", "ignore"))
    while end and end < len(text) and is_inside_character(text, end):
        end -= 1
    return text[:end]


def is_inside_character(text: str, at: int) -> bool:
    """Whether a cut before `text[at]` would part a letter from its marks, or an emoji from its parts."""
    before, after = text[at - 1], text[at]
    if unicodedata.category(after).startswith("M") or after in _ZERO_WIDTH_JOINERS or _is_emoji_part(after):
        return True
    if before == "\u200d":
        return not after.isspace()
    return _is_flag_letter(after) and _count_flag_letters(text[:at]) % 2 == 1


def _is_emoji_part(character: str) -> bool:
    """A skin tone, or one of the tags that spell a region's flag."""
    return "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f"


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _count_flag_letters(text: str) -> int:
    """How many stand at the end."""
    return len(text) - len(text.rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
