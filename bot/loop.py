"""The loop around every step of the road: the only place that waits. It knows no step by name."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[bool]]

#: Seconds a step that found nothing to do waits before it looks again.
IDLE = 0.5
#: Seconds a step that failed in a way nobody foresaw waits.
AFTER_ERROR = 5.0
#: Seconds that steps at work have to come to an end when loa is stopped.
GRACE = 7.0


@dataclass(slots=True)
class Pulse:
    """How the steps fare: which failed when it last ran, and since when (monotonic seconds)."""

    failed: dict[str, tuple[float, str]] = field(default_factory=dict)
    on_failure: Callable[[str], None] = lambda _: None

    def note_well(self, name: str) -> None:
        self.failed.pop(name, None)

    def note_failed(self, name: str, error: Exception) -> None:
        self.on_failure(name)
        self.failed.setdefault(name, (time.monotonic(), type(error).__name__))

    async def check(self) -> str:
        """`bot.health.Check`: the steps that fail."""
        now = time.monotonic()
        return ", ".join(
            f"{name} fails for {now - since:.0f} s ({kind})" for name, (since, kind) in self.failed.items()
        )


async def repeat(step: Step, stop: asyncio.Event, pulse: Pulse | None = None, *, idle: float = IDLE) -> None:
    """Run a step again and again until `stop`; the only loop, and the only place that waits."""
    pulse = pulse or Pulse()
    name = getattr(step, "__name__", "step")
    while not stop.is_set():
        try:
            wait = 0.0 if await step() else idle
            pulse.note_well(name)
        except Exception as error:
            log.exception("a step failed; it is tried again in %s s", AFTER_ERROR)
            pulse.note_failed(name, error)
            wait = AFTER_ERROR
        if wait:
            await rest(stop, wait)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but no longer than until `stop`."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def run_until(stop: asyncio.Event, steps: Sequence[Step], pulse: Pulse | None = None) -> None:
    """Run all steps side by side; on `stop` each may finish what it is at, within `GRACE`, then it is cancelled."""
    loops = [asyncio.create_task(repeat(step, stop, pulse)) for step in steps]
    try:
        await stop.wait()
        if loops:
            await asyncio.wait(loops, timeout=GRACE)
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
