"""`loa index`: the search index, which follows the articles by itself and can be made anew at any time."""

import asyncio

import typer
from rich.progress import Progress

from bot.app import App
from bot.cli.parts import with_app
from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, fail, out
from db.indexing import build

index_cli = typer.Typer(help="The search index.", no_args_is_help=True)


@index_cli.callback()
def describe() -> None:
    """The search index, which follows the articles by itself."""


@index_cli.command()
def rebuild(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Throw the search index away and build it from the articles; a running loa does so by itself when it must."""

    async def work(app: App) -> int | None:
        if not await asyncio.to_thread(app.writer.claim):
            return None
        await asyncio.to_thread(app.writer.start_anew)
        done = 0
        with Progress(console=out) as progress:
            bar = progress.add_task("Indexing", total=None)
            async for step in build(app.database, app.writer):
                done = step.done
                progress.update(bar, completed=step.done, total=step.total)
        return done

    done = with_app(config, work, may_make=False)
    if done is None:
        fail("A running loa keeps the index; it rebuilds it by itself. To force it, stop loa first.", 1)
    out.print(f"Articles that can be searched: {done}.")
