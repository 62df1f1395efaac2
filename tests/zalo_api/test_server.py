"""The fake Zalo, held to what two clients by other hands expect of the real one."""

import asyncio

import httpx
import pytest
from zalo_bot import Bot
from zalo_bot.error import BadRequest, InvalidToken
from zalo_bot_mcp.zalo_api import ZaloBotApi, ZaloClientError, ZaloTransientError, parse_update

from tests.bot_api import faults
from tests.bot_api.errors import ApiError
from tests.zalo_api import FakeZalo, Person, Quirks
from tests.zalo_api.quirks import CONTRARY


async def test_both_clients_know_the_bot(sdk: Bot, mcp: ZaloBotApi) -> None:
    assert sdk._bot_user is not None
    assert sdk._bot_user.account_name == "bot.VDKloa"
    assert (await mcp.get_me())["id"] == sdk._bot_user.id


async def test_a_message_reaches_its_reader(zalo: FakeZalo, sdk: Bot, mcp: ZaloBotApi, lan: Person) -> None:
    sent = await sdk.send_message(lan.id, "Tin sáng")
    await mcp.send_message(lan.id, "**Tin** chiều \\*", parse_mode="markdown")
    assert [one.text for one in zalo.sent_to(lan.id)] == ["Tin sáng", "Tin chiều *"]
    assert sent.message_id == zalo.sent[0].message_id
    await sdk.send_photo(lan.id, "Ảnh", "https://news.example.vn/1.jpg")
    assert (zalo.sent[-1].photo, zalo.sent[-1].text) == ("https://news.example.vn/1.jpg", "Ảnh")
    await mcp.send_chat_action(lan.id)
    assert zalo.actions == [(lan.id, "typing")]


async def test_an_update_is_one_object_and_is_lost_by_reading(
    zalo: FakeZalo, sdk: Bot, mcp: ZaloBotApi, lan: Person
) -> None:
    """D15"""
    zalo.say(lan, "/tin kinh te")
    zalo.say(lan, "/help")
    first = parse_update(await mcp.get_updates(timeout=1))
    assert first is not None
    assert (first.text, first.chat_id, first.user_id, first.display_name) == ("/tin kinh te", lan.id, lan.id, "Lan")
    second = await sdk.get_update(timeout=1)
    assert second.message is not None
    assert second.message.text == "/help"
    assert not zalo.waiting


async def test_an_update_comes_again_and_again(zalo: FakeZalo, mcp: ZaloBotApi, lan: Person) -> None:
    """D15"""
    zalo.quirks = CONTRARY
    zalo.say(lan, "một")
    zalo.say(lan, "hai")
    found = [parse_update(await mcp.get_updates(timeout=1)) for _ in range(4)]
    assert [one.text for one in found if one] == ["một", "hai", "một", "hai"]


@pytest.mark.parametrize("quirks", [Quirks(), CONTRARY])
async def test_a_quiet_wait_is_nothing(zalo: FakeZalo, mcp: ZaloBotApi, quirks: Quirks) -> None:
    """408 comes with HTTP 200 or 408."""
    zalo.quirks = quirks
    poll = asyncio.create_task(mcp.get_updates(timeout=30))
    await zalo.wait_for(lambda: zalo.pollers)
    zalo._is_closing = True
    zalo.bell.ring()
    assert await poll is None
    assert zalo.requests["getUpdates", 408] == 1


async def test_pictures_come_under_either_name(zalo: FakeZalo, sdk: Bot, mcp: ZaloBotApi, lan: Person) -> None:
    zalo.show(lan, "https://p.example.vn/a.jpg", "Bảng giá")
    update = await sdk.get_update(timeout=1)
    assert update.message is not None
    assert update.message.photo_url == "https://p.example.vn/a.jpg"
    async with FakeZalo(quirks=CONTRARY) as other:
        shown = other.show(lan, "https://p.example.vn/a.jpg")
        assert shown["message"]["photo"] == "https://p.example.vn/a.jpg"
    zalo.send_sticker(lan)
    assert parse_update(await mcp.get_updates(timeout=1)) is None
    assert zalo.send_secret(lan)["event_name"] == "message.unsupported.received"


