"""Telegram: the only package that imports `telegram`. It knows no command and no database."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")

from bot.telegram.channel import TelegramChannel
from bot.telegram.connection import check_telegram, connect, open_bot
from bot.telegram.receive import MenuSettings, Notices, TelegramFace

__all__ = ["MenuSettings", "Notices", "TelegramChannel", "TelegramFace", "check_telegram", "connect", "open_bot"]
