"""Numbers that stand for buttons."""

import json

from bot.menus import FRESH, HIGHEST, KEPT, Menus, Unclear
from bot.message import Button, Message, say
from tests.make import NOW


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


def test_a_number_or_the_words_choose() -> None:
    menus = Menus()
    menus.add(make_menu("Đồng ý", "Từ chối"), now=NOW)
    assert [menus.choose(typed, NOW) for typed in ("2", " [2] ", "2.", "tu choi", "🔕 TỪ CHỐI!")] == [2] * 5
    assert [menus.choose(typed, NOW) for typed in ("2026", "từ chối đơn", "", "²")] == [None] * 4


def test_an_old_menu_is_gone_and_its_words_are_words() -> None:
    """A6"""
    menus = Menus()
    menus.add(make_menu("Kinh tế"), now=NOW)
    assert menus.choose("kinh tế", NOW + FRESH) == 1
    assert menus.choose("kinh tế", NOW + 2 * FRESH) is None
    assert menus.choose("1", NOW + KEPT) == 1
    assert menus.choose("1", NOW + 2 * KEPT) is Unclear.GONE
    assert menus.choose("2", NOW) is Unclear.GONE


def test_words_that_two_menus_have_do_not_choose() -> None:
    menus = Menus()
    menus.add(say("A").with_buttons([Button("Duyệt", "approve:1")]), now=NOW)
    assert menus.choose("duyet", NOW) == 1
    menus.add(say("B").with_buttons([Button("Duyệt", "approve:2")]), now=NOW)
    assert menus.choose("duyet", NOW) is Unclear.SEVERAL
    assert menus.choose("1", NOW) == 1
    menus.add(make_menu("Khác"), now=NOW)
    assert menus.choose("duyet", NOW) is None


def test_menus_are_kept_as_they_were() -> None:
    menus = Menus()
    menus.add(make_menu("Đồng ý", "Từ chối"), now=NOW)
    kept = Menus(json.loads(json.dumps(menus.dump())), menus.next)
    assert (kept.choose("2", NOW), kept.get(2), kept.next) == (2, Button("Từ chối", "Từ chối"), 3)
    assert kept.add(make_menu("x", "y"), instead_of=1, now=NOW) == 1
