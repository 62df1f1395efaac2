"""Figures as a picture: every day has its place, and the highest reaches the line."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.charts import Series, draw_chart, draw_line

DAYS = [date(2026, 8, 6) - timedelta(days=back) for back in reversed(range(30))]
BLUE = (0x3B, 0x82, 0xF6)


def _find_blue(values: list[int]) -> tuple[int, int, int, int] | None:
    file = draw_chart(DAYS, [Series("🟦", "#3b82f6", values)], "x.png")
    with Image.open(BytesIO(file.content)) as image:
        assert image.format == "PNG"
        other = ImageChops.difference(image, Image.new("RGB", image.size, BLUE)).convert("L")
    return other.point([255, *[0] * 255]).getbbox()


def test_the_bars_stand_where_their_days_are() -> None:
    assert _find_blue([0] * 30) is None
    first, last = _find_blue([5] + [0] * 29), _find_blue([0] * 29 + [5])
    assert first is not None
    assert last is not None
    assert first[2] < 130 < 900 < last[0]
    assert first[1] == last[1] == 24
    low = _find_blue([1] + [0] * 28 + [1000])
    assert low is not None
    assert low[0] == first[0]


@pytest.mark.parametrize(
    ("values", "line"), [([], ""), ([0, 0], "▁▁"), ([1, 7, 14], "▁▄█"), ([3], "█"), ([0, 10**12], "▁█")]
)
def test_a_line_has_a_character_for_each_day(values: list[int], line: str) -> None:
    assert draw_line(values) == line


@settings(max_examples=10, deadline=None)
@given(values=st.lists(st.integers(min_value=0, max_value=10**9), min_size=0, max_size=40))
def test_any_figures_can_be_drawn(values: list[int]) -> None:
    days = (DAYS * 2)[: len(values)]
    file = draw_chart(days, [Series("🟦", "#3b82f6", values)] * 3, "x.png")
    assert file.content.startswith(b"\x89PNG")
    assert len(file.drawing.splitlines()) == 3
