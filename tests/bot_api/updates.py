"""The queue behind getUpdates: offsets, long polling, kinds, one poller at a time."""

from typing import Any

from tests.bot_api.errors import conflict
from tests.bot_api.ledger import Bell

UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = UNASKED | {
    *("message", "edited_message", "channel_post", "edited_channel_post", "business_connection"),
    *("business_message", "edited_business_message", "deleted_business_messages", "inline_query"),
    *("chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query", "poll"),
    *("purchased_paid_media", "poll_answer", "my_chat_member", "chat_join_request", "chat_boost"),
    *("removed_chat_boost", "managed_bot", "guest_message"),
}


class Updates:
    """Updates wait until a later offset acknowledges them; the newer of two pollers wins."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._next_id = 900_001
        self._poll = 0
        self.pollers = 0
        self._allowed = KINDS - UNASKED
        self.pending: list[dict[str, Any]] = []
        self.webhook = ""
        self.secret = ""
        self.closed = False

    def add(self, kind: str, content: dict[str, Any]) -> int:
        """Kinds that the bot did not ask for are dropped, as Telegram does."""
        update_id = self._next_id
        self._next_id += 1
        if kind in self._allowed:
            self.pending.append({"update_id": update_id, kind: content})
        self._bell.ring()
        return update_id

    def allow(self, kinds: list[str]) -> None:
        """An empty list means all but those that must be asked for; unknown kinds are ignored."""
        self._allowed = (frozenset(kinds) & KINDS) or KINDS - UNASKED

    def set_webhook(self, url: str, *, drop: bool, secret: str = "") -> None:
        self.webhook, self.secret = url, secret
        if drop:
            self.pending.clear()
        self._bell.ring()

    async def get(self, *, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Raises ApiError 409 when a webhook is set or another poller took over."""
        if self.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._poll += 1
        mine = self._poll
        self._acknowledge(offset)
        self.pollers += 1
        self._bell.ring()
        try:
            await self._bell.wait_for(
                lambda: self.pending or self.closed or self.webhook or self._poll != mine, seconds
            )
        except TimeoutError:
            return []
        finally:
            self.pollers -= 1
        self._stay_alone(mine)
        return self.pending[:limit]

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]

    def _stay_alone(self, mine: int) -> None:
        if self.webhook:
            raise conflict("terminated by setWebhook request")
        if self._poll != mine:
            raise conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
