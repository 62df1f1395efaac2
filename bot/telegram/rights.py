"""Who may manage a group: asks Telegram, and remembers the answer for a minute."""

import logging
import time
from collections.abc import Callable

from telegram import Bot
from telegram.constants import ChatMemberStatus

from bot.channel import ChannelError
from bot.telegram.errors import channel_errors

log = logging.getLogger(__name__)

REMEMBERED = 60.0
_MOST_REMEMBERED = 10_000
_ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)


class Rights:
    """Answers no when Telegram does not answer."""

    def __init__(self, bot: Bot, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}

    async def may_manage(self, chat: str, person: str) -> bool:
        asked_at, answer = self._known.get((chat, person), (float("-inf"), False))
        if self._monotonic() - asked_at < REMEMBERED:
            return answer
        try:
            answer = await self._ask(chat, person)
        except ChannelError as error:
            log.warning("who may manage chat %s is not known: %s", chat, error.reason)
            return False
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[chat, person] = (self._monotonic(), answer)
        return answer

    async def _ask(self, chat: str, person: str) -> bool:
        with channel_errors():
            member = await self._bot.get_chat_member(chat, int(person))
            return member.status in _ADMINS
