"""/why: the life of one article in one chat."""

from typing import Any

import pytest
from sqlalchemy import select, update

from db import outbox
from db.models import Article, ArticleState, Chat, Delivery, DeliveryState, Source
from tests import make
from tests.bot.talk import ADMIN, Talk, get_text


async def add_article(talk: Talk, *, follows: bool = True, **values: Any) -> Article:
    await talk.add_reader(ADMIN)
    async with talk.database.write() as session:
        article = await make.article(session, title="Giá gạo tăng", **values)
        source = await session.get_one(Source, article.source_id)
        for chat in await session.scalars(select(Chat)):
            if follows:
                await make.follow(session, chat.id, source.topic_id)
    return article


async def ask(talk: Talk, url: str) -> str:
    """The last line of the answer."""
    return get_text(await talk.say(ADMIN, f"/visao {url}")).splitlines()[-1]


async def test_one_who_asks_for_nothing_or_for_what_nobody_knows_hears_so(talk: Talk) -> None:
    await talk.add_reader(ADMIN)
    assert "Xin gửi kèm địa chỉ" in await ask(talk, "")
    assert "Xin gửi kèm địa chỉ" in await ask(talk, "bài hôm qua")
    assert "Loa không thấy bài nào" in await ask(talk, "https://thongke.example.vn/khong-co")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DeliveryState.OWED, "đang chờ được gửi"),
        (DeliveryState.SENDING, "đang được gửi"),
        (DeliveryState.FOLDED, "chung một tin nhắn"),
        (DeliveryState.SENT, "Đã gửi đến đây lúc 08:30 06/08/2026"),
        (DeliveryState.UNKNOWN, "có thể bài chưa đến nơi"),
        (DeliveryState.DROPPED, "đã thôi: message is too long"),
    ],
)
async def test_one_hears_what_became_of_what_is_owed(talk: Talk, state: DeliveryState, words: str) -> None:
    article = await add_article(talk)
    reason = "message is too long" if state is DeliveryState.DROPPED else ""
    async with talk.database.write() as session:
        await outbox.owe_article(session, article.id, talk.clock())
        await session.execute(update(Delivery).values(state=state, sent_at=talk.clock(), reason=reason))
    assert words in await ask(talk, article.url)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"follows": False}, "không theo dõi chủ đề"),
        ({"announce": False}, "đã cũ khi loa đọc nguồn này"),
        ({"state": ArticleState.FOUND}, "còn chờ được đọc"),
        ({}, "lúc bài đến, anh/chị chưa theo dõi"),
    ],
)
async def test_one_hears_why_nothing_is_owed(talk: Talk, values: dict[str, Any], words: str) -> None:
    article = await add_article(talk, **values)
    assert words in await ask(talk, f"{article.url.replace('https://', 'http://')}/")


async def test_a_story_told_again_is_the_first_ones(talk: Talk) -> None:
    """N8"""
    first, again = await add_article(talk), await add_article(talk, follows=False)
    async with talk.database.write() as session:
        await session.execute(update(Article).where(Article.id == again.id).values(same_as_id=first.id))
        await outbox.owe_article(session, first.id, talk.clock())
    assert "đang chờ được gửi" in await ask(talk, again.url)


async def test_one_who_stopped_the_news_is_told_so(talk: Talk) -> None:
    article = await add_article(talk)
    await talk.say(ADMIN, "/stop")
    assert "đang dừng nhận tin" in await ask(talk, article.url)
