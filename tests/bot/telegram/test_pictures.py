"""A picture goes along with its news, is uploaded once, and never holds the news up."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channel import ChannelError, TemporaryError, UnknownOutcomeError
from bot.config import TelegramSettings
from bot.message import Button, Message, Picture, Span, bold, say
from bot.telegram import TelegramChannel, connect
from tests import make
from tests.bot_api import FakeTelegram, Fault, faults

PEOPLE = range(11, 41)
LAN, MAI, HOA, TAM = PEOPLE[:4]
GROUP = -1001
URL = "https://thongke.example.vn/anh/1.jpg"
JPEG = make.picture()
NEWS = Message((bold("Giá tiêu dùng tăng 0,3%"), Span("\n\nSo với tháng 7."))).with_buttons([Button("Tắt", "mute:7")])


def picture_push(article_id: int = 1, message: Message = NEWS, url: str = URL) -> Message:
    return Message(message.spans, message.buttons, picture=Picture(article_id, url))


PUSH = picture_push()


class Shelf:
    """The pictures that the store has."""

    def __init__(self) -> None:
        self.pictures = {1: JPEG, 2: JPEG}
        self.asked = 0
        self.was_asked = asyncio.Event()

    async def load(self, article_id: int) -> bytes | None:
        self.asked += 1
        self.was_asked.set()
        return self.pictures.get(article_id)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def channel(fake: FakeTelegram, settings: TelegramSettings, shelf: Shelf) -> AsyncIterator[TelegramChannel]:
    for id_ in PEOPLE:
        fake.person(id_, f"Người {id_}", known=True)
    fake.group(GROUP, "Phòng Thống kê")
    async with connect(settings) as bot:
        yield TelegramChannel(bot, 1000, load=shelf.load)


def methods(fake: FakeTelegram) -> list[str]:
    return [sent.method for sent in fake.sent]


def uploads(fake: FakeTelegram) -> int:
    return sum(sent.file is not None for sent in fake.sent)


async def test_news_arrives_below_its_picture(fake: FakeTelegram, channel: TelegramChannel) -> None:
    message_id = await channel.send(str(LAN), PUSH)
    (sent,) = fake.sent
    assert (sent.method, str(sent.message_id)) == ("sendPhoto", message_id)
    assert sent.file is not None
    assert sent.file[1] == JPEG
    assert sent.text == "Giá tiêu dùng tăng 0,3%\n\nSo với tháng 7."
    assert sent.entities[0]["type"] == "bold"
    assert sent.buttons == {"Tắt": "mute:7"}


async def test_a_picture_is_uploaded_once_however_many_chats_it_goes_to(
    fake: FakeTelegram, channel: TelegramChannel, shelf: Shelf
) -> None:
    await asyncio.gather(*(channel.send(str(id_), PUSH) for id_ in PEOPLE))
    assert (methods(fake), uploads(fake), shelf.asked) == (["sendPhoto"] * len(PEOPLE), 1, 1)
    assert len({sent.file_id for sent in fake.sent}) == 1
    await channel.send(str(LAN), picture_push(2))
    assert uploads(fake) == 2


async def test_nobody_waits_long_for_anothers_upload(
    fake: FakeTelegram, channel: TelegramChannel, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3"""
    monkeypatch.setattr("bot.telegram.album.PATIENCE", 0.05)
    gate = asyncio.Event()
    fake.fail(faults.held(gate), method="sendPhoto")
    first = asyncio.create_task(channel.send(str(LAN), PUSH))
    await shelf.was_asked.wait()
    await channel.send(str(MAI), PUSH)
    await channel.send(str(HOA), PUSH)
    assert methods(fake) == ["sendMessage", "sendMessage"]
    gate.set()
    await first
    await channel.send(str(TAM), PUSH)
    assert (methods(fake)[2:], uploads(fake)) == (["sendPhoto", "sendPhoto"], 1)


