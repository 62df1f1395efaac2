"""How many messages Telegram takes: over a bot, in a chat, in a group. It waits for nothing."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bot_api.errors import too_many


@dataclass(frozen=True, slots=True)
class Limits:
    """`burst` messages more than the rate pass in a second; a group's minute has no such grace."""

    per_second: int = 30
    chat_per_second: int = 1
    group_per_minute: int = 20
    burst: int = 5


@dataclass(slots=True)
class _Window:
    """At most `size` events in any `seconds`."""

    size: int
    seconds: float
    events: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        while self.events and self.events[0] <= now - self.seconds:
            self.events.popleft()
        return self.events[0] + self.seconds - now if len(self.events) >= self.size else 0.0

    def take(self, now: float) -> None:
        self.events.append(now)


class _Bucket:
    """Fills at `rate` tokens a second up to `size`."""

    def __init__(self, *, rate: float, size: float, now: float) -> None:
        self._rate, self._size, self._tokens, self._at = rate, size, size, now

    def wait(self, now: float) -> float:
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return max(0.0, (1 - self._tokens) / self._rate)

    def take(self, now: float) -> None:
        self._tokens -= 1


class Limiter:
    """Counts what was taken. A refused message costs nothing."""

    def __init__(self, limits: Limits | None, monotonic: Callable[[], float]) -> None:
        self._limits = limits
        self._monotonic = monotonic
        if limits is not None:
            self._bot = _Window(limits.per_second + limits.burst, 1.0)
            self._chats: dict[int, _Bucket] = {}
            self._groups: dict[int, _Window] = defaultdict(lambda: _Window(limits.group_per_minute, 60.0))

    def take(self, chat_id: int, *, is_group: bool) -> None:
        """Raises ApiError 429 with the whole seconds to wait."""
        if self._limits is None:
            return
        now = self._monotonic()
        meters: list[_Window | _Bucket] = [
            self._bot,
            self._chat(chat_id, now),
            *([self._groups[chat_id]] if is_group else []),
        ]
        wait = max(meter.wait(now) for meter in meters)
        if wait > 1e-9:
            raise too_many(max(1, math.ceil(wait)))
        for meter in meters:
            meter.take(now)

    def _chat(self, chat_id: int, now: float) -> _Bucket:
        assert self._limits is not None
        if chat_id not in self._chats:
            rate = self._limits.chat_per_second
            self._chats[chat_id] = _Bucket(rate=rate, size=rate + self._limits.burst, now=now)
        return self._chats[chat_id]
