"""Stand-ins at the wire, one for each thing outside of loa; no test makes its own."""

from datetime import UTC, datetime, timedelta


class Clock:
    """The time, as steps ask for it: a Thursday morning in the office until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 8, 6, 1, 30, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        self.now += by
        return self.now
