"""Writes CSS selectors that will still hold tomorrow: of names an author gave, never of names a machine made."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from feeds.rules import select

_STABLE = re.compile(r"[A-Za-z_][A-Za-z_-]*\d{0,2}")
_MADE = re.compile(
    r"\d{3}|ctl\d|^(?:css|sc|jsx|jss|ng|svelte|emotion|makestyles|post|item|id|node)-?_?\w*\d", re.IGNORECASE
)
_STATES = (
    "first last odd even active alt current selected hover open show hidden clearfix row new le chan dau cuoi left"
    " right has-post-thumbnail hentry sticky"
)
_STATE = frozenset(_STATES.split())
_GRID = re.compile(r"(?:col|row|pull|push|float|text|m[tblrxy]?|p[tblrxy]?|w|d|g)(?:-\w+)*-?\d*$", re.IGNORECASE)
_SERVER = re.compile(r"(?:ctl\d+_)+(?:\w*ctl\d+_)*([A-Za-z]\w*)")
_DEEPEST = 12


def list_names(element: Any) -> list[str]:
    """The classes of an element that are likely to stay, the telling ones first."""
    names = [name for name in element.get("class", "").split() if _STABLE.fullmatch(name) and not _MADE.search(name)]
    names = [name for name in names if name.lower() not in _STATE]
    return sorted(names, key=lambda name: bool(_GRID.match(name)))


def propose(elements: Sequence[Any]) -> Iterator[str]:
    """Selectors that may select these elements of a page and no others, the simplest first."""
    heads = _list_heads(elements)
    shared = _get_shared(elements)
    for head in heads:
        if "." in head:
            yield head
    anchors = [(around, name) for around in shared[:_DEEPEST] if (name := _name_anchor(around))]
    for _, name in anchors:
        for head in heads:
            yield f"{name} {head}"
    for around, name in [*anchors, *((around, "body") for around in shared if around.tag == "body")]:
        paths = (_get_path(elements, around, step) for step in (_plain_step, _numbered_step))
        yield from (f"{name} > {' > '.join(path)}" for path in paths if path)


def propose_within(parts: Sequence[Any], tops: Sequence[Any]) -> Iterator[str]:
    """Selectors of one part in each item, by its own name or that of an element around it, within the item."""
    heads = _list_heads(parts)
    yield from (head for head in heads if "." in head)
    around = [_list_around(part, set(tops)) for part in parts]
    for depth in range(min(map(len, around), default=0)):
        for outer in _list_heads([path[depth] for path in around]):
            if "." in outer or outer in ("h1", "h2", "h3", "h4", "h5", "h6"):
                yield from (f"{outer} {head}" for head in heads)
    yield from (head for head in heads if head not in ("a", "div", "span", "td", "tr", "table", "font"))


def is_exact(root: Any, selector: str, elements: Sequence[Any], others: set[Any]) -> bool:
    """Whether it selects all of these and none of the others."""
    found = set(select(root, selector, "item"))
    return found.issuperset(elements) and not (found - set(elements)) & others


def _list_heads(elements: Sequence[Any]) -> list[str]:
    tags = {element.tag for element in elements}
    tag = str(tags.pop()) if len(tags) == 1 else "*"
    counts = Counter(name for element in elements for name in dict.fromkeys(list_names(element)))
    names = [name for name, count in counts.items() if count == len(elements)]
    telling = [name for name in names if not _GRID.match(name)]
    joined = [f"{tag}.{'.'.join(names)}"] if len(names) > 1 else []
    return [*(f"{tag}.{name}" for name in telling), *joined, *([] if tag == "*" else [tag])]


def _get_shared(elements: Sequence[Any]) -> list[Any]:
    """What is around all of them, from the inside out."""
    first, *rest = elements
    outside = [set(element.iterancestors()) for element in rest]
    return [around for around in first.iterancestors() if all(around in ancestors for ancestors in outside)]


def _name_anchor(element: Any) -> str:
    """A name to hold on to: an id that stays, the end of one that a server made, or a class."""
    name = element.get("id", "")
    if _STABLE.fullmatch(name) and not _MADE.search(name):
        return f"#{name}"
    if (made := _SERVER.fullmatch(name)) and not _MADE.search(made[1]):
        return f'{element.tag}[id$="_{made[1]}"]'
    names = [name for name in list_names(element) if not _GRID.match(name)]
    return f"{element.tag}.{names[0]}" if names else ""


def _list_around(part: Any, tops: set[Any]) -> list[Any]:
    around: list[Any] = []
    for element in (part, *part.iterancestors()):
        if element in tops:
            break
        around.append(element)
    return around[1:5]


def _get_path(elements: Sequence[Any], around: Any, step: Any) -> tuple[str, ...]:
    """The steps from an outer element to each of them, when they are the same for all."""
    paths = set()
    for element in elements:
        between = takewhile(lambda one: one is not around, element.iterancestors())
        steps = [_plain_step(element), *map(step, between)]
        paths.add(tuple(reversed(steps)))
    return paths.pop() if len(paths) == 1 else ()


def _plain_step(element: Any) -> str:
    return str(element.tag)


def _numbered_step(element: Any) -> str:
    """With its number among those of its kind; only where there are several."""
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    is_alone = not before and next(element.itersiblings(element.tag), None) is None
    return str(element.tag) if is_alone else f"{element.tag}:nth-of-type({before + 1})"
