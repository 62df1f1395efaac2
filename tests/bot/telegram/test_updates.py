"""What is heard in updates of every kind."""

from typing import Any

import pytest
from telegram import Update

from bot.telegram.updates import Heard, get_lane, read_update
from db.models import ChatKind

LAN = {"id": 11, "is_bot": False, "first_name": "Lan", "last_name": "Trần", "language_code": "vi-VN"}
ROBOT = {"id": 13, "is_bot": True, "first_name": "Máy"}
PRIVATE = {"id": 11, "type": "private", "first_name": "Lan"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Phòng"}
CHANNEL = {"id": -1005, "type": "channel", "title": "Kênh"}


def read(**content: Any) -> object:
    return read_update(create(**content), "loa_bot")


def create(**content: Any) -> Update:
    update = Update.de_json({"update_id": 1, **content}, None)
    assert update is not None
    return update


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1_700_000_000, "chat": PRIVATE, "from": LAN, "text": "x", **content}


def test_a_person_is_known_by_number_name_and_language() -> None:
    heard = read(message=message())
    assert isinstance(heard, Heard)
    assert (heard.asked.person, heard.asked.person_name, heard.asked.language) == ("11", "Lan Trần", "vi")


@pytest.mark.parametrize(
    "content",
    [
        {"message": message(text=None, caption="/latest")},
        {"message": message(**{"from": ROBOT})},
        {"message": message(via_bot=ROBOT)},
        {"message": message(text="/latest@other_bot")},
        {"edited_message": message(edit_date=1_700_000_001)},
        {"channel_post": message(chat=CHANNEL)},
        {"callback_query": {"id": "1", "from": LAN, "chat_instance": "1", "inline_message_id": "1", "data": "x"}},
        {"callback_query": {"id": "1", "from": LAN, "chat_instance": "1", "message": message()}},
        {"poll_answer": {"poll_id": "1", "user": LAN, "option_ids": [], "option_persistent_ids": []}},
    ],
)
def test_what_was_not_said_to_the_bot_is_not_heard(content: dict[str, Any]) -> None:
    """A7"""
    assert read(**content) is None


@pytest.mark.parametrize(
    ("text", "heard_as", "is_command"),
    [
        ("/latest@LOA_Bot", "/latest", True),
        ("/latest\n3", "/latest\n3", True),
        ("/latest@loa_bot 3", "/latest 3", True),
        ("/moinhất", "/moinhất", False),
        ("tin /latest", "tin /latest", False),
        ("/", "/", False),
        ("/usr/bin", "/usr/bin", False),
    ],
)
def test_a_command_stands_at_the_beginning(text: str, heard_as: str, is_command: bool) -> None:
    """A7"""
    heard = read(message=message(text=text))
    assert isinstance(heard, Heard)
    assert (heard.asked.text, heard.needs_rights) == (heard_as, is_command)


def test_a_post_in_a_channels_name_is_nobodys() -> None:
    """A2"""
    heard = read(message=message(chat=GROUP, sender_chat=CHANNEL, text="/stop"))
    assert isinstance(heard, Heard)
    assert (heard.asked.person, heard.asked.kind, heard.asked.may_manage) == ("", ChatKind.GROUP, False)


def test_a_press_on_a_message_too_old_to_be_read_is_heard() -> None:
    """A6"""
    old = {"message_id": 5, "date": 0, "chat": CHANNEL}
    heard = read(callback_query={"id": "1", "from": LAN, "chat_instance": "1", "message": old, "data": "mute:7"})
    assert isinstance(heard, Heard)
    assert (heard.asked.action, heard.asked.kind, heard.message_id) == ("mute:7", ChatKind.CHANNEL, 5)


def test_both_notices_of_a_move_share_a_lane() -> None:
    """D8"""
    old = create(message=message(chat=GROUP, migrate_to_chat_id=-1002, text=None))
    new = create(message=message(chat={**GROUP, "id": -1002}, migrate_from_chat_id=-1001, text=None))
    assert get_lane(old) == get_lane(new) == -1002
    assert get_lane(create(inline_query={"id": "1", "from": LAN, "query": "", "offset": ""})) == 11
    assert get_lane(create()) == 0
