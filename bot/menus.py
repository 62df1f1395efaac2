"""Which number stands for which button in one chat, where a platform has none to press. It presses none."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from bot.message import Button, Message
from db.text import syllables

#: After this number the buttons are counted from 1 again, in place of the oldest ones.
HIGHEST = 99
#: A number works for so long, where time is kept.
KEPT = timedelta(days=7)
#: So long after a menu was shown its words choose, too; later they are words like others.
FRESH = timedelta(minutes=15)

_NUMBER = re.compile(r"\s*\[?([0-9]{1,2})[\].)]?\s*")


class Unclear(StrEnum):
    """Why a choice cannot be made."""

    GONE = "gone"  #: no button has this number, or its menu is too old
    SEVERAL = "several"  #: menus that were just shown have these words, for different things


class _Place(NamedTuple):
    """A button, the first number of the menu it stands in and its size, and when it was shown, in seconds."""

    button: Button
    first: int
    size: int
    shown_at: float


class Menus:
    """Buttons keep their numbers while they can be seen: a push that comes between takes other numbers."""

    def __init__(self, choices: Mapping[str, Any] | None = None, next_number: int = 1) -> None:
        """`choices` are as `dump` gives them."""
        rows = (choices or {}).items()
        self._places = {int(number): _Place(Button(*row[:2]), *row[2:]) for number, row in rows}
        self.next = next_number

    def dump(self) -> dict[str, Any]:
        """Fit for JSON."""
        return {str(number): [*_words(place.button), *place[1:]] for number, place in self._places.items()}

    def add(self, message: Message, *, instead_of: int | None = None, now: datetime | None = None) -> int:
        """Number the buttons of a message; returns the first number. An edited menu of equal size keeps its numbers."""
        buttons = [button for row in message.buttons for button in row]
        first = self._get_first(len(buttons), instead_of)
        shown_at = now.timestamp() if now else 0.0
        for number, button in enumerate(buttons, start=first):
            self._places[number] = _Place(button, first, len(buttons), shown_at)
        return first

    def get(self, number: int) -> Button | None:
        place = self._places.get(number)
        return place.button if place else None

    def find(self, button: Button) -> int | None:
        """The newest number of a button like this."""
        found = [number for number, place in self._places.items() if place.button == button]
        return max(found, key=self._get_age, default=None)

    def choose(self, typed: str, now: datetime) -> int | Unclear | None:
        """The number of the button that is meant, by its number or words; None for what is no choice."""
        number = parse_number(typed)
        if number is not None:
            place = self._places.get(number)
            is_there = place is not None and now.timestamp() - place.shown_at <= KEPT.total_seconds()
            return number if is_there else Unclear.GONE
        return self._find_words(typed, now)

    def _find_words(self, typed: str, now: datetime) -> int | Unclear | None:
        """Words choose from the newest menu alone, unless others that were just shown have them too."""
        wanted, since = syllables(typed), now.timestamp() - FRESH.total_seconds()
        fresh = {number: place for number, place in self._places.items() if place.shown_at >= since}
        named = {number: place for number, place in fresh.items() if syllables(place.button.label) == wanted}
        newest = max(fresh, key=lambda number: (fresh[number].shown_at, self._get_age(number)), default=None)
        if not wanted or newest is None or fresh[newest].first not in {place.first for place in named.values()}:
            return None
        if len({place.button.action for place in named.values()}) > 1:
            return Unclear.SEVERAL
        return max(named, key=self._get_age)

    def _get_age(self, number: int) -> int:
        return number if number < self.next else number - HIGHEST

    def _get_first(self, count: int, instead_of: int | None) -> int:
        old = self._places.get(instead_of) if instead_of is not None else None
        if old is not None and old.size == count:
            return old.first
        first = self.next if self.next + count - 1 <= HIGHEST else 1
        self.next = first + count
        return first


def parse_number(typed: str) -> int | None:
    """The number of a button, such as `2`, `2.` or `[2]`; None where it is none, such as `2026`."""
    found = _NUMBER.fullmatch(typed)
    return int(found[1]) if found and found[1].isascii() and int(found[1]) <= HIGHEST else None


def _words(button: Button) -> tuple[str, str]:
    return button.label, button.action
