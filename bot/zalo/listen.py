"""Hears what people say on Zalo, by polling or by webhook, whatever happens to the network. It reads none of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from bot.channel import ChannelError, ClosedError, TemporaryError, get_advice
from bot.config import ZaloSettings
from bot.webhook import Door, make_secret
from bot.zalo.client import ZaloClient
from bot.zalo.updates import name_update

log = logging.getLogger(__name__)

#: Seconds for which Zalo may keep a request open while nobody says anything.
LONG_POLL = 25
#: Seconds from one poll to the next at least; more while Zalo tells what it told before, as some saw it do endlessly.
PACE = 1.0
LONGEST_PACE = 5.0
#: Seconds from one question whether the webhook is still set to the next.
CHECK = 60.0
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
#: What the log says to whoever has no way to Zalo.
REMEDY = "This machine must be able to reach zalo.api_url; try it with: loa check"
#: A refused token is seldom mended by waiting.
CLOSED_WAIT = 300.0
HEADER = "X-Bot-Api-Secret-Token"
#: Bytes; what Zalo sends has some hundreds.
LONGEST_BODY = 2**16


class Way(Protocol):
    """How updates come. Both raise ChannelError."""

    async def open(self) -> None:
        """Agree with Zalo on it; the token is known to be good."""
        ...

    async def hear(self) -> float:
        """Take what came, if it comes this way; returns the seconds to wait before the next time."""
        ...


class Polling:
    """`take` keeps what was told, and says whether it is new."""

    def __init__(
        self, client: ZaloClient, take: Callable[[dict[str, Any]], Awaitable[bool]], pace: float = PACE
    ) -> None:
        self._client = client
        self._take = take
        self._pace = pace
        self._old = 0

    async def open(self) -> None:
        """A webhook that somebody set is taken away, or polls would be refused."""
        await self._client.delete_webhook()

    async def hear(self) -> float:
        started = asyncio.get_running_loop().time()
        update = await self._client.get_update(LONG_POLL)
        is_new = update is not None and await self._take(update)
        self._old = 0 if is_new or update is None else self._old + 1
        pace = min(LONGEST_PACE, self._pace * (1 + self._old))
        return max(0.0, pace - (asyncio.get_running_loop().time() - started))


@dataclass(frozen=True, slots=True)
class Hook:
    """The public address, and the secret that Zalo shows there."""

    url: str
    secret: str


def make_door(settings: ZaloSettings) -> Door | None:
    """None where updates are polled for."""
    if settings.token is None or settings.webhook_url is None:
        return None
    token, path = settings.token.get_secret_value(), urlsplit(settings.webhook_url).path
    return Door(path, HEADER, make_secret(token), LONGEST_BODY, name_update(token.partition(":")[0]))


class Webhook:
    """What comes is kept where it comes in; here it is seen to that Zalo knows the address."""

    def __init__(self, client: ZaloClient, hook: Hook) -> None:
        self._client = client
        self._hook = hook

    async def open(self) -> None:
        """Zalo tries the address, and keeps it even if it is not reached."""
        if amiss := await self._client.set_webhook(self._hook.url, self._hook.secret):
            raise TemporaryError(f"Zalo does not get through to zalo.webhook_url: {amiss}", retry_in=CHECK)
        log.info("Zalo sends updates to %s", self._hook.url)

    async def hear(self) -> float:
        if await self._client.get_webhook() != self._hook.url:
            log.warning("zalo.webhook_url was taken away or changed elsewhere; it is set again")
            await self.open()
        return CHECK


class Listener:
    """Goes on listening one way; `closed` hears of a refused token, and of its end."""

    def __init__(self, client: ZaloClient, way: Way, closed: Callable[[ClosedError | None], Awaitable[None]]) -> None:
        self._client = client
        self._way = way
        self._closed = closed
        self._is_open = False
        self._failures = 0
        #: Why Zalo cannot be heard; empty if it can.
        self.trouble = ""
        self.name = ""

    async def open(self) -> None:
        """Learn the bot's name, and agree on the way. Raises ChannelError."""
        self.name = await self._client.get_name()
        await self._closed(None)
        await self._way.open()
        self._is_open = True
        log.info("Zalo is reached as %s", self.name)

    async def listen(self) -> float:
        """Once; returns the seconds to wait before the next time."""
        try:
            if not self._is_open:
                await self.open()
            wait = await self._way.hear()
        except ChannelError as error:
            return await self._complain(error)
        if self.trouble:
            log.info("Zalo can be heard again")
        self._failures, self.trouble = 0, ""
        return wait

    async def _complain(self, error: ChannelError) -> float:
        """Each reason is told once; the way is opened anew at the next try."""
        self._is_open = False
        self._failures += 1
        if error.reason != self.trouble:
            log.warning("Zalo cannot be heard: %s%s", error.reason, get_advice(error, REMEDY))
            self.trouble = error.reason
        if isinstance(error, ClosedError):
            await self._closed(error)
            return CLOSED_WAIT
        if isinstance(error, TemporaryError) and error.retry_in is not None:
            return error.retry_in
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._failures - 1, 10))
