"""Reads the news that a page lists, by rules, and finds such rules by itself; a page in, entries out; never fetches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urljoin

from lxml import etree

from db.text import syllables
from feeds.blocks import parse_html
from feeds.candidates import FEWEST_ITEMS, MOST_ITEMS, Candidate, list_candidates, list_links
from feeds.charset import decode_page
from feeds.clean import shorten, squeeze
from feeds.errors import LayoutError, PageError
from feeds.items import Context, Found, read_item
from feeds.links import normalise_link
from feeds.pagekind import REASONS, PageKind, describe_tree
from feeds.regions import cut_regions
from feeds.rules import PageRules, select
from feeds.selectors import is_exact, propose, propose_within
from feeds.types import Entry, Feed, Page

_UNSEEN = (etree.Comment, etree.ProcessingInstruction, "script", "style", "noscript", "template", "svg")
_MOST_CANDIDATES = 12
_MOST_GAIN = 3.0  # what reading its items can add to a block's score
_LONGEST_TITLE = 60  # syllables
_NAME_LENGTH = 120


class Listing(NamedTuple):
    """The news a page lists, in its order, and the rules that read it."""

    rules: PageRules
    entries: tuple[Entry, ...]


def read_listing(page: Page, rules: PageRules, now: datetime) -> tuple[Entry, ...]:
    """What the rules find, in the page's order, each address once. Raises RulesError."""
    rules.check()
    root = parse_page(page)
    if root is None:
        return ()
    context = _get_context(root, page, now)
    return tuple(_select(root, rules, context))


def parse_listing(page: Page, rules: PageRules, now: datetime) -> Feed:
    """The page as if it were a feed. Raises LayoutError when it was redesigned (N16), PageError when it is another."""
    entries = read_listing(page, rules, now)
    if not entries and (kind := describe_page(page)) not in (PageKind.LIST, PageKind.EMPTY):
        raise PageError(REASONS[kind], kind=kind)
    check_layout(entries)
    return Feed(title=read_name(page), entries=entries)


def check_layout(entries: Sequence[Entry]) -> None:
    """Raises LayoutError when rules found nothing, or what can be no news: one giant item, links without titles."""
    if not entries:
        raise LayoutError("the rules find no news on the page", kind=PageKind.LIST)
    giants = [entry for entry in entries if len(syllables(entry.title)) > _LONGEST_TITLE]
    if 2 * len(giants) >= len(entries):
        raise LayoutError("the rules take the whole page for one item", kind=PageKind.LIST)
    if len(entries) > 2 and len({entry.title for entry in entries}) == 1:
        raise LayoutError("the rules find the same title for every item", kind=PageKind.LIST)


def find_listing(page: Page, now: datetime) -> Listing | None:
    """The list of news on a page and the rules to read it again; None when there is none."""
    root = parse_page(page)
    if root is None:
        return None
    context = _get_context(root, page, now)
    links = list_links(root, context)
    others = {element for link in links for element in (link.element, *link.element.iterancestors())}
    for found in _rank(list_candidates(root, links), context):
        if rules := _write_rules(root, found, others, context):
            return Listing(rules, tuple(one.entry for one in found))
    return None


def describe_page(page: Page) -> PageKind:
    """What a page is that seems to list no news; LIST when it does."""
    root = parse_html(decode_page(page.body, page.content_type))
    return PageKind.EMPTY if root is None else describe_tree(root)


def read_name(page: Page) -> str:
    """What the page calls itself: its title, or else its site's name; may be empty."""
    root = parse_page(page)
    if root is None:
        return ""
    metas = {meta.get("property") or meta.get("name"): meta.get("content", "") for meta in root.iter("meta")}
    names = (root.xpath("string(//title)"), metas.get("og:title", ""), metas.get("og:site_name", ""))
    return shorten(next((name for name in map(squeeze, names) if name), ""), _NAME_LENGTH)


