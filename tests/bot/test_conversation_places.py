"""Groups, forums and channels: who chooses what comes there, from the place itself and from a private chat."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.asked import Asked
from db import audit, following, managers, outbox
from db.models import Act, ChatKind, ChatState, Delivery, DeliveryState
from tests import make
from tests.bot.talk import ADMIN, GROUP, Talk, get_actions, get_buttons, get_text, make_group

#: What the database has no part in.
on_sqlite = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)

HOA, NAM, STRANGER, CHANNEL = "300", "301", "999", "-900"


@pytest.fixture
async def group(talk: Talk) -> Talk:
    """Hoa manages the group, Nam is in it; both were let in. There are two topics."""
    await talk.add_topics("Giá cả", "Y tế")
    await talk.add_reader(HOA)
    await talk.add_reader(NAM)
    talk.managers.add((HOA, GROUP))
    return talk


def _make_channel(person: str) -> Asked:
    return Asked("telegram", CHANNEL, ChatKind.CHANNEL, person, chat_title="Tin của Cục", may_manage=True)


async def test_brought_into_a_group_it_asks_an_admin_of_the_group(group: Talk) -> None:
    """A2"""
    asked = await group.join(make_group(STRANGER))
    assert "đã được duyệt" in get_text(asked)
    [begin] = get_actions(asked)
    assert "nhắn riêng" in (await group.press_in_group(STRANGER, begin, may_manage=True)).toast
    assert "Chỉ quản trị viên" in (await group.press_in_group(NAM, begin)).toast
    assert (await group.get_chat(GROUP)).state is ChatState.NEW
    answer = await group.press_in_group(HOA, begin, may_manage=True)
    assert answer.edit
    assert "Giá cả và Y tế" in get_text(answer)
    assert (await group.get_chat(GROUP)).state is ChatState.ACTIVE
    assert (await group.join(make_group(STRANGER))).messages == ()


@on_sqlite
async def test_brought_back_it_goes_on_and_says_so(group: Talk) -> None:
    """D9"""
    await group.say_in_group(HOA, "/start", may_manage=True)
    async with group.database.write() as session:
        chat = await managers.find_place(session, (await group.get_chat(GROUP)).id, "telegram")
        assert chat is not None
        chat.state = ChatState.PARKED
    assert "đã trở lại" in get_text(await group.join(make_group(STRANGER)))
    assert (await group.get_chat(GROUP)).state is ChatState.ACTIVE


async def test_each_followed_topic_goes_to_the_topic_of_the_forum_where_it_was_chosen(group: Talk) -> None:
    await group.say_in_group(HOA, "/start", may_manage=True)
    board = await group.say_in_group(HOA, "/topics", may_manage=True, thread=7)
    prices, health = (button.action for button in get_buttons(board)[:2])
    assert [button.label[0] for button in get_buttons(board)[:2]] == ["🧵", "🧵"]
    board = await group.press_in_group(HOA, prices, may_manage=True, thread=7)
    assert [button.label[0] for button in get_buttons(board)[:2]] == ["✅", "🧵"]
    assert "chủ đề khác của diễn đàn" in get_text(board)
    chat = await group.get_chat(GROUP)
    async with group.database.read() as session:
        assert [row.thread for row in await following.list_topics(session, chat.id)] == [7, None]
    general = await group.say_in_group(HOA, "/topics", may_manage=True)
    assert [button.label[0] for button in get_buttons(general)[:2]] == ["🧵", "✅"]
    await group.press_in_group(HOA, health.replace("follow", "mute"), may_manage=True, thread=7)
    assert await group.get_follows(GROUP) == ["Giá cả"]


async def test_an_admin_manages_a_group_from_their_private_chat(group: Talk) -> None:
    """A2"""
    assert "places" not in get_actions(await group.say(HOA, "/topics"))
    await group.say_in_group(HOA, "/start", may_manage=True)
    for text in ("/topics", "/settings"):
        assert get_actions(await group.say(HOA, text))[-1] == "places"
    [place] = get_actions(await group.press(HOA, "places"))
    menu = await group.press(HOA, place)
    assert get_text(menu).startswith("👥 Phòng Tổng hợp\n\nLoa đang gửi tin vào đây.")
    aim = place.partition(" ")[0]
    board = await group.press(HOA, f"{aim} topics")
    mute = get_actions(board)[0]
    assert mute.startswith(f"{aim} mute:")
    assert f"{aim} place" in get_actions(await group.press(HOA, mute))
    assert await group.get_follows(GROUP) == ["Y tế"]
    assert await group.get_follows(HOA) == ["Giá cả", "Y tế"]
    for action in get_actions(menu):
        assert (await group.press(HOA, action)).messages, action
    assert (await group.get_chat(GROUP)).state is ChatState.STOPPED
    await group.press(HOA, f"{aim} begin")
    assert (await group.get_chat(GROUP)).state is ChatState.ACTIVE
    async with group.database.read() as session:
        acts = await audit.list_acts(session, limit=9)
    assert {(row.entry.act, row.entry.what, row.by) for row in acts} >= {
        (Act.CHAT_SET, "Phòng Tổng hợp", "Trần Văn Nam")
    }


@on_sqlite
async def test_typed_words_are_for_the_group_that_they_name(group: Talk) -> None:
    await group.say_in_group(HOA, "/start", may_manage=True)
    aim = get_actions(await group.press(HOA, "places"))[0].partition(" ")[0]
    assert f"/tukhoa {aim} giá xăng" in get_text(await group.say(HOA, f"/watch {aim}"))
    answer = await group.say(HOA, f"/tukhoa {aim} lúa gạo")
    assert "👥 Phòng Tổng hợp" in get_text(answer)
    assert "lúa gạo" in get_text(answer)
    assert "lúa gạo" not in get_text(await group.say(HOA, "/watch"))
    assert "lúa gạo" in get_text(await group.say_in_group(HOA, "/watch", may_manage=True))


@on_sqlite
@pytest.mark.parametrize("action", ["mute:1", "topics", "stop", "language:en", "place"])
async def test_who_does_not_manage_a_group_changes_nothing_from_outside(group: Talk, action: str) -> None:
    """A6"""
    await group.say_in_group(HOA, "/start", may_manage=True)
    chat = await group.get_chat(GROUP)
    for person in (NAM, STRANGER):
        assert (await group.press(person, f"@{chat.id} {action}")).messages == ()
    group.managers.clear()
    assert "Chỉ quản trị viên" in (await group.press(HOA, f"@{chat.id} {action}")).toast
    stored = await group.get_chat(GROUP)
    assert (stored.state, stored.language) == (ChatState.ACTIVE, "vi")
    assert await group.get_follows(GROUP) == ["Giá cả", "Y tế"]


@on_sqlite
@pytest.mark.parametrize(
    "action", ["@{group} saved:0", "@{own} topics", "@999999999 topics", "@9999999999 topics", "@ x"]
)
async def test_what_is_no_group_or_not_for_one_is_an_old_button(group: Talk, action: str) -> None:
    """A6"""
    await group.say_in_group(HOA, "/start", may_manage=True)
    ids = {"group": (await group.get_chat(GROUP)).id, "own": (await group.get_chat(HOA)).id}
    assert "không còn dùng được" in (await group.press(HOA, action.format(**ids))).toast


@on_sqlite
async def test_a_channel_is_managed_by_whoever_brought_loa_there(group: Talk) -> None:
    """A2"""
    assert (await group.join(_make_channel(STRANGER))).messages == ()
    told = await group.join(_make_channel(HOA))
    assert "kênh Tin của Cục" in get_text(told)
    begin, place = get_actions(told)
    assert "Chỉ quản trị viên" in (await group.press(HOA, begin)).toast
    group.managers.add((HOA, CHANNEL))
    await group.press(HOA, begin)
    assert (await group.get_chat(CHANNEL)).state is ChatState.ACTIVE
    assert get_text(await group.press(HOA, place)).startswith("📣 Tin của Cục")
    assert await group.get_follows(CHANNEL) == ["Giá cả", "Y tế"]


@on_sqlite
async def test_one_who_writes_as_the_group_presses_a_button_instead(group: Talk) -> None:
    """A2"""
    for text, opener in (("/topics", "begin"), ("/start", "begin")):
        answer = await group.say_in_group("", text)
        assert "tài khoản của mình" in get_text(answer)
        assert get_actions(answer) == [opener]
    await group.press_in_group(HOA, "begin", may_manage=True)
    assert get_actions(await group.say_in_group("", "/tukhoa lúa")) == ["watches"]
    assert get_actions(await group.say_in_group("", "/latest")) == []


@on_sqlite
async def test_words_that_are_meant_for_loa_are_a_search_in_a_group(group: Talk) -> None:
    await group.say_in_group(HOA, "/start", may_manage=True)
    called = replace(make_group(NAM, text="giá xăng"), is_addressed=True)
    assert "giá xăng" in get_text(await group.ask(called))
    assert "nhắn riêng" in get_text(await group.ask(replace(called, person=STRANGER)))
    assert "/moinhat" in get_text(await group.ask(replace(called, text="")))


async def test_a_reply_to_an_answer_is_a_question_and_one_to_a_push_is_not(group: Talk) -> None:
    await group.say_in_group(HOA, "/start", may_manage=True)
    chat = await group.get_chat(GROUP)
    async with group.database.write() as session:
        await outbox.owe_notice(session, [chat.id], notice="n", key="1", data={}, now=make.NOW)
        for debt in await session.scalars(select(Delivery)):
            debt.state, debt.message_id = DeliveryState.SENT, "55"
    assert (await group.ask(replace(make_group(NAM, text="hay quá"), replies_to="55"))).messages == ()
    assert "lúa" in get_text(await group.ask(replace(make_group(NAM, text="lúa"), replies_to="56")))


async def test_who_managed_a_group_finds_it_after_it_moved(group: Talk) -> None:
    """D8"""
    await group.say_in_group(HOA, "/start", may_manage=True)
    first = get_actions(await group.say_in_group(HOA, "/topics", may_manage=True, thread=7))[0]
    await group.press_in_group(HOA, first, may_manage=True, thread=7)
    await group.say_in_group(NAM, "/start", may_manage=False)
    chat = await group.get_chat(GROUP)
    async with group.database.write() as session:
        new = await make.chat(session, address="-1005", kind=ChatKind.GROUP, state=ChatState.NEW)
        await following.move_chat(session, chat.id, "-1005")
    assert get_actions(await group.press(HOA, "places")) == [f"@{new.id} place"]
    assert "places" not in get_actions(await group.say(NAM, "/topics"))
    async with group.database.read() as session:
        assert [row.thread for row in await following.list_topics(session, new.id)] == [7, None]


@on_sqlite
async def test_an_admin_of_the_office_is_no_admin_of_the_group(group: Talk) -> None:
    """A2"""
    await group.add_admin()
    await group.say_in_group(HOA, "/start", may_manage=True)
    assert "Chỉ quản trị viên của nhóm" in get_text(await group.say_in_group(ADMIN, "/stop"))
