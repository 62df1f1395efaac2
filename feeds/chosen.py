"""Applies a source's own rules to an article's page: which parts they name; what they do not find is left to others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feeds.clean import squeeze
from feeds.published import parse_printed
from feeds.rules import select
from feeds.types import ArticleRules


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the rules found; nothing where there are none."""

    title: str = ""
    lead: str = ""
    published_at: datetime | None = None
    titles: frozenset[Any] = frozenset()
    leads: frozenset[Any] = frozenset()
    body: frozenset[Any] = frozenset()


def apply_rules(root: Any, rules: ArticleRules) -> Chosen:
    """Takes out of the tree what is to be removed, then looks. Raises RulesError for what is no CSS selector."""
    for element in _select(root, rules, "remove"):
        element.clear(keep_tail=True)
    titles, leads = _select(root, rules, "title")[:1], _select(root, rules, "lead")
    return Chosen(
        title=_words(titles),
        lead=_words(leads),
        published_at=next(filter(None, map(_read_stamp, _select(root, rules, "date"))), None),
        titles=_within(titles),
        leads=_within(leads),
        body=_within(_select(root, rules, "body")),
    )


def _select(root: Any, rules: ArticleRules, name: str) -> list[Any]:
    selector = getattr(rules, name)
    return select(root, selector, name) if selector else []


def _words(elements: Iterable[Any]) -> str:
    return squeeze(" ".join(word for element in elements for word in element.itertext()))


def _read_stamp(element: Any) -> datetime | None:
    stamps = (element.get("datetime", ""), element.get("content", ""), "".join(element.itertext()))
    return next(filter(None, map(parse_printed, map(squeeze, stamps))), None)


def _within(elements: Iterable[Any]) -> frozenset[Any]:
    return frozenset(inner for element in elements for inner in element.iter())
