"""Telegram: the only package that imports `telegram`. It knows no command and no database."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")

from bot.telegram.channel import TelegramChannel
from bot.telegram.connection import check_telegram, check_webhook, connect, open_bot
from bot.telegram.receive import MenuSettings, Notices, TelegramFace
from bot.telegram.webhook import Hook, make_door

__all__ = [
    "Hook",
    "MenuSettings",
    "Notices",
    "TelegramChannel",
    "TelegramFace",
    "check_telegram",
    "check_webhook",
    "connect",
    "make_door",
    "open_bot",
]
