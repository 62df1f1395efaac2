"""What people do on Telegram, and what the conversation hears and answers, over real HTTP."""

import asyncio
import logging

import pytest
from telegram import Bot, Update

from bot.asked import Answer, Asked
from bot.channel import ClosedError
from bot.config import TelegramSettings
from bot.message import Button, bold, say
from bot.telegram import connect
from bot.telegram.receive import _FAILED, _STALE
from bot.telegram.updates import Read, read_update
from db.models import ChatKind
from tests.bot.telegram.conftest import create_face
from tests.bot.telegram.talk import Heard, Talk
from tests.bot_api import FakeTelegram, Person, Room, faults
from tests.bot_api.server import TOKEN

LAN, MINH, GROUP = 11, 12, -1001

pytestmark = pytest.mark.usefixtures("face")


@pytest.fixture
def lan(fake: FakeTelegram) -> Person:
    return fake.person(LAN, "Lan", "vi")


@pytest.fixture
def minh(fake: FakeTelegram) -> Person:
    return fake.person(MINH, "Minh", "en")


@pytest.fixture
def group(fake: FakeTelegram, minh: Person) -> Room:
    return fake.group(GROUP, "Phòng Thống kê", admins=[minh], topics=(7,))


def menu(asked: Asked) -> Answer:
    """A message with a button, which says what was pressed."""
    if asked.action:
        return Answer((say(f"đã bấm {asked.action}"), say("thêm")), toast="Xong", edit=True)
    return Answer((say("chọn").with_buttons([Button("Một", "pick:1")]),))


async def test_plain_words_reach_the_conversation_and_are_answered(fake: FakeTelegram, talk: Talk, lan: Person) -> None:
    fake.say(lan, "hội nghị sơ kết")
    await fake.wait_for(lambda: fake.sent_to(LAN))
    assert fake.sent[0].text == "nghe: hội nghị sơ kết"
    assert talk.asked == [
        Asked(
            channel="telegram",
            chat="11",
            kind=ChatKind.PRIVATE,
            person="11",
            person_name="Lan",
            chat_title="Lan",
            language="vi",
            text="hội nghị sơ kết",
        )
    ]


async def test_a_command_to_this_bot_loses_its_suffix(fake: FakeTelegram, talk: Talk, lan: Person, group: Room) -> None:
    """A7"""
    fake.say(lan, "/latest@LOA_test_bot 3", group)
    fake.say(lan, "/latest@other_bot 3", group)
    fake.say(lan, "/latest", group)
    await fake.wait_for(lambda: len(fake.sent_to(GROUP)) == 2)
    assert [asked.text for asked in talk.asked] == ["/latest 3", "/latest"]


async def test_forwarded_commands_edits_and_posts_are_not_heard(
    fake: FakeTelegram, talk: Talk, lan: Person, minh: Person
) -> None:
    """A7"""
    channel = fake.group(-1005, "Kênh", "channel")
    fake.say(lan, "/stop", forwarded_from=minh)
    fake.say(lan, "/stop", edits=fake.say(lan, "/start"))
    fake.post(channel, "/stop")
    fake.say(lan, "xong")
    await fake.wait_for(lambda: len(fake.sent_to(LAN)) == 2)
    assert [asked.text for asked in talk.asked] == ["/start", "xong"]


async def test_only_a_groups_admins_may_manage_it(
    fake: FakeTelegram, talk: Talk, lan: Person, minh: Person, group: Room
) -> None:
    """A2"""
    for text in ("/topics", "/stop"):
        fake.say(lan, text, group)
        fake.say(minh, text, group)
    fake.say(minh, "chào", group)
    fake.say(minh, "/stop", group, sender_chat=group)
    await fake.wait_for(lambda: len(talk.asked) == 6)
    assert [asked.may_manage for asked in talk.asked] == [False, True, False, True, False, False]
    assert [asked.person for asked in talk.asked] == ["11", "12", "11", "12", "12", ""]
    assert {asked.kind for asked in talk.asked} == {ChatKind.GROUP}
    assert fake.requests["getChatMember", 200] == 2


