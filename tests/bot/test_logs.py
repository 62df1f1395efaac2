"""What the log hides."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot.logs import mask_secrets, set_up_logging

TOKEN = "7000000001:AAE-abcdefghijklmnopqrstuvwxyz_12345"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    stream, root = io.StringIO(), logging.getLogger()
    level = root.level
    handler = set_up_logging(logging.DEBUG, stream)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_token_is_masked_in_lines_arguments_and_tracebacks(stream: io.StringIO) -> None:
    """A8"""
    log = logging.getLogger("loa.test")
    try:
        raise RuntimeError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except RuntimeError:
        log.exception("asked with %s", TOKEN)
    assert TOKEN not in stream.getvalue()
    assert "RuntimeError: https://api.telegram.org/bot***/getMe" in stream.getvalue()


def test_passwords_in_addresses_are_masked() -> None:
    """A8"""
    assert mask_secrets("http://clerk:s3cret@example.vn/rss") == "http://clerk:***@example.vn/rss"
    assert mask_secrets("bot7000000001%3AAAE-abcdefghijklmnopqrstuvwxyz_1") == "bot***"
    assert mask_secrets("[7000000001:AAE-abcdefghijklmnopqrstuvwxyz_1]") == "[***]"


def test_plain_lines_stay_as_they_are(stream: io.StringIO) -> None:
    logging.getLogger("loa.test").info("lúc 12:30:45 http://example.vn:8080/bot/a?b=1:2")
    assert "lúc 12:30:45 http://example.vn:8080/bot/a?b=1:2" in stream.getvalue()


def test_chatty_libraries_speak_only_in_warnings(stream: io.StringIO) -> None:
    """A8"""
    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("telegram.Bot").debug("Set Bot API URL")
    assert stream.getvalue() == ""
