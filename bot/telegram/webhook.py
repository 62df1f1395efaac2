"""Updates over HTTP: tells Telegram where to send them, takes them from the inbox, and asks whether all is well."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot, Update

from bot.channel import TemporaryError
from bot.config import TelegramSettings
from bot.inbox import Inbox
from bot.logs import mask_secrets
from bot.telegram.errors import channel_errors
from bot.telegram.kept import Kept
from bot.telegram.updates import ALLOWED
from bot.webhook import Door, make_secret

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
#: Bytes. Telegram writes each Vietnamese letter as six, and a button's press holds the message it stands under.
LONGEST_BODY = 2**20
#: Seconds after which what another process was told is looked for.
LOOK = 2.0
#: Seconds from one question whether Telegram gets through to the next.
CHECK = 60.0


@dataclass(frozen=True, slots=True)
class Hook:
    """The public address, the secret that Telegram shows there, and where what came is kept."""

    url: str
    secret: str
    inbox: Inbox


class Webhook:
    """`bot.telegram.listen.Way`: what is in hand is taken anew after a crash."""

    def __init__(self, bot: Bot, hook: Hook) -> None:
        self._bot = bot
        self._hook = hook
        self._kept = Kept(bot, hook.inbox)
        self._checked_at = float("-inf")
        self._old_error: datetime | None = None

    async def open(self) -> None:
        with channel_errors():
            info = await self._bot.get_webhook_info()
            await self._bot.set_webhook(self._hook.url, secret_token=self._hook.secret, allowed_updates=ALLOWED)
        self._old_error = info.last_error_date
        self._checked_at = asyncio.get_running_loop().time()
        log.info("Telegram sends updates to %s", self._hook.url)

    async def hear(self, take: Callable[[Update], Awaitable[None]]) -> None:
        if not await self._kept.hand_over(take):
            await self._check()
            await self._hook.inbox.wait(LOOK)

    async def settle(self, update: Update) -> None:
        await self._kept.settle(update)

    async def close(self) -> None:
        """Telegram keeps what it cannot deliver for a day."""

    async def _check(self) -> None:
        """Raises TemporaryError when Telegram has something to tell and cannot."""
        now = asyncio.get_running_loop().time()
        if now - self._checked_at < CHECK:
            return
        with channel_errors():
            info = await self._bot.get_webhook_info()
        if info.url != self._hook.url:
            log.warning("telegram.webhook_url was taken away or changed elsewhere; it is set again")
            await self.open()
            return
        if info.pending_update_count and info.last_error_message and info.last_error_date != self._old_error:
            reason = mask_secrets(info.last_error_message)
            raise TemporaryError(f"Telegram does not get through to telegram.webhook_url: {reason}")
        self._old_error = info.last_error_date
        self._checked_at = now


def make_door(settings: TelegramSettings) -> Door | None:
    """None where updates are polled for."""
    if settings.token is None or settings.webhook_url is None:
        return None
    token = settings.token.get_secret_value()
    path, bot = urlsplit(settings.webhook_url).path, token.partition(":")[0]

    def read(body: Any) -> tuple[str, Mapping[str, Any]] | None:
        update_id = body.get("update_id") if isinstance(body, dict) else None
        return (f"{bot}:{update_id}", body) if type(update_id) is int else None

    return Door(path, HEADER, make_secret(token), LONGEST_BODY, read)
