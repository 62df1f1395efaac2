"""The stamps that Vietnamese pages and feeds print."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dates import LOCAL, parse_stamp


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("Thứ sáu, 6/8/2021, 01:08 (GMT+7)", at(2021, 8, 6, 1, 8)),
        ("06/08/2026 08:30", at(2026, 8, 6, 8, 30)),
        ("Thứ Năm, 06/08/2026 | 08:30", at(2026, 8, 6, 8, 30)),
        ("14/07/2023 3:05:00 CH", at(2023, 7, 14, 15, 5)),
        ("14/07/2023 3:05:09 SA", at(2023, 7, 14, 3, 5, 9)),
        ("14/07/2023 12:05 SA", at(2023, 7, 14, 0, 5)),
        ("14/07/2023 12:05 CH", at(2023, 7, 14, 12, 5)),
        ("14/07/2023 15:05 CH", at(2023, 7, 14, 15, 5)),
        ("14/07/2023 3:05 PM", at(2023, 7, 14, 15, 5)),
        ("Cập nhật lúc: 08:30 14/07/2023", at(2023, 7, 14, 8, 30)),
        ("Cập nhật: 14h30 ngày 5/7/2023", at(2023, 7, 5, 14, 30)),
        ("14 giờ 30, ngày 5-7-2023", at(2023, 7, 5, 14, 30)),
        ("Thứ hai, ngày 3 tháng 2 năm 2025 lúc 7:05", at(2025, 2, 3, 7, 5)),
        ("14.07.2020 - 08:30", at(2020, 7, 14, 8, 30)),
        ("Ngày đăng: 14/7/2020", at(2020, 7, 14)),
        ("08:30, 14/7/2020, lượt xem: 12", at(2020, 7, 14, 8, 30)),
        ("2023-07-14", at(2023, 7, 14)),
        ("2023-07-14T08:30", at(2023, 7, 14, 8, 30)),
        ("2023-07-14 08:30:15.123 +0700", at(2023, 7, 14, 8, 30, 15)),
        ("2023-07-14T08:30:00+07:00", at(2023, 7, 14, 8, 30)),
        ("2023-07-14T01:30:00Z", at(2023, 7, 14, 8, 30)),
        ("2023-07-14T01:30:00.000Z", datetime(2023, 7, 14, 1, 30, tzinfo=UTC)),
        ("14/07/2023 01:30 UTC", datetime(2023, 7, 14, 1, 30, tzinfo=UTC)),
        (
            "14/07/2023 01:30 GMT-3",
            datetime(2023, 7, 14, 1, 30, tzinfo=timezone(timedelta(hours=-3))),
        ),
    ],
)
def test_a_stamp_is_read_day_first_on_the_local_clock(stamp: str, expected: datetime) -> None:
    """F6"""
    assert parse_stamp(stamp) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hôm nay, 08:30",
        "14h30 ngày 5/7",
        "30/02/2023 08:30",
        "14/13/2023",
        "14/07/2023 25:00",
        "14/07/2023 13:05 SA",
        "14/07/2023 08:30 +99:00",
        "Quyết định 30/2020/NĐ-CP",
        "1.234.5678",
        "0001-01-01",
        "14/7/0020",
    ],
)
def test_what_cannot_be_a_date_is_none(text: str) -> None:
    """F6"""
    assert parse_stamp(text) is None


@given(st.datetimes(min_value=datetime(1976, 1, 1), max_value=datetime(2099, 12, 31)))  # noqa: DTZ001
def test_every_minute_is_read_back(moment: datetime) -> None:
    """F6"""
    moment = moment.replace(second=0, microsecond=0, tzinfo=LOCAL)
    assert parse_stamp(f"{moment:%d/%m/%Y | %H:%M}") == moment
    assert parse_stamp(f"Cập nhật lúc: {moment:%H:%M %d/%m/%Y}") == moment
    assert parse_stamp(moment.isoformat()) == moment


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    moment = parse_stamp(text)
    assert moment is None or moment.tzinfo is not None