def parse_page(page: Page) -> Any:
    """The page's tree without what nobody sees, or None."""
    root = parse_html(decode_page(page.body, page.content_type))
    if root is not None:
        etree.strip_elements(root, *_UNSEEN, with_tail=False)
    return root


def get_base(root: Any, page: Page) -> str:
    """What the page's relative links are relative to."""
    try:
        return urljoin(page.url, squeeze(next((base.get("href", "") for base in root.iter("base")), "")))
    except ValueError:
        return page.url


def _get_context(root: Any, page: Page, now: datetime) -> Context:
    return Context(get_base(root, page), page.url, now)


def _select(root: Any, rules: PageRules, context: Context) -> list[Entry]:
    items = _outermost(select(root, rules.item, "item"))[:MOST_ITEMS]
    return [found.entry for found in _read(items, rules, context)]


def _outermost(elements: Sequence[Any]) -> list[Any]:
    """Without those that lie within another of them."""
    chosen = set(elements)
    return [element for element in elements if not any(around in chosen for around in element.iterancestors())]


def _read(items: Sequence[Any], rules: PageRules, context: Context) -> list[Found]:
    """Each address once. What has no title of its own belongs to the item before it."""
    alone = cut_regions(items, context.now)
    titled = [r.element for r in alone if read_item(r._replace(nodes=[r.element]), rules, context)]
    by_link: dict[str, Found] = {}
    for found in filter(None, (read_item(region, rules, context) for region in cut_regions(titled, context.now))):
        by_link.setdefault(normalise_link(found.entry.url), found)
    return list(by_link.values())


def _rank(candidates: Sequence[Candidate], context: Context) -> list[list[Found]]:
    """The items of the blocks that could be the list, best block first; those that could not win are not read."""
    read: list[tuple[float, list[Found]]] = []
    best = 0.0
    for candidate in candidates[:_MOST_CANDIDATES]:
        if candidate.score * _MOST_GAIN <= best:
            break
        found = _read(_outermost(candidate.elements), PageRules(""), context)
        read.append((_judge(candidate, found), found))
        best = max(best, read[-1][0])
    return [found for score, found in sorted(read, key=lambda pair: -pair[0]) if score]


def _judge(candidate: Candidate, found: Sequence[Found]) -> float:
    """How much a block looks like the page's list, now that its items were read."""
    entries = [one.entry for one in found]
    if len(entries) < FEWEST_ITEMS or len({entry.title for entry in entries}) < FEWEST_ITEMS:
        return 0.0
    dated = sum(one.date is not None or one.entry.published_at is not None for one in found) / len(entries)
    told = sum(bool(entry.description) for entry in entries) / len(entries)
    whole = sum(_holds_all(one) for one in found) / len(entries)
    return candidate.score * (1 + dated + 0.8 * told + 0.2 * whole)


def _holds_all(found: Found) -> bool:
    """Whether the parts stand within the item's element, not beside it."""
    parts = [part for part in (found.date, found.teaser) if part is not None]
    return all(part is found.region.element or found.region.element in part.iterancestors() for part in parts)


def _write_rules(root: Any, found: Sequence[Found], others: set[Any], context: Context) -> PageRules | None:
    """Rules that read the same from the page; a part that needs no rule, or has none that holds, gets none."""
    elements = [one.region.element for one in found]
    entries = [one.entry for one in found]
    proposed = (selector for selector in propose(elements) if is_exact(root, selector, elements, others))
    item = next((selector for selector in proposed if _select(root, PageRules(selector), context) == entries), None)
    if item is None:
        return None
    rules = PageRules(item)
    for part in ("title", "date", "teaser"):
        places = [(getattr(one, part), one.region) for one in found if getattr(one, part) is not None]
        tops = [node for _, region in places for node in region.nodes]
        for selector in propose_within([element for element, _ in places], tops):
            more = replace(rules, **{part: selector})
            if _select(root, more, context) == entries:
                rules = more
                break
    return rules
