"""Cuts a part of a page into its lines, each piece with the element and the link it stands in; judges none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from feeds.clean import squeeze

_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd label mark q s samp small span strike strong"
    " sub sup time tt u var wbr"
)
_INLINE = frozenset(_INLINE_TAGS.split())
#: A node of a parent: an element without its tail, or a text with the parent it stands in.
Node = Any


@dataclass(frozen=True, slots=True)
class Text:
    """A text between elements; `owner` is the element around it."""

    text: str
    owner: Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A text as it stands in one element; `link` is the nearest `<a>` around it."""

    text: str
    owner: Any
    link: Any | None


Line = list[Piece]


def list_nodes(parent: Any) -> list[Node]:
    """The children of an element: elements and the texts between them, those without a word left out."""
    nodes: list[Node] = []
    if _has_words(parent.text):
        nodes.append(Text(parent.text, parent))
    for child in parent:
        nodes.append(child)
        if _has_words(child.tail):
            nodes.append(Text(child.tail, parent))
    return nodes


def _has_words(text: str | None) -> bool:
    return any(map(str.isalnum, text or ""))


def is_inline(node: Node) -> bool:
    """Whether a line goes on through it."""
    return isinstance(node, Text) or node.tag in _INLINE


def read_lines(nodes: Iterable[Node]) -> list[Line]:
    reader = _Reader()
    for node in nodes:
        if isinstance(node, Text):
            reader.add(node.text, node.owner, None)
        else:
            reader.read(node)
    reader.end_line()
    return reader.lines


def text_of(line: Sequence[Piece]) -> str:
    return squeeze("".join(piece.text for piece in line))


def text_of_nodes(nodes: Iterable[Node]) -> str:
    return " ".join(text_of(line) for line in read_lines(nodes))


def elements_of(nodes: Iterable[Node]) -> list[Any]:
    return [node for node in nodes if not isinstance(node, Text)]


def iter_links(nodes: Iterable[Node]) -> Iterator[Any]:
    for element in elements_of(nodes):
        yield from element.iter("a")


@dataclass(slots=True)
class _Reader:
    lines: list[Line] = field(default_factory=list)
    line: Line = field(default_factory=list)

    def read(self, top: Any) -> None:
        links: list[Any] = []
        for event, element in etree.iterwalk(top, events=("start", "end")):
            if element.tag not in _INLINE:
                self.end_line()
            if element.tag == "a" and event == "start":
                links.append(element)
            elif element.tag == "a":
                links.pop()
            text, owner = (element.text, element) if event == "start" else (element.tail, element.getparent())
            if element is not top or event == "start":
                self.add(text, owner, links[-1] if links else None)

    def add(self, text: str | None, owner: Any, link: Any | None) -> None:
        if text:
            self.line.append(Piece(text, owner, link))

    def end_line(self) -> None:
        if text_of(self.line):
            self.lines.append(self.line)
        self.line = []
