"""Reads one item of a list: its link, title, stamp and teaser, by the rules or by itself; never another page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from db.text import fold, syllables
from feeds.blocks import get_look
from feeds.clean import shorten, squeeze
from feeds.lines import Line, elements_of, iter_links, read_lines, text_of
from feeds.links import normalise_link, web_url
from feeds.published import parse_published
from feeds.regions import Region
from feeds.rules import PageRules, select_first
from feeds.stamps import drop_relative, is_stamp, split_stamp
from feeds.types import Entry

#: Syllables of a link that may be a title.
FEWEST = 4
_ENOUGH = 12
_TEASER = 6
_TEASER_LENGTH = 1000
_LONGEST = 3000  # characters of a text that is looked at
_LONGEST_STAMP = 200
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TITLE_LOOK = re.compile(r"title|headline|tieu-?de|ten-?tin|subject")
_MORE = re.compile(
    r"\W*(?:xem(?: (?:them|tiep|chi tiet|toan bo|tat ca|noi dung))*|chi tiet|doc (?:them|tiep|bai viet|tin)"
    r"|tiep(?: theo)?|read more|more|details?|continue reading|tai ve|download"
    r"|trang (?:sau|truoc|dau|cuoi)|in an|gui email)\W*"
)
_STATS = re.compile(r"(?:so )?(?:luot|lan) (?:xem|doc)\b|(?:nguon|tac gia|chuyen muc|tags?|tu khoa|views?)\s*:")


@dataclass(frozen=True, slots=True)
class Context:
    """The page an item stands on; `base` is what its links are relative to."""

    base: str
    page_url: str
    now: datetime


class Found(NamedTuple):
    """An item that was read, with the elements in which its parts stand; None where there is none."""

    entry: Entry
    region: Region
    title: Any
    date: Any | None = None
    teaser: Any | None = None


class _Title(NamedTuple):
    element: Any
    url: str
    text: str
    stamp: str
    look: float

    @property
    def weight(self) -> float:
        return self.look + min(len(syllables(self.text)), _ENOUGH) / 2

    @property
    def rank(self) -> tuple[float, bool]:
        return self.look, len(syllables(self.text)) >= FEWEST


class _Part(NamedTuple):
    text: str
    element: Any | None
    published_at: datetime | None = None


def read_item(region: Region, rules: PageRules, context: Context) -> Found | None:
    """The item, or None when there is no link with a title. Raises RulesError."""
    title = _find_title(region, rules, context)
    if title is None:
        return None
    lines = [line for line in read_lines(region.nodes) if not _is_of_title(line, title)]
    date = _find_date(region, lines, title, rules, context)
    teaser = _find_teaser(region, lines, title, rules, context)
    entry = Entry(title.text, title.url, "", shorten(teaser.text, _TEASER_LENGTH), date.published_at)
    return Found(entry, region, title.element, date.element, teaser.element)


def get_link(anchor: Any, context: Context) -> str:
    """The web address behind an `<a>`, or nothing when it leads nowhere else."""
    href = anchor.get("href", "").strip()
    url = web_url(href, context.base) if href and not href.startswith("#") else ""
    return url if url and normalise_link(url) != normalise_link(context.page_url) else ""


def is_more(text: str) -> bool:
    """Whether it only says to read on."""
    return _MORE.fullmatch(fold(text)) is not None


def _find_title(region: Region, rules: PageRules, context: Context) -> _Title | None:
    if rules.title:
        return _read_title(region, rules, context)
    by_link: dict[str, _Title] = {}
    for title in _list_titles(region, context):
        key = normalise_link(title.url)
        if key not in by_link or title.rank > by_link[key].rank:
            by_link[key] = title
    return max(by_link.values(), key=lambda title: title.weight, default=None)


def _read_title(region: Region, rules: PageRules, context: Context) -> _Title | None:
    tops = elements_of(region.nodes)
    element = select_first(tops, rules.title, "title")
    if element is None:
        return None
    anchors = [*element.iter("a"), *element.iterancestors("a"), *iter_links(tops)]
    url = next((url for anchor in anchors if (url := get_link(anchor, context))), "")
    text, stamp = _read_words(element, context)
    return _Title(element, url, text, stamp, 0.0) if url and text else None


def _list_titles(region: Region, context: Context) -> Iterator[_Title]:
    anchors = list(iter_links(region.nodes)) or list(region.element.iterancestors("a"))[:1]
    for anchor in anchors:
        if url := get_link(anchor, context):
            element = _find_words(anchor, region)
            text, stamp = _read_words(element, context)
            if any(map(str.isalpha, text)) and len(text) > 1 and not is_more(text):
                yield _Title(element, url, text, stamp, _judge_look(element, anchor, region))


def _find_words(anchor: Any, region: Region) -> Any:
    """Where in a link its title stands: a heading, or what is called one, or else the whole link."""
    if anchor in region.element.iterancestors():
        anchor = region.element
    inside = [element for element in anchor.iterdescendants() if isinstance(element.tag, str)]
    heading = next((element for element in inside if element.tag in _HEADINGS), None)
    titled = (element for element in inside if element.tag != "img" and _TITLE_LOOK.search(get_look(element)))
    return heading if heading is not None else next((e for e in titled if text_of_element(e)), anchor)


def text_of_element(element: Any) -> str:
    return " ".join(map(text_of, read_lines([element])))


def _read_words(element: Any, context: Context) -> tuple[str, str]:
    """The title and the stamp beside it: its first line of several words, or what a hint says in full."""
    texts = [text_of(line)[:_LONGEST] for line in read_lines([element])]
    stamp = next((text for text in texts if is_stamp(text, context.now)), "")
    texts = [text for text in texts if not is_stamp(text, context.now)]
    text = next((text for text in texts if len(syllables(text)) >= FEWEST), next(iter(texts), ""))
    hint = squeeze(element.get("title") or "")
    is_cut = text.endswith(("…", "...")) and fold(hint).startswith(fold(text.rstrip(".… "))[:40])
    title, inner = split_stamp(hint if is_cut else text, context.now)
    return drop_relative(title), stamp or inner


def _judge_look(element: Any, anchor: Any, region: Region) -> float:
    tops = set(elements_of(region.nodes))
    inner = list(takewhile(lambda one: one not in tops, (element, *element.iterancestors())))
    around = [element, *(parent for one in inner if (parent := one.getparent()) is not None)]
    look = 6.0 * any(one.tag in _HEADINGS for one in around)
    look += 2.0 * any(_TITLE_LOOK.search(get_look(one)) for one in (*around[:3], anchor))
    return look + 1.0 * any(one.tag in ("b", "strong") for one in (*around[:3], *anchor.iterdescendants("b", "strong")))


def _is_of_title(line: Line, title: _Title) -> bool:
    """Whether nothing but the title stands in a line."""
    return all(_is_within(piece.owner, title.element) for piece in line if piece.text.strip())


def _is_within(element: Any, outer: Any) -> bool:
    return element is outer or outer in element.iterancestors()


def _find_date(region: Region, lines: list[Line], title: _Title, rules: PageRules, context: Context) -> _Part:
    tops = elements_of(region.nodes)
    if rules.date:
        element = select_first(tops, rules.date, "date")
        return _Part("", element, _read_moment(element, context)) if element is not None else _Part("", None)
    for element in (time for top in tops for time in top.iter("time")):
        if moment := _read_moment(element, context):
            return _Part("", element, moment)
    for text, owner in _list_stamps(lines, title, context):
        if moment := parse_published(text, context.now):
            return _Part("", owner, moment)
    return _Part("", None, parse_published(title.stamp, context.now) if title.stamp else None)


def _read_moment(element: Any, context: Context) -> datetime | None:
    """What a machine is told first; the words beside it may be `2 giờ trước`."""
    told = element.get("datetime") or ""
    text = text_of_element(element)[:_LONGEST_STAMP]
    return parse_published(told[:_LONGEST_STAMP], context.now) or parse_published(text, context.now)


def _list_stamps(lines: list[Line], title: _Title, context: Context) -> Iterator[tuple[str, Any]]:
    """Whole lines first, then what stands beside the title, then single pieces."""
    beside = [[piece for piece in line if not _is_within(piece.owner, title.element)] for line in lines]
    pieces = [[piece] for line in beside for piece in line]
    for line in (*beside, *pieces):
        text = text_of(line)
        if is_stamp(text, context.now):
            owners = {piece.owner for piece in line if piece.text.strip()}
            yield text, owners.pop() if len(owners) == 1 else _common_owner(line)


def _common_owner(line: Line) -> Any:
    first, *rest = [piece.owner for piece in line if piece.text.strip()]
    around = [first, *first.iterancestors()]
    return next((one for one in around if all(_is_within(owner, one) for owner in rest)), None)


def _find_teaser(region: Region, lines: list[Line], title: _Title, rules: PageRules, context: Context) -> _Part:
    if rules.teaser:
        element = select_first(elements_of(region.nodes), rules.teaser, "teaser")
        return (
            _Part(drop_relative(text_of_element(element)[:_LONGEST]), element)
            if element is not None
            else _Part("", None)
        )
    for line in lines:
        kept = [
            piece
            for piece in line
            if not _is_aside(piece.text, context) and not _is_foreign(piece.link, title, context)
        ]
        kept = [piece for piece in kept if not _is_within(piece.owner, title.element)]
        text = drop_relative(text_of(kept)[:_LONGEST]).lstrip("-–:|•.,) ")
        if len(syllables(text)) >= _TEASER and not is_stamp(text, context.now) and not _STATS.match(fold(text)):
            return _Part(text, _common_owner(kept))
    return _Part("", None)


def _is_aside(text: str, context: Context) -> bool:
    text = squeeze(text)
    return is_more(text) or is_stamp(text, context.now)


def _is_foreign(link: Any | None, title: _Title, context: Context) -> bool:
    """Whether a text is a link to something else than the item."""
    return link is not None and normalise_link(web_url(link.get("href", ""), context.base)) != normalise_link(title.url)
