"""Pictures and attachments of the newsroom, drawn on the spot: names in, bytes out."""

import hashlib
import unicodedata
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from bot.demo.archive import Attachment, Picture

_WIDTH, _HEIGHT = 480, 270


@cache
def render_picture(picture: Picture) -> bytes:
    """A small JPEG of a meeting hall in a colour of its own: wall, banner, table, and those who sit at it."""
    hue = hashlib.sha256(picture.file.encode()).digest()[0] * 360 // 256
    image = Image.new("RGB", (_WIDTH, _HEIGHT), f"hsl({hue}, 45%, 88%)")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 30, 420, 120), fill=f"hsl({hue}, 60%, 38%)")
    for left in (106, 186, 266, 346):
        draw.ellipse((left, 136, left + 28, 164), fill=f"hsl({hue}, 25%, 35%)")
    draw.rectangle((40, 170, 440, 184), fill=f"hsl({hue}, 30%, 55%)")
    file = BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()


def render_attachment(attachment: Attachment) -> bytes:
    """A PDF of one page that says what it is; its built-in font has no Vietnamese letters, so marks are dropped."""
    words = _drop_marks(attachment.label).replace("\\", "").replace("(", "[").replace(")", "]")
    stream = f"BT /F1 14 Tf 60 760 Td ({words}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    return _assemble(objects)


def _assemble(objects: tuple[bytes, ...]) -> bytes:
    document = bytearray(b"%PDF-1.4\n")
    table = bytearray(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for number, content in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(document)
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(document + table + trailer % (len(objects) + 1, len(document)))


def _drop_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return letters.encode("ascii", "ignore").decode("ascii")
