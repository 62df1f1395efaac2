"""Zalo: the only package that knows its Bot Platform. It knows no command."""

from bot.zalo.books import Books
from bot.zalo.channel import ZaloChannel
from bot.zalo.client import ZaloClient, check_zalo, connect
from bot.zalo.receive import ZaloFace

__all__ = ["Books", "ZaloChannel", "ZaloClient", "ZaloFace", "check_zalo", "connect"]
