"""Sending over real HTTP, and each way Telegram refuses."""

import asyncio
import socket
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from telegram.error import NetworkError

from bot.channel import (
    Budget,
    ChannelError,
    ClosedError,
    MovedError,
    PermanentError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
)
from bot.config import TelegramSettings
from bot.message import Button, File, Message, Span, bold, link, say
from bot.telegram import TelegramChannel, check_telegram, connect
from db.models import ChatKind
from tests import make
from tests.bot_api import FakeTelegram, Fault, faults
from tests.bot_api.server import TOKEN
from tests.socks import SocksProxy

LAN = 11
PNG = make.picture(kind="PNG")
GROUP = -1001


@pytest.fixture(autouse=True)
def people(fake: FakeTelegram) -> None:
    fake.person(LAN, "Lan", known=True)
    fake.group(GROUP, "Phòng Thống kê", topics=(7,))


async def fail_with(fake: FakeTelegram, channel: TelegramChannel, *planned: Fault) -> ChannelError:
    fake.fail(*planned)
    with pytest.raises(ChannelError) as caught:
        await channel.send(str(LAN), say("tin"))
    assert TOKEN not in str(caught.value)
    assert caught.value.__suppress_context__
    return caught.value


async def test_a_file_arrives_with_its_words_and_buttons(fake: FakeTelegram, channel: TelegramChannel) -> None:
    message = say(bold("Thành viên"), "𝐀" * 2000).with_buttons([Button("Xem", "members:0")])
    await channel.send(str(LAN), message.with_file(File("members.csv", b"a,b\r\n")))
    await channel.send_to(str(LAN), say("").with_file(File("loa.png", PNG, is_picture=True)))
    document, photo = fake.sent
    assert (document.method, document.file) == ("sendDocument", ("members.csv", b"a,b\r\n"))
    assert document.text.startswith("Thành viên𝐀")
    assert document.buttons == {"Xem": "members:0"}
    assert (photo.method, photo.file, photo.text) == ("sendPhoto", ("loa.png", PNG), "")


async def test_what_is_no_picture_is_refused_as_one(fake: FakeTelegram, channel: TelegramChannel) -> None:
    with pytest.raises(RejectedError):
        await channel.send(str(LAN), say("mã").with_file(File("loa.png", b"no picture", is_picture=True)))


