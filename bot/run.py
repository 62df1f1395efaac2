"""`loa run`: sets the parts to work until it is stopped, all of them or some; on PostgreSQL beside other processes."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from bot.app import App, open_app, prepare
from bot.config import Settings
from bot.health import check_database, make_health_routes
from bot.http import serve
from bot.lines import list_lines, make_webhook_routes
from bot.loop import Pulse, Step, run_until
from bot.speak import Part, Refusals, Speaker
from db import upkeep
from db.statements import wait_in_line
from db.turns import alone
from feeds.workers import count_workers

log = logging.getLogger(__name__)

ALL_PARTS = frozenset(Part)
#: A night's tidying that was slept through is done on waking, if it is not later than this, in seconds.
LATE = 20 * 3600
#: So long after its start loa tidies too: the machine may be off every night.
SETTLED = timedelta(minutes=10)


def spare_collector() -> None:
    """What is loaded by now stays; to look through it for garbage again and again takes a tenth of a sender's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


async def run(settings: Settings, stop: asyncio.Event, parts: Collection[Part] = ALL_PARTS) -> None:
    """The named parts of loa, until `stop`.

    Raises ClosedError when every platform refuses its token, BusyError when another process has the SQLite database.
    """
    async with open_app(settings, workers=count_workers()) as app:
        pulse = Pulse(on_failure=lambda step: app.metrics.failures.labels(step).inc())
        with alone(app.database):
            await prepare(app)
            lines = list_lines(settings)
            refusals = Refusals(len(lines))
            speakers = {line.name: Speaker(app, line, parts, pulse, refusals) for line in lines}
            checks = {"database": check_database(app.database), "steps": pulse.check}
            checks |= {name: speaker.check for name, speaker in speakers.items()}
            routes = [*make_health_routes(checks), *app.metrics.make_routes(app.measure)]
            routes += make_webhook_routes(app) if Part.CHAT in parts else ()
            async with serve(settings.http, routes), schedule_upkeep(app, parts):
                log.info("loa is running (%s); stop it with Ctrl+C or SIGTERM", ", ".join(sorted(parts)))
                await _work(list(speakers.values()), make_steps(app, parts), stop, pulse)
    log.info("loa has stopped")


def make_steps(app: App, parts: Collection[Part]) -> Sequence[Step]:
    """Those that any number of processes may take at once: they share the work by their claims."""
    steps: dict[Part, Callable[[], Sequence[Step]]] = {
        Part.POLL: app.make_poll_steps,
        Part.READ: app.make_read_steps,
        Part.INDEX: app.make_index_steps,
    }
    return [step for part, make in steps.items() if part in parts for step in make()]


async def _work(speakers: Sequence[Speaker], steps: Sequence[Step], stop: asyncio.Event, pulse: Pulse) -> None:
    """All side by side; when a speaker fails, the others stop as if asked to, and its error is raised."""
    speaking = [asyncio.create_task(speaker.speak(stop)) for speaker in speakers]
    for task in speaking:
        task.add_done_callback(lambda _: stop.set())
    try:
        await run_until(stop, steps, pulse)
        await asyncio.gather(*speaking)
    finally:
        for task in speaking:
            task.cancel()
        await asyncio.gather(*speaking, return_exceptions=True)


async def tidy(app: App) -> None:
    async with app.database.write() as session:
        await wait_in_line(session, "upkeep")
        await upkeep.tidy(session, app.now())
    after: int | None = 0
    while after is not None:
        async with app.database.write() as session:
            await wait_in_line(session, "upkeep")
            after = await upkeep.forget_settled(session, app.now(), after)


@asynccontextmanager
async def schedule_upkeep(app: App, parts: Collection[Part]) -> AsyncIterator[None]:
    """Tidy the store every night, by the office's clock, and once after the start, where debts are sent."""
    scheduler = AsyncIOScheduler(timezone=app.settings.office.timezone)
    if Part.DELIVER in parts:
        night = CronTrigger(hour=3, minute=30, timezone=app.settings.office.timezone)
        for when in (night, DateTrigger(app.now() + SETTLED)):
            scheduler.add_job(tidy, when, [app], misfire_grace_time=LATE, coalesce=True)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
