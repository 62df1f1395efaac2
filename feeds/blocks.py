"""Turns a page into its lines of text, with how each looked and what stood between them; judges none of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from feeds.clean import drop_controls, squeeze
from feeds.trim import trim_page
from feeds.types import CELL_BREAK

_UNSEEN = (
    etree.Comment, etree.ProcessingInstruction, "title", "script", "style", "noscript", "template", "svg", "math",
    "iframe", "object", "select", "button", "textarea", "nav", "aside", "footer", "audio", "video", "label",
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "html", "body", "form", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "div", "p", "article",
        "section", "main", "header", "hgroup", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
        "blockquote", "pre", "figure", "figcaption", "center", "fieldset", "address", "details", "summary", "hr", "br",
    }
)  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)


_LONGEST_CELL = 120


@dataclass(frozen=True, slots=True)
class Block:
    """One line as it is seen, and its `place` among the page's lines.

    `owner` is the element it stands in; the shares are of its characters.
    """

    text: str
    owner: Any
    linked: float = 0.0
    bold: float = 0.0
    place: int = 0
    is_row: bool = False

    @property
    def is_heading(self) -> bool:
        return str(self.owner.tag) in {"h1", "h2", "h3", "h4", "h5", "h6"}


@dataclass(frozen=True, slots=True)
class Thing:
    """A picture or a link, and the place of the line it stands in or before."""

    element: Any
    place: int


@dataclass(frozen=True, slots=True)
class View:
    """What is seen of a page, from top to bottom."""

    blocks: list[Block]
    pictures: list[Thing]
    links: list[Thing]


def is_prose(block: Block) -> bool:
    return block.linked < 0.4 and len(block.text) >= 30


def get_look(element: Any) -> str:
    """The names that the page's author gave to the element."""
    return f"{element.get('class', '')} {element.get('id', '')}".lower()


def parse_html(text: str) -> Any:
    """The tree of a page, or None if there is none in it."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True)
    return etree.fromstring(drop_controls(trim_page(text)).encode(), parser)


def read_view(root: Any) -> View:
    """The page from top to bottom. It takes scripts, menus and hidden parts out of the tree."""
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    for element in root.xpath("//*[@hidden or @style]"):
        parent = element.getparent()
        if parent is not None and ("hidden" in element.attrib or _HIDDEN.search(element.get("style", ""))):
            element.clear(keep_tail=True)
    reader = _Reader(root, set(_find_rows(root)))
    for event, element in etree.iterwalk(root, events=("start", "end")):
        (reader.enter if event == "start" else reader.leave)(element)
    return View(reader.blocks, reader.pictures, reader.links)


def _find_rows(root: Any) -> Iterator[Any]:
    """The rows of tables of figures; a table that only arranges the page has pictures, tables or long texts in it."""
    for table in root.iter("table"):
        rows = list(table.iter("tr"))
        wide = [row for row in rows if len(row) > 1]
        is_plain = table.find(".//img") is None and table.find(".//table") is None
        if is_plain and 2 * len(wide) > max(len(rows), 2) and all(_is_short(cell) for row in rows for cell in row):
            yield from wide


def _is_short(cell: Any) -> bool:
    is_heading = any(cell.find(f".//h{level}") is not None for level in range(1, 5))
    return not is_heading and len(squeeze("".join(cell.itertext()))) <= _LONGEST_CELL


@dataclass(slots=True)
class _Reader:
    """Collects pieces of text until a line ends."""

    root: Any
    rows: set[Any]
    blocks: list[Block] = field(default_factory=list)
    pictures: list[Thing] = field(default_factory=list)
    links: list[Thing] = field(default_factory=list)
    owners: list[Any] = field(default_factory=list)
    pieces: list[tuple[str, bool, bool]] = field(default_factory=list)
    row: Any = None
    linked: int = 0
    bold: int = 0

    def enter(self, element: Any) -> None:
        if self.row is not None:
            self.add(CELL_BREAK if element.tag in {"td", "th"} else " ")
        elif element.tag in _BLOCKS:
            self.end_line()
            self.owners.append(element)
        if element in self.rows:
            self.row = element
        if element.tag == "img":
            self.pictures.append(Thing(element, len(self.blocks)))
        elif element.tag == "a":
            self.links.append(Thing(element, len(self.blocks)))
        self.linked += element.tag == "a"
        self.bold += _is_bold(element)
        self.add(element.text)

    def leave(self, element: Any) -> None:
        if element.tag in _BLOCKS and (self.row is None or self.row is element):
            self.end_line()
            self.owners.pop()
            self.row = None
        self.linked -= element.tag == "a"
        self.bold -= _is_bold(element)
        self.add(element.tail)

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append((text, self.linked > 0, self.bold > 0))

    def end_line(self) -> None:
        text = squeeze("".join(piece for piece, _, _ in self.pieces))
        if self.row is not None:
            text = text.strip(CELL_BREAK)
        if text:
            sizes = [(len(squeeze(piece)), linked, bold) for piece, linked, bold in self.pieces]
            total = sum(size for size, _, _ in sizes) or 1
            linked = sum(size for size, is_linked, _ in sizes if is_linked) / total
            bold = sum(size for size, _, is_bold in sizes if is_bold) / total
            owner = self.owners[-1] if self.owners else self.root
            self.blocks.append(Block(text, owner, linked, bold, len(self.blocks), self.row is not None))
        self.pieces.clear()


def _is_bold(element: Any) -> bool:
    return element.tag in {"b", "strong"} or bool(_BOLD.search(element.get("style", "")))
