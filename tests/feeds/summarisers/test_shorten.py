"""Long sentences are shortened where a clause ends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.summarisers.shorten import shorten

HEAD = "Các cơ quan, đơn vị thành viên trong Khối đã ký kết giao ước thi đua năm 2026 và triển khai 12 nội dung"
TAIL = " ".join(["phong trào thi đua yêu nước gắn với nhiệm vụ chính trị"] * 4)
PIECES = st.lists(st.sampled_from([HEAD, TAIL, "; ", ", đồng thời ", ", nhằm ", "“", "”", '"', "(", ")", ": ", "nếu"]))


@pytest.mark.parametrize("border", ["; ", ", đồng thời ", ", qua đó ", ", trong đó ", ", nhằm "])
def test_it_ends_at_the_border_of_a_clause_with_an_ellipsis(border: str) -> None:
    assert shorten(f"{HEAD}{border}{TAIL}.") == f"{HEAD}…"


def test_as_much_as_fits_is_kept() -> None:
    assert shorten(f"{HEAD}; mở 2 lớp tập huấn; {TAIL}.") == f"{HEAD}; mở 2 lớp tập huấn…"


@pytest.mark.parametrize(
    "sentence",
    [
        f"{HEAD}; tất cả đều đạt.",
        f"{HEAD}, {TAIL}.",
        f"{HEAD} gồm: tổ một; tổ hai; {TAIL}.",
        f"{HEAD} (tổ một; {TAIL}).",
        f"Ông nói: “{HEAD}; {TAIL}”.",
        f'{HEAD} "theo mẫu; {TAIL}" của Cục.',
        f"Thực hiện Kế hoạch thi đua của tỉnh về phát triển kinh tế và xã hội nhanh; {TAIL}.",
        f"Khối đã họp; {TAIL}.",
        f"{HEAD}; {TAIL}, ông Hùng cho biết.",
        f"{HEAD}; {TAIL} nếu được phê duyệt.",
        f"{TAIL}; {TAIL}.",
    ],
    ids=[
        "short",
        "names",
        "list",
        "brackets",
        "quotation",
        "quotes",
        "no clause",
        "stump",
        "speaker",
        "condition",
        "long",
    ],
)
def test_what_cannot_be_cut_safely_stays_whole(sentence: str) -> None:
    assert shorten(sentence) == sentence


def test_an_endless_sentence_is_searched_at_its_beginning_alone() -> None:
    """F1"""
    assert shorten(f"{HEAD}; " * 5_000) == f"{HEAD}; {HEAD}…"


@settings(deadline=None)
@given(PIECES.map("".join))
def test_what_is_kept_is_a_beginning(sentence: str) -> None:
    kept = shorten(sentence)
    assert kept == sentence or (kept.endswith("…") and sentence.startswith(kept[:-1]))
