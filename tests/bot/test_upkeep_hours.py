"""When the store is tidied."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import run
from bot.app import App, open_app
from bot.config import DatabaseSettings, Settings
from bot.run import SETTLED, schedule_upkeep
from bot.speak import Part


async def test_a_machine_that_is_off_at_night_is_tidied_after_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P4"""
    done = asyncio.Event()

    async def tidy(_app: App) -> None:
        done.set()

    monkeypatch.setattr(run, "tidy", tidy)
    settings = Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path}/loa.db"))
    async with (
        open_app(settings, now=lambda: datetime.now(UTC) - SETTLED) as app,
        schedule_upkeep(app, {Part.DELIVER}),
        asyncio.timeout(10),
    ):
        await done.wait()
