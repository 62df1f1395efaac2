"""Turns the bytes of a feed into text, whatever its header, declaration and byte order mark claim; never fails."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)""")
_CHARSET = re.compile(r"""charset\s*[=:]\s*["']?([A-Za-z0-9._:-]+)""", re.IGNORECASE)
#: What servers put into the header for want of better; the document knows more.
_DEFAULTS = {"ascii", "iso8859-1", "cp1252"}
_WIDER = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
#: Words that hold other than Latin letters.
_FOREIGN = re.compile(r"\w*[^\x00-\x7f]\w*")
#: What is found often in texts of these encodings and seldom in others read as if they were in them; how often.
_SCRIPTS = (
    ("euc_jp", re.compile(r"[\u3041-\u30f6]"), 0.3),
    ("shift_jis", re.compile(r"[\u3041-\u30f6]"), 0.3),
    ("euc_kr", re.compile(r"[\uac00-\ud7a3]"), 0.8),
    ("gb18030", re.compile(r"[的一是不了在人有我他这中大来上国个到说们为子和你地出也时年得就那要下以会自学可]"), 0.05),
    ("koi8_r", re.compile(r"(?<=[\u0430-\u044f])[\u0430\u0435\u0438\u043d\u043e\u0442]"), 0.3),
)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document. UTF-8 that is valid wins over a one-byte claim; undecodable bytes become U+FFFD."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _UNMARKED:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    for encoding in _candidates(body, content_type):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _rescue(body)


def _candidates(body: bytes, content_type: str) -> list[str]:
    """Encodings worth trying, best first."""
    header = _codec(match[1] if (match := _CHARSET.search(content_type)) else "")
    declared = _codec(found[1].decode() if (found := _DECLARED.match(body)) else "")
    claims = [declared, header] if header in _DEFAULTS else [header, declared]
    claims = [_WIDER.get(claim, claim) for claim in claims if claim]
    if not claims or claims[0].startswith(("utf", "cp125", "iso8859")):
        return ["utf-8", *claims]
    return [*claims, "utf-8"]


def _codec(name: str) -> str:
    """Python's name of a text encoding, or nothing when it has none (or one that needs a byte order mark)."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if not info._is_text_encoding or info.name.startswith(("utf-16", "utf-32")):
        return ""
    return info.name


def _rescue(body: bytes) -> str:
    """UTF-8 with a few broken bytes stays UTF-8; anything else is read as the old Vietnamese code page."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    letters = sum(1 for char in text if char > "\x7f") - broken
    return text if broken <= letters else body.decode(_guess(body) or "cp1258", "replace")


def _guess(body: bytes) -> str:
    """An encoding of East Asia or of Cyrillic letters that nobody named, when the text comes out in its own script."""
    for encoding, script, share in _SCRIPTS:
        words = _FOREIGN.findall(body.decode(encoding, "replace"))
        letters = "".join(words)
        if words and len(script.findall(letters)) >= share * len(letters) and "\ufffd" not in letters:
            return encoding
    return ""
