"""Finds the blocks of a page that repeat, and weighs how much each looks like its list of news; reads no item."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from db.text import fold, syllables
from feeds.clean import squeeze
from feeds.items import FEWEST, Context, get_link, is_more, text_of_element
from feeds.lines import read_lines, text_of
from feeds.links import normalise_link
from feeds.selectors import list_names

#: Items that make a list.
FEWEST_ITEMS = 3
#: Links that are looked at, and items that are read.
MOST_ITEMS = 300
_DEEPEST = 14
_ENOUGH = 12
_MOST_PLACES = 60
_WORDS = re.compile(r"[a-z]+")
_FRAME_TAGS = {"nav", "header", "footer", "aside", "select", "marquee"}
_FRAME_WORDS = (
    "menu nav navbar navigation header footer foot banner sidebar aside widget breadcrumb breadcrumbs pager pagination"
    " paging xemnhieu docnhieu noibat lienquan tinlienquan related hot slide slider carousel marquee partner partners"
    " ads quangcao tags lienket weblink most popular side topmenu megamenu ticker tinnong tinhot rightcolumn"
    " cotphai"
)
_FRAME = frozenset(_FRAME_WORDS.split())
_BAD_BOX = re.compile(
    r"(?:xem|doc) nhieu|nhieu nguoi|noi bat|tieu diem|lien quan|lien ket|quang cao|cung (?:chuyen muc|loai)|binh luan"
    r"|hoi dap|tin hot|tin nong"
)
_SIDE_BOX = re.compile(r"thong bao|van ban|tin moi|tin khac|moi nhat|video|thu vien|duong day|gop y|cong khai|lich ")
_STORY = re.compile(r"\d{3}|(?:\w+-){4}|[?&]\w*id=|\.(?:html?|aspx|vnp|chn|epi)\b", re.IGNORECASE)
_WIDTH = re.compile(r"^\s*(\d+)\s*(%|px)?\s*$")


class Link(NamedTuple):
    """A link of the page whose words could be a title."""

    element: Any
    url: str
    words: int


class Candidate(NamedTuple):
    """Elements that repeat, each with a title of its own, and how much they look like a list of news."""

    elements: tuple[Any, ...]
    score: float


def list_links(root: Any, context: Context) -> list[Link]:
    """The first links to pages of the same site whose words could be a title."""
    host = _get_site(context.page_url)
    links = []
    for anchor in root.iter("a"):
        url = get_link(anchor, context)
        if not url or _get_site(url) != host:
            continue
        text = text_of_element(anchor)
        if (words := len(syllables(text))) >= FEWEST and not is_more(text):
            links.append(Link(anchor, url, words))
        if len(links) == MOST_ITEMS:
            break
    return links


def list_candidates(root: Any, links: Sequence[Link]) -> list[Candidate]:
    """The best first."""
    inside: dict[Any, list[Link]] = defaultdict(list)
    groups: dict[object, dict[Any, None]] = defaultdict(dict)
    for link in links:
        for element in _climb(link.element):
            inside[element].append(link)
            for key in _list_keys(element):
                groups[key][element] = None
    kinds = dict.fromkeys(tuple(group) for group in groups.values() if len(group) >= FEWEST_ITEMS)
    title = fold(squeeze("".join(root.xpath("string(//title)"))))
    candidates = [Candidate(group, _weigh(group, inside, title)) for group in kinds]
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _climb(anchor: Any) -> Iterator[Any]:
    return islice(_iter_around(anchor), _DEEPEST)


def _iter_around(element: Any) -> Iterator[Any]:
    """It and what is around it, within the body."""
    return takewhile(lambda one: one.tag not in ("body", "html"), (element, *element.iterancestors()))


def _list_keys(element: Any) -> Iterator[object]:
    """What it has in common with its like: the parent, or the way there from the page's top."""
    name = next(iter(list_names(element)), "")
    parent = element.getparent()
    yield parent, element.tag
    yield parent, element.tag, name
    yield tuple((one.tag, next(iter(list_names(one)), "")) for one in (element, *element.iterancestors()))


def _weigh(group: Sequence[Any], inside: dict[Any, list[Link]], title: str) -> float:
    links = [link for element in group for link in inside[element]]
    urls = {normalise_link(link.url) for link in links}
    if len(urls) < FEWEST_ITEMS:
        return 0.0
    words = sum(link.words for link in links) / len(links)
    size = math.pow(min(len(urls), _ENOUGH), 0.6) * math.pow(min(max((words - 3) / 7, 0.05), 1.0), 1.3)
    crowd = math.pow(max(1.0, len(urls) / len(group)), 1.5)
    return size / crowd * _weigh_links(urls) * _weigh_places(group, title)


def _weigh_links(urls: set[str]) -> float:
    """Stories have long addresses, with numbers, of one pattern."""
    shapes = [url.count("/") for url in urls]
    alike = max(shapes.count(shape) for shape in shapes) / len(shapes)
    stories = sum(1 for url in urls if _STORY.search(url)) / len(urls)
    return (0.5 + 0.5 * stories) * (0.6 + 0.4 * alike)


def _weigh_places(group: Sequence[Any], title: str) -> float:
    """The mean of the boxes in which the elements stand, and less when these differ."""
    boxes: dict[Any, list[Any]] = defaultdict(list)
    crowds = Counter(around for element in group for around in element.iterancestors())
    for element in group:
        boxes[next((around for around in element.iterancestors() if crowds[around] > 1), None)].append(element)
    largest = sorted(boxes.values(), key=len, reverse=True)[:_MOST_PLACES]
    weights = [_weigh_place(box[0]) * _weigh_heading(box[0], title) for box in largest]
    mean = sum(weight * len(box) for weight, box in zip(weights, largest, strict=True)) / len(group)
    return mean * math.sqrt(min(weights) / max(weights))


def _weigh_place(element: Any) -> float:
    """Less in the frame of the page, or in a narrow column."""
    weight = 1.0
    for around in _iter_around(element):
        if around.tag in _FRAME_TAGS or _is_frame(around):
            weight *= 0.3
        if around.tag in ("td", "div", "table") and _is_narrow(around):
            weight *= 0.5
    return max(weight, 0.05)


def _is_frame(element: Any) -> bool:
    """By the words of its class and id; `has-sidebar` is none."""
    names = [*element.get("class", "").split(), element.get("id", "")]
    words = [_WORDS.findall(name.lower()) for name in names]
    return any(set(found) & _FRAME and not set(found) & {"has", "with", "no", "main", "content"} for found in words)


def _is_narrow(element: Any) -> bool:
    match = _WIDTH.match(element.get("width", ""))
    return match is not None and int(match[1]) < (35 if match[2] == "%" else 300)


def _weigh_heading(element: Any, title: str) -> float:
    heading = _get_heading(element)
    if not heading or heading in title:
        return 1.0
    if _BAD_BOX.search(heading):
        return 0.25
    return 0.5 if _SIDE_BOX.search(heading) else 1.0


def _get_heading(element: Any) -> str:
    """The short line above a block, folded."""
    for around in _iter_around(element):
        before = next((one for one in around.itersiblings(preceding=True) if text_of_element(one)), None)
        if before is not None:
            last = text_of(read_lines([before])[-1])
            return fold(last) if len(syllables(last)) <= 6 else ""
        if around.tag == "form" or (around.getparent().text or "").strip():
            return ""
    return ""


def _get_site(url: str) -> str:
    """The part of a host's name that a site's pages share."""
    parts = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    return ".".join(parts[-3:] if len(parts) > 2 and len(parts[-2]) <= 3 else parts[-2:])
