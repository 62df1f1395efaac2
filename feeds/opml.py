"""Reads and writes lists of feeds (OPML), however broken; bytes in, values out, and the other way round.

It fetches nothing and resolves no entity: the bytes are read as a web page is, not as XML with a DTD.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from lxml import etree

from feeds.clean import drop_controls, shorten, squeeze
from feeds.decode import decode
from feeds.errors import ParseError
from feeds.links import LONGEST_URL, normalise_link, web_url

_LONGEST_NAME = 200
_LONGEST_TOPIC = 80
#: How some programs mark the address of a feed.
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)|feed:(?=//)", re.IGNORECASE)


class Outline(NamedTuple):
    """One feed of a list. `topic` is the name of the innermost folder it stands in, or empty."""

    title: str
    url: str
    topic: str = ""


class Skipped(NamedTuple):
    """What stands in the list and cannot be watched, and why."""

    title: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opml:
    """A list of feeds, each once, in the order of the file."""

    outlines: tuple[Outline, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def parse_opml(body: bytes) -> Opml:
    """What can be read of the list, with a reason for each that cannot. Raises ParseError where there is none."""
    elements = _find_outlines(drop_controls(decode(body)).encode())
    if not elements:
        raise ParseError("no OPML")
    outlines: dict[str, Outline] = {}
    skipped: list[Skipped] = []
    for element in elements:
        if _is_folder(element):
            continue
        outline = Outline(_get_title(element), _get_address(element), _get_topic(element))
        key = normalise_link(outline.url) or outline.url
        if reason := "twice in the file" if key in outlines else _refuse(outline.url):
            skipped.append(Skipped(outline.title, outline.url, reason))
        else:
            outlines[key] = outline
    return Opml(tuple(outlines.values()), tuple(skipped))


def render_opml(outlines: Iterable[Outline], title: str = "loa") -> bytes:
    """The list as OPML 2.0, a folder for each topic; the order within a topic is kept."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = squeeze(title)
    body = etree.SubElement(root, "body")
    for topic, group in groupby(sorted(outlines, key=lambda outline: outline.topic), lambda outline: outline.topic):
        folder = etree.SubElement(body, "outline", text=squeeze(topic)) if topic else body
        for outline in group:
            name = squeeze(outline.title) or outline.url
            etree.SubElement(folder, "outline", type="rss", text=name, title=name, xmlUrl=squeeze(outline.url))
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _find_outlines(body: bytes) -> list[Any]:
    """The HTML parser knows every entity, bare ampersands and attributes without quotes; XML's is the second try."""
    for parser in (
        etree.HTMLParser(encoding="utf-8", recover=True, huge_tree=True),
        etree.XMLParser(
            encoding="utf-8", recover=True, huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False
        ),
    ):
        root = etree.fromstring(body, parser) if body.strip() else None
        if root is not None and (found := list(root.iter("outline"))):
            return found
    return []


def _is_folder(element: Any) -> bool:
    return not _get(element, "xmlurl") and element.find("outline") is not None


def _get_title(element: Any) -> str:
    return shorten(_get(element, "title") or _get(element, "text"), _LONGEST_NAME)


def _get_address(element: Any) -> str:
    return _FEED_SCHEME.sub(_name_scheme, _get(element, "xmlurl"), count=1)


def _name_scheme(match: re.Match[str]) -> str:
    """`feed:https://…` is the address behind it, `feed://…` an http one."""
    return "http:" if match[0].lower() == "feed:" and match.string[match.end() :].startswith("//") else ""


def _get_topic(element: Any) -> str:
    """The innermost folder with a name; without one, the last part of the first category that the outline names."""
    folders = (_get_title(folder) for folder in element.iterancestors("outline") if not _get(folder, "xmlurl"))
    category = _get(element, "category").split(",")[0].rstrip("/").rpartition("/")[2]
    return shorten(next(filter(None, folders), squeeze(category)), _LONGEST_TOPIC)


def _refuse(url: str) -> str:
    """Why an address cannot be watched; nothing if it can."""
    if not url:
        return "it names no feed"
    if len(url) > LONGEST_URL:
        return "the address is too long"
    return "" if web_url(url, "") else "only http and https addresses are fetched"


def _get(element: Any, name: str) -> str:
    """An attribute, whatever the case of its name."""
    return squeeze(next(_find_attribute(element, name), ""))


def _find_attribute(element: Any, name: str) -> Iterator[str]:
    return (str(value) for key, value in element.attrib.items() if str(key).lower() == name)
