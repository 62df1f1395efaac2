"""Zalo: the only package that knows its Bot Platform. It knows no command."""

from bot.zalo.books import Books
from bot.zalo.channel import ZaloChannel
from bot.zalo.client import ZaloClient, check_webhook, check_zalo, connect
from bot.zalo.listen import Hook, make_door
from bot.zalo.receive import ZaloFace

__all__ = [
    "Books",
    "Hook",
    "ZaloChannel",
    "ZaloClient",
    "ZaloFace",
    "check_webhook",
    "check_zalo",
    "connect",
    "make_door",
]
