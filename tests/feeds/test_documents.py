"""The numbers of official papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.text import find_document_numbers, nfc
from feeds.documents import find_numbers


@pytest.mark.parametrize(
    "number",
    [
        "30/2020/NĐ-CP",
        "01/CT-UBND",
        "179/KH-UBND",
        "01-KL/TW",
        "05-CT/TW",
        "89/2015/QH13",
        "22/CĐ-TTg",
        "03/2022/TT-BKHĐT",
        "12a/QĐ-UB",
        "45/BC-CTK-TKTH",
    ],
)
def test_a_number_is_found_as_it_is_printed(number: str) -> None:
    assert find_numbers(f"Kế hoạch số {number}, ngày 18/01/2023 ({number}).") == (number,)
    assert len(find_document_numbers(number)) == 1


def test_blanks_and_dashes_are_made_even() -> None:
    assert find_numbers("Quyết định 412 /QĐ – CTK") == ("412/QĐ-CTK",)


@pytest.mark.parametrize(
    "text", ["14/7/2020", "13/18 chỉ tiêu", "24/7", "1.234/5", "2023 – 2025", "5/7-Hà Nội", "10/2026 - Sở", "ISO 9001"]
)
def test_dates_and_shares_are_no_numbers(text: str) -> None:
    assert find_numbers(text) == ()


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(number == nfc(number) for number in find_numbers(nfc(text)))
