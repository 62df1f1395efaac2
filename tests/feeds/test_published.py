"""The dates of feeds: right or absent."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.published import parse_published

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
MORNING = datetime(2026, 8, 6, 1, 30, tzinfo=UTC)  # 08:30 in Vietnam


@pytest.mark.parametrize(
    "stamp",
    [
        "06/08/2026 08:30",
        "Thứ Năm, 06/08/2026 | 08:30",
        "Thứ 5, 6/8/2026 8:30:00 SA",
        "Cập nhật lúc: 08:30 06/08/2026",
        "08h30 ngày 6/8",
        "08:30, ngày 6 tháng 8 năm 2026",
        "6 tháng 8, 2026 08:30",
        "Thu, 06 Aug 2026 01:30:00 GMT",
        "Mon, 06 Aug 2026 01:30:00 GMT",
        "Thu, 06 Aug 2026 08:30:00 +0700",
        "Thu, 06 Aug 2026 08:30:00 GMT+7",
        "Thu, 06 Aug 2026 08:30:00 ICT",
        "Wed, 05 Aug 26 20:30:00 EST",
        "Thu, 06 Aug 2026 08:30",
        "Thu Aug  6 08:30:00 2026",
        "Thu Aug 6 01:30:00 GMT 2026",
        "August 6, 2026 8:30 AM",
        "2026-08-06T08:30:00",
        "2026-08-06T01:30:00Z",
        "2026-08-06T08:30:00.250+07:00",
        "20260806T013000Z",
    ],
)
def test_one_moment_in_many_ways(stamp: str) -> None:
    """F6"""
    assert parse_published(stamp, NOW) == MORNING


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("14/07/2023 3:05:00 CH", datetime(2023, 7, 14, 8, 5, tzinfo=UTC)),
        ("Thứ sáu, 6/8/2021, 01:08 (GMT+7)", datetime(2021, 8, 5, 18, 8, tzinfo=UTC)),
        ("Chủ nhật, 09/08/2026 12:05 SA", datetime(2026, 8, 8, 17, 5, tzinfo=UTC)),
        ("7/14/2023 3:05:00 PM", datetime(2023, 7, 14, 8, 5, tzinfo=UTC)),
        ("14/7/2023 3:05:00 PM", datetime(2023, 7, 14, 8, 5, tzinfo=UTC)),
        ("7/7/2023 3:05:00 PM", datetime(2023, 7, 7, 8, 5, tzinfo=UTC)),
        ("ngày 30/12", datetime(2025, 12, 29, 17, tzinfo=UTC)),
        ("20260806", datetime(2026, 8, 5, 17, tzinfo=UTC)),
    ],
)
def test_stamps_are_read_day_first_in_vietnamese_time(stamp: str, expected: datetime) -> None:
    """F6"""
    assert parse_published(stamp, NOW) == expected


@pytest.mark.parametrize(
    "stamp",
    [
        "",
        "3 giờ trước",
        "Hôm nay, 08:30",
        "8/6/2026 3:05:00 PM",
        "Thứ Năm, 08/06/2026 08:30",
        "Chủ nhật, 06/08/2026 08:30",
        "Thu, 06 Aug 2026 08:30:00 AEST",
        "31/02/2026",
        "ngày 31/2",
        "Wed, 05 Aug 2026 25:00:00 GMT",
        "1.234.567",
        "0000-00-00",
    ],
)
def test_what_could_mean_two_days_or_none_is_absent(stamp: str) -> None:
    """F6 N17"""
    assert parse_published(stamp, NOW) is None


@given(st.text(alphabet="0123456789/-.: tThưứánăm,augSACHPMZ+()|ngày", max_size=40))
def test_any_stamp_is_taken(stamp: str) -> None:
    date = parse_published(stamp, NOW)
    assert date is None or date.tzinfo is UTC
