"""Finds an article's pictures and the lines that are their captions; never fetches one."""

import re
from typing import NamedTuple

from feeds.area import Area, enclose
from feeds.blocks import Block, Thing, View
from feeds.body import is_gallery_heading, is_noise, is_signature_look, is_stamp
from feeds.clean import squeeze
from feeds.images import get_source, is_shown
from feeds.links import web_url
from feeds.summarisers.sentences import split_sentences
from feeds.types import Picture

_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_ENDS = (".", "!", "?", "…", "。", ":", ";")
_LONGEST_CAPTION = 250


class Gallery(NamedTuple):
    """The pictures of an article, and the places of the lines that only say what they show."""

    pictures: tuple[Picture, ...] = ()
    captions: frozenset[int] = frozenset()


def find_gallery(view: View, area: Area, base: str) -> Gallery:
    """The article's pictures in their order, each once."""
    shown = [thing for thing in view.pictures if area.holds(thing) and is_shown(thing.element)]
    finder = _Finder(view.blocks, shown, area)
    captions = [finder.find(number) for number in range(len(shown))]
    pictures: dict[str, str] = {}
    for thing, caption in zip(shown, captions, strict=True):
        if url := web_url(get_source(thing.element), base):
            pictures[url] = pictures.get(url) or (caption.text if caption else "")
    places = frozenset(caption.place for caption in captions if caption)
    return Gallery(tuple(Picture(url, caption) for url, caption in pictures.items()), places)


class _Finder:
    """Finds the caption of a picture: the line right below it that is called so, looks so, or can be nothing else."""

    def __init__(self, blocks: list[Block], shown: list[Thing], area: Area) -> None:
        self.shown, self.area = shown, area
        inside = (b for b in blocks[area.start : area.end] if not (is_noise(b) or area.asides.holds(b.owner)))
        self.lines = {block.place: block for block in inside if not is_stamp(block.text)}
        self.text_end = max((place for place, line in self.lines.items() if _is_text(line)), default=-1)
        slanted = sum(map(_is_slanted, self.lines.values()))
        self.is_slant_rare = slanted <= len(shown) + 1
        self.outer = set() if area.frame is None else {area.frame, *area.frame.iterancestors()}

    def find(self, number: int) -> Block | None:
        picture = self.shown[number]
        line = self.lines.get(picture.place)
        if line is None or any(other.place == picture.place for other in self.shown[number + 1 :]):
            return None
        if self.area.asides.holds_caption(line.owner):
            return line
        if (
            _is_text(line)
            or line.linked > 0.5
            or line.is_heading
            or is_gallery_heading(line)
            or is_signature_look(line)
        ):
            return None
        is_caption = line.place > self.text_end or self._is_framed(line, picture)
        is_caption = is_caption or (self.is_slant_rare and _is_slanted(line))
        return line if is_caption else None

    def _is_framed(self, line: Block, picture: Thing) -> bool:
        """Whether picture and line share a frame with no other lines than captions, as many as pictures."""
        frame = enclose([picture.element, line.owner])
        if frame in self.outer:
            return False
        inside = set(frame.iter())
        lines = sum(one.owner in inside for one in self.lines.values())
        return lines <= sum(one.element in inside for one in self.shown)


def _is_text(line: Block) -> bool:
    if len(line.text) > _LONGEST_CAPTION or line.text.endswith(_ENDS) or line.is_row:
        return True
    return len(split_sentences(line.text)) > 1


def _is_slanted(line: Block) -> bool:
    """Whether the whole line is in italics or stands in the middle."""
    owner = line.owner
    if owner.get("align") == "center" or _CENTRED.search(owner.get("style", "")):
        return True
    words = ("".join(one.itertext()) for one in owner.iter("i", "em", "center", "small"))
    return any(squeeze(text) == line.text for text in words)
