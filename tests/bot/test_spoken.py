"""Commands that are typed without a slash, and words that are none."""

import pytest

from bot.commands import COMMANDS
from bot.spoken import find_spoken

NAMES = {name: command.name for command in COMMANDS for name in (command.name, command.vi)}


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("tin moi", ("latest", "")),
        ("Tin mới 5", ("latest", "5")),
        ("moi nhat", ("latest", "")),
        ("Mới nhất kinh tế", ("latest", "kinh tế")),
        ("latest", ("latest", "")),
        ("Tìm kiếm giá vàng", ("search", "giá vàng")),
        ("CHỦ ĐỀ", ("topics", "")),
        ("trợ giúp", ("help", "")),
        ("dừng", None),
        ("đúng", None),
        ("chủ đề nông thôn mới", None),
        ("nguồn vốn đầu tư", None),
        ("giá vàng", None),
        ("", None),
    ],
)
def test_only_what_is_nothing_but_a_command_is_one(typed: str, command: tuple[str, str] | None) -> None:
    assert find_spoken(typed, NAMES) == command
