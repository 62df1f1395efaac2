"""Draws an address as a QR code, for a telephone's camera. Pure."""

import io

import segno

from bot.message import File

#: Pixels of one square, and squares of the white edge.
_SCALE, _EDGE = 8, 4


def draw_code(address: str) -> File:
    code = segno.make(address, micro=False)
    picture, drawing = io.BytesIO(), io.StringIO()
    code.save(picture, kind="png", scale=_SCALE, border=_EDGE)
    code.terminal(drawing, border=_EDGE // 2, compact=True)
    return File("loa.png", picture.getvalue(), is_picture=True, drawing=drawing.getvalue().rstrip("\n"))