@pytest.mark.parametrize("content", [b"no picture", make.picture(4000, 100, kind="PNG"), b""])
async def test_a_picture_that_telegram_refuses_stays_behind(
    fake: FakeTelegram, channel: TelegramChannel, shelf: Shelf, content: bytes
) -> None:
    """D10"""
    shelf.pictures[1] = content
    for id_ in (LAN, MAI, HOA):
        await channel.send(str(id_), PUSH)
    assert methods(fake) == ["sendMessage"] * 3
    assert [sent.text for sent in fake.sent] == [NEWS.text] * 3
    assert fake.requests["sendPhoto", 400] <= 2


async def test_news_whose_picture_is_gone_goes_without(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await channel.send(str(LAN), picture_push(99))
    assert methods(fake) == ["sendMessage"]


async def test_a_flood_wait_is_obeyed_and_the_picture_goes_along_later(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """D3"""
    for seconds in (120, 7, 9):
        fake.fail(faults.flood(seconds), method="sendPhoto")
        with pytest.raises(TemporaryError) as caught:
            await channel.send(str(LAN), PUSH)
        assert caught.value.retry_in == seconds
    await channel.send(str(LAN), PUSH)
    assert methods(fake) == ["sendPhoto"]


@pytest.mark.parametrize(
    ("fault", "error"), [(faults.reset_before(), UnknownOutcomeError), (faults.server_error(), TemporaryError)]
)
async def test_an_upload_that_breaks_off_is_not_tried_again_in_that_chat(
    fake: FakeTelegram, channel: TelegramChannel, fault: Fault, error: type[ChannelError]
) -> None:
    """D5 D6"""
    fake.fail(fault, method="sendPhoto", times=2)
    for id_ in (LAN, MAI):
        with pytest.raises(error):
            await channel.send(str(id_), PUSH)
        await channel.send(str(id_), PUSH)
    await channel.send(str(HOA), PUSH)
    assert methods(fake) == ["sendMessage"] * 3


async def test_a_group_that_takes_no_pictures_gets_the_words(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D9"""
    fake.rooms[GROUP].takes_photos = False
    for _ in range(3):
        await channel.send(str(GROUP), PUSH)
    await channel.send(str(LAN), PUSH)
    assert methods(fake) == [*["sendMessage"] * 3, "sendPhoto"]


async def test_words_that_are_too_many_stand_below_a_preview_of_the_picture(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """D16: 1,024 UTF-16 units stand below a picture, one more does not."""
    await channel.send(str(LAN), picture_push(message=say("𝐀" * 512)))
    await channel.send(str(LAN), picture_push(message=say("𝐀" * 512, "a")))
    photo, text = fake.sent
    assert (photo.method, photo.text) == ("sendPhoto", "𝐀" * 512)
    assert (text.method, text.text) == ("sendMessage", "𝐀" * 512 + "a")
    assert text.preview == {"url": URL, "prefer_large_media": True, "show_above_text": True}
    await channel.send(str(LAN), picture_push(message=say("a" * 1025), url="javascript:alert(1)"))
    assert fake.sent[-1].preview == {"is_disabled": True}


async def test_words_are_mended_where_they_stand(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D17"""
    below, alone = await channel.send(str(LAN), PUSH), await channel.send(str(MAI), NEWS)
    mended = say("Giá tiêu dùng tăng 0,2%")
    for message in (picture_push(message=mended), mended, picture_push(message=say("a" * 2000))):
        assert await channel.correct(str(LAN), below, message)
        assert await channel.correct(str(MAI), alone, message)
    assert await channel.correct(str(LAN), below, picture_push(message=say("a" * 2000)))
    edits = fake.sent[2:]
    assert [sent.method for sent in edits] == ["editMessageCaption", "editMessageText"] * 2
    assert [sent.text for sent in edits[:2]] == [mended.text] * 2
    assert (len(edits[2].text), len(edits[3].text)) == (1024, 2000)
    assert not await channel.correct(str(LAN), "999", PUSH)


async def test_a_push_comes_without_a_sound_where_the_chat_wants_none(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    for message in (NEWS, PUSH):
        await channel.send(str(LAN), message)
        await channel.send(str(LAN), Message(message.spans, picture=message.picture, is_silent=True))
    assert [sent.is_silent for sent in fake.sent] == [False, True, False, True]