async def test_who_may_manage_is_nobody_while_telegram_does_not_say(
    fake: FakeTelegram, talk: Talk, minh: Person, group: Room
) -> None:
    """A2"""
    fake.fail(faults.server_error(), method="getChatMember")
    fake.say(minh, "/stop", group)
    fake.say(minh, "/stop", group)
    await fake.wait_for(lambda: len(talk.asked) == 2)
    assert [asked.may_manage for asked in talk.asked] == [False, True]


async def test_an_answer_stays_in_its_topic(fake: FakeTelegram, lan: Person, group: Room) -> None:
    fake.say(lan, "/latest", group, thread_id=7)
    await fake.wait_for(lambda: fake.sent_to(GROUP))
    assert fake.sent[0].thread_id == 7


async def test_a_press_edits_its_message_and_is_answered(fake: FakeTelegram, talk: Talk, lan: Person) -> None:
    talk.reply = menu
    fake.say(lan, "/topics")
    await fake.wait_for(lambda: fake.sent)
    query = fake.press(lan, fake.sent[0], "Một")
    await fake.wait_for(lambda: len(fake.sent) == 3)
    assert [(sent.method, sent.text) for sent in fake.sent[1:]] == [
        ("editMessageText", "đã bấm pick:1"),
        ("sendMessage", "thêm"),
    ]
    assert [(answer.query_id, answer.text) for answer in fake.answers] == [(query, "Xong")]


async def test_a_press_of_an_old_menu_is_sent_anew(fake: FakeTelegram, talk: Talk, lan: Person) -> None:
    """A6"""
    talk.reply = menu
    fake.say(lan, "/topics")
    await fake.wait_for(lambda: fake.sent)
    fake.fail(faults.bad_request("message can't be edited"), method="editMessageText")
    fake.press(lan, fake.sent[0], "forged:1", forged=True)
    fake.expire_queries()
    await fake.wait_for(lambda: len(fake.sent) == 3)
    assert [sent.text for sent in fake.sent[1:]] == ["đã bấm forged:1", "thêm"]
    assert fake.answers == []


