"""Pictures from outside become JPEGs that every platform takes, or nothing."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from feeds.errors import PictureError
from feeds.fit import LONGEST_SIDE, fit
from tests import make

SECRET = b"10.7769 N 106.7009 E"


def look(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def draw_png_head(width: int, height: int) -> bytes:
    """A picture that says how large it is, and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(5000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("GIF", "P")],
)
def test_each_kind_of_the_web_becomes_a_jpeg(kind: str, mode: str) -> None:
    with look(fit(make.picture(300, 200, kind=kind, mode=mode))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (300, 200))


def test_a_large_picture_becomes_smaller_and_keeps_its_shape() -> None:
    with look(fit(make.picture(4000, 1000))) as picture:
        assert picture.size == (LONGEST_SIDE, LONGEST_SIDE // 4)


def test_what_a_camera_noted_stays_behind_and_the_picture_stands_upright() -> None:
    """A8"""
    exif = Image.Exif()
    exif[0x0112] = 6  # it was held upright
    exif[0x010E] = SECRET.decode()
    content = make.picture(400, 200, exif=exif.tobytes(), comment=SECRET)
    assert SECRET in content
    fitted = fit(content)
    assert SECRET not in fitted
    with look(fitted) as picture:
        assert picture.size == (200, 400)
        assert not picture.getexif()


def test_one_sees_through_to_white_and_not_to_black() -> None:
    with look(fit(make.picture(kind="PNG", mode="RGBA"))) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>404</html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='900' height='900'/>",
        make.picture()[:400],
        make.picture(60, 60),
        make.picture(1, 1, kind="GIF", mode="P"),
        make.picture(2500, 100),
        draw_png_head(30_000, 30_000),
        draw_png_head(9_000, 9_000),
        draw_png_head(300, 200),
    ],
)
def test_what_is_no_picture_to_look_at_is_refused(content: bytes) -> None:
    """F1"""
    with pytest.raises(PictureError):
        fit(content)


@settings(max_examples=30)
@given(st.sampled_from(["JPEG", "PNG", "GIF", "BMP", "WEBP"]), st.integers(0, 400), st.binary(min_size=1, max_size=9))
def test_whatever_comes_is_a_picture_or_is_refused(kind: str, at: int, noise: bytes) -> None:
    content = make.picture(90, 90, kind=kind)
    try:
        with look(fit(content[:at] + noise + content[at + len(noise) :])) as picture:
            assert picture.format == "JPEG"
    except PictureError:
        pass
