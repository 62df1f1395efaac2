"""What a source says otherwise than before changes what loa tells, where it matters."""

import pytest

from db.models import TextOrigin
from db.stories import Revised
from feeds.correct import resummarise
from feeds.types import Size

SIZE = Size()
OLD, NEW = "Tổng sản phẩm tăng 8,2% so với cùng kỳ.", "Tổng sản phẩm tăng 2,8% so với cùng kỳ."


def revised(old: str, new: str, *, summary: str, origin: TextOrigin = TextOrigin.PAGE) -> Revised:
    return Revised(1, origin, "GRDP sáu tháng", new, "GRDP sáu tháng", old, summary)


def test_a_figure_that_is_said_otherwise_leaves_the_summary() -> None:
    """D17"""
    summary = resummarise(revised(OLD, NEW, summary="Nội dung: tăng 8,2% trong sáu tháng."), SIZE)
    assert summary is not None
    assert "2,8%" in summary.text
    assert "8,2%" not in summary.text


@pytest.mark.parametrize(
    ("old", "new", "summary"),
    [
        (OLD, OLD, OLD),
        (OLD, NEW, "Một tóm tắt không có con số nào."),
        (OLD, f"{OLD} Cập nhật.", "Nội dung: tăng 8,2% trong sáu tháng."),
        ("Có 5 lượt xem.", "Có 6 lượt xem.", "Tăng 8,2%."),
    ],
)
def test_what_the_page_said_stays_as_it_is(old: str, new: str, summary: str) -> None:
    assert resummarise(revised(old, new, summary=summary), SIZE) is None


def test_where_the_description_stands_for_the_page_the_summary_follows_it() -> None:
    summary = resummarise(revised(OLD, f"Rà soát lại: {NEW}", summary=OLD, origin=TextOrigin.FEED), SIZE)
    assert summary is not None
    assert "2,8%" in summary.text
