"""The day that an article tells of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.events import find_event_date

PUBLISHED = date(2023, 7, 16)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sáng 14/7/2023, Cục Thống kê đã tổ chức Hội nghị.", date(2023, 7, 14)),
        ("Chiều ngày 14/7/2023, tại Cục Thống kê", date(2023, 7, 14)),
        ("Sáng nay, 14/7, Cục Thống kê họp phiên thứ năm.", date(2023, 7, 14)),
        ("Ngày 5/7, UBND tỉnh ban hành", date(2023, 7, 5)),
        ("Ngày 7-3 vừa qua", None),
        ("Ngày 7-6 vừa qua", date(2023, 6, 7)),
        ("Ngày 14 tháng 7 năm 2023, tại hội trường", date(2023, 7, 14)),
        ("Ban Chỉ đạo họp phiên thứ năm vào sáng 14/7/2023, đánh giá", date(2023, 7, 14)),
        ("Trong hai ngày, bắt đầu từ 13/7/2023, Cục Thống kê", date(2023, 7, 13)),
        ("Thực hiện Kế hoạch số 179/KH-UBND ngày 18/6/2023 của UBND tỉnh, sáng 14/7, Sở", date(2023, 7, 14)),
        ("Theo Quyết định 60, ngày 9/6/2023, và so với năm trước. Ngày 14/7, Cục trưởng", date(2023, 7, 14)),
        ("Ngày 20/7/2023 sẽ khai mạc Hội thao", date(2023, 7, 20)),
        ("Ngày 30/2, rồi ngày 5/7", date(2023, 7, 5)),
    ],
)
def test_the_day_is_read_from_the_first_sentences(text: str, expected: date | None) -> None:
    """F6"""
    assert find_event_date(text, PUBLISHED) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tính đến ngày 10/7/2023, việc thu thập thông tin",
        "Thực hiện Chỉ thị số 01/CT-UBND ngày 12/6/2023 của UBND tỉnh",
        "Hoàn thành trước ngày 20/7/2023",
        "Đạt 13/18 chỉ tiêu, tăng 7,8% từ 3/7%",
        "Ngày 12/01/2022 cách đây đã lâu",
        "Từ ngày 3-5/7/2023, tại ba điểm",
        "Ngày 14/13/2023",
        f"{'Một câu dài. ' * 40} Sáng 14/7/2023, tại",
    ],
)
def test_what_may_be_another_day_is_none(text: str) -> None:
    """F6"""
    assert find_event_date(text, PUBLISHED) is None


def test_a_day_without_a_year_takes_the_nearest_to_publication() -> None:
    """F6"""
    assert find_event_date("Sáng 30/12, tại", date(2024, 1, 2)) == date(2023, 12, 30)
    assert find_event_date("Sáng 3/1 tới, tại", date(2023, 12, 28)) == date(2024, 1, 3)


def test_without_publication_only_a_whole_date_is_one() -> None:
    """F6"""
    assert find_event_date("Sáng 14/7, tại", None) is None
    assert find_event_date("Sáng 14/7/2020, tại", None) == date(2020, 7, 14)


@given(st.text(), st.none() | st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_any_text_has_a_day_or_none(text: str, published: date | None) -> None:
    found = find_event_date(text, published)
    assert found is None or isinstance(found, date)
