"""What a chat platform must do for loa, and the ways it can refuse."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from bot.message import Message
from bot.outside import clean
from db.models import ChatKind


class ChannelError(Exception):
    """The root of what sending can raise; `reason` is fit for a row and a log, and holds no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = clean(reason)


#: No platform is believed that wants a longer wait than this, in seconds: a week.
LONGEST_WAIT = 7 * 86400.0


class TemporaryError(ChannelError):
    """Not now. `retry_in` in seconds when the platform named a time; nothing was delivered."""

    def __init__(self, reason: str, *, retry_in: float | None = None) -> None:
        super().__init__(reason)
        self.retry_in = None if retry_in is None else max(0.0, min(retry_in, LONGEST_WAIT))


class UnreachedError(TemporaryError):
    """There is no way to the platform at this moment: nothing was handed over."""


class UnknownOutcomeError(ChannelError):
    """The platform may have taken the message: the connection broke after it was handed over."""


class PermanentError(ChannelError):
    """The chat cannot be reached (blocked, kicked, gone) until it speaks to loa again."""


class ThreadError(PermanentError):
    """The topic of the chat's forum is closed or gone; the chat itself may be well."""


class RejectedError(ChannelError):
    """The platform refuses this message and would refuse it again; the chat itself is well."""


class ClosedError(ChannelError):
    """The platform refuses loa itself (its token): nothing can be sent until the settings are mended."""


class MovedError(ChannelError):
    """The chat has a new address (a group became a supergroup)."""

    def __init__(self, reason: str, *, address: str) -> None:
        super().__init__(reason)
        self.address = address


def get_advice(error: ChannelError, remedy: str) -> str:
    """What a log adds to the reason where there is no way to the platform."""
    return f". loa goes on trying. Is the network up? {remedy}" if isinstance(error, UnreachedError) else ""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a chat bears: one message in `pause` seconds in the long run, `burst` of them at once."""

    pause: float
    burst: int = 1

    def spend(self, paced_until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
        """When the chat bears the next message, and when it has rested, after one more message than `paced_until`."""
        rested = max(paced_until or now, now) + timedelta(seconds=self.pause)
        return max(now, rested - timedelta(seconds=self.pause * (self.burst - 1))), rested


@dataclass(frozen=True, slots=True)
class Ration:
    """What is left of what the platform bears in a month: with `digests`, news is told together at these times of the
    day; when it `is_spent`, nothing is pushed."""

    digests: tuple[time, ...] = ()
    is_spent: bool = False


class Channel(Protocol):
    """A platform loa speaks on. `name` is what `chats.channel` holds, `ahead` how many pushes may wait for a turn.

    `digest` is how many articles one message may tell, `edits` whether what was sent can be changed there.
    """

    name: str
    ahead: int
    digest: int
    edits: bool

    def get_budget(self, kind: ChatKind) -> Budget:
        """What a chat of this kind bears."""
        ...

    async def get_ration(self) -> Ration:
        """How pushes are to be saved now; most platforms count none."""
        ...

    async def wait_turn(self) -> None:
        """Until the platform bears one message more, over all chats. Each push waits for its turn."""
        ...

    async def probe(self) -> None:
        """Make sure that the platform answers, at no cost to anybody. Raises TemporaryError or ClosedError."""
        ...

    async def correct(self, address: str, message_id: str, message: Message) -> bool:
        """Put a push in the place of one that was sent; false where that cannot be done. Raises ChannelError."""
        ...

    async def send(self, address: str, message: Message, *, thread: int | None = None) -> str:
        """Send a push whose turn it is, into a topic of a forum if one is named, and return the platform's message id.

        Raises ChannelError.
        """
        ...
