"""The people and groups around the bot, and what they do; every act is an update."""

import hashlib
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from tests.bot_api.ledger import Bell

BOT_NAME = "Bot Loa"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone on Zalo; the private chat with them has the same id."""

    id: str
    name: str

    @property
    def chat(self) -> dict[str, str]:
        return {"id": self.id, "chat_type": "PRIVATE"}


@dataclass(frozen=True, slots=True)
class Group:
    id: str

    @property
    def chat(self) -> dict[str, str]:
        return {"id": self.id, "chat_type": "GROUP"}


def make_id(*parts: object) -> str:
    """20 hexadecimal digits, as all of Zalo's ids are."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


class People:
    """Registers people, and holds what they did until the bot fetches it."""

    def __init__(self, photo_field: str) -> None:
        self.bell = Bell()
        self.waiting: deque[dict[str, Any]] = deque()
        self.known: set[str] = set()
        self._photo_field = photo_field
        self._count = 0

    def person(self, name: str, *, known: bool = False) -> Person:
        """Someone the bot cannot write to before they spoke to it, unless `known`."""
        person = Person(make_id("person", name), name)
        if known:
            self.known.add(person.id)
        return person

    def group(self, name: str) -> Group:
        return Group(make_id("group", name))

    def say(self, person: Person, text: str, group: Group | None = None) -> dict[str, Any]:
        """Write to the bot; in a group it hears what begins with its name. Returns the update."""
        words = f"@{BOT_NAME} {text}" if group else text
        return self._arrive(person, group, "text", {"message_type": "CHAT_MESSAGE", "text": words})

    def show(self, person: Person, url: str, caption: str = "") -> dict[str, Any]:
        """Send a picture."""
        content = {"message_type": "CHAT_PHOTO", self._photo_field: url, "caption": caption}
        return self._arrive(person, None, "image", content)

    def send_sticker(self, person: Person) -> dict[str, Any]:
        content = {"message_type": "CHAT_STICKER", "sticker": "abc", "url": "https://s.example.vn/abc.png"}
        return self._arrive(person, None, "sticker", content)

    def send_secret(self, person: Person) -> dict[str, Any]:
        """Something of which Zalo tells the bot only that it was there."""
        return self._arrive(person, None, "unsupported", {"message_type": "UNSUPPORTED"})

    def _arrive(self, person: Person, group: Group | None, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        self._count += 1
        chat = (group or person).chat
        self.known.add(chat["id"])
        sender = {"id": person.id, "display_name": person.name, "is_bot": False}
        common = {"message_id": make_id("said", self._count), "date": int(time.time() * 1000)}
        message = common | {"chat": chat, "from": sender} | content
        update = {"event_name": f"message.{kind}.received", "message": message}
        self.waiting.append(update)
        self.bell.ring()
        return update
