"""An office on Telegram and Zalo: `loa run` as a process between a strict fake of each."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import utcnow
from bot.demo.archive import load_articles
from bot.demo.newsroom import Newsroom
from db.engine import Database
from db.models import Delivery, DeliveryState
from tests.bot_api import FakeTelegram, Sent
from tests.processes import LoaProcess
from tests.zalo_api import FakeZalo, Person

PER_MONTH = 9
BOSS = 1
ZALO = """
[zalo]
token = "{token}"
api_url = "{url}"
messages_per_month = {per_month}
"""


def name_both(loa: LoaProcess, zalo: FakeZalo) -> None:
    """Let the settings name an admin on Telegram, and Zalo."""
    text = loa.config.read_text().replace('mode = "open"', 'mode = "approval"')
    text = text.replace("[telegram]", f"[telegram]\nadmins = [{BOSS}]")
    loa.config.write_text(text + ZALO.format(token=zalo.token, url=zalo.url, per_month=PER_MONTH))


async def ask(zalo: FakeZalo, person: Person, text: str) -> str:
    """Write, and read the next message that comes."""
    before = len(zalo.sent_to(person.id))
    zalo.say(person, text)
    await zalo.wait_for(lambda: len(zalo.sent_to(person.id)) > before, 20)
    return zalo.sent_to(person.id)[before].text


async def find_sent(telegram: FakeTelegram, words: str) -> Sent:
    """The admin's message that has the words or a button that does so."""

    def find() -> list[Sent]:
        return [one for one in telegram.sent_to(BOSS) if words in one.text or words in " ".join(one.buttons.values())]

    await telegram.wait_for(find, 30)
    return find()[-1]


async def count_zalo(database_url: str) -> dict[DeliveryState, int]:
    """How the articles that are owed on Zalo stand."""
    database = Database(database_url)
    async with database.read() as session:
        owed = select(Delivery.state).where(Delivery.channel == "zalo", Delivery.article_id.is_not(None))
        states = (await session.scalars(owed)).all()
    await database.close()
    return {state: states.count(state) for state in set(states)}


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_one_office_on_two_platforms(database_url: str, tmp_path: Path) -> None:
    """D14 D15 A1 A8: asked on Zalo, approved on Telegram, news on both, menus by number, and a month that runs out."""
    async with FakeTelegram() as telegram, FakeZalo() as zalo, Newsroom(load_articles(), now=utcnow, opening=3) as news:
        loa = LoaProcess(
            tmp_path / "office", database=database_url, token=telegram.token, api_url=telegram.url, feed=news.feed_url
        )
        name_both(loa, zalo)
        old = news.published[0].article.title
        boss, lan = telegram.person(BOSS, "Hòa"), zalo.person("Lan")
        async with loa:
            telegram.say(boss, "/start")
            await find_sent(telegram, "topics")
            assert "quản trị viên" in await ask(zalo, lan, "/start")
            request = await find_sent(telegram, "approve:")
            telegram.press(boss, request, next(iter(request.buttons)))
            await zalo.wait_for(lambda: len(zalo.sent_to(lan.id)) == 2, 20)
            assert "[1] " in zalo.sent_to(lan.id)[1].text
            assert "Thống kê" in await ask(zalo, lan, "1")
            assert "16:30" in await ask(zalo, lan, "/digest")
            await ask(zalo, lan, "/digest off")
            (new,) = news.publish()
            await zalo.wait_for(lambda: zalo.sent_to(lan.id)[-1].text.startswith(new.article.title), 20)
            await find_sent(telegram, new.article.title)
            assert old in await ask(zalo, lan, f"tim kiem {old}")
            for _ in range(3):
                (post,) = news.publish()
                await find_sent(telegram, post.article.title)
            await find_sent(telegram, f"/{PER_MONTH}")
            assert await loa.stop(within=10) == 0
        stands = await count_zalo(database_url)
        assert sum(stands.values()) == 4
        assert set(stands) <= {DeliveryState.SENT, DeliveryState.OWED, DeliveryState.FOLDED}
        assert stands[DeliveryState.OWED] > 0
        assert len(zalo.sent) < PER_MONTH
        assert not zalo.refusals
        assert zalo.token not in loa.printed
        assert "fake-zalo" not in loa.printed
