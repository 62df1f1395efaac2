"""When a chat is told its news, by the office's clock, whatever the clock does."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.clock import parse_spans, parse_times, write_spans, write_times
from db.hours import AT_ONCE, Hours, Office, choose_hours, find_meant, find_open, find_turn, is_holiday

HANOI, BERLIN = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin")
NIGHT = Hours(quiet=((time(20), time(7)),))
MINUTE = timedelta(minutes=1)

moments = st.timedeltas(timedelta(0), timedelta(days=1000)).map(lambda since: datetime(2025, 1, 1, tzinfo=UTC) + since)
clock_times = st.times().map(lambda one: one.replace(second=0, microsecond=0))
spans = st.tuples(clock_times, clock_times).filter(lambda span: span[0] != span[1])
offices = st.sampled_from([Office(HANOI), Office(BERLIN), Office(ZoneInfo("America/Havana"))])
chosen = st.builds(
    Hours,
    quiet=st.lists(spans, max_size=2).map(tuple),
    digests=st.lists(clock_times, max_size=3, unique=True).map(sorted).map(tuple),
    rests_on_weekends=st.booleans(),
    rests_on_holidays=st.booleans(),
)


def local(zone: ZoneInfo, *parts: int, fold: int = 0) -> datetime:
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold).astimezone(UTC)


def test_silence_goes_over_midnight_and_ends_to_the_second() -> None:
    """D18"""
    office = Office(HANOI)
    seven = local(HANOI, 2026, 8, 6, 7, 0)
    assert find_open(office, NIGHT, local(HANOI, 2026, 8, 5, 20, 0)) == seven
    assert find_open(office, NIGHT, seven - timedelta(microseconds=1)) == seven
    assert find_open(office, NIGHT, seven) == seven
    assert find_open(office, NIGHT, local(HANOI, 2026, 8, 5, 19, 59)) == local(HANOI, 2026, 8, 5, 19, 59)


@pytest.mark.parametrize(
    ("owed_at", "meant"),
    [
        ((2026, 3, 28, 21, 0), (2026, 3, 29, 7, 0)),  # an hour is left out at 02:00
        ((2026, 10, 24, 21, 0), (2026, 10, 25, 7, 0)),  # an hour comes twice
    ],
)
def test_silence_ends_by_the_clock_on_the_wall_on_the_day_it_changes(
    owed_at: tuple[int, ...], meant: tuple[int, ...]
) -> None:
    """P4"""
    assert find_meant(Office(BERLIN), NIGHT, local(BERLIN, *owed_at)) == local(BERLIN, *meant)


def test_a_time_that_the_clock_skips_comes_later_and_one_it_shows_twice_comes_once() -> None:
    """P4"""
    hours = Hours(digests=(time(2, 30),))
    skipped = find_meant(Office(BERLIN), hours, local(BERLIN, 2026, 3, 29, 0, 0))
    assert skipped == local(BERLIN, 2026, 3, 29, 3, 30)
    first = find_meant(Office(BERLIN), hours, local(BERLIN, 2026, 10, 25, 0, 0))
    assert first == local(BERLIN, 2026, 10, 25, 2, 30)
    assert find_meant(Office(BERLIN), hours, first + MINUTE) == local(BERLIN, 2026, 10, 26, 2, 30)


def test_there_is_each_digest_once_on_every_day_of_a_year() -> None:
    """P4"""
    hours = Hours(digests=(time(2, 30), time(16)))
    moment, days = local(BERLIN, 2026, 1, 1, 0, 0), []
    while (moment := find_meant(Office(BERLIN), hours, moment)) < local(BERLIN, 2027, 1, 1, 0, 0):
        days.append(moment.astimezone(BERLIN).date())
        moment += MINUTE
    assert len(days) == 730
    assert len(set(days)) == 365


def test_what_missed_its_digest_is_told_now_and_not_at_the_next_one() -> None:
    office, hours = Office(HANOI), Hours(digests=(time(7, 30), time(16)))
    owed_at, now = local(HANOI, 2026, 8, 6, 6, 0), local(HANOI, 2026, 8, 6, 9, 0)
    assert find_turn(office, hours, owed_at, now) == (now, local(HANOI, 2026, 8, 6, 7, 30))
    assert find_turn(office, hours, now, now) == (local(HANOI, 2026, 8, 6, 16, 0),) * 2


def test_a_digest_in_the_silence_comes_at_its_end_and_none_on_a_day_of_rest() -> None:
    hours = Hours(quiet=NIGHT.quiet, digests=(time(6),), rests_on_weekends=True)
    friday, monday = local(HANOI, 2026, 8, 7, 5, 0), local(HANOI, 2026, 8, 10, 7, 0)
    assert find_meant(Office(HANOI), hours, friday) == local(HANOI, 2026, 8, 7, 7, 0)
    assert find_meant(Office(HANOI), hours, local(HANOI, 2026, 8, 7, 8, 0)) == monday


def test_after_days_of_rest_news_waits_for_the_morning() -> None:
    hours = Hours(rests_on_weekends=True, rests_on_holidays=True)
    before_tet = local(HANOI, 2026, 2, 14, 9, 0)  # the Saturday before; the holidays end on Friday, then it is Saturday
    assert find_open(Office(HANOI), hours, before_tet) == local(HANOI, 2026, 2, 23, 7, 0)
    friday_off = Office(HANOI, weekend=frozenset({4, 5}))
    assert find_open(friday_off, Hours(rests_on_weekends=True), local(HANOI, 2026, 8, 7, 9, 0)) == local(
        HANOI, 2026, 8, 9, 7, 0
    )


@pytest.mark.parametrize("day", [date(2026, 2, 17), date(2027, 2, 6), date(2030, 2, 3), date(2026, 9, 2)])
def test_tet_goes_by_the_moon(day: date) -> None:
    assert is_holiday(day)
    assert not is_holiday(day + timedelta(days=40))


@given(offices, chosen, moments)
def test_the_end_of_a_silence_is_no_earlier_and_outside_of_any(office: Office, hours: Hours, moment: datetime) -> None:
    found = find_open(office, hours, moment)
    assert found >= moment
    assert find_open(office, hours, found) == found or len(hours.quiet) == 2


@given(chosen.map(lambda hours: Hours(hours.quiet[:1])), moments.map(lambda one: one.replace(second=0, microsecond=0)))
def test_where_the_clock_never_changes_each_minute_is_as_the_clock_says(hours: Hours, moment: datetime) -> None:
    def is_silent(one: datetime) -> bool:
        at = one.astimezone(HANOI).time()
        return any(a <= at < b if a < b else at >= a or at < b for a, b in hours.quiet)

    found = find_open(Office(HANOI), hours, moment)
    minutes = int((found - moment) / MINUTE)
    assert not is_silent(found)
    assert all(
        is_silent(moment + MINUTE * number) for number in {0, minutes // 2, minutes - 1} if 0 <= number < minutes
    )


@given(offices, chosen, moments, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_nothing_is_told_before_it_is_meant_to_be_nor_before_now(
    office: Office, hours: Hours, owed_at: datetime, waited: timedelta
) -> None:
    turn = find_turn(office, hours, owed_at, owed_at + waited)
    assert turn.meant >= owed_at
    assert turn.at >= owed_at + waited
    assert turn.at >= turn.meant


@given(st.lists(clock_times, min_size=1, max_size=6, unique=True))
def test_times_are_read_as_they_are_written(times: list[time]) -> None:
    assert list(parse_times(", ".join(write_times(times)))) == sorted(times)


@given(spans)
def test_spans_are_read_as_they_are_written(span: tuple[time, time]) -> None:
    assert parse_spans(" ".join(write_spans([span]))) == (span,)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("7:30 16:30", ["07:30", "16:30"]),
        ("16h, 7h30", ["07:30", "16:00"]),
        ("lúc 7 giờ 30 và 16 giờ", ["07:30", "16:00"]),
        ("7.30; 24:00", ["00:00", "07:30"]),
    ],
)
def test_times_are_read_as_people_write_them(text: str, written: list[str]) -> None:
    assert write_times(parse_times(text)) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("20:00-07:00", ["20:00-07:00"]),
        ("từ 21h đến 6h30", ["21:00-06:30"]),
        ("20h–7h, 11h30-13h30", ["11:30-13:30", "20:00-07:00"]),
        ("from 22 to 24:00", ["22:00-00:00"]),
    ],
)
def test_spans_are_read_as_people_write_them(text: str, written: list[str]) -> None:
    assert write_spans(parse_spans(text)) == written


@given(st.text("0123456789:.h -–,;giờđến", max_size=40))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    for parse in (parse_times, parse_spans):
        with contextlib.suppress(ValueError):
            assert parse(text)


@pytest.mark.parametrize("text", ["20:00-20:00", "0-24", "7-19 19-7", "20:00", "1220", "7h-25h", ""])
def test_what_is_no_silence_or_never_ends_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^no |must be in"):
        parse_spans(text)


def test_a_chat_chooses_for_itself_and_the_office_for_the_rest() -> None:
    office = Office(HANOI, Hours(NIGHT.quiet, (time(7, 30),), rests_on_weekends=True))
    assert choose_hours(office, {}) == office.hours
    own = choose_hours(office, {"quiet": [], "digests": ["16:00"], "weekends": False})
    assert own == Hours((), (time(16),))
    assert choose_hours(office, {"quiet": 7, "digests": ["soon"]}) == office.hours
    assert choose_hours(Office(HANOI), {"weekends": False}) == AT_ONCE


def test_where_little_is_left_everybody_gets_digests() -> None:
    """D14"""
    office = Office(HANOI, saving=(time(7, 30),))
    assert choose_hours(office, {}).digests == (time(7, 30),)
    assert choose_hours(office, {"digests": []}).digests == (time(7, 30),)
    assert choose_hours(office, {"digests": ["12:00"]}).digests == (time(12),)
    assert choose_hours(Office(HANOI), {"digests": []}).digests == ()
