"""A whole day of an office through python-telegram-bot and the strict Bot API, from a newcomer to their leave."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.commands import get_menu
from bot.config import AccessMode, TelegramSettings
from bot.conversation import Conversation, Rules
from bot.deliver import Courier
from bot.push import render_for
from bot.telegram import MenuSettings, Notices, TelegramChannel, TelegramFace, connect
from db import following, members
from db.models import Member, Role, Source, SourceState
from db.text import fold
from feeds.preview import preview_one
from tests.bot_api import FakeTelegram, Person, Sent
from tests.flow import OFFICE
from tests.papers import item, page, rss
from tests.road import FEED, Road

BOSS, LAN, MAI = 1, 11, 12
OTHER = "https://tinh.example.vn/rss.xml"


class Day:
    """What people do, and what comes of it; time passes only where it is let."""

    def __init__(self, road: Road, telegram: FakeTelegram, courier: Courier, face: TelegramFace) -> None:
        self.road = road
        self.face = face
        self.telegram = telegram
        self.courier = courier
        self._published = 0

    async def say(self, person: Person, text: str, *, messages: int = 1) -> Sent:
        """The last of so many messages that are the answer."""
        return await self._await_answer(person.id, lambda: self.telegram.say(person, text), messages)

    async def press(self, person: Person, sent: Sent, verb: str) -> Sent:
        """Press the button that does this, and wait for what it makes of its message, or answers."""
        data = next(data for data in sent.buttons.values() if data == verb or data.startswith(f"{verb}:"))
        return await self._await_answer(person.id, lambda: self.telegram.press(person, sent, data))

    async def touch(self, person: Person, sent: Sent, verb: str) -> str:
        """Press a button that says only a short line, which is returned."""
        count = len(self.telegram.answers)
        self.telegram.press(person, sent, next(one for one in sent.buttons.values() if one.startswith(f"{verb}:")))
        await self.telegram.wait_for(lambda: len(self.telegram.answers) > count, 20)
        return self.telegram.answers[-1].text

    async def _await_answer(self, chat_id: int, act: Callable[[], object], messages: int = 1) -> Sent:
        count = len(self.telegram.sent_to(chat_id))
        act()
        await self.telegram.wait_for(lambda: len(self.telegram.sent_to(chat_id)) >= count + messages, 20)
        return self.telegram.sent_to(chat_id)[-1]

    async def publish(self, url: str = FEED) -> str:
        """The next article appears and is read; what is owed for it is sent where it is its time. Its title."""
        self._published += 1
        news = item(self._published)
        self.road.web.put(url, rss([news]), content_type="application/rss+xml")
        self.road.web.put(news.url, page(news.title, "Giá xăng tăng 8,2%.", ""), content_type="text/html")
        self.road.clock.advance(timedelta(hours=1))
        await self.work()
        return news.title

    async def work(self) -> None:
        async def preview() -> bool:
            return await preview_one(self.road.database, self.road.fetcher, self.road.clock)

        steps: tuple[Callable[[], Awaitable[bool]], ...] = (self.road.poll, self.road.read, preview)
        for step in (*steps, self.courier.deliver):
            while await step():
                pass

    def headlines(self, person: Person) -> list[str]:
        return [sent.text.splitlines()[0] for sent in self.telegram.sent_to(person.id)]


@asynccontextmanager
async def open_day(road: Road) -> AsyncIterator[Day]:
    async with FakeTelegram(limits=None) as telegram:
        bot = connect(TelegramSettings(token=SecretStr(telegram.token), api_url=telegram.url))
        channel = TelegramChannel(bot, 1000)
        rules = Rules(AccessMode.APPROVAL, "vi", OFFICE, "Cục Thống kê", "Tin chung")
        links = {"telegram": lambda code: f"{bot.link}?start={code}"}
        conversation = Conversation(road.database, rules, road.clock, get_link=lambda name, code: links[name](code))

        async def ignore(*_: str) -> None:
            raise AssertionError("nobody left or moved")

        menus = MenuSettings(get_menu, admins=(BOSS,))
        face = TelegramFace(bot, channel, conversation, notices=Notices(ignore, ignore), menus=menus)
        courier = Courier(
            road.database, channel, lambda due: render_for(due, OFFICE), lanes=9, now=road.clock, fold_over=5
        )
        async with face:
            yield Day(road, telegram, courier, face)


@pytest.fixture
async def day(road: Road) -> AsyncIterator[Day]:
    """An admin whom the settings name; a source of one topic and another topic beside it."""
    async with road.database.write() as session:
        await members.ensure_admin(session, "telegram", str(BOSS), "vi", road.clock())
        topics = [await following.get_or_add_topic(session, name, road.clock()) for name in ("Giá cả", "Y tế")]
    await road.source(topic_id=topics[0].id)
    road.web.put(FEED, rss([]), content_type="application/rss+xml")
    await road.poll_next()
    async with open_day(road) as day:
        yield day


async def _get_state(day: Day, url: str) -> SourceState:
    async with day.road.database.read() as session:
        return (await session.scalars(select(Source.state).where(Source.url == url))).one()


async def test_a_whole_day(day: Day) -> None:
    """A1 A4 D18"""
    telegram = day.telegram
    boss, lan, mai = telegram.person(BOSS, "Hòa"), telegram.person(LAN, "Lan"), telegram.person(MAI, "Mai")
    await day.say(boss, "/start")
    await _let_in(day, boss, lan)
    await _set_up(day, lan)
    title = await _read(day, lan)
    await _run(day, boss, lan)
    await _invite(day, boss, mai)
    assert "sẽ xóa" in (leaving := await day.say(lan, "/quenminh")).text
    assert "đã xóa" in (await day.press(lan, leaving, "forget")).text
    assert "ai đó" in (await day.say(boss, "/nhatky")).text
    last = await day.publish()
    assert last in day.headlines(mai)
    assert last not in day.headlines(lan)
    assert title not in (await day.say(lan, title)).text
    async with day.road.database.read() as session:
        assert set(await session.scalars(select(Member.name))) == {"Hòa", "Mai"}
    assert telegram.refusals == []


async def _let_in(day: Day, boss: Person, lan: Person) -> None:
    assert "quản trị viên" in (await day.say(lan, "/start")).text
    await day.work()
    request = day.telegram.sent_to(BOSS)[-1]
    assert "Lan" in request.text
    await day.press(boss, request, "approve")
    await day.work()
    assert "Giá cả và Y tế" in day.telegram.sent_to(LAN)[-1].text


async def _set_up(day: Day, lan: Person) -> None:
    """Two topics followed by buttons, words watched."""
    sure = await day.press(lan, await day.say(lan, "/chude"), "askmuteall")
    board = await day.press(lan, sure, "muteall")
    for _ in range(2):
        board = await day.press(lan, board, "follow")
    assert sorted(label[0] for label in board.buttons if label[0] in "✅▫") == ["✅", "✅"]
    assert "giá xăng" in (await day.say(lan, "/tukhoa giá xăng")).text


async def _read(day: Day, lan: Person) -> str:
    """News at once and in a digest, a search, an article saved, a topic muted and followed again; one of the titles."""
    title = await day.publish()
    push = day.telegram.sent_to(LAN)[-1]
    assert push.text.startswith(title)
    assert "lưu" in await day.touch(lan, push, "save")
    assert title in (await day.say(lan, "/daluu")).text
    assert title in (await day.say(lan, fold(title))).text
    await day.say(lan, "/diemtin 16:30")
    waiting = [await day.publish(), await day.publish()]
    assert not set(waiting) & set(day.headlines(lan))
    day.road.clock.advance(timedelta(hours=12))
    await day.work()
    assert all(one in day.telegram.sent_to(LAN)[-1].text for one in waiting)
    await day.say(lan, "/diemtin ngay")
    await day.press(lan, await day.say(lan, "/tukhoa"), "unwatch")
    hint = await day.press(lan, push, "mute")
    silent = await day.publish()
    assert silent not in day.headlines(lan)
    await day.press(lan, hint, "follow")
    return title


async def _run(day: Day, boss: Person, lan: Person) -> None:
    """A source looked at, kept and paused; a role; a message to all; figures and the audit."""
    day.road.web.put(OTHER, rss([item(90)]), content_type="application/rss+xml")
    await day.say(boss, f"/themnguon {OTHER} Y tế")
    await day.work()
    await day.press(boss, day.telegram.sent_to(BOSS)[-1], "keep")
    await day.say(boss, "/tamdung 2")
    assert await _get_state(day, OTHER) is SourceState.PAUSED
    await day.say(boss, "/vaitro Lan biên tập")
    question = await day.say(boss, "/thongbao Họp lúc 15 giờ", messages=2)
    assert "15 giờ" in day.telegram.sent_to(BOSS)[-2].text
    await day.press(boss, question, "broadcast")
    await day.work()
    assert "Họp lúc 15 giờ" in day.telegram.sent_to(LAN)[-1].text
    assert "Thống kê" in (await day.say(lan, "/nguon")).text
    async with day.road.database.read() as session:
        assert await session.scalar(select(Member.role).where(Member.name == "Lan")) is Role.EDITOR
    await day.say(boss, "/sudung", messages=2)
    picture = day.telegram.sent_to(BOSS)[-2].file
    assert picture is not None
    assert picture[1].startswith(b"\x89PNG")
    assert "Lan" in (await day.say(boss, "/nhatky")).text


async def _invite(day: Day, boss: Person, mai: Person) -> None:
    invitation = await day.say(boss, "/loimoi")
    assert invitation.file is not None
    [address] = [word for word in invitation.text.split() if word.startswith("https://t.me/")]
    await day.say(mai, f"/start {address.rpartition('=')[2]}")
    assert "/start" not in day.telegram.sent_to(MAI)[-1].text
    assert "không dùng được" in (await day.say(day.telegram.person(13, "Kẻ Gian"), f"/start {address[-22:]}")).text
