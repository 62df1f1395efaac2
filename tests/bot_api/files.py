"""Files as Telegram takes them: what is uploaded is judged and gets a name, by which it is sent again."""

import re
from io import BytesIO
from itertools import count
from typing import Any

from PIL import Image

from tests.bot_api.errors import ApiError, bad_request
from tests.bot_api.markup import parse_json

MOST = {"photo": 10 * 2**20, "document": 50 * 2**20}
PREVIEWS = {
    "is_disabled": bool,
    "url": str,
    "prefer_small_media": bool,
    "prefer_large_media": bool,
    "show_above_text": bool,
}


class Files:
    """What was uploaded, by its name."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, list[dict[str, Any]]]] = {}
        self._numbers = count(1)

    def take(self, params: dict[str, str], field: str) -> tuple[list[dict[str, Any]], tuple[str, bytes] | None]:
        """The sizes of a file with their names, and what was uploaded of it: nothing where it came by its name.

        No address is fetched, since loa never sends one.
        """
        value = params.get(field, "")
        if not value and f"{field} name" not in params:
            raise bad_request(f"there is no {field} in the request")
        if f"{field} name" not in params:
            kind, sizes = self._known.get(value, ("", []))
            if kind != field:
                raise bad_request("wrong file identifier/HTTP URL specified")
            return sizes, None
        content = value.encode("latin-1", "replace")
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > MOST[field]:
            raise ApiError(413, "Request Entity Too Large")
        return self._add(field, content), (params[f"{field} name"], content)

    def _add(self, field: str, content: bytes) -> list[dict[str, Any]]:
        number = next(self._numbers)
        sizes = _get_sizes(content) if field == "photo" else [()]
        named = [_name(f"{field}-{number}-{index}", size) for index, size in enumerate(sizes)]
        self._known |= {one["file_id"]: (field, named) for one in named}
        return named


def _name(name: str, size: tuple[int, ...]) -> dict[str, Any]:
    return {"file_id": name, "file_unique_id": f"u{name}"} | dict(zip(("width", "height"), size, strict=False))


def _get_sizes(content: bytes) -> list[tuple[int, ...]]:
    """A small one, and the whole."""
    try:
        with Image.open(BytesIO(content)) as picture:
            width, height = picture.size
            picture.load()
    except (OSError, SyntaxError, ValueError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return [(max(1, width // 4), max(1, height // 4)), (width, height)]


def parse_preview(value: str) -> dict[str, Any]:
    """Link preview options; what is shown has to be an address of the web."""
    options: dict[str, Any] = parse_json(value, dict, "object expected as link preview options") if value else {}
    for name, option in options.items():
        if name in PREVIEWS and not isinstance(option, PREVIEWS[name]):
            raise bad_request(f'can\'t parse link preview options: Field "{name}" is of a wrong type')
    if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", options.get("url", "http://a.b")):
        raise bad_request("WEBPAGE_URL_INVALID")
    return options