async def test_a_failure_is_told_with_a_code_that_stands_in_the_log(
    fake: FakeTelegram, talk: Talk, lan: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """A8"""
    talk.reply = menu
    fake.say(lan, "/topics")
    await fake.wait_for(lambda: fake.sent)
    talk.reply = lambda asked: 1 / 0  # type: ignore[assignment, return-value]
    fake.press(lan, fake.sent[0], "Một")
    await fake.wait_for(lambda: len(fake.sent) == 2)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert isinstance(record.args, tuple)
    assert fake.sent[1].text == _FAILED.format(id=record.args[0])
    assert len(fake.answers) == 1
    talk.reply = menu
    fake.say(lan, "lại")
    await fake.wait_for(lambda: len(fake.sent) == 3)


async def test_a_press_of_a_button_without_its_message_is_answered_too(fake: FakeTelegram) -> None:
    """A6"""
    fake.queries.add("1")
    person = {"id": LAN, "is_bot": False, "first_name": "Lan"}
    fake.updates.add("callback_query", {"id": "1", "from": person, "chat_instance": "1", "inline_message_id": "1"})
    await fake.wait_for(lambda: fake.answers)
    assert fake.answers[0].text == _STALE


async def test_an_edit_that_fails_is_dropped(
    fake: FakeTelegram, talk: Talk, lan: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """D5"""
    talk.reply = menu
    fake.say(lan, "/topics")
    await fake.wait_for(lambda: fake.sent)
    fake.fail(faults.blocked(), method="editMessageText")
    fake.press(lan, fake.sent[0], "Một")
    await fake.wait_for(lambda: len(fake.sent) == 2)
    assert fake.sent[1].text == "thêm"
    assert "dropped" in caplog.text


async def test_an_update_that_cannot_be_read_keeps_nobody_waiting(
    fake: FakeTelegram, talk: Talk, lan: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(update: Update, username: str) -> Read:
        assert update.message is not None
        return read_update(update, username) if update.message.text == "hai" else 1 / 0  # type: ignore[return-value]

    monkeypatch.setattr("bot.telegram.receive.read_update", stumble)
    fake.say(lan, "một")
    fake.say(lan, "hai")
    await fake.wait_for(lambda: fake.sent)
    assert [asked.text for asked in talk.asked] == ["hai"]
    assert "ZeroDivisionError" in caplog.text


async def test_a_group_is_not_troubled_with_failures_nobody_asked_for(
    fake: FakeTelegram, talk: Talk, lan: Person, group: Room, caplog: pytest.LogCaptureFixture
) -> None:
    talk.reply = lambda asked: 1 / 0  # type: ignore[assignment, return-value]
    fake.say(lan, "chuyện riêng", group)
    fake.say(lan, "/latest", group)
    await fake.wait_for(lambda: fake.sent_to(GROUP))
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 2
    assert len(fake.sent) == 1


async def test_more_than_can_be_served_stays_with_telegram(
    fake: FakeTelegram, talk: Talk, lan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P6"""
    monkeypatch.setattr("bot.telegram.receive.MOST_SERVED", 1)
    for number in range(4):
        fake.say(lan, f"{number}")
    await fake.wait_for(lambda: len(fake.sent) == 4)
    assert [asked.text for asked in talk.asked] == ["0", "1", "2", "3"]


async def test_a_chat_is_answered_in_order_while_others_do_not_wait(
    fake: FakeTelegram, talk: Talk, lan: Person, minh: Person
) -> None:
    """D3"""
    gate = talk.gates["chậm"] = asyncio.Event()
    fake.say(lan, "chậm")
    fake.say(lan, "sau")
    fake.say(minh, "nhanh")
    await fake.wait_for(lambda: fake.sent_to(MINH))
    assert fake.sent_to(LAN) == []
    gate.set()
    await fake.wait_for(lambda: len(fake.sent_to(LAN)) == 2)
    assert [sent.text for sent in fake.sent_to(LAN)] == ["nghe: chậm", "nghe: sau"]


async def test_an_answer_waits_once_for_telegram(fake: FakeTelegram, talk: Talk, lan: Person) -> None:
    """D3 D6"""
    fake.fail(faults.bad_gateway())
    fake.say(lan, "một")
    await fake.wait_for(lambda: fake.sent_to(LAN))
    assert fake.sent[0].text == "nghe: một"


async def test_an_answer_that_would_wait_too_long_is_dropped(
    fake: FakeTelegram, talk: Talk, lan: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """D4"""
    fake.fail(faults.flood(31))
    fake.say(lan, "một")
    fake.say(lan, "hai")
    await fake.wait_for(lambda: fake.sent_to(LAN))
    assert fake.sent[0].text == "nghe: hai"
    assert "dropped" in caplog.text


async def test_a_block_and_a_kick_are_told(
    fake: FakeTelegram, talk: Talk, heard: Heard, lan: Person, minh: Person, group: Room
) -> None:
    """D9"""
    fake.join(group, minh)
    fake.block(lan)
    fake.kick(group, minh)
    fake.say(minh, "hết")
    await fake.wait_for(lambda: fake.sent_to(MINH))
    await fake.wait_for(lambda: len(heard.left) == 2)
    assert {address for address, _ in heard.left} == {str(LAN), str(GROUP)}
    assert all(reason for _, reason in heard.left)


async def test_a_move_is_told_by_both_chats(
    fake: FakeTelegram, talk: Talk, heard: Heard, lan: Person, group: Room
) -> None:
    """D8"""
    fake.migrate(group, -1002)
    fake.say(lan, "hết")
    await fake.wait_for(lambda: fake.sent_to(LAN))
    assert heard.moved == [("-1001", "-1002")] * 2
    assert [asked.text for asked in talk.asked] == ["hết"]


async def test_an_answer_follows_its_group(fake: FakeTelegram, heard: Heard, lan: Person, group: Room) -> None:
    """D8"""
    fake.group(-1002, "Phòng mới")
    fake.fail(faults.migrated(-1002), chat=GROUP)
    fake.say(lan, "/latest", group)
    await fake.wait_for(lambda: fake.sent_to(-1002))
    assert heard.moved == [("-1001", "-1002")]


async def test_menus_are_shown_in_both_languages(fake: FakeTelegram) -> None:
    await fake.wait_for(lambda: len(fake.menus) == 3)
    names = {language: [command["command"] for command in menu] for (_, language), menu in fake.menus.items()}
    assert names == {"": ["moinhat"], "vi": ["moinhat"], "en": ["latest"]}


async def test_bold_and_toasts_keep_telegrams_limits(fake: FakeTelegram, talk: Talk, lan: Person) -> None:
    """D16"""
    talk.reply = lambda asked: Answer((say(bold("😀" * 5000)),), toast="ệ" * 500)
    fake.say(lan, "x")
    await fake.wait_for(lambda: fake.sent)
    fake.say(lan, "menu")
    assert len(fake.sent[0].text) == 2048
    fake.press(lan, fake.sent[0], "x", forged=True)
    await fake.wait_for(lambda: fake.answers)
    assert len(fake.answers[0].text) == 200


class TestStartAndStop:
    """What happens before and after."""

    @pytest.fixture
    async def face(self) -> None:
        """Each test starts its own."""

    async def test_a_refused_token_is_told_at_the_start(
        self, fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard
    ) -> None:
        """A8 D13"""
        fake.token = "1:other"
        with pytest.raises(ClosedError) as caught:
            await create_face(bot, talk, heard).start()
        assert TOKEN not in str(caught.value)

    async def test_a_network_that_comes_late_is_waited_for(
        self, fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard, lan: Person
    ) -> None:
        """D6"""
        fake.fail(faults.captive_portal(), method="getMe")
        fake.say(lan, "sớm")
        async with create_face(bot, talk, heard):
            await fake.wait_for(lambda: fake.sent_to(LAN))

    async def test_an_admin_who_wrote_to_the_bot_has_a_menu_of_their_own(
        self, fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard
    ) -> None:
        fake.person(1, "Quản trị", known=True)
        async with create_face(bot, talk, heard):
            await fake.wait_for(lambda: len(fake.menus) == 6)
        assert [menu[-1]["command"] for menu in fake.menus.values()][3:] == ["admin"] * 3

    async def test_menus_that_fail_stop_nothing(
        self, fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard, lan: Person
    ) -> None:
        fake.fail(faults.server_error(), method="setMyCommands", times=9)
        fake.say(lan, "một")
        async with create_face(bot, talk, heard):
            await fake.wait_for(lambda: fake.sent_to(LAN))

    async def test_what_was_served_is_not_given_again(
        self, fake: FakeTelegram, settings: TelegramSettings, talk: Talk, heard: Heard, lan: Person
    ) -> None:
        """D12"""
        fake.say(lan, "một")
        async with create_face(connect(settings), talk, heard):
            await fake.wait_for(lambda: fake.sent)
        assert fake.updates.pending == []

    async def test_a_stop_waits_for_no_one_who_hangs(
        self, fake: FakeTelegram, bot: Bot, talk: Talk, heard: Heard, lan: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """P3"""
        monkeypatch.setattr("bot.telegram.receive.GRACE", 0.01)
        talk.gates["treo"] = asyncio.Event()
        fake.say(lan, "treo")
        async with asyncio.timeout(5), create_face(bot, talk, heard):
            await fake.wait_for(lambda: talk.asked)

    async def test_nothing_logged_holds_the_token(
        self,
        fake: FakeTelegram,
        settings: TelegramSettings,
        talk: Talk,
        heard: Heard,
        lan: Person,
        quiet: None,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """A8"""
        caplog.set_level(logging.DEBUG)
        fake.fail(faults.server_error(), faults.captive_portal(), faults.reset_before(), method="getUpdates")
        fake.fail(faults.reset_after(), faults.captive_portal(), faults.flood(100))
        for text in ("một", "hai", "ba", "bốn"):
            fake.say(lan, text)
        async with create_face(connect(settings), talk, heard):
            await fake.wait_for(lambda: len(fake.sent_to(LAN)) >= 3, timeout=15)
        fake.token = "1:other"
        with pytest.raises(ClosedError):
            await create_face(connect(settings), talk, heard).start()
        assert "cannot be heard" in caplog.text
        assert TOKEN not in caplog.text
        assert TOKEN.split(":")[1] not in caplog.text
