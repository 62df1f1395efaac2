"""Different articles that share most of their words stay two; one release in several papers' words stays one."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.retold import are_one_story, read_telling
from feeds.same import fingerprint, may_be_same
from tests.families import Piece
from tests.lookalikes import FOOTERS, LOOKALIKES, Draw

RELEASE = Piece(
    "Sáu tháng đầu năm, chỉ số sản xuất công nghiệp toàn tỉnh tăng 8,2%",
    (
        "Theo báo cáo của Chi cục Thống kê ngày 5/8/2026, chỉ số sản xuất công nghiệp sáu tháng tăng 8,2% so cùng kỳ.",
        "Ngành chế biến, chế tạo tăng 10,4%, đóng góp nhiều nhất; sản xuất điện tăng 6,1%, khai khoáng giảm 3%.",
        "Toàn tỉnh có 1.204 doanh nghiệp công nghiệp đang hoạt động, sử dụng 48.300 lao động, thêm 1.120 người.",
    ),
)
LEAD, MIDDLE, END = RELEASE.paragraphs
FORM = (
    "Điện lực Trung Tâm thông báo tạm ngừng cung cấp điện tại xã {} từ 7 giờ đến 11 giờ ngày {} để sửa chữa lưới điện. "
    "Rất mong quý khách hàng thông cảm và chủ động kế hoạch sản xuất, sinh hoạt trong thời gian nói trên."
)


def tell_one_story(one: Piece, other: Piece) -> bool:
    return are_one_story(read_telling(one.title, one.text), read_telling(other.title, other.text))


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_articles_of_one_form_or_above_one_footer_are_different_news(kind: str) -> None:
    """N8"""
    rng = random.Random(8)
    draw: Draw = LOOKALIKES[kind]
    pairs = [draw(rng) for _ in range(40)]
    alike = [pair for pair in pairs if may_be_same(*(fingerprint(piece.title, piece.text) for piece in pair))]
    assert len(alike) > 5
    assert not [pair for pair in alike if tell_one_story(*pair)]


@pytest.mark.parametrize(
    "reprint",
    [
        Piece("Công nghiệp của tỉnh tăng khá", RELEASE.paragraphs),
        Piece("Công nghiệp của tỉnh tăng khá", (END, LEAD, MIDDLE)),
        Piece(
            "Công nghiệp của tỉnh tăng khá", ("Trao đổi với phóng viên, ông Tám cho biết như sau.", *RELEASE.paragraphs)
        ),
        Piece("Đọc nhanh", (LEAD, END)),
        Piece("Đọc nhanh", (LEAD, MIDDLE)),
        Piece(RELEASE.title, (LEAD,)),
        Piece(RELEASE.title.upper(), (RELEASE.title, *RELEASE.paragraphs, FOOTERS[0])),
        Piece(RELEASE.title, (f"{LEAD[:-1]}, trong khi năm trước chỉ tăng ít.", MIDDLE, END)),
    ],
    ids=["title", "order", "introduction", "cut", "cut short", "teaser", "footer", "end of a sentence"],
)
def test_a_short_release_is_the_same_in_another_paper(reprint: Piece) -> None:
    """N8"""
    assert tell_one_story(RELEASE, reprint)
    assert tell_one_story(reprint, RELEASE)


@pytest.mark.parametrize(
    ("place", "day"), [("Tân Hải", "13/11/2026"), ("Suối Kiết", "12/11/2026"), ("Suối Kiết", "13/11/2026")]
)
def test_one_day_or_place_makes_another_notice(place: str, day: str) -> None:
    """N8"""
    one = Piece("Thông báo tạm ngừng cung cấp điện", (FORM.format("Tân Hải", "12/11/2026"),))
    assert tell_one_story(one, one)
    assert not tell_one_story(one, Piece(one.title, (FORM.format(place, day),)))


def test_a_figure_that_was_mended_among_many_is_the_same_story() -> None:
    """N4"""
    many = tuple(f"Huyện thứ {word} thu {100 + number} tỷ đồng." for number, word in enumerate("abcdefghijklmnopqrst"))
    assert tell_one_story(
        Piece(RELEASE.title, many), Piece(RELEASE.title, (*many[:5], "Huyện thứ f thu 701 tỷ đồng.", *many[6:]))
    )
    few = Piece(RELEASE.title, many[:6])
    assert not tell_one_story(few, Piece(RELEASE.title, (*many[:5], "Huyện thứ f thu 701 tỷ đồng.")))


def test_who_signs_a_text_counts_for_nothing() -> None:
    """N8"""
    one, other = (Piece(RELEASE.title, (*RELEASE.paragraphs, who)) for who in ("Minh Anh", "Theo Báo Tỉnh, Thu Hà"))
    assert tell_one_story(one, other)


def test_an_abbreviation_stands_for_its_words() -> None:
    text = "Tại phiên họp sáng nay, {} tỉnh giao chỉ tiêu thu ngân sách cho các xã, phường và yêu cầu báo cáo kết quả."
    one, other = (Piece(RELEASE.title, (text.format(who),)) for who in ("Ủy ban nhân dân", "UBND"))
    assert tell_one_story(one, other)


def test_titles_that_name_different_places_are_different_news() -> None:
    """N8"""
    rules = tuple(
        f"Điều {number}. Người dự tuyển nộp giấy tờ thứ {number} theo quy định chung." for number in range(1, 30)
    )
    one, other = (Piece(f"Xã {name} tuyển dụng công chức năm nay", rules) for name in ("Tân Hải", "Suối Kiết"))
    assert not tell_one_story(one, other)


@settings(max_examples=30)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_compared_and_is_the_same_as_itself(one: str, other: str) -> None:
    ours, theirs = read_telling(RELEASE.title, one), read_telling(other, one)
    assert are_one_story(ours, ours)
    assert are_one_story(ours, theirs) in {True, False}
