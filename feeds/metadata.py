"""Reads what a page says about itself in its head: meta elements and JSON-LD; never its visible text."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feeds.clean import plain_text, squeeze
from feeds.published import parse_printed

_TIMES = (
    "//*[@itemprop='datePublished']/@content | //*[@itemprop='datePublished']/@datetime | //time[@pubdate]/@datetime"
    " | //time[contains(@class, 'published') or contains(@class, 'entry-date')]/@datetime"
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """`names` are titles given for this page alone; `title` is the browser's, often with the site's name.

    `cover` is the picture that is shown where somebody links to the page, as an address or part of one.
    """

    names: tuple[str, ...] = ()
    title: str = ""
    section: str = ""
    descriptions: tuple[str, ...] = ()
    published_at: datetime | None = None
    cover: str = ""


def read_metadata(root: Any) -> Metadata:
    """From the whole tree, scripts included."""
    metas = _read_metas(root)
    linked = [node for script in root.xpath("//script[@type='application/ld+json']") for node in _nodes(script)]
    stamps = (*_values(linked, "datePublished"), *metas.get("article:published_time", ()), *root.xpath(_TIMES))
    sections = (*_values(linked, "articleSection"), *metas.get("article:section", ()))
    return Metadata(
        names=(*_values(linked, "headline"), *metas.get("og:title", ())),
        title=squeeze("".join(root.xpath("string(//title)"))),
        section=next(iter(sections), ""),
        descriptions=(*metas.get("og:description", ()), *metas.get("description", ())),
        published_at=next(filter(None, map(parse_printed, stamps)), None),
        cover=next(iter((*metas.get("og:image", ()), *metas.get("twitter:image", ()))), ""),
    )


def _read_metas(root: Any) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in root.xpath("//meta[@content]"):
        name = (element.get("property") or element.get("name") or "").lower()
        if content := squeeze(element.get("content")):
            metas.setdefault(name, []).append(content)
    return metas


def _nodes(script: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON-LD script, however deep."""
    try:
        waiting = deque([json.loads(script.text or "", strict=False)])
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.popleft()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _values(nodes: list[dict[str, Any]], key: str) -> Iterator[str]:
    for node in nodes:
        value = node.get(key)
        if isinstance(value, list):
            value = next(iter(value), None)
        if isinstance(value, str) and (text := plain_text(value)):
            yield text
