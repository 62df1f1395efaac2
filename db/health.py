"""How a source is doing, told from its row alone; it asks nobody and changes nothing."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil
from statistics import median
from typing import NamedTuple

from db.models import Source, SourceState


class HealthState(StrEnum):
    """From the worst to the best; a source is in the first that applies."""

    PAUSED = "paused"  #: an admin paused it
    GONE = "gone"  #: its site said that it no longer exists
    BROKEN = "broken"  #: its page was redesigned: the rules find nothing any more
    FAILING = "failing"  #: it could not be read the last time
    NEW = "new"  #: not read yet
    SILENT = "silent"  #: it can be read, and had nothing new for much longer than usual
    GAP = "gap"  #: lately more came at once than its feed holds: some may be missing
    MOVED = "moved"  #: lately it moved, and is read at its new address
    WELL = "well"  #: nothing to say


class Rhythm(NamedTuple):
    """What lies between two days with news as a rule, and how long a silence is nothing to speak of."""

    gap: timedelta
    patience: timedelta


class Health(NamedTuple):
    """`since` is when the state began, where that is known; `rhythm` is None until enough was published."""

    state: HealthState
    since: datetime | None
    rhythm: Rhythm | None


#: Polls in a row that find nothing on a page which had news, until it counts as redesigned.
LAYOUTS_LOST = 3
#: How long a gap and a move stand in the lists.
NOTED_FOR = timedelta(days=7)
#: How many days with news are remembered, and how many make a rhythm.
DAYS_KEPT, DAYS_NEEDED = 40, 5
_LEAST_PATIENCE = timedelta(days=3)
#: A new moon, and the mean time between two: close enough to find the days of Tết.
_NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=UTC)
_LUNAR_MONTH = timedelta(days=29.530588853)
_TET = (timedelta(days=-4), timedelta(days=9))


def get_health(source: Source, now: datetime) -> Health:
    rhythm = get_rhythm(source.news_days)
    return Health(*_get_state(source, now), rhythm)


def _get_state(source: Source, now: datetime) -> tuple[HealthState, datetime | None]:
    if source.state is SourceState.PAUSED:
        return HealthState.PAUSED, None
    if source.state is SourceState.GONE:
        return HealthState.GONE, source.last_polled_at
    if source.layout_failures >= LAYOUTS_LOST:
        return HealthState.BROKEN, source.last_ok_at
    if source.failures:
        return HealthState.FAILING, source.last_ok_at
    if source.last_ok_at is None:
        return HealthState.NEW, None
    if is_silent(source, now):
        return HealthState.SILENT, source.last_new_at
    return _get_note(source, now)


def _get_note(source: Source, now: datetime) -> tuple[HealthState, datetime | None]:
    for state, since in ((HealthState.GAP, source.gap_at), (HealthState.MOVED, source.moved_at)):
        if since is not None and now < since + NOTED_FOR:
            return state, since
    return HealthState.WELL, None


def is_silent(source: Source, now: datetime) -> bool:
    """Whether the time without news, of which weekends and Tết do not count, is longer than usual."""
    rhythm = get_rhythm(source.news_days)
    if rhythm is None or source.last_new_at is None:
        return False
    waited = timedelta()
    for span in _list_working_time(source.last_new_at, now):
        waited += span
        if waited > rhythm.patience:
            return True
    return False


def get_rhythm(news_days: Sequence[str]) -> Rhythm | None:
    """From the days on which a source published, as ISO dates; None for too few of them.

    Offices publish in bursts, at the end of a month for one: the longer pauses of the past are usual too.
    """
    days = sorted({date.fromisoformat(day) for day in news_days})
    if len(days) < DAYS_NEEDED:
        return None
    gaps = sorted(later - earlier for earlier, later in pairwise(days))
    gap = timedelta(seconds=median(gap.total_seconds() for gap in gaps))
    long_gap = gaps[ceil(0.9 * len(gaps)) - 1]
    return Rhythm(gap, max(_LEAST_PATIENCE, 4 * gap, 1.5 * long_gap))


def merge_days(news_days: Sequence[str], found: Sequence[datetime]) -> list[str]:
    """The days to remember when articles of these dates were found."""
    return sorted({*news_days, *(moment.astimezone(UTC).date().isoformat() for moment in found)})[-DAYS_KEPT:]


def _list_working_time(since: datetime, until: datetime) -> Iterator[timedelta]:
    """What each working day has of the time between, in order."""
    start = since.astimezone(UTC)
    while start < until:
        end = min(until, datetime.combine(start.date() + timedelta(days=1), datetime.min.time(), UTC))
        if start.weekday() < 5 and not _is_tet(start):
            yield end - start
        start = end


def _is_tet(moment: datetime) -> bool:
    """Whether an office is closed for the lunar new year, the new moon after 20 January."""
    earliest = datetime(moment.year, 1, 20, 18, tzinfo=UTC)
    new_year = _NEW_MOON + ceil((earliest - _NEW_MOON) / _LUNAR_MONTH) * _LUNAR_MONTH
    return new_year + _TET[0] <= moment < new_year + _TET[1]
