"""Dates as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.periods import Period, find_period
from db.text import nfc

TODAY = date(2026, 8, 6)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("7/2023", "2023-07-01", "2023-07-31"),
        ("tháng 7 năm 2023", "2023-07-01", "2023-07-31"),
        ("THANG 07/2023", "2023-07-01", "2023-07-31"),
        ("tháng 7", "2026-07-01", "2026-07-31"),
        ("tháng 12", "2025-12-01", "2025-12-31"),
        ("2020", "2020-01-01", "2020-12-31"),
        ("năm 2020", "2020-01-01", "2020-12-31"),
        ("quý II/2023", "2023-04-01", "2023-06-30"),
        ("quý 2 năm 2023", "2023-04-01", "2023-06-30"),
        ("quý 4/2023", "2023-10-01", "2023-12-31"),
        ("quý 2-2023", "2023-04-01", "2023-06-30"),
        ("quý IV", "2025-10-01", "2025-12-31"),
        ("từ 2020 đến 2022", "2020-01-01", "2022-12-31"),
        ("T7/2023", "2023-07-01", "2023-07-31"),
        ("tháng 7-2023", "2023-07-01", "2023-07-31"),
        ("2023-07-14", "2023-07-14", "2023-07-14"),
        ("14/7/23", "2023-07-14", "2023-07-14"),
        ("hôm qua", "2026-08-05", "2026-08-05"),
        ("hom nay", "2026-08-06", "2026-08-06"),
        ("tuần trước", "2026-07-27", "2026-08-02"),
        ("tháng trước", "2026-07-01", "2026-07-31"),
        ("năm ngoái", "2025-01-01", "2025-12-31"),
        ("ngày 12/01/2023", "2023-01-12", "2023-01-12"),
        ("14-7-2020", "2020-07-14", "2020-07-14"),
        ("ngày 7-3", "2026-03-07", "2026-03-07"),
        ("ngày 7-12", "2025-12-07", "2025-12-07"),
        ("5 tháng 7 năm 2022", "2022-07-05", "2022-07-05"),
    ],
)
def test_a_day_month_quarter_or_year_is_a_loose_period(text: str, first: str, last: str) -> None:
    found = find_period(f"tin về {text}", TODAY)
    assert found is not None
    assert found.period == Period(d(first), d(last))
    assert f"tin về {text}"[found.start : found.end] == text


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("từ 1/7 đến 15/7/2023", "2023-07-01", "2023-07-15"),
        ("1/7-15/7/2023", "2023-07-01", "2023-07-15"),
        ("từ ngày 1/7 đến ngày 15/7", "2026-07-01", "2026-07-15"),
        ("từ tháng 3 đến tháng 5/2022", "2022-03-01", "2022-05-31"),
        ("15/7/2023 đến 1/7/2023", "2023-07-01", "2023-07-15"),
        ("từ ngày 1 đến ngày 15 tháng 7", "2026-07-01", "2026-07-15"),
        ("từ 1 đến 15/7/2023", "2023-07-01", "2023-07-15"),
        ("từ ngày 1 tháng 6 đến 15 tháng 7 năm 2023", "2023-06-01", "2023-07-15"),
        ("từ 25/12 đến 5/1/2026", "2025-12-25", "2026-01-05"),
        ("từ 25/12 đến 5/1", "2025-12-25", "2026-01-05"),
        ("từ 28 đến 2/3/2026", "2026-02-28", "2026-03-02"),
        ("từ ngày 31 đến ngày 2/1/2026", "2025-12-31", "2026-01-02"),
        ("từ tháng 11 đến tháng 2/2026", "2025-11-01", "2026-02-28"),
        ("từ 1/7 đến nay", "2026-07-01", "2026-08-06"),
        ("từ tháng 10 đến nay", "2025-10-01", "2026-08-06"),
        ("từ năm 2020 đến nay", "2020-01-01", "2026-08-06"),
    ],
)
def test_two_ends_are_a_strict_period(text: str, first: str, last: str) -> None:
    found = find_period(text, TODAY)
    assert found is not None
    assert found.period == Period(d(first), d(last), is_strict=True)


@pytest.mark.parametrize(
    "text", ["30/2020/NĐ-CP", "31/2/2020x", "8,2%", "1.234.567", "13/2020", "179/KH-UBND", "1-2-3", "2023-13-01"]
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert find_period(text, TODAY) is None


@given(st.text(alphabet="0123456789/-. năm tháng đến từ quý IV hôm qua"))
def test_nothing_typed_raises(text: str) -> None:
    found = find_period(nfc(text), TODAY)
    assert found is None or found.period.first <= found.period.last
