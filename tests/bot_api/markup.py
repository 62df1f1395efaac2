"""Telegram's HTML, its UTF-16 offsets and its keyboards, parsed by its rules. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.bot_api.errors import ApiError, bad_request

MAX_UNITS = 4096
MAX_BUTTONS = 100
KINDS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    **{"a": "text_link", "code": "code", "pre": "pre"},
    **{"blockquote": "blockquote", "tg-emoji": "custom_emoji"},
}
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_RUN = re.compile(rb"[^<&]+")
_WORD = re.compile(rb"[^\s>]*")
_KEY = re.compile(rb"[^\s=>]*")
_TOKEN = re.compile(rb"[A-Za-z0-9.-]*")
_SPACE = re.compile(rb"\s*")
_REFERENCE = re.compile(rb"&(?:#x([0-9A-Fa-f]*)|#([0-9]*)|([A-Za-z]+))(;?)")
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+", re.UNICODE)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def command_entities(text: str) -> list[dict[str, Any]]:
    """The `bot_command` entities that Telegram finds in what a person writes."""
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _COMMAND.finditer(text)
    ]


def parse_text(raw: str, parse_mode: str, entities: str) -> tuple[str, tuple[dict[str, Any], ...]]:
    """The plain text within Telegram's limits, and its entities. Raises ApiError."""
    if parse_mode.lower() not in ("", "html"):
        raise bad_request("unsupported parse_mode")
    found: list[dict[str, Any]] = []
    text = raw
    if parse_mode:
        text, found = _HtmlParser(raw).parse()
    elif entities:
        found = parse_json(entities, list, "can't parse entities: expected an Array of MessageEntity")
    text, found = _trim(text, found)
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MAX_UNITS:
        raise bad_request("message is too long")
    return text, tuple(found)


def parse_json(value: str, kind: type, refusal: str) -> Any:
    try:
        parsed = json.loads(value)
    except ValueError as error:
        raise bad_request(refusal) from error
    if not isinstance(parsed, kind):
        raise bad_request(refusal)
    return parsed


