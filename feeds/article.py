"""Reads an article's page into a story: bytes in, a story out; never fetches."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from db.text import fold, syllables
from feeds.blocks import Block, get_look, parse_html, read_blocks
from feeds.body import find_title, is_breadcrumb, is_marked, is_stamp, select_body
from feeds.charset import decode_page
from feeds.clean import squeeze
from feeds.dates import parse_stamp
from feeds.errors import ArticleError
from feeds.metadata import Metadata, read_metadata
from feeds.summarisers.fit import trim_end_mark
from feeds.summarisers.lead import LEAST_SYLLABLES, repeats_title
from feeds.types import Story

_NOT_HTML = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"RIFF")
_CAPTIONS = re.compile(r"mot (?:so|vai) hinh anh\b|hinh anh\b.*:$")
_LEAD_LOOK = re.compile(r"sapo|lead|summary|intro|desc|trich|mo-?ta|tom-?tat|chapeau")
_LEAD_START = re.compile(r"(?:sang|trua|chieu|toi|ngay|trong cac ngay)(?: ngay)?,? \d{1,2}[/-]\d{1,2}")
_CRUMBS = re.compile(r"\s*[»›>|]\s*|\s/\s")
_LONGEST_LEAD = 600
_LONGEST_SECTION = 60


def read_story(body: bytes, url: str, content_type: str = "", *, title: str = "") -> Story:
    """The article on a page. `title` is what the feed calls it, which helps to find the title among the lines.

    Raises ArticleError when the body is no HTML or holds no article text.
    """
    if body.lstrip()[:8].startswith(_NOT_HTML) or not _may_be_html(content_type):
        raise ArticleError("not HTML", url=url)
    root = parse_html(decode_page(body, content_type))
    if root is None:
        raise ArticleError("empty page", url=url)
    metadata = read_metadata(root)
    if title:
        metadata = replace(metadata, names=(squeeze(title), *metadata.names))
    story = _read_lines(read_blocks(root), metadata)
    if not any(len(syllables(text)) >= LEAST_SYLLABLES for text in (story.lead, *story.paragraphs)):
        raise ArticleError("no article text", url=url)
    return story


def _may_be_html(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"", "text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/plain"}


def _read_lines(blocks: list[Block], metadata: Metadata) -> Story:
    place = find_title(blocks, metadata)
    before, after = (blocks[:place], blocks[place + 1 :]) if place is not None else ([], blocks)
    stamped = [block for block in (*before[-2:], *after[:4]) if is_stamp(block.text)]
    lines = _without_captions([block for block in select_body(after) if block not in stamped])
    lines, signature = _split_signature(lines)
    lead, paragraphs = _split_lead(lines, metadata.descriptions, _title(blocks, place, metadata))
    return Story(
        title=_title(blocks, place, metadata),
        section=_fit_section(metadata.section) or _fit_section(_find_section(blocks, place)),
        lead=lead,
        paragraphs=tuple(trim_end_mark(text) for text in paragraphs),
        signature=signature,
        published_at=metadata.published_at or _first_stamp(stamped),
    )


def _title(blocks: list[Block], place: int | None, metadata: Metadata) -> str:
    if place is not None:
        return blocks[place].text
    return next(iter(metadata.names), metadata.title)


def _first_stamp(stamped: list[Block]) -> datetime | None:
    return parse_stamp(stamped[0].text) if stamped else None


def _find_section(blocks: list[Block], place: int | None) -> str:
    """The last crumb of the way to the page, or the short line directly before the title and beside it."""
    end = place or 0
    crumbs = [block.text for block in blocks[:end] if is_breadcrumb(block)]
    if end and not crumbs and _is_beside(blocks[end - 1], blocks[end]):
        crumbs = [blocks[end - 1].text]
    return _CRUMBS.split(crumbs[-1].strip(" »›>|/"))[-1] if crumbs else ""


def _fit_section(text: str) -> str:
    """The text if it may be the name of a section."""
    return text if len(text) <= _LONGEST_SECTION and not is_stamp(text) else ""


def _is_beside(block: Block, title: Block) -> bool:
    """Whether two lines stand in one frame, at most two steps out."""
    shared = [frame for frame in _frames(block) if frame in _frames(title)]
    return any(frame.tag not in {"html", "tr"} for frame in shared)


def _frames(block: Block) -> list[Any]:
    return [block.owner, *islice(block.owner.iterancestors(), 2)]


def _without_captions(lines: list[Block]) -> list[Block]:
    end = next((index for index, line in enumerate(lines) if is_marked(line, _CAPTIONS)), len(lines))
    owners = Counter(line.owner for line in lines)
    return [line for line in lines[:end] if owners[line.owner] > 1 or not _is_caption(line)]


def _is_caption(line: Block) -> bool:
    """A short line in one frame with a picture, and with nothing else."""
    pictured = line.owner.find(".//img") is not None
    words = squeeze("".join(line.owner.itertext()))
    return pictured and len(line.text) <= 200 and len(words) <= len(line.text) + 5


def _split_signature(lines: list[Block]) -> tuple[list[Block], str]:
    """The text ends where its last `./.` stands; a short line after the text names who wrote it."""
    end = max((index for index, line in enumerate(lines, 1) if line.text.endswith("./.")), default=0)
    tail = lines[end:]
    if end and _size(tail) < _size(lines[:end]):
        return lines[:end], tail[0].text if tail and _is_signature(tail[0]) else ""
    if len(lines) > 1 and _is_signature(lines[-1]):
        return lines[:-1], lines[-1].text
    return lines, ""


def _size(lines: list[Block]) -> int:
    return sum(len(line.text) for line in lines)


def _is_signature(line: Block) -> bool:
    text = line.text.strip("()")
    is_name = text[:1].isupper() and text[-1:].isalpha() and len(text) <= 60 and len(text.split()) <= 10
    return is_name and line.owner.tag != "li" and not line.is_heading


def _split_lead(lines: list[Block], descriptions: tuple[str, ...], title: str) -> tuple[str, list[str]]:
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
