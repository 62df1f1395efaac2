"""The rules by which a source's pages are read: CSS selectors. It applies one; it judges nothing found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from feeds.errors import RulesError

_TBODY = re.compile(r"\btbody\s*>\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageRules:
    """`item` selects each piece of news; the others look within it, and beside it up to the next one.

    What is empty is found by itself: a title that is a link, a stamp, a teaser.
    """

    item: str
    title: str = ""
    date: str = ""
    teaser: str = ""

    def check(self) -> None:
        """Raises RulesError when one of them is no CSS selector, or no item is named."""
        for rule in fields(self):
            selector = getattr(self, rule.name)
            if selector or rule.name == "item":
                _compile(selector, rule.name)


def check_article_rules(rules: Mapping[str, str]) -> None:
    """The selectors for articles' pages, by name. Raises RulesError when one of them is no CSS selector."""
    for name, selector in rules.items():
        if selector:
            _compile(selector, f"article_{name}")


def select(root: Any, selector: str, rule: str) -> list[Any]:
    """The element itself and those within it that match, in their order. Raises RulesError.

    A `tbody` that only a browser added, and whoever copied the selector from it, is passed over.
    """
    found: list[Any] = _compile(selector, rule)(root)
    bare = _TBODY.sub("", selector)
    return found if found or bare == selector else select(root, bare, rule)


def select_first(tops: Sequence[Any], selector: str, rule: str) -> Any | None:
    """The first match in any of the elements. Raises RulesError."""
    return next((found[0] for top in tops if (found := select(top, selector, rule))), None)


@lru_cache(maxsize=1024)
def _compile(selector: str, rule: str) -> etree.XPath:
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(selector, prefix="descendant-or-self::"))
    except (SelectorError, etree.XPathSyntaxError, ValueError, RecursionError) as error:
        raise RulesError(rule, selector) from error
