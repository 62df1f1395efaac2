"""How a source is doing, told from its row: rhythm, silence, and which state comes first."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from db.health import DAYS_KEPT, HealthState, get_health, get_rhythm, is_silent, merge_days
from db.models import Source, SourceState

#: A Thursday.
NOW = datetime(2026, 8, 6, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def list_days(last: date, *, every: int = 1, number: int = 20, only_workdays: bool = False) -> list[str]:
    days = [last - timedelta(days=every * step) for step in range(number)]
    return sorted(day.isoformat() for day in days if not only_workdays or day.weekday() < 5)


def make(**values: Any) -> Source:
    """A source that was read a moment ago and found something a day before."""
    defaults: dict[str, Any] = {
        "state": SourceState.ACTIVE,
        "reason": "",
        "failures": 0,
        "layout_failures": 0,
        "last_polled_at": NOW,
        "last_ok_at": NOW,
        "last_new_at": NOW - DAY,
        "news_days": list_days(NOW.date()),
    }
    return Source(**defaults | values)


def find_alarm(source: Source) -> datetime | None:
    """The first hour within two months in which the source is silent."""
    start = source.last_new_at or NOW
    hours = (start + timedelta(hours=hour) for hour in range(24 * 60))
    return next((hour for hour in hours if is_silent(source, hour)), None)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, HealthState.WELL),
        ({"state": SourceState.PAUSED, "failures": 9}, HealthState.PAUSED),
        ({"state": SourceState.GONE, "failures": 9}, HealthState.GONE),
        ({"failures": 1}, HealthState.FAILING),
        ({"failures": 3, "layout_failures": 2}, HealthState.FAILING),
        ({"failures": 3, "layout_failures": 3}, HealthState.BROKEN),
        ({"last_ok_at": None}, HealthState.NEW),
        ({"last_new_at": NOW - 30 * DAY}, HealthState.SILENT),
        ({"last_new_at": NOW - 30 * DAY, "failures": 1}, HealthState.FAILING),
        ({"last_new_at": NOW - 30 * DAY, "news_days": []}, HealthState.WELL),
        ({"last_new_at": None}, HealthState.WELL),
        ({"gap_at": NOW - DAY, "moved_at": NOW}, HealthState.GAP),
        ({"gap_at": NOW - 8 * DAY, "moved_at": NOW}, HealthState.MOVED),
        ({"gap_at": NOW - 8 * DAY, "moved_at": NOW - 8 * DAY}, HealthState.WELL),
    ],
)
def test_the_worst_is_named(values: dict[str, Any], state: HealthState) -> None:
    """F9 N9 N10 N16"""
    assert get_health(make(**values), NOW).state is state


def test_what_is_known_of_its_beginning_is_named() -> None:
    assert get_health(make(last_new_at=NOW - 30 * DAY), NOW).since == NOW - 30 * DAY
    assert get_health(make(failures=1, last_ok_at=NOW - DAY), NOW).since == NOW - DAY
    assert get_health(make(gap_at=NOW - DAY), NOW).since == NOW - DAY


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        (["2026-08-01"] * 9, None),
        (list_days(date(2026, 8, 6), number=4), None),
        (list_days(date(2026, 8, 6), number=5), DAY),
        (list_days(date(2026, 8, 6), every=7), 7 * DAY),
        (list_days(date(2026, 8, 6), number=30, only_workdays=True), DAY),
        (["2026-01-01", *list_days(date(2026, 8, 6))], DAY),
    ],
)
def test_the_rhythm_is_the_usual_pause_between_days_with_news(days: list[str], gap: timedelta | None) -> None:
    rhythm = get_rhythm(days)
    assert (rhythm.gap if rhythm else None) == gap


def test_a_daily_source_is_missed_within_a_week() -> None:
    last = datetime(2026, 8, 3, 3, tzinfo=UTC)  # a Monday
    alarm = find_alarm(make(last_new_at=last, news_days=list_days(last.date(), number=30, only_workdays=True)))
    assert alarm is not None
    assert timedelta(days=3) < alarm - last <= timedelta(days=7)


def test_three_days_are_the_least() -> None:
    source = make(last_new_at=datetime(2026, 8, 3, tzinfo=UTC))
    assert not is_silent(source, datetime(2026, 8, 5, 23, tzinfo=UTC))


def test_a_weekend_is_no_silence() -> None:
    friday = datetime(2026, 8, 7, 9, tzinfo=UTC)
    source = make(last_new_at=friday, news_days=list_days(friday.date(), number=30, only_workdays=True))
    assert not is_silent(source, friday + 4 * DAY)


@pytest.mark.parametrize(
    "tet",
    [date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2030, 2, 2), date(2034, 2, 19)],
)
def test_tet_is_no_silence(tet: date) -> None:
    last = datetime(tet.year, tet.month, tet.day, tzinfo=UTC) - 4 * DAY
    source = make(last_new_at=last, news_days=list_days(last.date(), number=30, only_workdays=True))
    assert not is_silent(source, last + 12 * DAY)
    assert is_silent(source, last + 24 * DAY)


def test_an_office_that_publishes_once_a_month_is_no_alarm_between() -> None:
    """Five days of figures at the end of each month."""
    days = [date(2026, month, day).isoformat() for month in range(1, 8) for day in range(24, 29)]
    source = make(last_new_at=datetime(2026, 7, 28, tzinfo=UTC), news_days=days)
    assert not is_silent(source, datetime(2026, 8, 26, tzinfo=UTC))
    assert is_silent(source, datetime(2026, 11, 1, tzinfo=UTC))


def test_a_source_with_a_week_between_its_news_may_miss_a_few() -> None:
    source = make(last_new_at=NOW, news_days=list_days(NOW.date(), every=7))
    assert not is_silent(source, NOW + 22 * DAY)
    assert is_silent(source, NOW + 45 * DAY)


def test_so_many_days_are_kept_and_no_more() -> None:
    """P6"""
    days = merge_days(list_days(date(2026, 8, 5), number=DAYS_KEPT), [NOW, NOW, NOW - 300 * DAY])
    assert len(days) == DAYS_KEPT
    assert days[-1] == "2026-08-06"
    assert days[0] == "2026-06-28"
