"""Finds out how a page's bytes are to be read: as feeds are, but a page may name its charset in a meta element."""

import re

from feeds.decode import decode

_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page's own label is looked for
_DEFAULTS = {"iso-8859-1", "latin1", "us-ascii", "windows-1252"}  # servers send these for want of better


def decode_page(body: bytes, content_type: str = "") -> str:
    """The text of a page, whatever its labels claim; undecodable bytes become U+FFFD."""
    sent = _LABEL.search(content_type)
    own = _LABEL.search(body[:_HEAD].decode("latin-1"))
    if own and (sent is None or sent[1].lower() in _DEFAULTS):
        return decode(body, own[0])
    return decode(body, content_type)
