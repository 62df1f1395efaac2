"""The client: what is an answer, what a refusal, and that no token leaves it."""

import asyncio
import traceback

import pytest

from bot.channel import (
    ChannelError,
    ClosedError,
    PermanentError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
)
from bot.zalo.client import ZaloClient
from bot.zalo.errors import ForbiddenError, QuotaError, get_code
from tests.bot_api import faults
from tests.bot_api.errors import ApiError
from tests.bot_api.faults import Fault
from tests.zalo_api import FakeZalo, Person, Quirks
from tests.zalo_api.quirks import CONTRARY

BOTH = pytest.mark.parametrize("quirks", [Quirks(), CONTRARY], ids=["200", "status"])


@BOTH
async def test_every_call_is_understood(zalo: FakeZalo, client: ZaloClient, lan: Person, quirks: Quirks) -> None:
    zalo.quirks = quirks
    assert await client.get_name() == "Bot Loa"
    assert await client.send_message(lan.id, "Tin") == zalo.sent[0].message_id
    assert await client.send_photo(lan.id, "https://n.example.vn/1.jpg", "Ảnh") == zalo.sent[1].message_id
    await client.show_typing(lan.id)
    assert zalo.actions == [(lan.id, "typing")]
    assert await client.get_webhook() == ""
    assert await client.set_webhook("https://loa.example.vn/zalo", "a-secret-of-8") == "webhook.unreachable"
    assert await client.get_webhook() == "https://loa.example.vn/zalo"
    await client.delete_webhook()
    assert await client.get_webhook() == ""


@BOTH
async def test_a_quiet_poll_is_nothing(zalo: FakeZalo, client: ZaloClient, lan: Person, quirks: Quirks) -> None:
    zalo.quirks = quirks
    poll = asyncio.create_task(client.get_update(30))
    await zalo.wait_for(lambda: zalo.pollers)
    zalo._is_closing = True
    zalo.bell.ring()
    assert await poll is None
    said = zalo.say(lan, "/tin")
    assert await client.get_update(30) == said


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(error=ApiError(400, "Bad Request")), RejectedError),
        (Fault(error=ApiError(401, "Unauthorized")), ClosedError),
        (Fault(error=ApiError(403, "Internal server error")), ForbiddenError),
        (Fault(error=ApiError(404, "Not Found")), PermanentError),
        (Fault(error=ApiError(408, "Request timeout")), TemporaryError),
        (Fault(error=ApiError(426, "Upgrade Required")), TemporaryError),
        (Fault(error=ApiError(429, "Quota exceeded")), QuotaError),
        (Fault(error=ApiError(500, "Internal")), TemporaryError),
        (faults.bad_gateway(), TemporaryError),
        (faults.captive_portal(), TemporaryError),
        (faults.invalid_json(taken=True), TemporaryError),
        (faults.reset_before(), UnknownOutcomeError),
        (faults.reset_after(), UnknownOutcomeError),
    ],
)
@BOTH
async def test_each_refusal_has_its_meaning(
    zalo: FakeZalo, client: ZaloClient, lan: Person, fault: Fault, kind: type[ChannelError], quirks: Quirks
) -> None:
    """D5 D6 D14: `ok` and the code decide, not the HTTP status."""
    zalo.quirks = quirks
    zalo.fail(fault)
    with pytest.raises(kind) as caught:
        await client.send_message(lan.id, "Tin")
    assert caught.type is kind or kind is TemporaryError
    assert zalo.token not in "".join(traceback.format_exception(caught.value))


async def test_a_server_that_is_not_there_took_nothing(lan: Person) -> None:
    client = ZaloClient("12345:not-for-the-log", "http://127.0.0.1:9")
    with pytest.raises(TemporaryError) as caught:
        await client.send_message(lan.id, "Tin")
    await client.close()
    shown = "".join(traceback.format_exception(caught.value))
    assert "not-for-the-log" not in shown


async def test_a_gateway_that_repeats_the_token_does_not_betray_it(zalo: FakeZalo, client: ZaloClient) -> None:
    """A8"""
    tokens = zalo.token, zalo.token.replace(":", "%3A")
    zalo.fail(*(Fault(error=ApiError(500, f"no route for /bot{token}/getMe")) for token in tokens), method="getMe")
    for _ in tokens:
        with pytest.raises(TemporaryError) as caught:
            await client.get_name()
        assert "fake-zalo" not in caught.value.reason


def test_codes_come_under_two_names_and_as_text() -> None:
    assert get_code({"error_code": "408"}, 200) == 408
    assert get_code({"errorCode": 429}, 200) == 429
    assert get_code({"error_code": 0}, 502) == 502
    assert get_code({"error_code": "²"}, 500) == 500
