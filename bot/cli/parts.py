"""The way of verbs to the parts of a loa, which are made for one piece of work and closed again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from bot.app import App, open_app, prepare
from bot.cli.shared import load
from bot.cli.stored import check_made

T = TypeVar("T")


def with_app(config: Path, work: Callable[[App], Awaitable[T]], *, may_make: bool = True) -> T:
    """What the work returns. Where it `may_make` no database, the verb ends if there is none yet."""

    async def work_and_close() -> T:
        async with open_app(load(config)) as app:
            if not may_make:
                check_made(app.database)
            await prepare(app)
            return await work(app)

    return asyncio.run(work_and_close())
