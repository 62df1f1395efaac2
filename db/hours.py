"""When a chat is told its news: quiet hours, days of rest and digests, by the office's clock. Pure arithmetic.

Times of a day are turned into moments day by day, so that they hold where the clock changes: one that the clock skips
comes as much later, one that it shows twice comes the first time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays

from db.clock import Span, parse_spans, parse_times

#: After days of rest news comes from then on, in a chat that has no quiet hours either.
MORNING = time(7)
#: What comes later than this says so.
LATE = timedelta(minutes=30)
#: No silence is looked through for more pieces, nor for an hour of digests on more days.
_FURTHEST = 100
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """What a chat wants: silence in `quiet` spans and on days of rest; with `digests`, all its news at these times."""

    quiet: tuple[Span, ...] = ()
    digests: tuple[time, ...] = ()
    rests_on_weekends: bool = False
    rests_on_holidays: bool = False


AT_ONCE = Hours()
#: Saturday and Sunday.
WEEKEND = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class Office:
    """The office's clock, the days on which it does not work (Monday is 0), and what a chat gets that chose nothing.

    With `saving` there are too few messages left for news at once: a chat without digests gets them at these times.
    """

    zone: ZoneInfo
    hours: Hours = AT_ONCE
    weekend: frozenset[int] = WEEKEND
    saving: tuple[time, ...] = ()


class Turn(NamedTuple):
    """When what is owed is told: `at` the earliest moment left, `meant` the one that it would have been told at."""

    at: datetime
    meant: datetime


def choose_hours(office: Office, own: Mapping[str, Any]) -> Hours:
    """What a chat chose for itself, and the office's hours for the rest; what cannot be read was not chosen."""
    hours = _choose(office.hours, own)
    return hours if hours.digests or not office.saving else replace(hours, digests=office.saving)


def _choose(usual: Hours, own: Mapping[str, Any]) -> Hours:
    if not own:
        return usual
    return Hours(
        _read(own, "quiet", parse_spans, usual.quiet),
        _read(own, "digests", parse_times, usual.digests),
        bool(own.get("weekends", usual.rests_on_weekends)),
        bool(own.get("holidays", usual.rests_on_holidays)),
    )


def _read(own: Mapping[str, Any], name: str, parse: Any, usual: Any) -> Any:
    written = own.get(name)
    if not isinstance(written, list):
        return usual
    try:
        return parse(" ".join(written)) if written else ()
    except (TypeError, ValueError):
        return usual


def find_turn(office: Office, hours: Hours, owed_at: datetime, now: datetime) -> Turn:
    """For what has been owed since `owed_at`, and was not told until `now`."""
    if hours == AT_ONCE:
        return Turn(now, owed_at)
    meant = find_meant(office, hours, owed_at)
    return Turn(find_open(office, hours, max(meant, now)), meant)


def find_meant(office: Office, hours: Hours, owed_at: datetime) -> datetime:
    """When what is owed from then on is told, if all goes well: at the next digest, or out of the next silence."""
    if not hours.digests:
        return find_open(office, hours, owed_at)
    first = owed_at.astimezone(office.zone).date()
    days = [first + _DAY * number for number in range(_FURTHEST)]
    digests = (
        moment
        for day in days
        if not _rests(office, hours, day)
        for one in hours.digests
        if (moment := _at(office, day, one)) >= owed_at
    )
    return find_open(office, hours, next(digests, owed_at))


def find_open(office: Office, hours: Hours, moment: datetime) -> datetime:
    """The first moment from this one on that is not silent."""
    for _ in range(_FURTHEST):
        end = _find_end(office, hours, moment)
        if end is None:
            break
        moment = end
    return moment


def _find_end(office: Office, hours: Hours, moment: datetime) -> datetime | None:
    """The end of the silence that the moment lies in."""
    today = moment.astimezone(office.zone).date()
    for day in (today - _DAY, today):
        for start, end in _list_silences(office, hours, day):
            if start <= moment < end:
                return end
    return None


def _list_silences(office: Office, hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    """Those that begin on that day."""
    silences = [
        (_at(office, day, first), _at(office, day if last > first else day + _DAY, last)) for first, last in hours.quiet
    ]
    if _rests(office, hours, day):
        silences.append((_at(office, day, time(0)), _at(office, day + _DAY, MORNING)))
    return silences


def _rests(office: Office, hours: Hours, day: date) -> bool:
    is_weekend = hours.rests_on_weekends and day.weekday() in office.weekend
    return is_weekend or (hours.rests_on_holidays and is_holiday(day))


def _at(office: Office, day: date, one: time) -> datetime:
    return datetime.combine(day, one, office.zone).astimezone(UTC)


def is_holiday(day: date) -> bool:
    """Whether it is a public holiday in Vietnam; Tết goes by the moon, and the days in lieu by what was decreed."""
    return day in _get_holidays(day.year)


@cache
def _get_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("VN", years=year))
