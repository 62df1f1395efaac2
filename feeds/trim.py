"""Cuts a feed to a size that is parsed in bounded time, between two items where it can; never fails, never parses."""

import re
from collections.abc import Mapping

#: A feed's newest items stand on top; more of them are not read.
MOST_ITEMS = 1000
#: How many tags, entities and characters are read.
MOST_TAGS = 15_000
MOST_ENTITIES = 100_000
LONGEST = 2_000_000

_MARKUP = re.compile(
    r"<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|<!--(?s:.*?)(?:-->|\Z)|(?P<item><(?:\w+:)?(?:item|entry)\b)|<|(?P<entity>&)",
    re.IGNORECASE,
)


def trim(document: str) -> str:
    """The document up to the item with which it would be too much to read; all of it, nearly always."""
    counts: dict[str | None, int] = {"item": 0, "entity": 0, None: 0}
    last = 0
    for mark in _MARKUP.finditer(document):
        counts[mark.lastgroup] += 1
        if mark.lastgroup == "item":
            last = mark.start()
        if _is_much(counts) or mark.end() > LONGEST:
            return document[: last if counts["item"] > 1 else min(mark.start(), LONGEST)]
    return document[:LONGEST]


def _is_much(counts: Mapping[str | None, int]) -> bool:
    items, entities = counts["item"], counts["entity"]
    return items > MOST_ITEMS or entities > MOST_ENTITIES or items + counts[None] > MOST_TAGS
