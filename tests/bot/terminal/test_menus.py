"""Numbers that stand for buttons."""

from bot.message import Button, Message, say
from bot.terminal.menus import HIGHEST, Menus


def make_menu(*actions: str) -> Message:
    return say("menu").with_buttons([Button(action, action) for action in actions])


def test_a_push_in_between_leaves_the_numbers_of_an_older_menu() -> None:
    menus = Menus()
    assert menus.add(make_menu("approve", "refuse")) == 1
    assert menus.add(make_menu("mute")) == 3
    assert menus.get(1) == Button("approve", "approve")
    assert menus.get(3) == Button("mute", "mute")


def test_there_is_no_button_where_none_was_shown() -> None:
    assert Menus().get(1) is None


def test_an_edited_menu_of_equal_size_keeps_its_numbers() -> None:
    menus = Menus()
    menus.add(make_menu("follow:1", "follow:2"))
    menus.add(make_menu("mute"))
    assert menus.add(make_menu("mute:1", "follow:2"), instead_of=2) == 1
    assert menus.get(1) == Button("mute:1", "mute:1")


def test_an_edited_menu_of_another_size_gets_new_numbers() -> None:
    menus = Menus()
    menus.add(make_menu("one", "two"))
    assert menus.add(make_menu("one"), instead_of=1) == 3


def test_numbers_begin_again_and_the_newest_button_counts() -> None:
    menus = Menus()
    for _ in range(HIGHEST):
        menus.add(make_menu("mute"))
    assert menus.add(make_menu("a", "mute")) == 1
    assert menus.get(1) == Button("a", "a")
    assert menus.find(Button("mute", "mute")) == 2
    assert menus.find(Button("gone", "gone")) is None
