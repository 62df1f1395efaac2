"""The way of verbs that only read to what is stored: the database as it is, and nothing else. It makes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.cli.shared import fail
from bot.config import Settings
from db import migrate
from db.engine import Database

T = TypeVar("T")

_NONE_YET = (
    "There is no database yet: {file}. If yours is elsewhere, name its settings with --config. To begin: loa run"
)


def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    async def work_and_close() -> T:
        database = Database(settings.database.url)
        try:
            check_made(database)
            await migrate.check_current(database)
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(work_and_close())


def check_made(database: Database) -> None:
    """End where there is no SQLite file yet: whoever only reads would make an empty one unasked."""
    if database.is_new:
        fail(_NONE_YET.format(file=database.url.database), 1)
