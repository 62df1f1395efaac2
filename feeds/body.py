"""Finds the article among the lines of a page: its title, then its text; knows the habits of Vietnamese portals."""

import re
from collections import Counter, defaultdict
from itertools import islice
from math import inf
from typing import Any

from db.text import fold, syllables
from feeds.blocks import Block, get_look, is_prose
from feeds.dates import parse_stamp
from feeds.metadata import Metadata

_BOX = re.compile(
    r"(?:cac )?(?:tin|bai)(?: tuc| viet)? (?:cung|khac|lien quan|da dua|moi hon|cu hon|moi nhat)\b"
    r"|y kien ban doc|binh luan[\W\d]*$|tu khoa:|tags?:"
)
_FRAME = re.compile(r"trang:|trang \d|ban quyen|(?:tong )?(?:so )?luot truy cap")
_NOISE = re.compile(
    r"luot xem|so lan xem|so luot xem|(?:in trang|in bai|in bai viet|co chu|nghe bai viet|chia se)[\W\d]*$"
    r"|advert(?:isement)?[\W\d]*$|(?:published|updated|posted)\b.*\b(?:19|20)\d\d\b|photo:|image \d"
    r"|by [a-z .-]+ [-|] \d|gui email|ve dau trang|xem them|tep dinh kem|file dinh kem|tai lieu dinh kem|anh:"
)
_GALLERY = re.compile(r"mot (?:so|vai) hinh anh\b|hinh anh\b.*:$")
_SIGNATURE = re.compile(
    r"\(?(?:(?:ctk|cctk|bbt|pv|ttxvn)\b|(?:nguon|theo|tac gia|nguoi dua tin|tin|tin,? anh|bai,? anh):)"
)
_SIGNATURE_LOOK = re.compile(r"signature|author|tac-?gia|nguoi-?viet")
_RIGHT = re.compile(r"text-align\s*:\s*right", re.IGNORECASE)
_TITLE_LOOK = re.compile(r"title|headline|tieu-?de")
_BREADCRUMB_LOOK = re.compile(r"breadcrumb|duong-?dan|sitemap")
_STAMP = re.compile(r"\W*(?:thu \w+|chu nhat|ngay|dang(?: ngay| luc| tai|:)|cap nhat|xuat ban|thoi gian|luc|\d)")
_SHORT = 80  # characters; a marker in a longer line is a word of the text
_FADE = 0.7  # of a line's weight, each step further out


def find_title(blocks: list[Block], metadata: Metadata) -> int | None:
    """The index of the line that is the article's title, or None."""
    start = _text_start(blocks)
    names, title = {_key(name) for name in metadata.names}, _key(metadata.title)
    scores = [_title_score(block, names, title) for block in blocks]
    likely = [index for index, score in enumerate(scores) if score > 0]
    if likely:
        return max(likely, key=lambda index: scores[index] - min(3.0, 0.1 * abs(start - index)))
    return _guess_title(blocks, start)


def select_body(blocks: list[Block]) -> list[Block]:
    """Of the lines between the title and what ends the article, those that are its text; a heading ends none."""
    blocks = [block for block in blocks if not is_noise(block)]
    inside = set(_container(blocks))
    places = [index for index, block in enumerate(blocks) if block.owner in inside]
    if not places:
        return []
    found = [
        block
        for index, block in enumerate(blocks[: places[-1] + 1])
        if is_text(block) and (block.owner in inside or (index < places[0] and is_prose(block)))
    ]
    end = next((index for index, block in enumerate(reversed(found)) if not block.is_heading), 0)
    return found[: len(found) - end]


def select_rows(blocks: list[Block]) -> list[Block]:
    """The rows of figures, for a page that has nothing else to say; rows of links are no figures."""
    return [block for block in blocks if block.is_row and block.linked < 0.3]


def find_stop(blocks: list[Block], begun_at: float = inf) -> int:
    """The index where the article is over; a box of other news ends nothing before the text has begun.

    `begun_at` is the place of a line below which there is something of the article, be it text or not.
    """
    begun = False
    for index, block in enumerate(blocks):
        begun = begun or block.place >= begun_at
        if is_marked(block, _FRAME) or (begun and is_marked(block, _BOX)):
            return index
        begun = begun or is_prose(block) or block.is_row
    return len(blocks)


