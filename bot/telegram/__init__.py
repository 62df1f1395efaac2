"""Telegram: the only package that imports `telegram`. It knows no command and no database."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")

from bot.telegram.channel import TelegramChannel
from bot.telegram.connect import check_telegram, connect
from bot.telegram.receive import TelegramFace

__all__ = ["TelegramChannel", "TelegramFace", "check_telegram", "connect"]
