"""The rules by which a source is read, as they are stored: CSS selectors by name. It knows no page."""

from collections.abc import Mapping
from typing import NamedTuple

#: What the names of rules for articles' pages begin with, where they stand among those for a list.
ARTICLE = "article_"


class Rules(NamedTuple):
    """Selectors by name: of a page that lists news, and of the pages that it leads to."""

    listing: dict[str, str]
    article: dict[str, str]


def split_rules(rules: Mapping[str, str]) -> Rules:
    listing = {name: selector for name, selector in rules.items() if not name.startswith(ARTICLE)}
    article = {name.removeprefix(ARTICLE): rules[name] for name in rules if name not in listing}
    return Rules(listing, article)


def join_rules(listing: Mapping[str, str], article: Mapping[str, str]) -> dict[str, str]:
    return {**listing, **{f"{ARTICLE}{name}": selector for name, selector in article.items()}}
