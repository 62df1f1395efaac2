"""Makes a picture one that every chat platform takes: a JPEG of moderate size that tells nothing but what it shows.

Pure. What comes in is hostile: it is judged by its head before it is unpacked.
"""

from io import BytesIO

from PIL import Image, ImageOps

from feeds.errors import PictureError

#: The kinds that are read; the others are no pictures of the web, and seldom used readers are the weak ones.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
#: The longer side at most, in pixels; Telegram shows no more, and takes up to 10,000 for both sides together.
LONGEST_SIDE = 1280
#: Smaller ones are marks and buttons; what is so long and thin is a line, and Telegram refuses it.
_LEAST_SIDE, _MOST_RATIO = 80, 20
#: Unpacked, this many pixels take 100 MB.
_MOST_PIXELS = 25_000_000
_QUALITY = 85

_UNREADABLE = (
    *(OSError, ValueError, SyntaxError, EOFError, MemoryError),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)


def fit(content: bytes) -> bytes:
    """The picture upright, on white, as a JPEG without any note of where and by whom it was taken.

    Of a moving picture, the beginning. Raises PictureError.
    """
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            _check_size(*picture.size)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            flat = _flatten(ImageOps.exif_transpose(picture))
    except _UNREADABLE as error:
        raise PictureError("the picture cannot be read") from error
    jpeg = BytesIO()
    flat.save(jpeg, "JPEG", quality=_QUALITY, optimize=True)
    return jpeg.getvalue()


def _check_size(width: int, height: int) -> None:
    short, long = sorted((width, height))
    if short < _LEAST_SIDE:
        raise PictureError("the picture is too small to look at")
    if long > short * _MOST_RATIO:
        raise PictureError("the picture is too long and thin")
    if width * height > _MOST_PIXELS:
        raise PictureError("the picture is too large")


def _flatten(picture: Image.Image) -> Image.Image:
    """Its colours alone, on white where one sees through it; what its file says beside them stays behind."""
    flat = Image.new("RGB", picture.size, "white")
    colours = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    flat.paste(colours, mask=colours if colours.mode == "RGBA" else None)
    return flat
