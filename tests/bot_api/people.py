"""The people and rooms around the bot, and what they do. They never wait for the bot."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.bot_api.errors import ApiError, forbidden, moved
from tests.bot_api.ledger import Ledger, Sent
from tests.bot_api.markup import command_entities
from tests.bot_api.push import Pusher
from tests.bot_api.updates import Updates

ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL_BOT = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
INSIDE = ("creator", "administrator", "member")


@dataclass(slots=True)
class Room:
    """A chat as Telegram sees it. `known`: the bot may address it; `refusal`: why it may not.

    Where it `takes_photos` the bot may send them.
    """

    id: int
    kind: str
    title: str
    known: bool = False
    bot_status: str = "member"
    refusal: ApiError | None = None
    topics: tuple[int, ...] = ()
    takes_photos: bool = True
    closed_topics: tuple[int, ...] = ()
    members: dict[int, str] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        return self.kind in ("group", "supergroup")

    def as_chat(self) -> dict[str, Any]:
        name = "first_name" if self.kind == "private" else "title"
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.kind, name: self.title, **forum}


@dataclass(frozen=True, slots=True)
class Person:
    """A user; a private chat with them has the same id."""

    id: int
    name: str
    language: str = "vi"
    username: str = ""

    def as_user(self) -> dict[str, Any]:
        user: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.name}
        return user | {k: v for k, v in self._extras().items() if v}

    def _extras(self) -> dict[str, str]:
        return {"username": self.username, "language_code": self.language}


class People:
    """Registers people and rooms and lets them act; every act is an update for the bot."""

    def __init__(self, bot: dict[str, Any]) -> None:
        self.bot = bot
        self.ledger = Ledger()
        self.updates = Updates(self.ledger.bell)
        self.pusher = Pusher(self.updates, self.ledger.bell)
        self.rooms: dict[int, Room] = {}
        self.persons: dict[int, Person] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.queries: set[str] = set()
        self._last_message = 0
        self._last_query = 0

    def person(self, id: int, name: str, language: str = "vi", *, username: str = "", known: bool = False) -> Person:
        """Someone the bot cannot write to before they spoke to it, unless `known`."""
        person = self.persons[id] = Person(id, name, language, username)
        self.rooms[id] = Room(id, "private", name, known=known)
        return person

    def group(
        self,
        id: int,
        title: str,
        kind: str = "supergroup",
        *,
        admins: Iterable[Person] = (),
        topics: tuple[int, ...] = (),
    ) -> Room:
        """A group, supergroup or channel the bot is in."""
        members = {admin.id: "administrator" for admin in admins}
        room = self.rooms[id] = Room(id, kind, title, known=True, topics=topics, members=members)
        return room

    def say(
        self,
        person: Person,
        text: str,
        chat: Room | None = None,
        *,
        sender_chat: Room | None = None,
        forwarded_from: Person | None = None,
        edits: int | None = None,
        thread_id: int | None = None,
        replies_to: int | None = None,
    ) -> int:
        """Write to the bot (or in a group) and return the message's id.

        `sender_chat` is the group itself for an anonymous admin, or a channel. `edits` and `replies_to` are earlier
        messages.
        """
        room = chat or self._own_room(person)
        message = self._message(room, text, message_id=edits)
        message["from"] = _author(person, room, sender_chat)
        if sender_chat:
            message["sender_chat"] = sender_chat.as_chat()
        if forwarded_from:
            origin = {"type": "user", "date": message["date"], "sender_user": forwarded_from.as_user()}
            message["forward_origin"] = origin
        if thread_id is not None:
            message |= {"message_thread_id": thread_id, "is_topic_message": True}
        if replies_to is not None:
            message["reply_to_message"] = self.messages[room.id, replies_to]
        if not sender_chat:
            room.members.setdefault(person.id, "member")
        return self._arrive("edited_message" if edits else "message", message, edited=bool(edits))

    def post(self, channel: Room, text: str, *, edits: int | None = None) -> int:
        """Publish in a channel."""
        message = self._message(channel, text, message_id=edits) | {"sender_chat": channel.as_chat()}
        return self._arrive("edited_channel_post" if edits else "channel_post", message, edited=bool(edits))

    def press(self, person: Person, sent: Sent, button: str, *, forged: bool = False) -> str:
        """Press a button by its label or data and return the query's id.

        Only a button that stands on the message now can be pressed, unless `forged`.
        """
        message = self.messages[sent.chat_id, sent.message_id]
        data = button if forged else _find_data(message.get("reply_markup"), button)
        query_id = self._open_query()
        query = {"id": query_id, "from": person.as_user(), "chat_instance": str(sent.chat_id)}
        self.updates.add("callback_query", query | {"message": message, "data": data})
        return query_id

    def ask_inline(self, person: Person, words: str, *, offset: str = "") -> str:
        """Type `@bot words` somewhere; returns the query's id."""
        query_id = self._open_query()
        query = {"id": query_id, "from": person.as_user(), "query": words, "offset": offset}
        self.updates.add("inline_query", query)
        return query_id

    def join(self, group: Room, by: Person, *, status: str = "member") -> None:
        """Someone adds the bot to a group."""
        group.known, group.refusal = True, None
        self._change_bot(group, by, status)

    def kick(self, group: Room, by: Person) -> None:
        """Someone throws the bot out; it cannot write there any more."""
        name = "group" if group.kind == "group" else group.kind
        group.refusal = forbidden(f"bot was kicked from the {name} chat")
        self._change_bot(group, by, "kicked")

    def block(self, person: Person) -> None:
        """Someone blocks the bot; writing to it again unblocks."""
        room = self.rooms[person.id]
        room.refusal = forbidden("bot was blocked by the user")
        self._change_bot(room, person, "kicked")

    def deactivate(self, person: Person) -> None:
        """An account is deleted; no update tells of it."""
        self.rooms[person.id].refusal = forbidden("user is deactivated")

    def migrate(self, group: Room, new_id: int) -> Room:
        """A group becomes a supergroup: the old address names the new one, both tell of it."""
        room = self.group(new_id, group.title)
        room.members = dict(group.members)
        group.refusal = moved(new_id)
        self._tell(group, {"migrate_to_chat_id": new_id})
        self._tell(room, {"migrate_from_chat_id": group.id})
        return room

    def expire_queries(self) -> None:
        """Every press so far is too old to be answered."""
        self.queries.clear()

    def next_message_id(self) -> int:
        self._last_message += 1
        return self._last_message

    def _own_room(self, person: Person) -> Room:
        room = self.rooms[person.id]
        room.known = True
        if room.refusal is not None:
            room.refusal = None
            self._change_bot(room, person, "member")
        return room

    def _message(self, room: Room, text: str, *, message_id: int | None) -> dict[str, Any]:
        room.known = True
        message = {"message_id": message_id or self.next_message_id(), "date": int(time.time())}
        content = {"chat": room.as_chat(), "text": text}
        entities = command_entities(text)
        return message | content | ({"entities": entities} if entities else {})

    def _arrive(self, kind: str, message: dict[str, Any], *, edited: bool) -> int:
        if edited:
            message["edit_date"] = message["date"]
        self.messages[message["chat"]["id"], message["message_id"]] = message
        self.updates.add(kind, message)
        return int(message["message_id"])

    def _tell(self, room: Room, content: dict[str, Any]) -> None:
        message = {"message_id": self.next_message_id(), "date": int(time.time()), "chat": room.as_chat()}
        self.updates.add("message", message | {"from": ANONYMOUS_ADMIN} | content)

    def _open_query(self) -> str:
        self._last_query += 1
        query_id = f"{4_000_000_000 + self._last_query}"
        self.queries.add(query_id)
        return query_id

    def _change_bot(self, room: Room, by: Person, status: str) -> None:
        old, room.bot_status = room.bot_status, status
        change = {"chat": room.as_chat(), "from": by.as_user(), "date": int(time.time())}
        members = {
            "old_chat_member": self.member(self.bot, old),
            "new_chat_member": self.member(self.bot, status),
        }
        self.updates.add("my_chat_member", change | members)

    @staticmethod
    def member(user: dict[str, Any], status: str) -> dict[str, Any]:
        """A ChatMember of that status, with the fields the Bot API always sends."""
        member = {"user": user, "status": status}
        if status == "creator":
            return member | {"is_anonymous": False}
        if status == "kicked":
            return member | {"until_date": 0}
        return member | (_rights() if status == "administrator" else {})


def _rights() -> dict[str, bool]:
    names = (
        *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_edit_stories"),
        *("can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info"),
        *("can_invite_users", "can_post_stories", "can_delete_stories"),
    )
    return dict.fromkeys(names, False)


def _author(person: Person, room: Room, sender_chat: Room | None) -> dict[str, Any]:
    if sender_chat is None:
        return person.as_user()
    return ANONYMOUS_ADMIN if sender_chat.id == room.id else CHANNEL_BOT


def _find_data(markup: dict[str, Any] | None, button: str) -> str:
    buttons = [b for row in (markup or {}).get("inline_keyboard", []) for b in row]
    for found in buttons:
        if "callback_data" in found and button in (found["text"], found["callback_data"]):
            return str(found["callback_data"])
    raise LookupError(f"no button {button!r} among {[b['text'] for b in buttons]}")
