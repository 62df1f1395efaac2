"""Where Vietnamese sentences end."""

from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.summarisers.sentences import split_sentences

CASES = Path(__file__).parents[2] / "data" / "sentences.txt"
PIECES = st.sampled_from(["Ông", "TP.", "8,2%", "./.", "”", "“", ".", "...", "?", " ", "\n", "A.", "1.", "đi", "Hà"])


@settings(deadline=None)
@given(st.text() | st.lists(PIECES).map("".join))
def test_no_letter_is_lost_or_moved(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


@settings(deadline=None)
@given(st.text())
def test_no_sentence_is_empty_or_has_space_around_it(text: str) -> None:
    assert all(sentence and sentence == sentence.strip() for sentence in split_sentences(text))


@pytest.mark.parametrize(
    "sentences",
    [
        ["GRDP tăng 8,2%.", "Thu ngân sách đạt 1.234,5 tỷ đồng."],
        ["Hội nghị đã thành công!", "Ai dự?", "Lãnh đạo các sở, ngành..."],
        ["Hội nghị kết thúc./.", "CTK Bình An"],
        ["Ông nói: “Phải làm ngay.”", "Mọi người đồng ý."],
        ["Việc này xong trong năm 2025.", "6 tháng cuối năm, việc khác bắt đầu."],
        ["Kết quả rất tốt.", "“Chúng ta phải cố gắng.”", "(Ảnh tư liệu.)"],
    ],
)
def test_sentences_end_at_their_marks(sentences: list[str]) -> None:
    assert split_sentences(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "Hội nghị họp tại TP. Hồ Chí Minh và TX. La Gi.",
        "PGS.TS. Nguyễn Văn An và ThS. Trần Thị Bình (TS. Lê Cường chủ trì) đã dự.",
        "Ông Nguyễn V. An ký TM. Ủy ban nhân dân.",
        "Gửi về thongke@binhan.gov.vn hoặc www.binhan.gov.vn trước ngày 14.7.2026.",
        "1. Tình hình kinh tế có nhiều khởi sắc.",
        "II. Nông nghiệp phát triển ổn định.",
        "Các huyện, thị xã, thành phố... đều tham gia.",
        ". Dấu chấm đứng đầu",
    ],
)
def test_abbreviations_numbers_and_addresses_end_no_sentence(sentence: str) -> None:
    """C3"""
    assert len(split_sentences(sentence)) == 1 + sentence.startswith(". ")


def test_a_line_break_ends_a_sentence() -> None:
    assert split_sentences("Tiêu đề nhỏ\n\nĐoạn văn.") == ["Tiêu đề nhỏ", "Đoạn văn."]


def test_an_endless_line_is_split_without_looking_at_all_of_it_each_time() -> None:
    """F1"""
    assert len(split_sentences("Ông nói “hãy làm. " * 20_000)) == 20_000
    assert len(split_sentences("A. " * 20_000)) == 1


def test_borders_in_official_text_are_found() -> None:
    """C3"""
    lines = CASES.read_text(encoding="utf-8").splitlines()
    cases = [[part.strip() for part in line.split("‖")] for line in lines if not line.startswith("#")]
    found = [(list_borders(case), list_borders(split_sentences(" ".join(case)))) for case in cases]
    right = sum(len(wanted & got) for wanted, got in found)
    assert len(cases) >= 200
    assert 2 * right / sum(len(wanted) + len(got) for wanted, got in found) >= 0.99


def list_borders(sentences: list[str]) -> set[int]:
    """After how many letters a sentence ends, without the last one."""
    lengths = accumulate(len("".join(sentence.split())) for sentence in sentences[:-1])
    return set(lengths)


@pytest.mark.parametrize(
    "sentences",
    [
        ["Ông viết: “Có tiến bộ. Tuy nhiên, còn chậm.”", "Cục tiếp thu."],
        ["Ông viết: “Có tiến bộ.", "Không ai đóng ngoặc."],
        ["Ông viết: “Có tiến bộ.", "Bà viết: “Còn chậm.”"],
    ],
    ids=["closed", "never closed", "opened again"],
)
def test_a_quotation_is_not_taken_apart(sentences: list[str]) -> None:
    assert split_sentences(" ".join(sentences)) == sentences
