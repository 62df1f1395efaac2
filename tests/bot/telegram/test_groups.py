"""Groups, forums and channels over real HTTP: who brings loa there, who means it, where the answers go."""

import pytest

from bot.channel import ThreadError
from bot.message import say
from bot.telegram import TelegramChannel
from db.models import ChatKind
from tests.bot.telegram.talk import Talk
from tests.bot_api import FakeTelegram, Person, Room

LAN, GROUP, CHANNEL = 11, -1001, -1002


@pytest.fixture
def lan(fake: FakeTelegram) -> Person:
    return fake.person(LAN, "Lan", "vi", known=True)


@pytest.fixture
def group(fake: FakeTelegram, lan: Person) -> Room:
    group = fake.group(GROUP, "Phòng Thống kê", admins=[lan], topics=(7,))
    group.bot_status = "left"
    return group


@pytest.mark.usefixtures("face")
async def test_a_group_is_greeted_and_of_a_channel_hears_who_brought_it_there(
    fake: FakeTelegram, talk: Talk, lan: Person, group: Room
) -> None:
    """A2"""
    channel = fake.group(CHANNEL, "Kênh", "channel", admins=[lan])
    channel.bot_status = "left"
    fake.join(group, lan)
    fake.join(group, lan, status="administrator")
    fake.join(channel, lan, status="administrator")
    await fake.wait_for(lambda: len(fake.sent) == 2)
    assert {sent.chat_id for sent in fake.sent} == {GROUP, LAN}
    assert {(asked.chat, asked.kind, asked.person, asked.may_manage) for asked in talk.joined} == {
        (str(GROUP), ChatKind.GROUP, str(LAN), True),
        (str(CHANNEL), ChatKind.CHANNEL, str(LAN), True),
    }


@pytest.mark.usefixtures("face")
async def test_a_mention_and_a_reply_are_meant_for_the_bot(
    fake: FakeTelegram, talk: Talk, lan: Person, group: Room
) -> None:
    """A7"""
    group.bot_status = "member"
    fake.say(lan, "@LOA_test_bot: giá xăng", group, thread_id=7)
    fake.say(lan, "hỏi @loa_test_bot /latest", group)
    fake.say(lan, "@loa_test_bot /latest", group)
    fake.say(lan, "@loa_test_bot2 này", group)
    fake.say(lan, "/search @loa_test_bot", group)
    fake.say(lan, "@loa_test_bot giá", group, forwarded_from=lan)
    await fake.wait_for(lambda: len(fake.sent) == 6)
    asked = [(one.text, one.is_addressed, one.may_manage, one.thread) for one in talk.asked]
    assert asked == [
        ("giá xăng", True, False, 7),
        ("hỏi   /latest", True, False, None),
        ("/latest", True, True, None),
        ("@loa_test_bot2 này", False, False, None),
        ("/search @loa_test_bot", False, True, None),
        ("@loa_test_bot giá", False, False, None),
    ]
    assert fake.sent[0].thread_id == 7
    mine, other = fake.sent[0].message_id, fake.say(lan, "chuyện khác", group)
    fake.say(lan, "còn dầu?", group, replies_to=mine)
    fake.say(lan, "ừ", group, replies_to=other)
    await fake.wait_for(lambda: len(talk.asked) == 9)
    assert [one.replies_to for one in talk.asked[-2:]] == [str(mine), ""]


@pytest.mark.usefixtures("face")
async def test_in_a_group_an_answer_shows_what_it_answers(fake: FakeTelegram, lan: Person, group: Room) -> None:
    group.bot_status = "member"
    asked = fake.say(lan, "/latest", group)
    await fake.wait_for(lambda: fake.sent)
    gone = fake.say(lan, "/latest 2", group)
    del fake.messages[GROUP, gone]
    fake.say(lan, "/latest")
    await fake.wait_for(lambda: len(fake.sent) == 3)
    assert {sent.text: sent.replies_to for sent in fake.sent_to(GROUP)} == {
        "nghe: /latest": asked,
        "nghe: /latest 2": None,
    }
    assert [sent.replies_to for sent in fake.sent_to(LAN)] == [None]


@pytest.mark.usefixtures("face")
async def test_whether_somebody_manages_a_group_is_asked_from_their_private_chat(
    fake: FakeTelegram, talk: Talk, lan: Person, group: Room
) -> None:
    """A2"""
    group.bot_status = "member"
    fake.say(lan, "/topics")
    fake.say(fake.person(12, "Nam", "vi"), "/topics")
    await fake.wait_for(lambda: len(talk.asked) == 2)
    by_person = {one.person: one for one in talk.asked}
    assert await by_person["11"].manages(str(GROUP))
    assert not await by_person["11"].manages("-77")
    assert not await by_person["12"].manages(str(GROUP))


@pytest.mark.usefixtures("face")
async def test_an_answer_into_a_closed_topic_is_given_in_the_general_one(
    fake: FakeTelegram, lan: Person, group: Room
) -> None:
    """D9"""
    group.bot_status = "member"
    group.closed_topics = (7,)
    fake.say(lan, "@loa_test_bot giá xăng", group, thread_id=7)
    await fake.wait_for(lambda: fake.sent)
    assert [(one.text, one.thread_id) for one in fake.sent] == [("nghe: giá xăng", None)]


async def test_a_topic_that_is_closed_or_gone_is_told_from_a_chat_that_is(
    fake: FakeTelegram, channel: TelegramChannel, group: Room
) -> None:
    """D9"""
    group.bot_status = "member"
    await channel.send(str(GROUP), say("tin"), thread=7)
    assert fake.sent[0].thread_id == 7
    group.closed_topics = (7,)
    for thread in (7, 8):
        with pytest.raises(ThreadError):
            await channel.send(str(GROUP), say("tin"), thread=thread)
