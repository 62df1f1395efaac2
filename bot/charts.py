"""Draws how figures went from day to day: as a picture, and in characters for where there are none. Pure.

The picture holds no words, only figures: they need no letters, and its colours are named beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.message import File

#: Pixels.
_WIDTH, _PANEL, _EDGE, _LEFT, _FOOT = 960, 220, 24, 96, 44
_PAPER, _INK, _RULE = "#ffffff", "#404040", "#d8d8d8"
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Series:
    """A figure for each day; `mark` is the coloured sign by which the words beside the picture call it."""

    mark: str
    colour: str
    values: Sequence[int]


def draw_chart(days: Sequence[date], series: Sequence[Series], name: str) -> File:
    """One panel below the other over the same days; `name` is the file's."""
    image = Image.new("RGB", (_WIDTH, _PANEL * len(series) + _FOOT), _PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(22)
    for number, one in enumerate(series):
        _draw_panel(draw, one, top=number * _PANEL, font=font)
    _draw_days(draw, days, top=len(series) * _PANEL, font=font)
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    lines = [f"{one.mark} {draw_line(one.values)} {max(one.values, default=0)}" for one in series]
    return File(name, content.getvalue(), is_picture=True, drawing="\n".join(lines))


def draw_line(values: Sequence[int]) -> str:
    """A character for each value, as high as it is."""
    most = max(values, default=0)
    return "".join(_BLOCKS[value * (len(_BLOCKS) - 1) // most if most else 0] for value in values)


def _draw_panel(draw: ImageDraw.ImageDraw, series: Series, *, top: int, font: _Font) -> None:
    """Bars from the ground up; the highest day's figure stands at the top line."""
    most = max(series.values, default=0)
    ceiling, ground = top + _EDGE, top + _PANEL
    for y, value in ((ceiling, most), (ground, 0)):
        draw.line((_LEFT, y, _WIDTH - _EDGE, y), fill=_RULE, width=1)
        draw.text((_LEFT - 12, y), f"{value}", fill=_INK, font=font, anchor="rm")
    for number, value in enumerate(series.values):
        left, right = _find_column(number, len(series.values))
        height = round((ground - ceiling) * value / most) if most else 0
        if value:
            draw.rectangle((left, ground - max(2, height), right, ground), fill=series.colour)


def _draw_days(draw: ImageDraw.ImageDraw, days: Sequence[date], *, top: int, font: _Font) -> None:
    """Every fifth day, counted from the last."""
    for number, day in enumerate(days):
        if (len(days) - 1 - number) % 5 == 0:
            left, right = _find_column(number, len(days))
            draw.text(((left + right) / 2, top + 8), f"{day.day}/{day.month}", fill=_INK, font=font, anchor="ma")


def _find_column(number: int, count: int) -> tuple[int, int]:
    step = (_WIDTH - _EDGE - _LEFT) / max(1, count)
    left = _LEFT + number * step
    return round(left + step * 0.12), round(left + step * 0.88)
