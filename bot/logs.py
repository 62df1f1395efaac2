"""Where loa's log goes and how it reads. No token and no password passes it, whoever logs it."""

import logging
import re
import sys
from typing import TextIO

#: Libraries whose DEBUG and INFO lines hold addresses with tokens, or nothing worth reading.
NOISY = ("aiohttp", "aiosqlite", "alembic", "apscheduler", "httpcore", "httpx", "sqlalchemy", "telegram")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_TOKEN = re.compile(r"(?<!\d)\d{5,}(?::|%3A)[\w-]{30,}", re.IGNORECASE)
_BOT_PATH = re.compile(r"/bot[^/\s'\"]*[:%][^/\s'\"]*")
_PASSWORD = re.compile(r"(://[^\s/:@]*):[^\s/@]+@")


def mask_secrets(text: str) -> str:
    """The text with bot tokens and the passwords in addresses made unreadable."""
    return _PASSWORD.sub(r"\1:***@", _TOKEN.sub("***", _BOT_PATH.sub("/bot***", text)))


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_secrets(super().format(record))


def quiet_loggers() -> None:
    """Only warnings from the libraries: httpx's INFO lines and Telegram's DEBUG lines hold the token."""
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def set_up_logging(level: int | str = logging.INFO, stream: TextIO | None = None) -> logging.Handler:
    """Log to the stream (stderr when none is given), masked. Returns the handler, for who wants to remove it."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(MaskingFormatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    quiet_loggers()
    return handler
