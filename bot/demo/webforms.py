"""The state of the newsroom's ASP.NET form: what a page hands out, and whether what comes back is it."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from bot.demo.lists import list_offered

GRID = "ctl00$Main$gvTin"
_KEY = b"newsroom"  # guards nothing but the demo


class StateError(Exception):
    """What was posted is not what a page of this form handed out."""


def render_fields(number: int) -> str:
    """The hidden fields of page `number`."""
    state = _sign(f"page={number}")
    fields = {
        "__EVENTTARGET": "",
        "__EVENTARGUMENT": "",
        "__VIEWSTATE": state,
        "__VIEWSTATEGENERATOR": "CA0B0334",
        "__EVENTVALIDATION": _sign(state),
    }
    return "\n".join(
        f'<input type="hidden" name="{name}" id="{name}" value="{value}" />' for name, value in fields.items()
    )


def read_page(form: Mapping[str, object], pages: int) -> int:
    """The page that was asked for, by a link that the page before had. Raises StateError."""
    state = str(form.get("__VIEWSTATE", ""))
    if form.get("__EVENTVALIDATION") != _sign(state):
        raise StateError("Invalid postback or callback argument.")
    number = _read_number(state)
    asked = str(form.get("__EVENTARGUMENT", "")).removeprefix("Page$")
    offered = map(str, list_offered(number, pages))
    if form.get("__EVENTTARGET") != GRID or asked not in offered:
        raise StateError("Invalid postback or callback argument.")
    return int(asked)


def _read_number(state: str) -> int:
    text = base64.b64decode(state)[32:].decode()
    number = text.removeprefix("page=")
    if _sign(text) != state:
        raise StateError("Validation of viewstate MAC failed.")
    return int(number)


def _sign(text: str) -> str:
    return base64.b64encode(hmac.digest(_KEY, text.encode(), hashlib.sha256) + text.encode()).decode()