def is_noise(block: Block) -> bool:
    """Whether a line is one of the page's own, such as `Lượt xem: 20`."""
    return is_marked(block, _NOISE) or is_marked(block, _BOX)


def is_marked(block: Block, marker: re.Pattern[str]) -> bool:
    """Whether the short line begins with the marker, which is folded."""
    return len(block.text) <= _SHORT and marker.match(fold(block.text)) is not None


def is_stamp(text: str) -> bool:
    """Whether a line is the date of publication, and no sentence that begins with a date."""
    begins = len(text) <= 60 and not text.endswith(".") and _STAMP.match(fold(text))
    return bool(begins) and parse_stamp(text) is not None


def is_text(block: Block) -> bool:
    """Whether a line is no mere link: a sentence may be a link for the most part."""
    plain = len(block.text) * (1 - block.linked)
    return block.linked < 0.5 or (plain >= 30 and len(block.text) >= 80)


def is_gallery_heading(block: Block) -> bool:
    return is_marked(block, _GALLERY)


def is_signature_look(block: Block) -> bool:
    """Whether a line is by its looks the name of who wrote the article."""
    owner = block.owner
    is_right = owner.get("align") == "right" or _RIGHT.search(owner.get("style", "")) is not None
    return is_right or _SIGNATURE_LOOK.search(get_look(owner)) is not None or is_marked(block, _SIGNATURE)


def is_breadcrumb(block: Block) -> bool:
    near = (block.owner, *islice(block.owner.iterancestors(), 2))
    return any(_BREADCRUMB_LOOK.search(get_look(element)) for element in near)


def _key(text: str) -> str:
    return " ".join(syllables(text))


def _title_score(block: Block, names: set[str], title: str) -> float:
    if not (key := _key(block.text)):
        return 0.0
    length = key.count(" ") + 1
    score = 0.0
    if key in names or (length > 3 and any(name.startswith(f"{key} ") for name in names)):
        score = 10.0
    elif key == title or (length > 3 and f" {key} " in f" {title} "):
        score = 5.0
    elif length > 4 and block.owner.tag == "h1":
        score = 4.0
    elif length > 4 and (block.is_heading or _TITLE_LOOK.search(get_look(block.owner))):
        score = 2.5
    if score:
        score += 2.0 * (block.owner.tag == "h1") + 1.0 * block.is_heading
        score -= 1.0 * block.text.endswith(".")
        score -= 3.0 * (block.linked > 0.5) + 3.0 * is_breadcrumb(block)
    return score


def _text_start(blocks: list[Block]) -> int:
    inside = set(_container(blocks))
    return next((i for i, block in enumerate(blocks) if block.owner in inside and is_prose(block)), 0)


def _guess_title(blocks: list[Block], start: int) -> int | None:
    """On a page that marks no title: the nearest line up from the text that is no sentence and no date."""
    for index in range(min(start, len(blocks) - 1), max(start - 5, -1), -1):
        block = blocks[index]
        if block.linked < 0.5 and not is_stamp(block.text) and _could_be_title(block.text):
            return index
    return None


def _could_be_title(text: str) -> bool:
    return 5 <= len(syllables(text)) <= 60 and not text.endswith((".", "…", ":", ";"))


def _container(blocks: list[Block]) -> list[Any]:
    """The elements of the part of the page with the most text in the fewest frames around it."""
    lines = Counter(block.owner for block in blocks)
    weights: defaultdict[Any, float] = defaultdict(float)
    for block in filter(is_prose, blocks):
        weight = min(len(block.text) / 100, 3.0) + 0.2 * block.text.count(",")
        host = block.owner if lines[block.owner] > 1 else block.owner.getparent()
        while host is not None and weight > 0.05:
            weights[host] += weight
            weight *= _FADE
            host = host.getparent()
    return list(max(weights, key=weights.__getitem__).iter()) if weights else []