async def test_a_message_arrives_with_its_styles_links_and_buttons(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """C1"""
    message = say(bold("GDP < 8%"), "\n", link("Đọc", "https://example.vn/?a=1&b=2"))
    message_id = await channel.send(str(LAN), message.with_buttons([Button("Thôi", "mute:7")]))
    (sent,) = fake.sent_to(LAN)
    assert (sent.text, str(sent.message_id)) == ("GDP < 8%\nĐọc", message_id)
    assert sent.links == {"Đọc": "https://example.vn/?a=1&b=2"}
    assert sent.buttons == {"Thôi": "mute:7"}


async def test_a_message_goes_to_its_topic(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await channel.send_to(str(GROUP), say("tin"), thread=7)
    assert fake.sent_to(GROUP)[0].thread_id == 7


async def test_flood_wait_is_passed_on(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D3 D4"""
    for seconds in (120, 43_838):
        error = await fail_with(fake, channel, faults.flood(seconds))
        assert isinstance(error, TemporaryError)
        assert error.retry_in == seconds


@pytest.mark.parametrize("fault", [faults.server_error(), faults.bad_gateway(), faults.captive_portal()])
async def test_a_broken_server_is_temporary(fake: FakeTelegram, channel: TelegramChannel, fault: Fault) -> None:
    """D6"""
    error = await fail_with(fake, channel, fault)
    assert type(error) is TemporaryError
    assert error.retry_in is None
    assert fake.sent == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
async def test_a_gateways_page_is_no_word_of_telegrams(
    fake: FakeTelegram, channel: TelegramChannel, status: int
) -> None:
    """D6"""
    error = await fail_with(fake, channel, Fault(status=status, body="<html>No</html>"))
    assert type(error) is TemporaryError


@pytest.mark.parametrize("body", ["[]", "{}", '{"ok":true,"result":{}}', '{"ok":true,"result":7}', "null"])
@pytest.mark.parametrize("status", [200, 403])
async def test_json_of_someone_else_is_temporary(
    fake: FakeTelegram, channel: TelegramChannel, body: str, status: int
) -> None:
    """D6"""
    error = await fail_with(fake, channel, Fault(status=status, body=body, content_type="application/json"))
    assert type(error) in (TemporaryError, PermanentError)
    assert status == 403 or type(error) is TemporaryError


async def test_an_answer_that_breaks_off_leaves_the_outcome_unknown(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """D5 D6: Telegram took the message, or it would not have begun to say so."""
    assert isinstance(await fail_with(fake, channel, faults.invalid_json(taken=True)), UnknownOutcomeError)


async def test_a_connection_that_breaks_leaves_the_outcome_unknown(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """D5"""
    assert isinstance(await fail_with(fake, channel, faults.reset_after()), UnknownOutcomeError)
    assert len(fake.sent) == 1
    assert isinstance(await fail_with(fake, channel, faults.reset_before()), UnknownOutcomeError)


async def test_no_answer_in_time_leaves_the_outcome_unknown(
    fake: FakeTelegram, settings: TelegramSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D5 D6"""
    monkeypatch.setattr("bot.telegram.request.READ_TIMEOUT", 0.05)
    bot = connect(settings)
    async with bot:
        fake.fail(faults.held(asyncio.Event()))
        with pytest.raises(UnknownOutcomeError):
            await TelegramChannel(bot).send(str(LAN), say("tin"))


@pytest.mark.parametrize("proxy", [None, "http", "socks5"])
async def test_a_server_that_cannot_be_reached_has_taken_nothing(proxy: str | None) -> None:
    """D6"""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        nowhere = f"{proxy}://127.0.0.1:{sock.getsockname()[1]}"
    bot = connect(
        TelegramSettings(token=SecretStr(TOKEN), api_url="http://127.0.0.1:1", proxy=nowhere if proxy else None)
    )
    with suppress(NetworkError):
        await bot.initialize()
    try:
        with pytest.raises(TemporaryError) as caught:
            await TelegramChannel(bot).send(str(LAN), say("tin"))
    finally:
        await bot.shutdown()
    assert TOKEN not in caught.value.reason


async def test_a_name_that_is_not_found_has_taken_nothing() -> None:
    """D6"""
    with pytest.raises(TemporaryError):
        await check_telegram(TelegramSettings(token=SecretStr(TOKEN), api_url="http://telegram.invalid"))


async def test_markup_that_telegram_cannot_read_is_sent_plain(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D7"""
    fake.fail(faults.bad_request("can't parse entities: Unsupported start tag"))
    message = say(bold("Tựa"), " ", link("Đọc", "https://example.vn")).with_buttons([Button("Thôi", "mute:7")])
    await channel.send(str(LAN), message)
    (sent,) = fake.sent_to(LAN)
    assert sent.text == "Tựa Đọc (https://example.vn)"
    assert sent.buttons == {"Thôi": "mute:7"}


async def test_a_group_that_moved_names_its_new_address(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D8"""
    fake.migrate(fake.rooms[GROUP], -1002)
    with pytest.raises(MovedError) as caught:
        await channel.send(str(GROUP), say("tin"))
    assert caught.value.address == "-1002"


@pytest.mark.parametrize(
    "fault",
    [
        faults.blocked(),
        faults.kicked(),
        faults.deactivated(),
        faults.forbidden("bot can't initiate conversation with a user"),
        *map(
            faults.bad_request,
            (
                *("chat not found", "not enough rights to send text messages to the chat", "TOPIC_CLOSED"),
                *("topic deleted", "message thread not found", "have no rights to send a message"),
                *("CHAT_WRITE_FORBIDDEN", "group chat was deactivated", "PEER_ID_INVALID", "TOPIC_DELETED"),
            ),
        ),
    ],
)
async def test_a_chat_that_cannot_be_written_to_is_refused_for_good(
    fake: FakeTelegram, channel: TelegramChannel, fault: Fault
) -> None:
    """D9"""
    error = await fail_with(fake, channel, fault)
    assert isinstance(error, PermanentError)
    assert error.reason


async def test_a_chat_nobody_knows_is_refused_for_good(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D9"""
    for address in ("999", "no-number"):
        with pytest.raises(PermanentError, match="not found"):
            await channel.send(address, say("tin"))


@pytest.mark.parametrize(
    "message",
    [
        say("  "),
        say("x").with_buttons([Button("nút", "x" * 65)]),
        say("x").with_buttons([Button(" ", "x")]),
        Message((Span("x"),), ((Button("x", "x"),) * 101,)),
    ],
)
async def test_a_message_telegram_would_always_refuse_is_rejected(channel: TelegramChannel, message: Message) -> None:
    """D10"""
    with pytest.raises(RejectedError):
        await channel.send(str(LAN), message)


async def test_an_error_nobody_knows_is_temporary(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D10"""
    for fault in (Fault(status=418, body='{"ok":false,"description":"teapot"}'), Fault(status=599, body="?")):
        assert type(await fail_with(fake, channel, fault)) is TemporaryError


async def test_a_refused_token_closes_the_channel_and_is_not_told(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D13 A8"""
    fake.token = "1:other"
    with pytest.raises(ClosedError) as caught:
        await channel.send(str(LAN), say("tin"))
    assert TOKEN not in str(caught.value)


async def test_an_edit_replaces_and_the_same_again_is_no_error(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """D17"""
    message_id = int(await channel.send(str(LAN), say("một")))
    await channel.edit(str(LAN), message_id, say("hai"))
    await channel.edit(str(LAN), message_id, say("hai"))
    assert [sent.text for sent in fake.sent] == ["một", "hai"]
    with pytest.raises(RejectedError):
        await channel.edit(str(LAN), 999, say("ba"))


async def test_pauses_suit_telegrams_limits(channel: TelegramChannel) -> None:
    """D2: a chat's second, and any minute of a group, holds no more than Telegram takes."""
    assert channel.get_budget(ChatKind.PRIVATE) == Budget(1.0, burst=3)
    group = channel.get_budget(ChatKind.GROUP)
    now, rested, times = make.NOW, make.NOW, list[datetime]()
    while now < make.NOW + timedelta(minutes=3):
        times.append(now)
        now, rested = group.spend(rested, now)
    fullest = max(sum(begin <= time < begin + timedelta(minutes=1) for time in times) for begin in times)
    assert 18 <= fullest <= 20


async def test_the_check_names_the_bot(settings: TelegramSettings) -> None:
    assert await check_telegram(settings) == "loa_test_bot"


async def test_the_check_tells_why_there_is_no_bot(fake: FakeTelegram, settings: TelegramSettings) -> None:
    """A8"""
    with pytest.raises(ClosedError, match="BotFather"):
        await check_telegram(settings.model_copy(update={"token": None}))
    fake.fail(Fault(status=200, body='{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"x"}}'), method="getMe")
    with pytest.raises(TemporaryError, match="no username"):
        await check_telegram(settings)
    fake.token = "1:other"
    with pytest.raises(ClosedError, match="refuses the bot token") as caught:
        await check_telegram(settings)
    assert TOKEN not in str(caught.value)


async def test_a_proxy_is_used(fake: FakeTelegram, settings: TelegramSettings) -> None:
    """The fake stands in for the proxy: it reads the path of the full address it is asked for."""
    proxied = settings.model_copy(update={"proxy": fake.url, "api_url": "http://telegram.invalid"})
    assert await check_telegram(proxied) == "loa_test_bot"


async def test_a_socks_proxy_is_used(fake: FakeTelegram, settings: TelegramSettings) -> None:
    async with SocksProxy(fake.url) as proxy:
        proxied = settings.model_copy(update={"proxy": proxy.url, "api_url": "http://telegram.invalid"})
        assert await check_telegram(proxied) == "loa_test_bot"
    assert proxy.asked == ["telegram.invalid:80"]
