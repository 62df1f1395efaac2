"""Turns a page into its lines of text, each with how it looked; judges none of them."""

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from feeds.clean import drop_controls, squeeze

_UNSEEN = (
    etree.Comment, etree.ProcessingInstruction, "title", "script", "style", "noscript", "template", "svg", "math",
    "iframe", "object", "select", "button", "textarea", "nav", "aside", "footer", "figcaption", "audio", "video",
    "label",
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "html", "body", "form", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "div", "p", "article",
        "section", "main", "header", "hgroup", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
        "blockquote", "pre", "figure", "center", "fieldset", "address", "details", "summary", "hr", "br",
    }
)  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One line as it is seen. `owner` is the element it stands in; the shares are of its characters."""

    text: str
    owner: Any
    linked: float = 0.0
    bold: float = 0.0

    @property
    def is_heading(self) -> bool:
        return str(self.owner.tag) in {"h1", "h2", "h3", "h4", "h5", "h6"}


def get_look(element: Any) -> str:
    """The names that the page's author gave to the element."""
    return f"{element.get('class', '')} {element.get('id', '')}".lower()


def parse_html(text: str) -> Any:
    """The tree of a page, or None if there is none in it."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True)
    return etree.fromstring(drop_controls(text).encode(), parser)


def read_blocks(root: Any) -> list[Block]:
    """The lines in the order of the page. It takes scripts, menus and hidden parts out of the tree."""
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    for element in root.xpath("//*[@hidden or @style]"):
        parent = element.getparent()
        if parent is not None and ("hidden" in element.attrib or _HIDDEN.search(element.get("style", ""))):
            element.clear(keep_tail=True)
    reader = _Reader(root)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        (reader.enter if event == "start" else reader.leave)(element)
    return reader.blocks


@dataclass(slots=True)
class _Reader:
    """Collects pieces of text until a line ends."""

    root: Any
    blocks: list[Block] = field(default_factory=list)
    owners: list[Any] = field(default_factory=list)
    pieces: list[tuple[str, bool, bool]] = field(default_factory=list)
    links: int = 0
    bolds: int = 0

    def enter(self, element: Any) -> None:
        if element.tag in _BLOCKS:
            self.end_line()
            self.owners.append(element)
        self.links += element.tag == "a"
        self.bolds += _is_bold(element)
        self.add(element.text)

    def leave(self, element: Any) -> None:
        if element.tag in _BLOCKS:
            self.end_line()
            self.owners.pop()
        self.links -= element.tag == "a"
        self.bolds -= _is_bold(element)
        self.add(element.tail)

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append((text, self.links > 0, self.bolds > 0))

    def end_line(self) -> None:
        text = squeeze("".join(piece for piece, _, _ in self.pieces))
        if text:
            sizes = [(len(squeeze(piece)), linked, bold) for piece, linked, bold in self.pieces]
            total = sum(size for size, _, _ in sizes) or 1
            linked = sum(size for size, is_linked, _ in sizes if is_linked) / total
            bold = sum(size for size, _, is_bold in sizes if is_bold) / total
            owner = self.owners[-1] if self.owners else self.root
            self.blocks.append(Block(text, owner, linked, bold))
        self.pieces.clear()


def _is_bold(element: Any) -> bool:
    return element.tag in {"b", "strong"} or bool(_BOLD.search(element.get("style", "")))
