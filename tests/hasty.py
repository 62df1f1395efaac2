"""loa with shorter waits, so that a test of crashes is over soon."""

from datetime import timedelta

from bot import deliver, loop, speak
from bot.telegram import request
from db import lease
from feeds import poll, preview, summarise

LEASE, RENEWAL = timedelta(seconds=2), 0.6


def hurry() -> None:
    """From now on, in this process."""
    for module in (deliver, poll, preview, summarise):
        module.LEASE = LEASE  # type: ignore[attr-defined]
    lease.kept.__wrapped__.__kwdefaults__["every"] = RENEWAL  # type: ignore[attr-defined]
    deliver.UNKNOWN_RETRY = 0.5
    deliver.FIRST_RETRY = 0.3
    loop.AFTER_ERROR = 0.5
    speak.AGAIN = 0.2
    request.READ_TIMEOUT = 1.0
