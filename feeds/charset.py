"""Finds out how a page's bytes are to be read: as feeds are, but a page may name its charset in a meta element."""

import re

from feeds.decode import decode
from feeds.legacy import find_table, mend_legacy

_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page's own label is looked for
_DEFAULTS = {"iso-8859-1", "latin1", "us-ascii", "windows-1252"}  # servers send these for want of better


def decode_page(body: bytes, content_type: str = "") -> str:
    """The text of a page, whatever its labels claim, in Unicode; undecodable bytes become U+FFFD."""
    sent = _LABEL.search(content_type)
    own = _LABEL.search(body[:_HEAD].decode("latin-1"))
    if own and (sent is None or sent[1].lower() in _DEFAULTS):
        content_type = own[0]
    text = decode(body, content_type)
    return mend_legacy(text) if _is_utf8(body) else _mend_bytes(body, text)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mend_bytes(body: bytes, text: str) -> str:
    """The text that the bytes are by an old table, which is a table of fonts and so calls itself Latin; or as it is."""
    latin = body.decode("latin-1")
    return mend_legacy(latin) if find_table(latin) else text
