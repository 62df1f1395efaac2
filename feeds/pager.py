"""Finds the way from one page of a list to the next: links, numbers, and forms of ASP.NET; never fetches."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any
from urllib.parse import urlsplit

from db.text import fold
from feeds.blocks import get_look
from feeds.clean import squeeze
from feeds.links import normalise_link, web_url
from feeds.listing import get_base, parse_page
from feeds.types import Page

_NEXT = re.compile(
    r"\W*(?:(?:trang|xem|bai|tin)?\s*(?:sau|tiep|tiep theo|ke tiep|ke)|next(?: page)?|older(?: posts)?|cu hon)\W*|>|›"
)
_MORE = re.compile(
    r"\W*(?:xem|tai|hien thi|doc)\s+(?:them|tiep)(?: (?:tin|tin tuc|bai viet|noi dung))?\W*|load more\W*"
)
_PAGED = re.compile(
    r"(?:[?&/](?:page|trang|p|pg|paged|pageindex|pageno|pagenumber|currentpage|cp|so-?trang)|[-_](?:trang|page|p))"
    r"[=/_-]?(\d{1,5})(?=\D|$)"
)
_OFFSET = re.compile(r"[?&](?:start|offset|limitstart|from|skip)=\d")
_POSTBACK = re.compile(r"""(?:__doPostBack|WebForm_PostBackOptions)\(\s*(["'])(.*?)\1\s*,\s*(["'])(.*?)\3""")
_PAGER_LOOK = re.compile(r"pag(?:e|ing|in|ination|er)|phan-?trang|so-?trang|nav-?links|numbers?\b")
_PAGER_WORD = re.compile(r"\btrang\b|\bpage\b")
_UNSENT = {"submit", "button", "image", "reset", "file", "checkbox", "radio"}
_CLIMB = 4
_PAGER_LENGTH = 160
_ENOUGH = 2
_MOST_LINKS = 100


@dataclass(frozen=True, slots=True)
class NextPage:
    """How to ask for a page: an address, with a form when it takes a POST. `number` counts from 1."""

    url: str
    number: int
    form: Mapping[str, str] | None = None

    @property
    def key(self) -> str:
        """Tells two pages apart. Forms that ask for the next one look alike, so their number counts."""
        address = normalise_link(self.url) or self.url
        return address if self.form is None else f"{address} {self.number}"

    def to_token(self) -> dict[str, Any]:
        """What JSON can hold, to go on later."""
        return {"url": self.url, "number": self.number, "form": dict(self.form) if self.form is not None else None}

    @classmethod
    def from_token(cls, token: Mapping[str, Any]) -> "NextPage":
        return cls(token["url"], token["number"], token["form"])


@dataclass(frozen=True, slots=True)
class _View:
    """A page on which the next one is looked for."""

    root: Any
    base: str
    url: str
    number: int

    def get_url(self, href: str) -> str:
        """An address on the same host that is another page, or nothing."""
        url = web_url(href, self.base) if href and not href.startswith("#") else ""
        is_home = url and _host(url) == _host(self.url)
        return url if is_home and normalise_link(url) != normalise_link(self.url) else ""


def find_next(page: Page, number: int) -> NextPage | None:
    """The page after this one, which is number `number`; None on the last. It is on the same host."""
    root = parse_page(page)
    if root is None:
        return None
    view = _View(root, get_base(root, page), page.url, number)
    ways = (_find_declared, _find_numbered, _find_worded, _find_button)
    return next((found for way in ways if (found := way(view))), None)


def _find_declared(view: _View) -> NextPage | None:
    """By `rel=next`."""
    for element in view.root.iter("link", "a"):
        if "next" in element.get("rel", "").lower().split() and (url := view.get_url(element.get("href", ""))):
            return NextPage(url, view.number + 1)
    return None


def _find_numbered(view: _View) -> NextPage | None:
    """By its number, where it stands in what looks most like a pager."""
    best, way = 0, None
    for anchor in islice(_iter_numbered(view), _MOST_LINKS):
        score = _judge(anchor, view)
        if score > best and score >= _ENOUGH and (found := _follow(anchor, view)):
            best, way = score, found
    return way


def _iter_numbered(view: _View) -> Iterator[Any]:
    number = view.number + 1
    for anchor in view.root.iter("a"):
        if _text_of(anchor).strip("[](). ") == str(number) or _asks_for(anchor, number):
            yield anchor


def _asks_for(anchor: Any, number: int) -> bool:
    """Whether its form asks for that page, whatever its words are: the `…` of ASP.NET."""
    postback = _POSTBACK.search(anchor.get("href", ""))
    return postback is not None and postback[4] == f"Page${number}"


def _judge(anchor: Any, view: _View) -> int:
    href = anchor.get("href", "")
    paged = _PAGED.search(href.lower())
    score = 0
    if "Page$" in href or _OFFSET.search(href) or (paged and int(paged[1]) in (view.number, view.number + 1)):
        score += 3
    around = [one for _, one in zip(range(_CLIMB), anchor.iterancestors(), strict=False)]
    score += 2 * any(_PAGER_LOOK.search(get_look(one)) for one in (anchor, *around))
    small = list(takewhile(_is_small, around))
    score += 2 * any(_PAGER_WORD.search(fold(_text_of(one))) for one in small)
    return score + any(_names_current(one, view.number) for one in small)


def _is_small(element: Any) -> bool:
    """Whether it holds a pager at most."""
    texts = list(islice(element.itertext(), _PAGER_LENGTH))
    return len(texts) < _PAGER_LENGTH and len(squeeze("".join(texts))) <= _PAGER_LENGTH


def _names_current(element: Any, number: int) -> bool:
    """Whether the number of this page stands there, and is no link."""
    mark = str(number)
    texts = element.xpath(".//text()[not(ancestor::a)] | .//a[not(@href)]//text()")
    return any(mark in re.findall(r"\d+", text) for text in texts)


def _find_worded(view: _View) -> NextPage | None:
    """By `Trang sau`, `Tiếp`, `Xem thêm`: the last on the page, and only where it leads to a page of numbers."""
    found = None
    for anchor in view.root.iter("a", "button"):
        text = fold(_text_of(anchor) or squeeze(anchor.get("title") or anchor.get("aria-label") or ""))
        if _NEXT.fullmatch(text) or _MORE.fullmatch(text):
            found = (_follow(anchor, view) if _leads_on(anchor, view) else None) or found
    return found


def _leads_on(anchor: Any, view: _View) -> bool:
    href = _target(anchor)
    if _POSTBACK.search(href):
        return True
    paged = _PAGED.search(href.lower())
    if paged:
        return int(paged[1]) >= view.number
    return bool(_OFFSET.search(href)) or "next" in get_look(anchor) or "pag" in get_look(anchor.getparent())


def _target(anchor: Any) -> str:
    names = ("href", "data-url", "data-href", "data-next")
    return next((value for name in names if (value := anchor.get(name, "")) and value != "#"), "")


def _follow(anchor: Any, view: _View) -> NextPage | None:
    target = _target(anchor)
    if postback := _POSTBACK.search(target):
        fields = {"__EVENTTARGET": postback[2], "__EVENTARGUMENT": postback[4]}
        return _send_form(anchor, fields, view)
    url = view.get_url(target)
    return NextPage(url, view.number + 1) if url else None


def _find_button(view: _View) -> NextPage | None:
    """A button of a form that says so."""
    for button in view.root.iter("input"):
        text = fold(squeeze(button.get("value", "")))
        if button.get("type", "").lower() == "submit" and (_NEXT.fullmatch(text) or _MORE.fullmatch(text)):
            fields = {button.get("name", ""): button.get("value", "")}
            if button.get("disabled") is None and (found := _send_form(button, fields, view)):
                return found
    return None


def _send_form(element: Any, fields: Mapping[str, str], view: _View) -> NextPage | None:
    """The form around the element, with all that a browser would send along."""
    form = next(element.iterancestors("form"), None)
    form = next(view.root.iter("form"), None) if form is None else form
    if form is None or form.get("method", "").lower() != "post":
        return None
    url = web_url(form.get("action", "").strip() or view.url, view.base)
    if _host(url) != _host(view.url):
        return None
    return NextPage(url, view.number + 1, {**dict(_list_fields(form)), **fields})


def _list_fields(form: Any) -> Iterator[tuple[str, str]]:
    for field in form.iter("input", "select", "textarea"):
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        if field.tag == "textarea":
            yield name, field.text or ""
        elif field.tag == "select":
            yield from _read_choice(name, field)
        elif field.get("type", "text").lower() not in _UNSENT or field.get("checked") is not None:
            yield name, field.get("value", "")


def _read_choice(name: str, field: Any) -> Iterator[tuple[str, str]]:
    options = list(field.iter("option"))
    chosen = next((option for option in options if option.get("selected") is not None), options[0] if options else None)
    if chosen is not None:
        yield name, chosen.get("value", squeeze(chosen.text or ""))


def _text_of(element: Any) -> str:
    return squeeze("".join(element.itertext()))


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
