"""The reference pages of docs/, rendered from the code they describe, so that they cannot tell anything else."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from itertools import groupby
from pathlib import Path

from bot.access import Place
from bot.commands import COMMANDS
from bot.commands.ask import Command
from bot.config import OfficeSettings, Settings
from bot.config_problems import Setting, list_settings
from bot.examples import answer_all, get_typed
from bot.locales import Translator, load_translators
from bot.values import render_interval
from db.models import Role

_CONFIGURATION = """\
# Configuration

*Made from `bot/config.py` by `make docs`; change it there.*

Settings stand in `config.toml`. Copy `config.example.toml`, fill in what is not commented out, and run
`loa check --config config.toml`: it names every problem at once, with the line to mend.

- **From the environment.** `LOA_<SECTION>__<KEY>` beats the file: `LOA_TELEGRAM__TOKEN`, `LOA_POLLING__MIN_INTERVAL`.
  Lists are written with commas: `LOA_TELEGRAM__ADMINS=123456789,987654321`. An empty variable counts as not set.
  Sources are written in the file only.
- **Secrets from a file of their own.** {secrets} may be replaced by the name of a
  file that holds the secret and nothing else: `token_file = "/run/secrets/token"`. A relative name starts at the folder
  that loa is started in. Secrets are never shown in messages and logs.
"""

_COMMANDS = """\
# Commands

*Made from `bot/commands/` by `make docs`; change it there.*

Each command has an English and a Vietnamese name. Both are always understood, whatever the chat's language, and in
capitals and with marks too; the menu shows those of the language. In a private chat, words without a command are a
search. Whoever was not let in gets a polite no; `/start` is their way in.

What loa answers stands here as the code says it, in a small office that is made up; buttons are in brackets.
"""
_GROUPS = {
    Role.READER: "For everyone who was let in",
    Role.EDITOR: "For editors and admins",
    Role.ADMIN: "For admins",
}
_WHO = {Role.READER: "members", Role.EDITOR: "editors, admins", Role.ADMIN: "admins"}
#: What Markdown would take for its own.
_MARKUP = re.compile(r"([\\|*_`\[\]])")
#: So many lines of an answer are shown.
_LINES = 14
_PLACES = {
    Place.ANYWHERE: "anywhere",
    Place.MANAGED: "private chat; in a group, only its admins",
    Place.PRIVATE: "private chat",
}


@cache
def render_commands() -> str:
    """docs/commands.md: every command by both names, who may use it and where, what it does, what loa answers."""
    answers = asyncio.run(answer_all())
    groups = (_render_group(role, [item for item in COMMANDS if item.need.role is role], answers) for role in _GROUPS)
    return "\n".join((_COMMANDS, *groups))


def _render_group(role: Role, commands: list[Command], answers: Mapping[str, str]) -> str:
    words = [load_translators().get(language, OfficeSettings().timezone) for language in ("en", "vi")]
    rows = (_render_command(command, words, answers[command.name]) for command in commands)
    head = (
        "| English | Tiếng Việt | who | what it does | where | example | loa answers |",
        "|---|---|---|---|---|---|---|",
    )
    return "\n".join((f"## {_GROUPS[role]}", "", *head, *rows, ""))


def _render_command(command: Command, words: list[Translator], answer: str) -> str:
    names = (f"`{_join(f'/{command.get_name(_.language)}', _(command.arguments))}`" for _ in words)
    summary = " · ".join(_(command.summary) for _ in words)
    about = (_WHO[command.need.role], summary, _PLACES[command.need.place], f"`{get_typed(command)}`")
    return f"| {' | '.join((*names, *about, _write_cell(answer)))} |"


def _write_cell(answer: str) -> str:
    """Several lines in a table's cell, as they are read."""
    lines = [line for line in answer.splitlines() if line.strip()]
    shown = [*lines[:_LINES], "…"] if len(lines) > _LINES else lines
    return "<br>".join(_MARKUP.sub(r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;")) for line in shown)


def _join(*words: str) -> str:
    return " ".join(filter(None, words))


def render_configuration() -> str:
    """docs/configuration.md: every setting with its shape, default and meaning."""
    settings = list(list_settings(Settings))
    secrets = ", ".join(f"`{setting.name}`" for setting in settings if setting.is_secret)
    sections = (_render_section(name, list(group)) for name, group in groupby(settings, lambda item: item.section))
    return "\n".join((_CONFIGURATION.format(secrets=secrets), *sections))


def render_default(setting: Setting) -> str:
    """The default as TOML, `none` where there is none; a key that must be given says so."""
    if setting.field.is_required():
        return "must be given"
    value = setting.field.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return "none"
    if isinstance(value, timedelta):
        return json.dumps(render_interval(value))
    return json.dumps(value, default=str)


def write_pages(folder: Path) -> Iterator[Path]:
    """Write every page, giving the path of each."""
    for name, render in (("configuration.md", render_configuration), ("commands.md", render_commands)):
        path = folder / name
        path.write_text(render(), encoding="utf-8")
        yield path


def _render_section(name: str, settings: list[Setting]) -> str:
    title = f"## `[[{name}]]`" if settings[0].is_row else f"## `[{name}]`"
    rows = (_render_row(setting) for setting in settings)
    return "\n".join((title, "", "| key | what it does | written as | default |", "|---|---|---|---|", *rows, ""))


def _render_row(setting: Setting) -> str:
    return f"| `{setting.key}` | {setting.field.description} | {setting.shape} | {_mark(render_default(setting))} |"


def _mark(default: str) -> str:
    return default if default in {"none", "must be given"} else f"`{default}`"


if __name__ == "__main__":
    for written in write_pages(Path("docs")):
        print(f"wrote {written}")  # noqa: T201 - the answer of `make docs`
