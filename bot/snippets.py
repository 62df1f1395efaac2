"""How the piece of an article is shown that tells why it was found. Pure."""

import re

from bot.message import Span
from bot.outside import clean
from db.snippets import Snippet

#: With what a sentence ends.
_ENDS = (".", "!", "?", "…", ".”", "!”", "?”")


def show_snippet(snippet: Snippet) -> list[str | Span]:
    """The piece on a line of its own, its marked words in bold; dots stand where it was cut out of a sentence."""
    parts: list[str | Span] = ["\n… " if snippet.start else "\n"]
    end = 0
    for left, right in snippet.marks:
        parts += [_flatten(snippet.text[end:left]), Span(_flatten(snippet.text[left:right]), bold=True)]
        end = right
    return [*parts, _flatten(snippet.text[end:]), "" if snippet.text.endswith(_ENDS) else " …"]


def _flatten(text: str) -> str:
    return re.sub(r"\s+", " ", clean(text))