def clean_url(url: str) -> str:
    """The address as Telegram keeps it; empty when it would drop the link."""
    try:
        parts = urlsplit(url if re.match(r"[A-Za-z][\w+.-]*:(?!\d)", url) else f"http://{url}")
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        return ""
    if parts.scheme in ("tg", "ton", "tonsite"):
        return parts.geturl()
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not port_is_good:
        return ""
    if not _HOST.fullmatch(host) and not (":" in host and "[" in parts.netloc):
        return ""
    return parts._replace(path=parts.path or "/").geturl()


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end, and where it began in what was written."""

    name: str
    argument: str
    offset: int
    pieces: int


class _HtmlParser:
    """One pass over the bytes, since Telegram names errors by byte."""

    def __init__(self, raw: str) -> None:
        self._data = raw.encode("utf-8", "surrogatepass")
        self._at = 0
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[dict[str, Any]] = []

    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        while self._at < len(self._data):
            if self._byte() == b"<":
                self._close_tag() if self._data[self._at + 1 : self._at + 2] == b"/" else self._open_tag()
            else:
                self._write(self._reference() if self._byte() == b"&" else self._take(_RUN).decode())
        if self._open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        return "".join(self._pieces), _without_styled_code(self._entities)

    def _byte(self) -> bytes:
        return self._data[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[bytes]) -> bytes:
        match = pattern.match(self._data, self._at)
        assert match is not None
        self._at = match.end()
        return match.group()

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._length += utf16_length(text)

    def _reference(self) -> str:
        """What a character reference stands for; an unknown one stands for itself."""
        match = _REFERENCE.match(self._data, self._at)
        text = _dereference(match) if match else ""
        self._at = match.end() if match and text else self._at + 1
        return text or "&"

    def _open_tag(self) -> None:
        begin = self._at
        self._at += 1
        name = self._take(_WORD).decode().lower()
        if not self._byte():
            raise _unparsable(f"Unclosed start tag at byte offset {begin}")
        if name not in KINDS:
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {begin}')
        argument = ""
        while self._take(_SPACE) is not None and self._byte() != b">":
            argument = _argument(name, *self._attribute(name, begin)) or argument
        self._at += 1
        if name == "span" and argument != "spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        if name == "tg-emoji" and not argument.isdecimal():
            raise _unparsable("Invalid custom emoji identifier specified")
        self._open.append(_Open(name, argument, self._length, len(self._pieces)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        if not self._byte():
            raise _unparsable(f'Unclosed start tag "{tag}" at byte offset {begin}')
        key = self._take(_KEY).decode().lower()
        if not key:
            raise _unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self._take(_SPACE)
        if self._byte() != b"=":
            return key, ""
        self._at += 1
        self._take(_SPACE)
        if not self._byte():
            raise _unparsable(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._quoted() if self._byte() in (b'"', b"'") else self._bare()
        if not self._byte():
            raise _unparsable(f"Unclosed start tag at byte offset {begin}")
        return key, value

    def _bare(self) -> str:
        begin = self._at
        value = self._take(_TOKEN).decode().lower()
        if not self._byte().isspace() and self._byte() != b">":
            raise _unparsable(f"Unexpected end of name token at byte offset {begin}")
        return value

    def _quoted(self) -> str:
        quote = self._byte()
        self._at += 1
        run = re.compile(rb"[^&" + quote + rb"]+")
        value = ""
        while self._byte() not in (quote, b""):
            value += self._reference() if self._byte() == b"&" else self._take(run).decode()
        self._at += len(self._byte())
        return value

    def _close_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise _unparsable(f"Unexpected end tag at byte offset {begin}")
        self._at += 2
        found = self._take(_WORD).decode()
        self._take(_SPACE)
        if self._byte() != b">":
            raise _unparsable(f"Unclosed end tag at byte offset {begin}")
        self._at += 1
        tag = self._open.pop()
        if found and found != tag.name:
            expected = f'expected "</{tag.name}>", found "</{found}>"'
            raise _unparsable(f"Unmatched end tag at byte offset {begin}, {expected}")
        self._add_entity(tag)

    def _add_entity(self, tag: _Open) -> None:
        length = self._length - tag.offset
        entity: dict[str, Any] = {"type": KINDS[tag.name], "offset": tag.offset, "length": length}
        if tag.name == "a":
            entity["url"] = clean_url(tag.argument or "".join(self._pieces[tag.pieces :]))
        elif tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.argument
        elif tag.name == "blockquote" and tag.argument:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "code" and tag.argument:
            entity["language"] = tag.argument
        if length and entity.get("url") != "":
            self._entities.append(entity)


def _unparsable(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def _dereference(match: re.Match[bytes]) -> str:
    hexadecimal, decimal, name, _ = match.groups()
    if name is not None:
        return NAMED.get(name, "")
    code = int(hexadecimal or b"0", 16) if hexadecimal is not None else int(decimal or b"0")
    if not 0 < code < 0x10FFFF or match.end() - match.start() - len(match[4]) >= 10:
        return ""
    if 0xD800 <= code <= 0xDFFF:
        raise _unparsable(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code)


def _argument(tag: str, key: str, value: str) -> str:
    """What an attribute says of its tag; attributes that Telegram does not know say nothing."""
    match (tag, key):
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class"):
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case ("span", "class"):
            return value.removeprefix("tg-") if value.startswith("tg-") else ""
        case ("blockquote", "expandable"):
            return "1"
    return ""


def _without_styled_code(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In reading order; what stands inside code or pre has no style, but pre learns its language."""
    kept: list[dict[str, Any]] = []
    outer_first = entities[::-1]
    outer_first.sort(key=lambda e: (e["offset"], -e["length"]))
    for entity in outer_first:
        end = entity["offset"] + entity["length"]
        frame = next((f for f in kept if f["type"] in ("pre", "code") and end <= f["offset"] + f["length"]), None)
        if frame is None:
            kept.append(entity)
        elif entity["length"] == frame["length"] and "language" in entity:
            frame["language"] = entity["language"]
    for entity in kept:
        if entity["type"] == "code":
            entity.pop("language", None)
    return kept


def _trim(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Without white space at both ends, entities moved and cut accordingly."""
    lead = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    length = utf16_length(text)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(length, entity["offset"] + entity["length"] - lead)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return text, kept


def parse_markup(value: str, *, is_edit: bool = False) -> dict[str, Any] | None:
    """The inline keyboard, or None. Other keyboards pass unread where they are allowed."""
    if not value:
        return None
    markup = parse_json(value, dict, "can't parse reply keyboard markup JSON object")
    if "inline_keyboard" not in markup:
        if is_edit and markup:
            raise bad_request("inline keyboard expected")
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    kept = [[_button(button) for button in row] for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _button(button: Any) -> dict[str, Any]:
    refusal = "can't parse inline keyboard button: "
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request(refusal + "InlineKeyboardButton must be an Object with a text")
    if not button["text"].strip():
        raise bad_request(refusal + "button text must be non-empty")
    if "callback_data" in button:
        if not 1 <= len(str(button["callback_data"]).encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    elif "url" in button:
        if not clean_url(str(button["url"])):
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    elif not {"switch_inline_query", "switch_inline_query_current_chat", "copy_text", "web_app"} & set(button):
        raise bad_request(refusal + "Text buttons are unallowed in the inline keyboard")
    return button
