"""Reads what Zalo tells, whether wrapped as an answer or bare. Pure; it never asks Zalo back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db.models import ChatKind

_LONGEST_ID = 64
_TEXT = "message.text.received"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote, and where. `text` is None where it was no text: a picture, a sticker, a voice."""

    message_id: str
    chat: str
    kind: ChatKind
    person: str
    name: str
    text: str | None


def name_update(bot: str) -> Callable[[Any], tuple[str, dict[str, Any]] | None]:
    """Finds the update of this bot in what was sent, wrapped or bare."""

    def read(body: Any) -> tuple[str, dict[str, Any]] | None:
        update = body["result"] if isinstance(body, dict) and isinstance(body.get("result"), dict) else body
        message_id = get_message_id(update) if isinstance(update, dict) else ""
        return (f"{bot}:{message_id}", update) if message_id else None

    return read


def get_message_id(update: Mapping[str, Any]) -> str:
    message = update.get("message")
    return _get_text(message, "message_id")[:_LONGEST_ID] if isinstance(message, dict) else ""


def read_update(update: Mapping[str, Any], bot_name: str) -> Said | None:
    """None for what nobody said: other events, other bots' words, what cannot be read."""
    message = update.get("message")
    message = message if isinstance(message, dict) else {}
    chat, sender = message.get("chat"), message.get("from")
    if not isinstance(chat, dict) or not isinstance(sender, dict) or sender.get("is_bot") is True:
        return None
    address, person = _get_text(chat, "id"), _get_text(sender, "id")
    if not all(0 < len(id_) <= _LONGEST_ID for id_ in (address, person)):
        return None
    is_group = _get_text(chat, "chat_type").upper() == "GROUP"
    kind = ChatKind.GROUP if is_group else ChatKind.PRIVATE
    text = _read_text(update, message)
    words = _strip_name(text, bot_name) if is_group and text else text
    name = _get_text(sender, "display_name")
    return Said(get_message_id(update), address, kind, person if is_group else address, name, words)


def _read_text(update: Mapping[str, Any], message: Mapping[str, Any]) -> str | None:
    """A picture's caption is what is said with it."""
    if update.get("event_name") == _TEXT:
        return _get_text(message, "text") or None
    return _get_text(message, "caption").strip() or None


def _strip_name(text: str, bot_name: str) -> str:
    """In a group what is for the bot begins with its name."""
    words = text.strip()
    if bot_name and words.casefold().startswith(f"@{bot_name}".casefold()):
        return words[len(bot_name) + 1 :].strip()
    return words


def _get_text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
