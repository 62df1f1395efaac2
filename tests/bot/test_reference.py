"""The example and the reference page tell every setting with its default, and nothing that does not exist."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings, SettingsError, load_settings
from bot.config_problems import Setting, list_settings
from bot.reference import render_commands, render_configuration, render_default, write_pages

ROOT = Path(__file__).parents[2]


def test_the_example_needs_the_token_and_nothing_else() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(ROOT / "config.example.toml", {})
    (problem,) = caught.value.problems
    assert problem.name == "telegram.token"
    assert load_settings(ROOT / "config.example.toml", {"LOA_TELEGRAM__TOKEN": "1:a"}).telegram.admins == ()


def _read_example() -> tuple[dict[str, dict[str, Any]], str]:
    """The example with every commented setting taken in: `#key`, while prose is `# Words`."""
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    shown = [line[1:] if line[:1] == "#" and line[1:2] not in {" ", ""} else line for line in text.splitlines()]
    tables = tomllib.loads("\n".join(shown))
    return {name: table[0] if isinstance(table, list) else table for name, table in tables.items()}, text


def test_the_example_shows_every_setting_and_no_other() -> None:
    tables, _ = _read_example()
    known = {setting.name for setting in list_settings(Settings)}
    shown = {f"{section}.{key}" for section, table in tables.items() for key in table}
    assert shown - {"telegram.token_file"} == known


@pytest.mark.parametrize("setting", [*list_settings(Settings)], ids=lambda setting: setting.name)
def test_the_example_tells_each_default(setting: Setting) -> None:
    _, text = _read_example()
    section = text.partition(f"[{setting.section}]")[2]
    comment = section.partition(f"{setting.key} = ")[0].rpartition("\n\n")[2]
    assert f"Default: {render_default(setting)}" in comment


def test_the_reference_pages_are_what_the_code_says() -> None:
    for name, render in (("configuration.md", render_configuration), ("commands.md", render_commands)):
        page = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert page == render(), "run `make docs`"


def test_every_setting_is_described() -> None:
    assert [item.name for item in list_settings(Settings) if not (item.field.description and item.shape)] == []


def test_all_pages_are_written(tmp_path: Path) -> None:
    for page in write_pages(tmp_path):
        assert page.read_text(encoding="utf-8") == (ROOT / "docs" / page.name).read_text(encoding="utf-8")
