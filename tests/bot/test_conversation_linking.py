"""/link: one member with a chat on each platform."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.asked import Answer, Asked
from bot.push import render_for
from db import following, linking, members, outbox
from db.lease import LEASE
from db.models import Chat, ChatKind, ChatState, Delivery, Member, MemberState, Role
from tests import make
from tests.bot.talk import ADMIN, ZONE, Talk, get_actions, get_text
from tests.make import NOW

LAN, HOA = "6ede9afa66b88fe6d6a9", "20"


async def say_on_zalo(talk: Talk, text: str = "", *, action: str = "", person: str = LAN) -> Answer:
    asked = Asked("zalo", person, ChatKind.PRIVATE, person, person_name="Lan", text=text, action=action)
    return await talk.ask(asked)


async def make_code(talk: Talk, person: str = HOA) -> str:
    return get_text(await talk.say(person, "/lienket")).partition("/link ")[2].split()[0]


async def get_member(talk: Talk, channel: str, address: str) -> tuple[Chat, Member | None]:
    async with talk.database.read() as session:
        chat = await members.get_chat(session, channel, address)
        assert chat is not None
        return chat, await members.get_member_of(session, chat)


@pytest.fixture
async def hoa(talk: Talk) -> int:
    """Somebody who was let in on Telegram, and follows all there is."""
    await talk.add_topics("Kinh tế", "Y tế")
    return await talk.add_reader(HOA)


async def test_a_code_joins_the_other_chat_once(talk: Talk, hoa: int) -> None:
    """D15: whoever was a stranger on Zalo reads there as the member that they are."""
    code = await make_code(talk)
    answer = await say_on_zalo(talk, f"/link {code[:4].lower()}-{code[4:]}")
    assert get_actions(answer) == ["share:1", "share:0"]
    chat, member = await get_member(talk, "zalo", LAN)
    assert member is not None
    assert (member.id, chat.state) == (hoa, ChatState.ACTIVE)
    assert "✅ Kinh tế" in str(await say_on_zalo(talk, "/chude"))
    assert "không dùng được" in get_text(await say_on_zalo(talk, f"/link {code}", person="a" * 20))
    assert "không dùng được" in get_text(await say_on_zalo(talk, "/link SAI"))


async def test_a_code_ends(talk: Talk, hoa: int) -> None:
    """D15"""
    old = await make_code(talk)
    code = await make_code(talk)
    talk.clock.advance(linking.LIFETIME)
    for each in (old, code):
        assert "hết hạn" in get_text(await say_on_zalo(talk, f"/link {each}"))
    talk.clock.advance(timedelta(seconds=-1))
    assert get_actions(await say_on_zalo(talk, f"/link {code}"))


async def test_follows_are_shared_if_the_member_likes(talk: Talk, hoa: int) -> None:
    await say_on_zalo(talk, f"/link {await make_code(talk)}")
    first, _ = await talk.add_topics("Kinh tế", "Y tế")
    await say_on_zalo(talk, action=f"mute:{first}")
    assert await talk.get_follows(HOA) == ["Kinh tế", "Y tế"]
    answer = await say_on_zalo(talk, action="share:1")
    assert "✅ Chung chủ đề" in str(answer)
    assert await talk.get_follows(HOA) == ["Y tế"]
    await talk.press(HOA, f"follow:{first}")
    await talk.press(HOA, "share:0")
    await talk.press(HOA, f"mute:{first}")
    assert "✅ Kinh tế" in str(await say_on_zalo(talk, "/chude"))


async def test_who_waited_on_zalo_is_one_with_the_member(talk: Talk, hoa: int) -> None:
    """Their request is answered by it: it offers nothing more, and keeps no name."""
    await talk.add_admin()
    await say_on_zalo(talk, "/start")
    _, waiting = await get_member(talk, "zalo", LAN)
    await say_on_zalo(talk, f"/link {await make_code(talk)}")
    _, member = await get_member(talk, "zalo", LAN)
    assert waiting is not None
    assert member is not None
    assert (member.id, member.id == waiting.id) == (hoa, False)
    async with talk.database.read() as session:
        assert await members.count_members(session, MemberState.PENDING) == 0
        requests = select(Delivery.data).where(Delivery.notice == "access_request")
        assert (await session.scalars(requests)).all() == [{}]


async def test_nobody_gets_more_rights_by_a_code_of_their_own(talk: Talk, hoa: int) -> None:
    """A reader asks an admin to send this code, please."""
    code = await make_code(talk)
    async with talk.database.write() as session:
        await members.ensure_admin(session, "zalo", LAN, "vi", talk.clock())
    assert "nhiều quyền hơn" in get_text(await say_on_zalo(talk, f"/link {code}"))
    _, member = await get_member(talk, "zalo", LAN)
    assert member is not None
    assert member.role is Role.ADMIN


async def test_one_chat_on_each_platform(talk: Talk, hoa: int) -> None:
    code = await make_code(talk)
    assert "đã là của anh/chị" in get_text(await talk.say(HOA, f"/link {code}"))
    assert "đã nối với một nơi khác" in get_text(await talk.say("21", f"/link {code}"))
    await say_on_zalo(talk, f"/link {code}")
    again = await make_code(talk)
    assert "đã nối với một nơi khác" in get_text(await say_on_zalo(talk, f"/link {again}", person="b" * 20))


async def test_the_member_hears_of_it_and_can_take_it_back(talk: Talk, hoa: int) -> None:
    """A4"""
    await say_on_zalo(talk, f"/link {await make_code(talk)}")
    async with talk.database.write() as session:
        (due,) = await outbox.claim(session, "telegram", talk.clock(), lease=LEASE, limit=5)
    notice = render_for(due, ZONE)
    (button,) = [button for row in notice.buttons for button in row]
    assert "Zalo" in notice.text
    await talk.press(HOA, button.action)
    async with talk.database.read() as session:
        assert await members.get_chat(session, "zalo", LAN) is None
    await talk.press(HOA, button.action)


async def test_who_was_parted_and_is_refused_then_gets_nothing(talk: Talk, hoa: int) -> None:
    """A1: neither what the chat followed and watched, nor what it was owed."""
    await talk.add_reader(ADMIN, Role.ADMIN)
    await say_on_zalo(talk, f"/link {await make_code(talk)}")
    await say_on_zalo(talk, "/tukhoa giá xăng")
    chat, _ = await get_member(talk, "zalo", LAN)
    async with talk.database.write() as session:
        await outbox.owe_notice(
            session, [chat.id], notice="broadcast", key="1", data={"words": "Họp"}, now=talk.clock()
        )
    await talk.press(HOA, f"unlink:{chat.id}")
    await say_on_zalo(talk, "/start")
    _, stranger = await get_member(talk, "zalo", LAN)
    assert stranger is not None
    await talk.press(ADMIN, f"refuse:{stranger.id}")
    async with talk.database.write() as session:
        source = await make.source(session, topic_id=(await following.get_or_add_topic(session, "Y tế", NOW)).id)
        article = await make.article(session, source_id=source.id, title="Giá xăng giảm")
        await outbox.owe_article(session, article.id, talk.clock())
        dues = await outbox.claim(session, "zalo", talk.clock(), lease=LEASE, limit=9)
        assert [due.notice for due in dues] == ["access_refused"]
        owed = select(Delivery.notice).join(Chat, Chat.id == Delivery.chat_id).where(Chat.channel == "zalo")
        assert (await session.scalars(owed)).all() == ["access_refused"]


async def test_strangers_get_no_code(talk: Talk) -> None:
    """A1"""
    assert "/link" not in get_text(await talk.say("9", "/link"))
