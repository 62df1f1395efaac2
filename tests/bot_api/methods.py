"""The Bot API's methods over the people's world: each checks, acts and answers."""

import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.bot_api.errors import ApiError, bad_request, forbidden
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
#: How PNG, JPEG and WebP begin.
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
PHOTO = [{"file_id": "photo", "file_unique_id": "photo", "width": 300, "height": 300}]
DOCUMENT = {"file_id": "document", "file_unique_id": "document"}
MAX_CAPTION = 1024
PLEASANTRIES = ("setMyName", "setMyDescription", "setMyShortDescription", "setChatMenuButton")


class Methods:
    """`get(name)` finds a method; what it raises is an ApiError."""

    def __init__(self, people: People, limiter: Limiter, monotonic: Callable[[], float]) -> None:
        self._people = people
        self._ledger = people.ledger
        self._limiter = limiter
        self._monotonic = monotonic
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        table = {
            **{"getMe": self._get_me, "getUpdates": self._get_updates, "getWebhookInfo": self._webhook_info},
            **{"setWebhook": self._set_webhook, "deleteWebhook": self._delete_webhook},
            **{"setMyCommands": self._set_commands, "getMyCommands": self._get_commands},
            **{"deleteMyCommands": self._delete_commands, "sendMessage": self._send},
            **{"sendPhoto": self._send_photo, "sendDocument": self._send_document},
            **{"editMessageText": self._edit_text, "editMessageReplyMarkup": self._edit_markup},
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
        self._people.updates.set_webhook(url, drop=_flag(params, "drop_pending_updates"))
        return True

    async def _delete_webhook(self, params: Params) -> bool:
        self._people.updates.set_webhook("", drop=_flag(params, "drop_pending_updates"))
        return True

    async def _webhook_info(self, params: Params) -> dict[str, Any]:
        updates = self._people.updates
        counts = {"pending_update_count": len(updates.pending), "has_custom_certificate": False}
        return {"url": updates.webhook, **counts}

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
        markup = parse_markup(params.get("reply_markup", ""))
        thread_id = _integer(params, "message_thread_id", 0) or None
        if thread_id is not None and thread_id not in room.topics:
            raise bad_request("message thread not found")
        self._limiter.take(room.id, is_group=room.is_group)
        message = {"message_id": self._people.next_message_id(), "date": int(time.time())}
        content = {"from": self._people.bot, "chat": room.as_chat()}
        thread = {"message_thread_id": thread_id, "is_topic_message": True} if thread_id else {}
        return self._record(
            message | content | thread, text=text, entities=entities, markup=markup, asked=("sendMessage", params)
        )

    async def _send_photo(self, params: Params) -> dict[str, Any]:
        return await self._send_file(params, "photo", most=10 * 2**20)

    async def _send_document(self, params: Params) -> dict[str, Any]:
        return await self._send_file(params, "document", most=50 * 2**20)

    async def _send_file(self, params: Params, field: str, *, most: int) -> dict[str, Any]:
        """Uploaded files only; a photo has to be a picture."""
        room = self._writable(params)
        content = params.get(field, "").encode("latin-1", "replace")
        if f"{field} name" not in params:
            raise bad_request(f"there is no {field} in the request")
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > most:
            raise ApiError(413, "Request Entity Too Large")
        if field == "photo" and not content.startswith(PICTURES):
            raise bad_request("IMAGE_PROCESS_FAILED")
        caption, entities = _caption(params)
        markup = parse_markup(params.get("reply_markup", ""))
        self._limiter.take(room.id, is_group=room.is_group)
        message = {"message_id": self._people.next_message_id(), "date": int(time.time())}
        stored = message | {"from": self._people.bot, "chat": room.as_chat()}
        stored |= {"photo": PHOTO} if field == "photo" else {"document": DOCUMENT}
        stored |= {"caption": caption} if caption else {}
        stored |= {"caption_entities": list(entities)} if entities else {}
        stored |= {"reply_markup": markup} if markup else {}
        self._people.messages[room.id, message["message_id"]] = stored
        file = (params[f"{field} name"], content)
        sent = Sent(
            *(room.id, message["message_id"], caption, entities, params.get("caption", ""), markup),
            self._monotonic(),
            "sendPhoto" if field == "photo" else "sendDocument",
            file=file,
        )
        self._ledger.add_sent(sent)
        return stored

    async def _edit_text(self, params: Params) -> dict[str, Any]:
        room, message = self._editable(params)
        if "text" not in message:
            raise bad_request("there is no text in the message to edit")
        text, entities = _text(params)
        markup = parse_markup(params.get("reply_markup", ""), is_edit=True)
        return self._edit(room, message, text=text, entities=entities, markup=markup, asked=("editMessageText", params))

    async def _edit_markup(self, params: Params) -> dict[str, Any]:
        room, message = self._editable(params)
        markup = parse_markup(params.get("reply_markup", ""), is_edit=True)
        entities = tuple(message.get("entities", ()))
        asked = ("editMessageReplyMarkup", params)
        return self._edit(room, message, text=message["text"], entities=entities, markup=markup, asked=asked)

    def _edit(self, room: Room, message: dict[str, Any], **new: Any) -> dict[str, Any]:
        was = (message["text"], tuple(message.get("entities", ())), message.get("reply_markup"))
        if was == (new["text"], new["entities"], new["markup"]):
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
    ) -> dict[str, Any]:
        method, params = asked
        frame = {k: v for k, v in message.items() if k not in ("entities", "reply_markup")}
        extras = {"entities": list(entities), "reply_markup": markup}
        stored = frame | {"text": text} | {key: value for key, value in extras.items() if value}
        chat_id, message_id = stored["chat"]["id"], stored["message_id"]
        self._people.messages[chat_id, message_id] = stored
        html = params.get("text", "")
        thread_id = stored.get("message_thread_id")
        now = self._monotonic()
        self._ledger.add_sent(Sent(chat_id, message_id, text, entities, html, markup, now, method, thread_id=thread_id))
        return stored

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


def _text(params: Params) -> tuple[str, tuple[dict[str, Any], ...]]:
    if params.get("link_preview_options"):
        parse_json(params["link_preview_options"], dict, "object expected as link preview options")
    return parse_text(params.get("text", ""), params.get("parse_mode", ""), params.get("entities", ""))


def _caption(params: Params) -> tuple[str, tuple[dict[str, Any], ...]]:
    if not params.get("caption"):
        return "", ()
    caption, entities = parse_text(params["caption"], params.get("parse_mode", ""), params.get("caption_entities", ""))
    if utf16_length(caption) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return caption, entities


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
