"""The Bot API's methods over the people's world: each checks, acts and answers."""

import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from tests.bot_api.errors import bad_request, forbidden
from tests.bot_api.files import Files, parse_preview
from tests.bot_api.ledger import Answer, Sent
from tests.bot_api.limits import Limiter
from tests.bot_api.markup import parse_json, parse_markup, parse_text, utf16_length
from tests.bot_api.people import INSIDE, People, Room

Params = dict[str, str]
STALE = "query is too old and response timeout expired or query ID is invalid"
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}
SCOPES = {
    **dict.fromkeys(("default", "all_private_chats", "all_group_chats", "all_chat_administrators"), ()),
    **dict.fromkeys(("chat", "chat_administrators"), ("chat_id",)),
    "chat_member": ("chat_id", "user_id"),
}
MAX_CAPTION = 1024
#: Where the words of a message stand, and their markup: of one with media, below it.
WORDS = {False: ("text", "entities"), True: ("caption", "caption_entities")}
PLEASANTRIES = ("setMyName", "setMyDescription", "setMyShortDescription", "setChatMenuButton")


class Methods:
    """`get(name)` finds a method; what it raises is an ApiError."""

    def __init__(self, people: People, limiter: Limiter, monotonic: Callable[[], float]) -> None:
        self._people = people
        self._ledger = people.ledger
        self._limiter = limiter
        self._monotonic = monotonic
        self._files = Files()
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        table = {
            **{"getMe": self._get_me, "getUpdates": self._get_updates, "getWebhookInfo": self._webhook_info},
            **{"setWebhook": self._set_webhook, "deleteWebhook": self._delete_webhook},
            **{"setMyCommands": self._set_commands, "getMyCommands": self._get_commands},
            **{"deleteMyCommands": self._delete_commands, "sendMessage": self._send},
            **{"sendPhoto": self._send_photo, "sendDocument": self._send_document},
            **{"editMessageText": self._edit_text, "editMessageReplyMarkup": self._edit_markup},
            **{"editMessageCaption": self._edit_caption},
            **{"deleteMessage": self._delete, "sendChatAction": self._chat_action, "getChat": self._get_chat},
            **{"answerCallbackQuery": self._answer_press, "answerInlineQuery": self._answer_inline},
            **{"getChatMember": self._get_member, "getChatAdministrators": self._get_admins},
            **{"leaveChat": self._leave, **dict.fromkeys(PLEASANTRIES, self._agree)},
        }
        self._table = {name.lower(): method for name, method in table.items()}

    def get(self, name: str) -> Callable[[Params], Awaitable[Any]] | None:
        """Telegram does not mind the case of a method's name."""
        return self._table.get(name.lower())

    async def _agree(self, params: Params) -> bool:
        return True

    async def _get_me(self, params: Params) -> dict[str, Any]:
        return self._people.bot

    async def _get_updates(self, params: Params) -> list[dict[str, Any]]:
        updates = self._people.updates
        if "allowed_updates" in params:
            updates.allow(_kinds(params["allowed_updates"]))
        limit = _integer(params, "limit", 100)
        seconds = min(50, max(0, _integer(params, "timeout", 0)))
        if not 1 <= limit <= 100:
            limit = 100
        return await updates.get(offset=_integer(params, "offset", 0), limit=limit, seconds=seconds)

    async def _set_webhook(self, params: Params) -> bool:
        url = params.get("url", "")
        if url and not url.startswith("https://"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if "allowed_updates" in params:
            self._people.updates.allow(_kinds(params["allowed_updates"]))
        secret = params.get("secret_token", "")
        if secret and not re.fullmatch("[A-Za-z0-9_-]{1,256}", secret):
            raise bad_request("bad webhook: secret token contains unallowed characters")
        if urlsplit(url).port not in (None, 443, 80, 88, 8443):
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        self._people.updates.set_webhook(url, drop=_flag(params, "drop_pending_updates"), secret=secret)
        self._people.pusher.start()
        return True

    async def _delete_webhook(self, params: Params) -> bool:
        self._people.updates.set_webhook("", drop=_flag(params, "drop_pending_updates"))
        return True

    async def _webhook_info(self, params: Params) -> dict[str, Any]:
        updates = self._people.updates
        counts = {"pending_update_count": len(updates.pending), "has_custom_certificate": False}
        return {"url": updates.webhook, **counts, **self._people.pusher.error}

    async def _set_commands(self, params: Params) -> bool:
        scope = self._scope(params)
        commands = parse_json(params.get("commands", ""), list, "can't parse commands JSON object")
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        self.menus[scope] = [_command(command) for command in commands]
        self._ledger.bell.ring()
        return True

    async def _get_commands(self, params: Params) -> list[dict[str, str]]:
        return self.menus.get(self._scope(params), [])

    async def _delete_commands(self, params: Params) -> bool:
        self.menus.pop(self._scope(params), None)
        self._ledger.bell.ring()
        return True

    def _scope(self, params: Params) -> tuple[str, str]:
        language = params.get("language_code", "")
        if language and not re.fullmatch("[a-z]{2}", language):
            raise bad_request("invalid language code specified")
        scope = parse_json(params.get("scope") or '{"type":"default"}', dict, "can't parse BotCommandScope")
        kind = scope.get("type")
        if kind not in SCOPES:
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
        for field in SCOPES[kind]:
            if field == "chat_id":
                self._room({"chat_id": str(scope.get("chat_id", ""))})
            elif scope.get(field) not in self._people.persons:
                raise bad_request("user not found")
        return json.dumps(scope, sort_keys=True), language

    async def _send(self, params: Params) -> dict[str, Any]:
        room = self._writable(params)
        text, entities = _text(params)
        return self._post(room, params, {}, text=text, entities=entities, asked=("sendMessage", params))

    async def _send_photo(self, params: Params) -> dict[str, Any]:
        room = self._writable(params)
        if not room.takes_photos:
            raise bad_request("not enough rights to send photos to the chat")
        sizes, file = self._files.take(params, "photo")
        caption, entities = _caption(params)
        asked = ("sendPhoto", params)
        return self._post(room, params, {"photo": sizes}, text=caption, entities=entities, asked=asked, file=file)

    async def _send_document(self, params: Params) -> dict[str, Any]:
        room = self._writable(params)
        [named], file = self._files.take(params, "document")
        caption, entities = _caption(params)
        asked = ("sendDocument", params)
        return self._post(room, params, {"document": named}, text=caption, entities=entities, asked=asked, file=file)

    def _post(self, room: Room, params: Params, media: dict[str, Any], **content: Any) -> dict[str, Any]:
        """A new message, in its topic of a forum."""
        markup = parse_markup(params.get("reply_markup", ""))
        thread_id = _thread(params, room)
        self._limiter.take(room.id, is_group=room.is_group)
        message = {"message_id": self._people.next_message_id(), "date": int(time.time())}
        frame = {"from": self._people.bot, "chat": room.as_chat()}
        thread = {"message_thread_id": thread_id, "is_topic_message": True} if thread_id else {}
        return self._record(message | frame | thread | media, markup=markup, **content)

    async def _edit_text(self, params: Params) -> dict[str, Any]:
        room, message = self._editable(params)
        if _is_media(message):
            raise bad_request("there is no text in the message to edit")
        text, entities = _text(params)
        markup = parse_markup(params.get("reply_markup", ""), is_edit=True)
        return self._edit(room, message, text=text, entities=entities, markup=markup, asked=("editMessageText", params))

    async def _edit_caption(self, params: Params) -> dict[str, Any]:
        room, message = self._editable(params)
        if not _is_media(message):
            raise bad_request("there is no caption in the message to edit")
        text, entities = _caption(params)
        markup = parse_markup(params.get("reply_markup", ""), is_edit=True)
        asked = ("editMessageCaption", params)
        return self._edit(room, message, text=text, entities=entities, markup=markup, asked=asked)

    async def _edit_markup(self, params: Params) -> dict[str, Any]:
        room, message = self._editable(params)
        markup = parse_markup(params.get("reply_markup", ""), is_edit=True)
        text, entities, _ = _words(message)
        asked = ("editMessageReplyMarkup", params)
        return self._edit(room, message, text=text, entities=entities, markup=markup, asked=asked)

    def _edit(self, room: Room, message: dict[str, Any], **new: Any) -> dict[str, Any]:
        if _words(message) == (new["text"], new["entities"], new["markup"]):
            raise bad_request(UNCHANGED)
        self._limiter.take(room.id, is_group=room.is_group)
        return self._record(message | {"edit_date": int(time.time())}, **new)

    def _record(
        self,
        message: dict[str, Any],
        *,
        text: str,
        entities: tuple[dict[str, Any], ...],
        markup: dict[str, Any] | None,
        asked: tuple[str, Params],
        file: tuple[str, bytes] | None = None,
    ) -> dict[str, Any]:
        method, params = asked
        words, marks = WORDS[_is_media(message)]
        frame = {k: v for k, v in message.items() if k not in (words, marks, "reply_markup")}
        extras = {marks: list(entities), "reply_markup": markup}
        stored = frame | ({words: text} if text or words == "text" else {})
        stored |= {key: value for key, value in extras.items() if value}
        chat_id, message_id = stored["chat"]["id"], stored["message_id"]
        self._people.messages[chat_id, message_id] = stored
        sent = Sent(
            *(chat_id, message_id, text, entities, params.get(words, ""), markup, self._monotonic(), method),
            thread_id=stored.get("message_thread_id"),
            file=file,
            file_id=stored["photo"][-1]["file_id"] if "photo" in stored else "",
            is_silent=_flag(params, "disable_notification"),
            preview=parse_preview(params.get("link_preview_options", "")),
            replies_to=self._find_quoted(chat_id, params),
        )
        self._ledger.add_sent(sent)
        return stored

    def _find_quoted(self, chat_id: int, params: Params) -> int | None:
        if not params.get("reply_parameters"):
            return None
        quote = parse_json(params["reply_parameters"], dict, "can't parse reply parameters JSON object")
        if (chat_id, quote.get("message_id")) in self._people.messages:
            return int(quote["message_id"])
        if not quote.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return None

    async def _delete(self, params: Params) -> bool:
        room = self._writable(params)
        if self._people.messages.pop((room.id, _integer(params, "message_id", 0)), None) is None:
            raise bad_request("message to delete not found")
        self._ledger.bell.ring()
        return True

    async def _chat_action(self, params: Params) -> bool:
        self._writable(params)
        if params.get("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True

    async def _answer_press(self, params: Params) -> bool:
        query_id, text = params.get("callback_query_id", ""), params.get("text", "")
        if query_id not in self._people.queries:
            raise bad_request(STALE)
        if utf16_length(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        self._ledger.add_answer(Answer(query_id, text, alert=_flag(params, "show_alert")))
        return True

    async def _answer_inline(self, params: Params) -> bool:
        query_id = params.get("inline_query_id", "")
        if query_id not in self._people.queries:
            raise bad_request(STALE)
        results = parse_json(params.get("results", ""), list, "can't parse JSON encoded inline query results")
        ids = [result.get("id") for result in results]
        if len(results) > 50 or not all(ids):
            raise bad_request("RESULTS_TOO_MUCH" if len(results) > 50 else "RESULT_ID_INVALID")
        if len(set(ids)) < len(ids):
            raise bad_request("RESULT_ID_DUPLICATE")
        for content in (result.get("input_message_content") for result in results):
            if content and "message_text" in content:
                parse_text(content["message_text"], content.get("parse_mode") or "", "")
        self._ledger.add_answer(Answer(query_id, results=tuple(results)))
        return True

    async def _get_chat(self, params: Params) -> dict[str, Any]:
        frame = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _gifts()}
        return self._room(params).as_chat() | frame

    async def _get_member(self, params: Params) -> dict[str, Any]:
        room, user_id = self._present(params), _integer(params, "user_id", 0)
        if user_id == self._people.bot["id"]:
            return self._people.member(self._people.bot, room.bot_status)
        if user_id not in self._people.persons:
            raise bad_request("PARTICIPANT_ID_INVALID")
        user = self._people.persons[user_id].as_user()
        return self._people.member(user, room.members.get(user_id, "left"))

    async def _get_admins(self, params: Params) -> list[dict[str, Any]]:
        room = self._present(params)
        if room.kind == "private":
            raise bad_request("there are no administrators in the private chat")
        admins = {i: s for i, s in room.members.items() if s in ("creator", "administrator")}
        return [self._people.member(self._people.persons[i].as_user(), s) for i, s in admins.items()]

    async def _leave(self, params: Params) -> bool:
        room = self._present(params)
        if room.kind == "private":
            raise bad_request("chat member status can't be changed in private chats")
        room.bot_status = "left"
        self._ledger.bell.ring()
        return True

    def _room(self, params: Params) -> Room:
        address = params.get("chat_id", "")
        if not address:
            raise bad_request("chat_id is empty")
        room = self._people.rooms.get(int(address)) if re.fullmatch(r"-?\d+", address) else None
        if room is None or not room.known:
            raise bad_request("chat not found")
        return room

    def _present(self, params: Params) -> Room:
        room = self._room(params)
        if room.refusal is not None and room.kind != "private":
            raise room.refusal
        if room.bot_status not in (*INSIDE, "restricted") and room.kind != "private":
            raise forbidden(f"bot is not a member of the {room.kind} chat")
        return room

    def _writable(self, params: Params) -> Room:
        room = self._present(params)
        if room.refusal is not None:
            raise room.refusal
        if room.bot_status == "restricted":
            raise bad_request("not enough rights to send text messages to the chat")
        return room

    def _editable(self, params: Params) -> tuple[Room, dict[str, Any]]:
        room = self._writable(params)
        message = self._people.messages.get((room.id, _integer(params, "message_id", 0)))
        if message is None:
            raise bad_request("message to edit not found")
        if message.get("from") != self._people.bot:
            raise bad_request("message can't be edited")
        return room, message


def _is_media(message: dict[str, Any]) -> bool:
    return "photo" in message or "document" in message


def _words(message: dict[str, Any]) -> tuple[str, tuple[dict[str, Any], ...], dict[str, Any] | None]:
    """What a message says, wherever its words stand."""
    words, marks = WORDS[_is_media(message)]
    return message.get(words, ""), tuple(message.get(marks, ())), message.get("reply_markup")


def _text(params: Params) -> tuple[str, tuple[dict[str, Any], ...]]:
    parse_preview(params.get("link_preview_options", ""))
    return parse_text(params.get("text", ""), params.get("parse_mode", ""), params.get("entities", ""))


def _caption(params: Params) -> tuple[str, tuple[dict[str, Any], ...]]:
    if not params.get("caption"):
        return "", ()
    caption, entities = parse_text(params["caption"], params.get("parse_mode", ""), params.get("caption_entities", ""))
    if utf16_length(caption) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return caption, entities


def _thread(params: Params, room: Room) -> int | None:
    """The topic of the forum that the message goes to."""
    thread_id = _integer(params, "message_thread_id", 0) or None
    if thread_id is not None and thread_id not in room.topics:
        raise bad_request("message thread not found")
    if thread_id in room.closed_topics:
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def _kinds(value: str) -> list[str]:
    kinds = parse_json(value, list, "can't parse allowed updates JSON object")
    return [kind for kind in kinds if isinstance(kind, str)]


def _command(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(command.get("command", "")).removeprefix("/"), str(command.get("description", ""))
    if not re.fullmatch("[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= utf16_length(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _flag(params: Params, name: str) -> bool:
    return params.get(name, "").lower() in ("true", "yes", "1")


def _integer(params: Params, name: str, default: int) -> int:
    value = params.get(name, "")
    return int(value) if re.fullmatch(r"-?\d+", value) else default


def _gifts() -> dict[str, bool]:
    names = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return dict.fromkeys(names, False)
