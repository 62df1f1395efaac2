"""Updates that came by webhook and are kept until they are handled. It hears nothing new."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, Update

from bot.inbox import Inbox

log = logging.getLogger(__name__)

#: How many updates are taken from the inbox at once.
BATCH = 50


class Kept:
    """What is in hand is taken anew after a crash."""

    def __init__(self, bot: Bot, inbox: Inbox) -> None:
        self._bot = bot
        self._inbox = inbox
        self._in_hand: dict[int, int] = {}

    async def hand_over(self, take: Callable[[Update], Awaitable[None]]) -> bool:
        """Hand some of what waits to `take`; whether there was anything."""
        waiting = await self._inbox.take(BATCH, self._in_hand.values())
        for heard in waiting:
            update = _read(heard.body, self._bot)
            if update is None:
                await self._inbox.record_handled(heard.id)
                continue
            self._in_hand[update.update_id] = heard.id
            await take(update)
        return bool(waiting)

    async def settle(self, update: Update) -> None:
        """It was handled, if it was one of these."""
        heard_id = self._in_hand.get(update.update_id)
        if heard_id is not None:
            await self._inbox.record_handled(heard_id)
            del self._in_hand[update.update_id]


def _read(body: dict[str, Any], bot: Bot) -> Update | None:
    try:
        return Update.de_json(body, bot)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("an update cannot be read: %s", type(error).__name__)
        return None
