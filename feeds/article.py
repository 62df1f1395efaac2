"""Reads an article's page into a story: bytes in, a story out; never fetches."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from db.text import syllables
from feeds.area import Area, Span, find_area, find_span
from feeds.asides import Asides
from feeds.blocks import Block, View, is_prose, parse_html, read_view
from feeds.body import find_title, is_noise, is_signature_look, is_stamp, is_text, select_body, select_rows
from feeds.charset import decode_page
from feeds.chosen import Chosen, apply_rules
from feeds.clean import squeeze
from feeds.dates import LOCAL
from feeds.errors import ArticleError
from feeds.events import find_event_date
from feeds.images import is_cover
from feeds.links import web_url
from feeds.metadata import Metadata, read_metadata
from feeds.papers import read_papers
from feeds.parts import drop_captions, find_section, fit_section, is_beside, is_signature, split_lead, split_signature
from feeds.pictures import find_gallery
from feeds.published import parse_printed
from feeds.summarisers.fit import trim_end_mark
from feeds.summarisers.lead import LEAST_SYLLABLES
from feeds.types import CELL_BREAK, ArticleRules, Story

_NOT_HTML = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"RIFF")
_BELOW = 8  # lines


def read_story(
    body: bytes, url: str, content_type: str = "", *, title: str = "", rules: ArticleRules | None = None
) -> Story:
    """The article on a page: by the source's rules first, then by what its head says, then by its looks.

    `title` is what the feed calls it, which helps to find the title among the lines. The text is empty where there
    are only pictures or papers. Raises ArticleError when the body is no HTML or holds no article, and RulesError
    when a rule is no CSS selector.
    """
    if is_other_format(body) or not _may_be_html(content_type):
        raise ArticleError("not HTML", url=url)
    root = parse_html(decode_page(body, content_type))
    if root is None:
        raise ArticleError("empty page", url=url)
    metadata = read_metadata(root)
    chosen = apply_rules(root, rules or ArticleRules())
    names = filter(None, (chosen.title, squeeze(title), *metadata.names))
    story = _read_view(read_view(root), replace(metadata, names=tuple(names)), chosen, _find_base(root, url))
    if not _holds_anything(story):
        raise ArticleError("no article text", url=url)
    return story


def is_other_format(body: bytes) -> bool:
    """Whether a body is a paper, a picture or an archive by how it begins."""
    return body.lstrip()[:8].startswith(_NOT_HTML)


def _may_be_html(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"", "text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/plain"}


def _find_base(root: Any, url: str) -> str:
    """What the page's links are relative to."""
    return web_url(next(iter(root.xpath("//base/@href")), ""), url) or url


def _holds_anything(story: Story) -> bool:
    return bool(story.text or (story.title and (story.pictures or story.attachments)))


def _read_view(view: View, metadata: Metadata, chosen: Chosen, base: str) -> Story:
    asides = Asides(view.blocks)
    blocks = [block for block in view.blocks if not asides.holds(block.owner)]
    title = _find_title(blocks, metadata, chosen)
    stamps = [block for block in _list_near(view.blocks, title) if is_stamp(block.text)]
    span = find_span(view, title, asides)
    lines = [block for block in _select_lines(view, span, chosen, asides) if block not in stamps]
    area = find_area(view, span, title, split_signature(lines)[0], asides)
    gallery = find_gallery(view, area, base)
    heading = chosen.title or (title.text if title else next(iter(metadata.names), metadata.title))
    lines, signature = split_signature(drop_captions(lines, gallery.captions))
    signature = signature or _find_signature(view, area, lines, gallery.captions)
    lead, paragraphs = _split_lead(lines, metadata, chosen, heading)
    published_at = chosen.published_at or metadata.published_at or _read_stamp(stamps)
    return Story(
        title=heading,
        section=fit_section(metadata.section) or find_section(blocks, title),
        lead=lead,
        paragraphs=paragraphs,
        signature=signature,
        published_at=published_at,
        event_date=find_event_date(" ".join((lead, *paragraphs)), _day(published_at)),
        pictures=gallery.pictures,
        attachments=read_papers((thing.element for thing in view.links if area.holds(thing)), base),
        cover=_find_cover(metadata, base) if not gallery.pictures else "",
    )


def _find_cover(metadata: Metadata, base: str) -> str:
    return web_url(metadata.cover, base) if is_cover(metadata.cover) else ""


def _find_title(blocks: list[Block], metadata: Metadata, chosen: Chosen) -> Block | None:
    named = next((block for block in blocks if block.owner in chosen.titles), None)
    if named:
        return named
    place = find_title(blocks, metadata)
    return None if place is None else blocks[place]


def _list_near(blocks: list[Block], title: Block | None) -> list[Block]:
    """The lines where a page prints its date: below the title, or above and beside it."""
    start = title.place + 1 if title else 0
    after = blocks[start : start + _BELOW]
    prose = next((place for place, block in enumerate(after) if is_prose(block) and not is_stamp(block.text)), _BELOW)
    before = [block for block in blocks[max(start - 3, 0) : start - 1] if title and is_beside(block, title)]
    return [*after[: max(prose, _BELOW // 2)], *before]


def _select_lines(view: View, span: Span, chosen: Chosen, asides: Asides) -> list[Block]:
    """The article's lines; those of captions too, where the page does not name them so."""
    ruled = [block for block in view.blocks if block.owner in chosen.body and is_text(block) and not is_noise(block)]
    if ruled:
        return ruled
    plain = [
        block
        for block in view.blocks[span.start : span.end]
        if not (asides.holds(block.owner) or asides.holds_caption(block.owner) or block.owner in chosen.leads)
    ]
    return select_body(plain) or select_rows(plain)


def _find_signature(view: View, area: Area, lines: list[Block], captions: frozenset[int]) -> str:
    """Below the text: the first line that tells by its looks who wrote it."""
    start = lines[-1].place + 1 if lines else area.start
    below = (block for block in view.blocks[start : area.end] if block.place not in captions)
    return next((block.text for block in below if is_signature(block) and is_signature_look(block)), "")


def _split_lead(lines: list[Block], metadata: Metadata, chosen: Chosen, heading: str) -> tuple[str, tuple[str, ...]]:
    if chosen.lead:
        lines = [line for line in lines if line.owner not in chosen.leads and line.text not in chosen.lead]
        lead, texts = chosen.lead, [line.text for line in lines]
    else:
        lead, texts = split_lead(lines, metadata.descriptions, heading)
    if not any(CELL_BREAK in text or len(syllables(text)) >= LEAST_SYLLABLES for text in (lead, *texts)):
        return "", ()
    return lead, tuple(trim_end_mark(text) for text in texts)


def _read_stamp(stamps: list[Block]) -> datetime | None:
    return next(filter(None, (parse_printed(block.text) for block in stamps)), None)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(LOCAL).date() if moment else None
