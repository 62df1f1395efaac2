"""Tells what stands beside an article: talk, other news, bylines, tools; by the names its page gives them."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from feeds.blocks import Block, get_look, is_prose

_TALK = re.compile(
    r"\bcomments?(?:[-_]?(?:list|area|section|wrap\w*|box|form|thread|body|text))?\b|disqus|respond\b|binh-?luan"
)
_BESIDE = re.compile(
    r"related|recirc|recommend|promo|newsletter|subscri|sign-?up|social|\bshar(?:e|ing)\b|share-?(?:bar|box|tools|links)"
    r"|byline|author|dateline|time-?stamp|pub-?date|published|posted-?on|\bmeta\b"
    r"|(?:post|entry|article)[-_]+(?:meta|info|date|footer|header)"
    r"|advert|\bads?\b|sponsor|\bdfp|sidebar|side-bar|widget|\brail\b|popular|trending|most-?read"
    r"|\btags?\b|tag-?list|keywords|\bfooter|\bnav|\bmenu|toolbar|\bprint|cookie|gdpr|paywall|modal|popup"
    r"|sr-only|screen-reader|visually-hidden|pagination|pager|read-?more|see-?also|\bpoll\b|playlist|player|\bbio\b"
    r"|tin-?(?:khac|lien-?quan|cung)"
)
_PICTURED = re.compile(r"caption|credit|gallery|slideshow|carousel")


class Asides:
    """Judges the elements of one page. A part with its heading, or with most of its text, is no aside."""

    def __init__(self, blocks: list[Block]) -> None:
        self._sizes: Counter[Any] = Counter()
        self._headed: set[Any] = set()
        for block in blocks:
            path = (block.owner, *block.owner.iterancestors())
            if block.owner.tag == "h1":
                self._headed.update(path)
            if is_prose(block):
                self._sizes.update(dict.fromkeys(path, len(block.text)))
        self._most = max(self._sizes.values(), default=0) / 2
        self._known: dict[Any, bool] = {}
        self._captions: dict[Any, bool] = {}

    def holds(self, element: Any) -> bool:
        """Whether the element is an aside or lies in one."""
        return _judge(element, self._known, self._is_aside)

    def holds_caption(self, element: Any) -> bool:
        """Whether the element is what the page calls a caption or a gallery, or lies in one."""
        return _judge(element, self._captions, self._is_caption)

    def _is_aside(self, element: Any) -> bool:
        look = get_look(element)
        if element in self._headed or not look.strip():
            return False
        return bool(_TALK.search(look) or (self._sizes[element] <= self._most and _BESIDE.search(look)))

    def _is_caption(self, element: Any) -> bool:
        is_named = element.tag == "figcaption" or _PICTURED.search(get_look(element)) is not None
        return is_named and element not in self._headed and self._sizes[element] <= self._most


def _judge(element: Any, known: dict[Any, bool], is_one: Callable[[Any], bool]) -> bool:
    path = []
    while element is not None and element not in known:
        path.append(element)
        element = element.getparent()
    is_within = element is not None and known[element]
    for one in reversed(path):
        is_within = known[one] = is_within or is_one(one)
    return is_within
