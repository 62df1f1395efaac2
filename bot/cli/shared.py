"""What the verbs share: their options, the way to a running set of parts, and how they print."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app import App, open_app, prepare
from bot.config import Settings, load_settings

T = TypeVar("T")

out = Console()
err = Console(stderr=True)

DEFAULT_CONFIG = Path("config.toml")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def fail(sentence: str, code: int) -> NoReturn:
    err.print(sentence, markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)


def load(config: Path, *, needs_token: bool = False) -> Settings:
    """The settings of the file; without one at the usual place, those of the environment."""
    path = None if config == DEFAULT_CONFIG and not config.exists() else config
    return load_settings(path, needs_token=needs_token)


def with_app(config: Path, work: Callable[[App], Awaitable[T]]) -> T:
    async def work_and_close() -> T:
        async with open_app(load(config)) as app:
            await prepare(app)
            return await work(app)

    return asyncio.run(work_and_close())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Outside text is printed as it is: nothing in it is markup."""
    table = Table(*columns, box=SIMPLE)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    out.print(table)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201 - for scripts, without Rich
