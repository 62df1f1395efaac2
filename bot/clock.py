"""The only reading of the clock; whoever needs the time is handed `now`."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    return datetime.now(UTC)
