"""The table of commands and what is made of it."""

import re

from bot.commands import ACTIONS, COMMANDS, get_commands, get_menu
from db.models import Role


def test_names_fit_every_platform_and_are_each_commands_own() -> None:
    names = [name for command in COMMANDS for name in (command.name, command.vi)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{1,31}", name) for name in names)


def test_verbs_are_each_buttons_own() -> None:
    verbs = [action.verb for action in ACTIONS]
    assert len(set(verbs)) == len(verbs)


def test_what_takes_arguments_has_an_example() -> None:
    assert [command.name for command in COMMANDS if bool(command.arguments) != bool(command.example)] == []


def test_the_menu_is_in_the_language_of_the_person() -> None:
    assert get_menu("vi")[0] == ("moinhat", "xem tin mới nhất")
    assert get_menu("en")[0] == ("latest", "the newest articles")
    assert all(3 <= len(summary) <= 256 for _, summary in get_menu("vi", Role.ADMIN))


def test_the_menu_shows_what_the_role_may_do() -> None:
    readers, editors, admins = (len(get_menu("vi", role)) for role in (Role.READER, Role.EDITOR, Role.ADMIN))
    assert readers < editors < admins == len(COMMANDS)
    assert get_commands(Role.ADMIN) == COMMANDS
