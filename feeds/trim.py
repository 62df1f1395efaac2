"""Cuts feeds and pages to a size that is parsed in bounded time; never fails, never parses."""

import re
from collections.abc import Mapping

#: A feed's newest items stand on top; more of them are not read.
MOST_ITEMS = 1000
#: How many tags, entities and characters are read.
MOST_TAGS = 15_000
MOST_ENTITIES = 100_000
LONGEST = 2_000_000
#: How many tags of a page are read, closing ones too: the largest portals have some thousands.
MOST_PAGE_TAGS = 40_000

_MARKUP = re.compile(
    r"<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|<!--(?s:.*?)(?:-->|\Z)|(?P<item><(?:\w+:)?(?:item|entry)\b)|<|(?P<entity>&)",
    re.IGNORECASE,
)


def trim(document: str) -> str:
    """The feed up to the item with which it would be too much to read; all of it, nearly always."""
    if _is_small(document):
        return document
    counts: dict[str | None, int] = {"item": 0, "entity": 0, None: 0}
    last = 0
    for mark in _MARKUP.finditer(document):
        counts[mark.lastgroup] += 1
        if mark.lastgroup == "item":
            last = mark.start()
        if _is_much(counts) or mark.end() > LONGEST:
            return document[: last if counts["item"] > 1 else min(mark.start(), LONGEST)]
    return document[:LONGEST]


def _is_small(document: str) -> bool:
    """Whether there is nothing to cut, at a glance: it counts at least what there is."""
    lower = document.lower()
    items = lower.count("item") + lower.count("entry")
    is_short = len(document) <= LONGEST and document.count("&") <= MOST_ENTITIES
    return is_short and items <= MOST_ITEMS and items + document.count("<") <= MOST_TAGS


def trim_page(page: str) -> str:
    """The page up to the tag with which it would be too much to read; all of it, nearly always."""
    page = page[:LONGEST]
    if page.count("<") <= MOST_PAGE_TAGS:
        return page
    place = -1
    for _ in range(MOST_PAGE_TAGS + 1):
        place = page.find("<", place + 1)
    return page[:place]


def _is_much(counts: Mapping[str | None, int]) -> bool:
    items, entities = counts["item"], counts["entity"]
    return items > MOST_ITEMS or entities > MOST_ENTITIES or items + counts[None] > MOST_TAGS
