"""Dates as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.periods import EARLIEST, LATEST, Period, find_period
from db.text import fold, nfc

TODAY = date(2026, 8, 6)
AUTUMN = date(2026, 11, 22)


def d(text: str) -> date:
    return date.fromisoformat(text)


def read(text: str, today: date = AUTUMN) -> str:
    """What is found: the days that are bounded, `loose` behind them if they are, and the piece unless it is all."""
    found = find_period(nfc(text), today)
    if found is None:
        return ""
    period = found.period
    first, last = ("" if day in (EARLIEST, LATEST) else str(day) for day in (period.first, period.last))
    piece = nfc(text)[found.start : found.end]
    return f"{first}…{last}" + ("" if period.is_strict else " loose") + ("" if piece == nfc(text) else f" in {piece}")


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
        ("từ năm 2010-2015", "2010-01-01", "2015-12-31"),
        ("T7/2023", "2023-07-01", "2023-07-31"),
        ("tháng 7-2023", "2023-07-01", "2023-07-31"),
        ("7-2023", "2023-07-01", "2023-07-31"),
        ("7.2023", "2023-07-01", "2023-07-31"),
        ("2023-07", "2023-07-01", "2023-07-31"),
        ("2023-07-14", "2023-07-14", "2023-07-14"),
        ("14/7/23", "2023-07-14", "2023-07-14"),
        ("hôm qua", "2026-08-05", "2026-08-05"),
        ("hom nay", "2026-08-06", "2026-08-06"),
        ("hôm kia", "2026-08-04", "2026-08-04"),
        ("tuần này", "2026-08-03", "2026-08-09"),
        ("tuần trước", "2026-07-27", "2026-08-02"),
        ("tháng này", "2026-08-01", "2026-08-31"),
        ("tháng trước", "2026-07-01", "2026-07-31"),
        ("quý này", "2026-07-01", "2026-09-30"),
        ("quý trước", "2026-04-01", "2026-06-30"),
        ("năm nay", "2026-01-01", "2026-12-31"),
        ("năm ngoái", "2025-01-01", "2025-12-31"),
        ("tháng 7 năm ngoái", "2025-07-01", "2025-07-31"),
        ("7 ngày qua", "2026-07-30", "2026-08-06"),
        ("2 tuần qua", "2026-07-23", "2026-08-06"),
        ("hai tuần vừa qua", "2026-07-23", "2026-08-06"),
        ("6 tháng qua", "2026-02-06", "2026-08-06"),
        ("3 năm gần đây", "2023-08-06", "2026-08-06"),
        ("ngày 12/01/2023", "2023-01-12", "2023-01-12"),
        ("14-7-2020", "2020-07-14", "2020-07-14"),
        ("ngày 7-3", "2026-03-07", "2026-03-07"),
        ("ngày 7-12", "2025-12-07", "2025-12-07"),
        ("13/10", "2025-10-13", "2025-10-13"),
        ("ngày 13/10 năm 2023", "2023-10-13", "2023-10-13"),
        ("13/10 năm 2023", "2023-10-13", "2023-10-13"),
        ("5 tháng 7 năm 2022", "2022-07-05", "2022-07-05"),
        ("mùng 10/7/2023", "2023-07-10", "2023-07-10"),
        ("mồng 5 tháng 7", "2026-07-05", "2026-07-05"),
        ("ngày mùng 5/7", "2026-07-05", "2026-07-05"),
        ("ngày 5 tháng bảy năm 2023", "2023-07-05", "2023-07-05"),
        ("đầu tháng 10", "2025-10-01", "2025-10-10"),
        ("giữa tháng 7", "2026-07-11", "2026-07-20"),
        ("cuối tháng 2/2024", "2024-02-21", "2024-02-29"),
        ("cuối tháng trước", "2026-07-21", "2026-07-31"),
        ("đầu tháng này", "2026-08-01", "2026-08-10"),
        ("cuối tháng", "2026-07-21", "2026-07-31"),
        ("đầu năm", "2026-01-01", "2026-03-31"),
        ("cuối năm 2023", "2023-10-01", "2023-12-31"),
        ("đầu năm ngoái", "2025-01-01", "2025-03-31"),
        ("nửa đầu năm 2023", "2023-01-01", "2023-06-30"),
        ("nửa cuối năm", "2026-07-01", "2026-12-31"),
        ("6 tháng đầu năm 2023", "2023-01-01", "2023-06-30"),
        ("sáu tháng đầu năm", "2026-01-01", "2026-06-30"),
        ("6 tháng cuối năm", "2026-07-01", "2026-12-31"),
        ("9 tháng năm 2024", "2024-01-01", "2024-09-30"),
        ("9 tháng đầu năm", "2026-01-01", "2026-09-30"),
        ("tháng bảy", "2026-07-01", "2026-07-31"),
        ("tháng mười hai năm 2025", "2025-12-01", "2025-12-31"),
        ("tháng mười", "2025-10-01", "2025-10-31"),
        ("tháng tư năm 2023", "2023-04-01", "2023-04-30"),
        ("tháng sáu năm 2023", "2023-06-01", "2023-06-30"),
        ("tháng 10 2023", "2023-10-01", "2023-10-31"),
        ("5 tháng 7, 2022", "2022-07-05", "2022-07-05"),
        ("13/10 2023", "2023-10-13", "2023-10-13"),
        ("ngày 13.10", "2025-10-13", "2025-10-13"),
        ("quý ba năm 2023", "2023-07-01", "2023-09-30"),
        ("Q3/2023", "2023-07-01", "2023-09-30"),
        ("July 2023", "2023-07-01", "2023-07-31"),
        ("Jul 2023", "2023-07-01", "2023-07-31"),
        ("may 2023", "2023-05-01", "2023-05-31"),
        ("10 Jul 2023", "2023-07-10", "2023-07-10"),
        ("10 July", "2026-07-10", "2026-07-10"),
        ("July 10, 2023", "2023-07-10", "2023-07-10"),
        ("yesterday", "2026-08-05", "2026-08-05"),
        ("last week", "2026-07-27", "2026-08-02"),
        ("this month", "2026-08-01", "2026-08-31"),
        ("last month", "2026-07-01", "2026-07-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("last 7 days", "2026-07-30", "2026-08-06"),
    ],
)
def test_a_time_beside_words_is_a_loose_period(text: str, first: str, last: str) -> None:
    """However it is typed."""
    for typed in (f"tin về {text}", f"tin ve {fold(nfc(text))}", f"TIN VỀ {text.upper()}"):
        found = find_period(typed, TODAY)
        assert found is not None
        assert found.period == Period(d(first), d(last))
        assert fold(typed[found.start : found.end]) == fold(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("từ 1/7 đến 15/7/2023", "2023-07-01", "2023-07-15"),
        ("từ 1/7 đến hết 15/7/2023", "2023-07-01", "2023-07-15"),
        ("1/7-15/7/2023", "2023-07-01", "2023-07-15"),
        ("1-15/7/2023", "2023-07-01", "2023-07-15"),
        ("1–15/7", "2026-07-01", "2026-07-15"),
        ("từ ngày 1/7 đến ngày 15/7", "2026-07-01", "2026-07-15"),
        ("từ tháng 3 đến tháng 5/2022", "2022-03-01", "2022-05-31"),
        ("từ tháng 11 đến tháng 2", "2025-11-01", "2026-02-28"),
        ("15/7/2023 đến 1/7/2023", "2023-07-01", "2023-07-15"),
        ("từ ngày 1 đến ngày 15 tháng 7", "2026-07-01", "2026-07-15"),
        ("từ 1 đến 15/7/2023", "2023-07-01", "2023-07-15"),
        ("từ ngày 1 tháng 6 đến 15 tháng 7 năm 2023", "2023-06-01", "2023-07-15"),
        ("từ 25/12 đến 5/1/2026", "2025-12-25", "2026-01-05"),
        ("từ 25/12 đến 5/1", "2025-12-25", "2026-01-05"),
        ("từ 28 đến 2/3/2026", "2026-02-28", "2026-03-02"),
        ("từ ngày 31 đến ngày 2/1/2026", "2025-12-31", "2026-01-02"),
        ("từ tháng 11 đến tháng 2/2026", "2025-11-01", "2026-02-28"),
        ("từ 12/2025 đến 2/2026", "2025-12-01", "2026-02-28"),
        ("từ năm 2020 đến tháng 7 năm 2022", "2020-01-01", "2022-07-31"),
        ("từ cuối năm 2022 đến tháng 7/2023", "2022-10-01", "2023-07-31"),
        ("từ quý I đến quý III năm 2023", "2023-01-01", "2023-09-30"),
        ("quý I đến quý III/2023", "2023-01-01", "2023-09-30"),
        ("từ 1/7 đến nay", "2026-07-01", "2026-08-06"),
        ("từ tháng 10 đến nay", "2025-10-01", "2026-08-06"),
        ("từ năm 2020 đến nay", "2020-01-01", "2026-08-06"),
        ("từ đầu năm đến nay", "2026-01-01", "2026-08-06"),
        ("from 1/7/2023 to 15/7/2023", "2023-07-01", "2023-07-15"),
        ("from 10 Jul to 20 Jul 2023", "2023-07-10", "2023-07-20"),
        ("10 – 20 July 2023", "2023-07-10", "2023-07-20"),
        ("from November to February 2023", "2022-11-01", "2023-02-28"),
        ("since 2024 until now", "2024-01-01", "2026-08-06"),
    ],
)
def test_two_ends_are_a_strict_period(text: str, first: str, last: str) -> None:
    for typed in (text, fold(nfc(text)), text.upper()):
        found = find_period(typed, TODAY)
        assert found is not None
        assert found.period == Period(d(first), d(last), is_strict=True)
        assert (found.start, found.end) == (0, len(typed))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("trước 1/11/2026", "…2026-10-31"),
        ("trước ngày 1/11", "…2026-10-31"),
        ("trước 2021", "…2020-12-31"),
        ("trước năm 2021", "…2020-12-31"),
        ("trước tháng 7 năm 2023", "…2023-06-30"),
        ("trước quý II/2023", "…2023-03-31"),
        ("sau 1/11/2026", "2026-11-02…"),
        ("sau tháng 10/2025", "2025-11-01…"),
        ("sau quý 2 năm 2023", "2023-07-01…"),
        ("từ 1/10/2026", "2026-10-01…"),
        ("từ ngày 1/10", "2026-10-01…"),
        ("kể từ 1/10/2026", "2026-10-01…"),
        ("từ tháng 10", "2026-10-01…"),
        ("từ năm 2024", "2024-01-01…"),
        ("từ năm 2024 trở đi", "2024-01-01…"),
        ("năm 2024 trở lại đây", "2024-01-01…"),
        ("từ năm 2024 trở về trước", "…2024-12-31"),
        ("từ tuần trước", "2026-11-09…"),
        ("từ cuối tháng 10", "2026-10-21…"),
        ("đến 15/10/2026", "…2026-10-15"),
        ("đến 15/10", "…2026-10-15"),
        ("tính đến ngày 15/10/2026", "…2026-10-15"),
        ("đến hết tháng 9", "…2026-09-30"),
        ("đến hết năm 2025", "…2025-12-31"),
        ("before 2021", "…2020-12-31"),
        ("before 10 Jul 2023", "…2023-07-09"),
        ("after July 2023", "2023-08-01…"),
        ("since 10 Jul", "2026-07-10…"),
        ("until 15/10/2026", "…2026-10-15"),
    ],
)
def test_one_end_is_a_strict_period(text: str, meant: str) -> None:
    """`trước` and `sau` leave out what is named, `từ` and `đến` take it in; words beside it stay words."""
    for typed in (text, fold(nfc(text)), text.upper()):
        assert read(typed) == meant
        assert read(f"giá {typed}") == f"{meant} in {typed}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("chiến lược đến năm 2025", "2025-01-01…2025-12-31 loose in năm 2025"),  # a plan's
        ("nộp trước 31/12/2026", "2026-12-31…2026-12-31 loose in 31/12/2026"),  # nothing was published after it
        ("có hiệu lực từ 1/1/2027", "2027-01-01…2027-01-01 loose in 1/1/2027"),
        ("nhạc trước năm 1975", "1975-01-01…1975-12-31 loose in năm 1975"),
        ("thành lập từ năm 1946", "1946-01-01…1946-12-31 loose in năm 1946"),
        ("chiếm đến 2/3 nguồn lực", "2026-03-02…2026-03-02 loose in 2/3"),
        (
            "Mỹ chấp nhận rủi ro nào khi cho phép Ukraine dùng vũ khí từ tháng 10",
            "2026-10-01…2026-10-31 loose in tháng 10",
        ),
    ],
)
def test_a_bound_that_is_told_of_is_a_loose_date(text: str, meant: str) -> None:
    """It bounds nothing that was published; or it stands in a headline that was pasted."""
    assert read(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [("đến năm 2025", "…2025-12-31"), ("trước 31/12/2026", "…2026-12-30"), ("từ 1/1/2027", "2027-01-01…")],
)
def test_a_bound_alone_is_meant(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("đầu tư năm 2023", "2023-01-01…2023-12-31 loose in năm 2023"),
        ("dau tu nam 2023", "2023-01-01…2023-12-31 loose in nam 2023"),
        ("thu tu 15/7/2023", "2023-07-15…2023-07-15 loose in 15/7/2023"),
        ("thứ sáu 14/7/2023", "2023-07-14…2023-07-14 loose in 14/7/2023"),
        ("thu sau 14/7/2023", "2023-07-14…2023-07-14 loose in 14/7/2023"),
        ("chuyên sâu 2023", "2023-01-01…2023-12-31 loose in 2023"),
        ("tối 15/7/2023", "2023-07-15…2023-07-15 loose in 15/7/2023"),
        ("toi 15/7/2023", "2023-07-15…2023-07-15 loose in 15/7/2023"),
        ("tới 15/7/2023", "…2023-07-15"),
        ("đèn 2023", "2023-01-01…2023-12-31 loose in 2023"),
        ("máy 2023", "2023-01-01…2023-12-31 loose in 2023"),
        ("dệt may 2023", "2023-01-01…2023-12-31 loose in 2023"),
        ("tháng tư", "2026-04-01…2026-04-30 loose"),
        ("tháng sáu", "2026-06-01…2026-06-30 loose"),
        ("tháng sau", ""),
        ("thang sau", ""),
        ("tháng từ 7/2023", "2023-07-01… in từ 7/2023"),
        ("6 tháng trước", "2026-10-01…2026-10-31 loose in tháng trước"),
        ("trong tháng 10", "2026-10-01…2026-10-31 loose"),
        ("hôm 13/10", "2026-10-13…2026-10-13 loose"),
        ("giá trong quý III/2023", "2023-07-01…2023-09-30 loose in trong quý III/2023"),
        ("trước và sau 1/7/2025", "2025-07-01…2025-07-01 loose in 1/7/2025"),
        ("3 quý đầu năm 2023", "2023-01-01…2023-12-31 loose in năm 2023"),
        ("giai đoạn 2021 - 2025", "2021-01-01…2025-12-31 loose in 2021 - 2025"),
        ("cuối tháng bảy", "2026-07-01…2026-07-31 loose in tháng bảy"),
        ("10/12 xã năm 2023", "2023-01-01…2023-12-31 loose in năm 2023"),
        ("July to September 2023", "2023-07-01…2023-09-30"),
    ],
)
def test_marks_and_neighbours_tell_words_apart(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("30/2020/NĐ-CP", "31/2/2020x", "8,2%", "0,7%", "1.234.567", "13/2020", "179/KH-UBND", "1-2-3", "2023-13-01"),
        *("31/2/2026", "32/13/2020", "trước 31/2/2026", "từ 29/2", "đầu tháng 13", "12/24", "50-60/100", "tỷ số 2-1"),
        *("24/7", "từ 24/7", "8/10 xã", "2/3 số dân", "13/10-CP", "số 13/10", "Quyết định 13/10", "thông tư 13/10"),
        *("khóa 10-2023", "khoá 10-2023", "lớp 12-2023", "quốc lộ 1", "0912 345 678", "0252.3822.123", "2021-2025"),
        *("đến nay", "đến Hà Nội", "trước mắt", "sau đó", "từ thiện", "ngày tháng năm sinh", "đầu năm học", "10 máy"),
        *("tháng giêng", "tháng chạp", "tháng 6 năm 1786"),
    ],
)
def test_other_numbers_and_words_are_no_dates(text: str) -> None:
    for typed in (text, fold(nfc(text)), text.upper()):
        assert find_period(typed, TODAY) is None


_PIECES = (
    "từ trước sau đến den het nay tháng thang nam năm ngày quý đầu cuối nửa giữa mùng qua hôm tuần tư sáu mười hai IV "
    "July May to from before 1 10 13/10 31/2 24/7 7-2023 2023 2023-07 15/7/2023 - – / . 99 0"
)


@given(
    st.text()
    | st.text(alphabet="0123456789/-. năm tháng đến từ quý IV hôm qua")
    | st.lists(st.sampled_from(_PIECES.split())).map(" ".join),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_nothing_typed_raises(text: str, today: date) -> None:
    """C5"""
    text = nfc(text)
    found = find_period(text, today)
    assert found is None or (found.period.first <= found.period.last and 0 <= found.start < found.end <= len(text))