async def test_a_webhook_and_polling_exclude_each_other(zalo: FakeZalo, sdk: Bot, mcp: ZaloBotApi) -> None:
    assert await mcp.get_webhook_info() is None
    hook = await sdk._set_webhook_async("https://loa.example.vn/zalo", "a-secret-of-8")
    assert hook is not None
    with pytest.raises(ZaloClientError, match="while a webhook is set"):
        await mcp.get_updates(timeout=1)
    assert (await mcp.get_webhook_info())["url"] == "https://loa.example.vn/zalo"
    await sdk._delete_webhook_async()
    assert await mcp.get_webhook_info() is None
    zalo.quirks = CONTRARY
    assert (await mcp.get_webhook_info())["url"] == ""
    for url, secret in (("http://loa.example.vn/z", "a-secret-of-8"), ("https://localhost/z", "a-secret-of-8")):
        with pytest.raises(BadRequest):
            await sdk._set_webhook_async(url, secret)
    with pytest.raises(BadRequest, match="between 8 and 256"):
        await sdk._set_webhook_async("https://loa.example.vn/zalo", "short")


async def test_lengths_are_utf16_units(zalo: FakeZalo, mcp: ZaloBotApi, lan: Person) -> None:
    """D16"""
    await mcp.send_message(lan.id, "📢" * 1000)
    with pytest.raises(ZaloClientError, match="between 1 and 2000"):
        await mcp.send_message(lan.id, "📢" * 1001)


async def test_refusals_say_so_beside_either_status(zalo: FakeZalo, sdk: Bot, mcp: ZaloBotApi, lan: Person) -> None:
    """D14"""
    zalo.per_month = 1
    await mcp.send_message(lan.id, "một")
    with pytest.raises(ZaloClientError, match="Quota exceeded"):
        await mcp.send_message(lan.id, "hai")
    zalo.quirks = CONTRARY
    with pytest.raises(ZaloTransientError, match="HTTP 429"):
        await mcp.send_message(lan.id, "ba")
    zalo.per_month = None
    with pytest.raises(BadRequest, match="must start with http"):
        await sdk.send_photo(lan.id, "Ảnh", "data:image/png;base64,AAAA")
    with pytest.raises(BadRequest, match=r"(?i)url is invalid"):
        await sdk.send_photo(lan.id, "Ảnh", "https://upload.example.org/a.png")
    with pytest.raises(InvalidToken, match="Not Found"):
        await sdk.send_message("ffffffffffffffffffff", "ai đó")
    zalo.fail(faults.Fault(error=ApiError(403, "Internal server error")), faults.bad_gateway(), faults.reset_after())
    with pytest.raises(ZaloClientError, match="Internal server error"):
        await mcp.send_message(lan.id, "bốn")
    with pytest.raises(ZaloTransientError, match="502"):
        await mcp.send_message(lan.id, "năm")
    with pytest.raises(ZaloTransientError):
        await mcp.send_message(lan.id, "sáu")
    assert [sent.text for sent in zalo.sent] == ["một", "sáu"]


async def test_a_wrong_token_is_refused_in_json_or_by_a_page(zalo: FakeZalo) -> None:
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(verify=False)) as client:
        answer = await client.get(f"{zalo.url}/bot1:wrong/getMe")
        assert (answer.status_code, answer.json()["error_code"]) == (200, 401)
        zalo.quirks = CONTRARY
        answer = await client.get(f"{zalo.url}/bot1:wrong/getMe")
        assert (answer.status_code, answer.headers["content-type"][:9]) == (401, "text/html")


async def test_styles_are_runs_of_the_text(zalo: FakeZalo, lan: Person) -> None:
    address = f"{zalo.url}/bot{zalo.token}/sendMessage"
    runs = [{"start": 0, "len": 3, "st": ["b"]}, {"start": 0, "len": 99, "st": ["b"]}, {"start": 0, "len": 1, "st": []}]
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(verify=False)) as client:
        answers = [
            await client.post(address, json={"chat_id": lan.id, "text": "Tin sáng", "text_styles": [run]})
            for run in runs
        ]
    assert [answer.json()["ok"] for answer in answers] == [True, False, False]
    assert zalo.sent[0].styles == (runs[0],)
