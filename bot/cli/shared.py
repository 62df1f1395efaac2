"""What the verbs share: their options, and how they print. It loads nothing heavy."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bot.cli.program import name_program
from bot.config import Settings, load_settings
from bot.outside import clean

out = Console()
err = Console(stderr=True)

DEFAULT_CONFIG = Path("config.toml")
NO_SOURCE = "No source is watched yet. To add one: loa sources add ADDRESS"
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def fail(sentence: str, code: int) -> NoReturn:
    warn(name_program(sentence))
    sys.exit(code)


def warn(sentence: str) -> None:
    err.print(sentence, markup=False, highlight=False, soft_wrap=True)


def load(config: Path, *, needs_token: bool = False) -> Settings:
    """The settings of the file; without one at the usual place, those of the environment."""
    path = None if config == DEFAULT_CONFIG and not config.exists() else config
    return load_settings(path, needs_token=needs_token)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """Outside text is printed as it is: nothing in it is markup. Nothing is cut: a terminal folds what is too long,
    and for other programs each row is a line with tabs between its cells. Without rows, `empty` is said.
    """
    cells = [[" ".join(clean(str(cell)).split()) for cell in row] for row in rows]
    if not cells and empty:
        print_sentence(empty)
    elif is_terminal():
        table = Table(*(Column(name, overflow="fold") for name in columns), box=SIMPLE)
        for row in cells:
            table.add_row(*map(Text, row))
        out.print(table)
    else:
        for line in [list(columns), *cells]:
            print(*line, sep="\t")  # noqa: T201 - for other programs, without Rich


def print_sentence(sentence: str) -> None:
    """A command that it advises is named as it must be typed here."""
    out.print(name_program(sentence), markup=False, highlight=False, soft_wrap=True)


def is_terminal() -> bool:
    """Whether what is printed is read by a person."""
    return out.is_terminal


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201 - for scripts, without Rich
