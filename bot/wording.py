"""Pieces that sentences take in: lists of names, lengths of time. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from bot.locales import Translator
from bot.outside import show

#: How many names a sentence lists before it says how many more there are.
NAMES = 8


def join_names(names: Sequence[str], _: Translator) -> str:
    """The names as a list in a sentence; a long one ends in how many more there are."""
    shown = [show(name, 60) for name in names[:NAMES]]
    more = len(names) - len(shown)
    if more:
        shown.append(_.plural("{n} more", "{n} more", more))
    return _.join(shown)


def count_days(length: timedelta, _: Translator) -> str:
    """A length of time in whole days, one at least."""
    return _.plural("{n} day", "{n} days", max(1, round(length / timedelta(days=1))))
