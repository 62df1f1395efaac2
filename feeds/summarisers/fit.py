"""Makes a text fit to be shown in a push; never adds a word and never cuts a number."""

import re

_END_MARK = re.compile(r"\s*\./\.")
_TRAILING = re.compile(r"(?:\s*\S*\d\S*|[\s,;:–(“\"-]+)+$")


def trim_end_mark(text: str) -> str:
    """The text with the `./.` that closes official papers as a plain full stop."""
    return _END_MARK.sub(".", text) if "./." in text else text


def fit(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut at a word with an ellipsis; no figure stands at the cut."""
    if len(text) <= limit:
        return text
    room = text[: limit - 1]
    if not text[limit - 1].isspace():
        room = room.rpartition(" ")[0] or room
    return _TRAILING.sub("", room) + "…"
