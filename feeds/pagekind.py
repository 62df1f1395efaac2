"""Tells what a page is that lists no news: made by script, behind a login, an error or maintenance (N18)."""

import copy
import re
from enum import StrEnum
from typing import Any

from lxml import etree

from db.text import fold, syllables
from feeds.clean import squeeze


class PageKind(StrEnum):
    LIST = "list"  #: it seems to list something
    SCRIPT = "script"  #: a program makes the page in the reader's browser
    LOGIN = "login"  #: it asks for a password first
    ERROR = "error"  #: an error, though the server says that all is well
    MAINTENANCE = "maintenance"  #: the site is being worked on
    EMPTY = "empty"  #: a page without a list of news


#: What can be said to an admin.
REASONS = {
    PageKind.LIST: "no list of news was found on the page",
    PageKind.SCRIPT: "the page is made by a script in the browser; its text cannot be read from here",
    PageKind.LOGIN: "the page asks to log in",
    PageKind.ERROR: "the page only shows an error",
    PageKind.MAINTENANCE: "the site is under maintenance",
    PageKind.EMPTY: "no list of news was found on the page",
}

_SPARSE = 60  # syllables of a page that says nothing by itself
_SHORT = 250
_ROOTS = "//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='___gatsby' or @ng-app or self::app-root]"
_NEEDS_SCRIPT = re.compile(
    r"(?:enable|bat|kich hoat|requires?|need)\W+(?:\w+\W+){0,4}javascript|javascript\W+(?:\w+\W+){0,4}enable"
)
_CHALLENGE = re.compile(r"document\.cookie\s*=|location\.(?:reload|replace|href)", re.IGNORECASE)
_MAINTENANCE = re.compile(
    r"bao tri|dang (?:duoc )?nang cap|tam (?:thoi )?(?:ngung|dung|gian doan)|maintenance"
    r"|under construction|be right back"
)
#: A number is an error's where it stands alone or beside words of errors: `500 đồng` is none.
_CODE = r"\b(?:40[0134]|50[0234])\b"
_ERROR = re.compile(
    rf"(?:error|loi|http|status|ma so)\W{{1,3}}{_CODE}"
    rf"|{_CODE}\W{{0,3}}(?:$|error|page|loi|trang|internal|bad|service|gateway)"
    r"|khong tim thay|khong ton tai|not found|server error|runtime error|da (?:xay ra|co) loi"
    r"|loi (?:he thong|may chu|ket noi)|(?:he thong|may chu) (?:dang )?(?:gap )?(?:su co|loi)|service unavailable"
    r"|access denied|forbidden|bad gateway|error establishing|too many connections|khong co quyen|fatal error"
)


def describe_tree(root: Any) -> PageKind:
    """From the whole tree, scripts included, of which nothing is taken out."""
    shown = _drop_unseen(root)
    words = len(syllables(shown))
    if root.xpath("//input[translate(@type, 'PASWORD', 'pasword')='password']") and words < _SHORT:
        return PageKind.LOGIN
    told = fold(squeeze(" ".join(root.xpath("//title//text() | //h1//text() | //h2//text()"))))
    told = f"{told} {fold(shown)}" if words < _SHORT else ""
    if _MAINTENANCE.search(told):
        return PageKind.MAINTENANCE
    if words < _SHORT and _ERROR.search(told):
        return PageKind.ERROR
    if _is_made_by_script(root, words):
        return PageKind.SCRIPT
    return PageKind.LIST if words >= _SHORT else PageKind.EMPTY


def _drop_unseen(root: Any) -> str:
    """The text of the page as it is seen without scripts."""
    shown = copy.deepcopy(root)
    etree.strip_elements(shown, "script", "style", "noscript", "template", "head", etree.Comment, with_tail=False)
    return squeeze(" ".join(shown.itertext()))


def _is_made_by_script(root: Any, words: int) -> bool:
    """Hardly a word, but a program, or a place for one to fill."""
    if words >= _SPARSE:
        return False
    scripts = " ".join("".join(script.itertext()) for script in root.iter("script"))
    asked = fold(squeeze(" ".join("".join(one.itertext()) for one in root.iter("noscript"))))
    has_program = any(script.get("src") for script in root.iter("script"))
    has_place = bool(root.xpath(_ROOTS)) and (has_program or bool(scripts))
    return (
        has_place
        or bool(_NEEDS_SCRIPT.search(asked))
        or bool(_CHALLENGE.search(scripts))
        or (has_program and words < 20)
    )
