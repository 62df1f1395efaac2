"""Finds the papers that hang on an article: links to PDF, DOC and XLS; never opens one."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from db.text import fold
from feeds.clean import squeeze
from feeds.links import web_url
from feeds.types import Attachment

_PAPER = re.compile(r"\.(?:pdf|docx?|xlsx?)(?![\w.])", re.IGNORECASE)
_FILE = re.compile(r"[^/\\?&=#]+\.(?:pdf|docx?|xlsx?)(?![\w.])", re.IGNORECASE)
_NO_NAME = re.compile(r"\W*(?:(?:bam|nhan|xem|tai|click|download|file|tep|ve|xuong|vao|o|day|here|dinh kem|pdf)\W*)*")


def is_paper(link: Any) -> bool:
    """Whether a link leads to a paper, by its address or by its own words."""
    return bool(_PAPER.search(unquote(link.get("href", ""))) or _FILE.fullmatch(squeeze("".join(link.itertext()))))


def read_papers(links: Iterable[Any], base: str) -> tuple[Attachment, ...]:
    """The papers among the links, each once, with the first name that says what it is."""
    papers: dict[str, str] = {}
    for link in filter(is_paper, links):
        if url := web_url(link.get("href", ""), base):
            papers[url] = papers.get(url) or _find_name(link)
    return tuple(Attachment(url, name or _name_file(url)) for url, name in papers.items())


def _find_name(link: Any) -> str:
    """What the link says, or its title; nothing where both only say `Tải về`."""
    names = (squeeze(text) for text in ("".join(link.itertext()), link.get("title", "")))
    return next((name for name in names if not _NO_NAME.fullmatch(fold(name))), "")


def _name_file(url: str) -> str:
    """The file's own name, from the path or the query."""
    match = _FILE.search(unquote(url))
    return squeeze(match[0] if match else PurePosixPath(urlsplit(url).path).name)
