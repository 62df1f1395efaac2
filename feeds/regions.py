"""Finds what belongs to each item of a list: its element, and what stands beside it up to the next one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from feeds.lines import Node, Text, is_inline, iter_links, list_nodes, text_of_nodes
from feeds.stamps import is_stamp

_FEW = 3  # nodes that may belong to a single item, whose reach nobody tells


class Region(NamedTuple):
    """An item's element and all its nodes, in the order of the page."""

    element: Any
    nodes: list[Node]


def cut_regions(items: Sequence[Any], now: datetime) -> list[Region]:
    """One for each of the elements, none of which lies within another."""
    by_parent: dict[Any, list[Any]] = defaultdict(list)
    for item in items:
        by_parent[item.getparent()].append(item)
    found = {
        region.element: region
        for parent, children in by_parent.items()
        for region in (
            _cut(parent, children, now) if parent is not None else [Region(child, [child]) for child in children]
        )
    }
    return [found[item] for item in items]


def _cut(parent: Any, items: Sequence[Any], now: datetime) -> list[Region]:
    nodes = list_nodes(parent)
    places = [nodes.index(item) for item in items]
    starts = _find_starts(nodes, places, now)
    reach = max((second - first for first, second in pairwise(starts)), default=_FEW)
    ends = [*starts[1:], starts[-1] + reach]
    ends[-1] = _stop_at_block(nodes, places[-1], ends[-1], is_single=len(items) == 1)
    return [Region(item, nodes[start:end]) for item, start, end in zip(items, starts, ends, strict=True)]


def _stop_at_block(nodes: list[Node], place: int, end: int, *, is_single: bool) -> int:
    """An item that is alone takes its line along, and no more."""
    if not is_single:
        return end
    beside = range(place + 1, min(end, len(nodes)))
    return next((i for i in beside if not isinstance(nodes[i], Text) and nodes[i].tag != "span"), end)


def _find_starts(nodes: list[Node], places: list[int], now: datetime) -> list[int]:
    """Where each region begins: at its item, or before it where its line or its stamp does."""
    starts = [_find_line(nodes, place, floor) for place, floor in zip(places, [-1, *places], strict=False)]
    follow = [_follows_stamp(nodes, place, now) for place in places]
    if any(start < place for start, place in zip(starts[1:], places[1:], strict=True)) and follow[0]:
        return [min(starts[0], places[0] - 1), *starts[1:]]
    if all(follow) and not _ends_with_stamp(nodes, places, now):
        return [place - 1 for place in places]
    return starts


def _find_line(nodes: list[Node], place: int, floor: int) -> int:
    """The first node of the line in which an item stands, when it begins after the item before."""
    if not is_inline(nodes[place]):
        return place
    breaks = [index for index in range(floor + 1, place) if not is_inline(nodes[index])]
    return breaks[-1] + 1 if breaks else place


def _follows_stamp(nodes: list[Node], place: int, now: datetime) -> bool:
    """Whether the node before is a stamp and no link."""
    before = nodes[place - 1 : place] if place else []
    return is_stamp(text_of_nodes(before), now) and not list(iter_links(before))


def _ends_with_stamp(nodes: list[Node], places: list[int], now: datetime) -> bool:
    """Whether a stamp comes after the last item too: then each belongs to the item before it."""
    reach = max((second - first for first, second in pairwise(places)), default=_FEW)
    return any(is_stamp(text_of_nodes([node]), now) for node in nodes[places[-1] + 1 : places[-1] + reach])
