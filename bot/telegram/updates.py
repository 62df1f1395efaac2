"""Reads Telegram's updates: what was asked, and who left or moved. Pure; it never asks Telegram back."""

import re
from dataclasses import dataclass, replace

from telegram import Chat, InlineQuery, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.asked import Asked
from bot.outside import parse_number
from db.models import ChatKind

ALLOWED = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER]
_KINDS: dict[str, ChatKind] = {ChatType.PRIVATE: ChatKind.PRIVATE, ChatType.CHANNEL: ChatKind.CHANNEL}
_OUTSIDE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?=\s|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was asked, and the message whose button was pressed, or the one that was `said` in a group.

    `asked.may_manage` is false in groups until Telegram is asked, which is worth it when `needs_rights`.
    """

    asked: Asked
    message_id: int | None = None
    needs_rights: bool = False
    said: int | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """Words that somebody typed after the bot's name in any chat, and which page of the articles they want to see."""

    asked: Asked
    query_id: str
    page: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody brought the bot into a group or channel."""

    asked: Asked


@dataclass(frozen=True, slots=True)
class Left:
    """The bot was blocked by a person or thrown out of a group."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A group became a supergroup."""

    old: str
    new: str


#: What an update tells; None for what is not for this bot, or was not said to it.
Read = Heard | Sought | Joined | Left | Moved | None


def read_update(update: Update, username: str) -> Read:
    """None for what is not for this bot, or was not said to it."""
    if update.my_chat_member is not None:
        return _read_membership(update)
    if update.callback_query is not None:
        return _read_press(update)
    if update.inline_query is not None:
        return _read_search(update.inline_query)
    if update.message is None:
        return None
    return _read_move(update.message) or _read_message(update.message, username)


def get_lane(update: Update) -> int:
    """Updates of one lane are served in order: those of a chat, and those of its move."""
    message = update.message
    if message is not None and message.migrate_to_chat_id:
        return message.migrate_to_chat_id
    chat, user = update.effective_chat, update.effective_user
    return chat.id if chat else user.id if user else 0


def _read_membership(update: Update) -> Left | Joined | None:
    change = update.my_chat_member
    if change is None:
        return None
    is_private = change.chat.type == ChatType.PRIVATE
    if change.new_chat_member.status in _OUTSIDE:
        reason = "the person blocked the bot" if is_private else "the bot was removed from the chat"
        return Left(str(change.chat.id), reason)
    if is_private or change.old_chat_member.status not in _OUTSIDE:
        return None
    return Joined(_create_asked(change.chat, None if change.from_user.is_bot else change.from_user))


def _read_move(message: Message) -> Moved | None:
    here = str(message.chat.id)
    if message.migrate_to_chat_id:
        return Moved(here, str(message.migrate_to_chat_id))
    return Moved(str(message.migrate_from_chat_id), here) if message.migrate_from_chat_id else None


def _read_press(update: Update) -> Heard | None:
    query = update.callback_query
    if query is None or query.message is None or not query.data:
        return None
    asked = _create_asked(query.message.chat, query.from_user, action=query.data)
    thread = _get_thread(query.message) if isinstance(query.message, Message) else None
    return Heard(replace(asked, thread=thread), message_id=query.message.message_id, needs_rights=True)


def _read_search(query: InlineQuery) -> Sought:
    """The chat it is typed in stays unknown: it counts as asked in private."""
    person = query.from_user
    private = Chat(person.id, ChatType.PRIVATE, first_name=person.first_name)
    return Sought(_create_asked(private, person, text=query.query), query.id, parse_number(query.offset) or 0)


def _read_message(message: Message, username: str) -> Heard | None:
    text = message.text or ""
    user = None if message.sender_chat else message.from_user
    if not text or message.via_bot or (user is not None and user.is_bot):
        return None
    asked = replace(_create_asked(message.chat, user), thread=_get_thread(message))
    if asked.kind is not ChatKind.PRIVATE and not message.forward_origin:
        asked, text = _read_address(asked, message, text, username)
    command = _COMMAND.match(text)
    said = None if asked.kind is ChatKind.PRIVATE else message.message_id
    if command is None:
        return Heard(replace(asked, text=text), said=said)
    is_ours = (command[2] or username).lower() == username.lower()
    if not is_ours or message.forward_origin:
        return None
    return Heard(replace(asked, text=f"/{command[1]}{text[command.end() :]}"), needs_rights=True, said=said)


def _read_address(asked: Asked, message: Message, text: str, username: str) -> tuple[Asked, str]:
    """In a group: whether the bot is named, which is taken out of the text, and what of its own is replied to."""
    mention = re.compile(rf"@{re.escape(username)}(?!\w)[,:]?", re.IGNORECASE)
    if not text.startswith("/") and mention.search(text):
        return replace(asked, is_addressed=True), mention.sub(" ", text).strip()
    first = message.reply_to_message
    is_ours = first is not None and first.from_user is not None and first.from_user.username == username
    return (replace(asked, replies_to=str(first.message_id)), text) if first and is_ours else (asked, text)


def _create_asked(chat: Chat, user: User | None, *, text: str = "", action: str = "") -> Asked:
    kind = _KINDS.get(chat.type, ChatKind.GROUP)
    return Asked(
        channel="telegram",
        chat=str(chat.id),
        kind=kind,
        person=str(user.id) if user else "",
        person_name=user.full_name if user else "",
        chat_title=chat.title or chat.full_name or "",
        language=(user.language_code or "").split("-")[0] if user else "",
        text=text,
        action=action,
        may_manage=kind is ChatKind.PRIVATE,
    )


def _get_thread(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None
