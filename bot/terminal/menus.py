"""Which number stands for which button in one chat of the terminal. It presses none."""

from typing import NamedTuple

from bot.message import Button, Message

#: After this number the buttons are counted from 1 again, in place of the oldest ones.
HIGHEST = 99


class _Place(NamedTuple):
    """A button and the first number of the menu it stands in."""

    button: Button
    first: int
    size: int


class Menus:
    """Buttons keep their numbers while they can be seen: a push that comes between takes other numbers."""

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}
        self._next = 1

    def add(self, message: Message, *, instead_of: int | None = None) -> int:
        """Number the buttons of a message; returns the first number. An edited menu of equal size keeps its numbers."""
        buttons = [button for row in message.buttons for button in row]
        first = self._get_first(len(buttons), instead_of)
        for number, button in enumerate(buttons, start=first):
            self._places[number] = _Place(button, first, len(buttons))
        return first

    def get(self, number: int) -> Button | None:
        place = self._places.get(number)
        return place.button if place else None

    def find(self, button: Button) -> int | None:
        """The newest number of a button like this."""
        found = [number for number, place in self._places.items() if place.button == button]
        return max(found, key=self._get_age, default=None)

    def _get_age(self, number: int) -> int:
        return number if number < self._next else number - HIGHEST

    def _get_first(self, count: int, instead_of: int | None) -> int:
        old = self._places.get(instead_of) if instead_of is not None else None
        if old is not None and old.size == count:
            return old.first
        first = self._next if self._next + count - 1 <= HIGHEST else 1
        self._next = first + count
        return first
