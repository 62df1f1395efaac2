"""Judges the images of a page: which are pictures to look at, and where they come from; never fetches one."""

import re
from typing import Any

from feeds.clean import squeeze

_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
_DECOR = re.compile(
    r"(?:^|[/_-])(?:logo|icons?|ico|banner|button|btn|spacer|blank|pixel|1x1|loading|avatar|emoji|bullet|arrow|share"
    r"|facebook|zalo|twitter|youtube|google|print|rss|email|new|hot)\d*(?:[_./-]|$)|^data:",
    re.IGNORECASE,
)
_STAND_IN = re.compile(r"(?:^|[_-])(?:default|no-?image|no-?photo|placeholder|favicon)(?:[_.-]|$)", re.IGNORECASE)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|bmp|svg)(?:$|\?)", re.IGNORECASE)
_LEAST_SIDE = 80  # pixels; smaller ones are buttons


def is_shown(picture: Any) -> bool:
    """Whether a picture is one to look at: no button, no mark of the site, no door to another page."""
    sides = [picture.get(side, "").removesuffix("px") for side in ("width", "height")]
    if any(side.isdecimal() and int(side) < _LEAST_SIDE for side in sides):
        return False
    source = get_source(picture)
    return bool(source) and not _DECOR.search(source) and not _is_door(picture)


def is_cover(source: str) -> bool:
    """Whether a file's name may be that of an article's own picture, and not of a mark of the whole site."""
    name = source.partition("?")[0].rpartition("/")[2]
    return bool(name) and not source.startswith("data:") and not _DECOR.search(name) and not _STAND_IN.search(name)


def get_source(picture: Any) -> str:
    return next((value for name in _SOURCES if (value := squeeze(picture.get(name, "")))), "")


def _is_door(picture: Any) -> bool:
    link = next(picture.iterancestors("a"), None)
    href = "" if link is None else link.get("href", "")
    return bool(href) and not href.startswith(("#", "javascript:")) and not _PICTURE_FILE.search(href)
