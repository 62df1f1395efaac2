"""Marks off the part of a page that belongs to the article, with its pictures and papers; reads no text."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple

from feeds.asides import Asides
from feeds.blocks import Block, Thing, View
from feeds.body import find_stop
from feeds.images import is_shown
from feeds.papers import is_paper


@dataclass(frozen=True, slots=True)
class Area:
    """The lines from `start` up to `end`, as far as they stand in `frame`."""

    frame: Any
    start: int
    end: int
    asides: Asides

    def holds(self, thing: Thing) -> bool:
        if not self.start <= thing.place <= self.end or self.asides.holds(thing.element):
            return False
        return self.frame in (thing.element, *thing.element.iterancestors())


class Span(NamedTuple):
    """The lines in which the article lies; `is_marked` when the page itself says where it ends."""

    start: int
    end: int
    is_marked: bool


def find_span(view: View, title: Block | None, asides: Asides) -> Span:
    """From below the title down to a box of other news or the frame."""
    start = title.place + 1 if title else 0
    papers = [one.place for one in view.links if one.place >= start and is_paper(one.element)]
    pictures = [one.place for one in view.pictures if one.place >= start and is_shown(one.element)]
    begun_at = min((*papers[:1], *pictures[1:2]), default=inf)
    after = [block for block in view.blocks[start:] if not asides.holds(block.owner)]
    stop = find_stop(after, begun_at)
    is_marked = stop < len(after)
    return Span(start, after[stop].place if is_marked else len(view.blocks), is_marked)


def find_area(view: View, span: Span, title: Block | None, body: list[Block], asides: Asides) -> Area:
    """Around the title and the text; where there is no text, around the title and what comes after it."""
    anchors = [block.owner for block in (title, *body[:1], *body[-1:]) if block]
    end = span.end if span.is_marked else _find_end(view, body)
    if not anchors:
        return Area(None, span.start, end, asides)
    frame = enclose(anchors)
    if not body:
        frame = _widen(frame, [one for one in (*view.pictures, *view.links) if span.start <= one.place <= end])
    return Area(frame, span.start, end, asides)


def _find_end(view: View, body: list[Block]) -> int:
    """Without a stop marker the article is over at the first heading or link to elsewhere below its text."""
    below = view.blocks[body[-1].place + 1 :] if body else []
    ends = (block.place for block in below if block.is_heading or _leads_away(block))
    return next(ends, len(view.blocks))


def _leads_away(block: Block) -> bool:
    return block.linked > 0.5 and not any(is_paper(link) for link in block.owner.iter("a"))


def enclose(elements: Iterable[Any]) -> Any:
    """The smallest element that holds them all."""
    first, *others = elements
    paths = [{other, *other.iterancestors()} for other in others]
    return next(one for one in (first, *first.iterancestors()) if all(one in path for path in paths))


def _widen(frame: Any, things: list[Thing]) -> Any:
    """The smallest element around the frame that holds any of the things, or the frame."""
    owners = [{thing.element, *thing.element.iterancestors()} for thing in things]
    around = (one for one in (frame, *frame.iterancestors()) if any(one in path for path in owners))
    return next(around, frame)
