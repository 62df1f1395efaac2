"""Makes plain NFC text of what feeds and pages send; never guesses at what a text means."""

import html
import re
import unicodedata

from lxml import etree

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WINDOWS = {chr(code): char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))}
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_TAG = re.compile(r"<[A-Za-z/!?]")
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_PARSER = etree.HTMLParser(encoding="utf-8", recover=True)
_UNSEEN = ("script", "style", "head", "noscript", "template", etree.Comment, etree.ProcessingInstruction)


def drop_controls(text: str) -> str:
    """The text without the characters that XML forbids and no reader wants; Windows quotes in their place stay."""
    return _CONTROLS.sub(lambda match: _WINDOWS.get(match[0], ""), text)


def squeeze(text: str) -> str:
    """One line of NFC text: white space folded, controls and invisible marks dropped."""
    shown = _INVISIBLE.sub("", drop_controls(text))
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def plain_text(markup: str) -> str:
    """The words of an HTML fragment as one squeezed line; a lone `<`, as in `GDP < 8%`, is a word too."""
    if not _TAG.search(markup):
        return squeeze(html.unescape(markup))
    body = f"<body>{drop_controls(markup)}</body>"
    root = etree.fromstring(body.encode(), _PARSER)
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    return squeeze("".join(_words(root)))


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words and marked by an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    return f"{head.rsplit(' ', 1)[0]}…" if " " in head else f"{head[: limit - 1]}…"


def _words(root: etree._Element) -> list[str]:
    """Texts in document order, with a space around every element that is no part of a line."""
    words: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag not in _INLINE:
            words.append(" ")
        words.append((element.text if event == "start" else element.tail) or "")
    return words
