"""Tells the parts of an article apart, once its lines are known: section, lead, text, signature."""

import re
from itertools import islice
from typing import Any

from db.text import fold, syllables
from feeds.blocks import Block, get_look
from feeds.body import is_breadcrumb, is_gallery_heading, is_signature_look, is_stamp
from feeds.summarisers.fit import trim_end_mark
from feeds.summarisers.lead import LEAST_SYLLABLES, repeats_title

_LEAD_LOOK = re.compile(r"sapo|lead|summary|intro|desc|trich|mo-?ta|tom-?tat|chapeau")
_LEAD_START = re.compile(r"(?:sang|trua|chieu|toi|ngay|trong cac ngay)(?: ngay)?,? \d{1,2}[/-]\d{1,2}")
_CRUMBS = re.compile(r"\s*[»›>|]\s*|\s/\s")
_SECTION_LOOK = re.compile(r"chuyen-?muc|category|section-?(?:name|title)|cat-?name|portlet-title")
_ABOVE = 6  # lines
_LONGEST_LEAD = 600
_LONGEST_SECTION = 60


def find_section(blocks: list[Block], title: Block | None) -> str:
    """The last crumb of the way to the page, the line that is called a section, or the one before the title."""
    before = blocks[: blocks.index(title)] if title else []
    crumbs = [block.text for block in before if is_breadcrumb(block)]
    named = [block.text for block in before[-_ABOVE:] if _SECTION_LOOK.search(get_look(block.owner))]
    beside = [block.text for block in before[-1:] if title and block.owner.tag != "h1" and is_beside(block, title)]
    found = crumbs or named or beside
    return fit_section(_CRUMBS.split(found[-1].strip(" »›>|/"))[-1]) if found else ""


def fit_section(text: str) -> str:
    """The text if it may be the name of a section."""
    return text if len(text) <= _LONGEST_SECTION and not is_stamp(text) else ""


def is_beside(block: Block, title: Block) -> bool:
    """Whether two lines stand in one frame, at most two steps out."""
    shared = [frame for frame in _frames(block) if frame in _frames(title)]
    return any(frame.tag not in {"html", "tr"} for frame in shared)


def _frames(block: Block) -> list[Any]:
    return [block.owner, *islice(block.owner.iterancestors(), 2)]


def drop_captions(lines: list[Block], captions: frozenset[int]) -> list[Block]:
    """The lines up to the article's row of pictures, without those that only say what a picture shows."""
    end = next((index for index, line in enumerate(lines) if is_gallery_heading(line)), len(lines))
    return [line for line in lines[:end] if line.place not in captions]


def split_signature(lines: list[Block]) -> tuple[list[Block], str]:
    """The text ends where its last `./.` stands; a short line after the text names who wrote it."""
    end = max((index for index, line in enumerate(lines, 1) if line.text.endswith("./.")), default=0)
    tail = lines[end:]
    if end and _size(tail) < _size(lines[:end]):
        return lines[:end], tail[0].text if tail and is_signature(tail[0]) else ""
    if lines and is_signature(lines[-1]) and (len(lines) > 1 or is_signature_look(lines[-1])):
        return lines[:-1], lines[-1].text
    return lines, ""


def _size(lines: list[Block]) -> int:
    return sum(len(line.text) for line in lines)


def is_signature(line: Block) -> bool:
    text = line.text.strip("()")
    is_name = text[:1].isupper() and text[-1:].isalpha() and len(text) <= 60 and len(text.split()) <= 10
    return is_name and line.owner.tag != "li" and not line.is_heading and not line.is_row


def split_lead(lines: list[Block], descriptions: tuple[str, ...], title: str) -> tuple[str, list[str]]:
    """A lead that says no more than the title is left out."""
    texts = [line.text for line in lines]
    if texts and fold(texts[0]) == fold(title):
        lines, texts = lines[1:], texts[1:]
    if len(texts) < 2 or len(texts[0]) > _LONGEST_LEAD or len(syllables(texts[0])) < LEAST_SYLLABLES:
        return "", texts
    if not _looks_like_lead(lines[0]) and _bare(texts[0]) not in {_bare(text) for text in descriptions}:
        return "", texts
    return "" if repeats_title(texts[0], title) else trim_end_mark(texts[0]), texts[1:]


def _looks_like_lead(line: Block) -> bool:
    return bool(
        line.bold > 0.9
        or line.is_heading
        or _LEAD_LOOK.search(get_look(line.owner))
        or line.text.endswith(("...", "…"))
        or _LEAD_START.match(fold(line.text))
    )


def _bare(text: str) -> str:
    return " ".join(syllables(text))
