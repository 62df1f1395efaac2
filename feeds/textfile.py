"""Reads a file, a saved page or plain text, into a story as a page is read; never opens or fetches one."""

import re
from html import escape

from feeds.article import is_other_format, read_story
from feeds.charset import decode_page
from feeds.types import Story

_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|div|p|h1|article|table)\b", re.IGNORECASE)
_LONGEST_TITLE = 300


def read_file(body: bytes) -> Story:
    """The article in a file. Raises ArticleError when there is none."""
    is_page = is_other_format(body) or _MARKUP.search(body)
    return read_story(body if is_page else _make_page(decode_page(body, "text/plain")), "")


def _make_page(text: str) -> bytes:
    """A page of the lines; the first is the title, or the second where capitals before it name the section."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    place = 1 if len(lines) > 1 and lines[0].isupper() else 0
    tags = ["h1" if index == place and _may_be_title(line) else "p" for index, line in enumerate(lines)]
    page = "".join(f"<{tag}>{escape(line)}</{tag}>" for tag, line in zip(tags, lines, strict=True))
    return f'<html><head><meta charset="utf-8"></head><body>{page}</body></html>'.encode()


def _may_be_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and not line.endswith(".")
