"""Sends messages to Zalo at a pace of our own, and says in loa's words why one was refused. It never retries later."""

import asyncio
from collections import deque

from aiolimiter import AsyncLimiter

from bot.channel import (
    Budget,
    ChannelError,
    ClosedError,
    PermanentError,
    Ration,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
)
from bot.locales import N_
from bot.menus import HIGHEST
from bot.message import Message
from bot.zalo.books import CHANNEL, Books
from bot.zalo.client import ZaloClient
from bot.zalo.errors import ForbiddenError, QuotaError
from bot.zalo.render import Part, render_parts
from db.models import ChatKind

#: Zalo names no rates; these are loa's own.
PER_SECOND = 5
_BUDGET = Budget(1.0)
#: How long everything waits when Zalo says that it is too much, in seconds; doubled each time.
FIRST_HOLD, LONGEST_HOLD = 5.0, 3600.0
#: How long nothing is sent after Zalo refused the token, in seconds; it may have been a mistake of its own.
CLOSED_HOLD = 300.0
#: A chat that answers 403 so often in a row is believed to refuse the bot.
MOST_FORBIDDEN = 5
#: So many addresses of pictures that Zalo could not fetch are remembered.
_REMEMBERED = 100
_HINT = N_("Answer with a number:")


class ZaloChannel:
    """`bot.channel.Channel` on Zalo. Pushes and answers share its pace."""

    name = CHANNEL
    ahead = 2
    digest = 20
    edits = False

    def __init__(self, client: ZaloClient, books: Books, *, per_second: float = PER_SECOND) -> None:
        self._client = client
        self._books = books
        self._pace = AsyncLimiter(1, 1 / per_second)
        self._holds = 0
        self._held_until = 0.0
        self._forbidden: dict[str, int] = {}
        self._unseen: deque[str] = deque(maxlen=_REMEMBERED)
        self._closed: ClosedError | None = None
        self._closed_until = 0.0

    def get_budget(self, kind: ChatKind) -> Budget:
        return _BUDGET

    async def get_ration(self) -> Ration:
        return await self._books.get_ration()

    def close(self, error: ClosedError) -> None:
        """Zalo refuses the token: nothing is sent for a while, or until it is taken again."""
        self._closed, self._closed_until = error, asyncio.get_running_loop().time() + CLOSED_HOLD

    def open(self) -> None:
        """Zalo takes the token."""
        self._closed = None

    async def wait_turn(self) -> None:
        await self._pace.acquire()

    async def probe(self) -> None:
        """Whatever becomes of it, nothing was said to anyone."""
        try:
            await self._client.get_name()
        except UnknownOutcomeError as error:
            raise TemporaryError(error.reason) from None

    async def correct(self, address: str, message_id: str, message: Message) -> bool:
        return False

    async def send(self, address: str, message: Message, *, thread: int | None = None) -> str:
        needed = len(render_parts(message, first=HIGHEST, hint=_HINT))
        if needed > 1 and needed > await self._books.get_left():
            raise TemporaryError("the month has fewer messages left than this news needs")
        return await self._say(address, message)

    async def answer(self, address: str, message: Message, *, instead_of: int | None = None) -> None:
        """Say something in its turn; a menu that takes the place of the one with this number. Raises ChannelError."""
        await self.wait_turn()
        await self._say(address, message, instead_of=instead_of)

    async def _say(self, address: str, message: Message, *, instead_of: int | None = None) -> str:
        self._check()
        first, hint = 1, ""
        if any(message.buttons):
            first = await self._books.number(address, message, instead_of=instead_of)
            hint = (await self._books.get_words(address))(_HINT)
        message_id = ""
        for number, part in enumerate(render_parts(message, first=first, hint=hint)):
            message_id = await (self._send_further(address, part) if number else self._send_part(address, part))
        return message_id

    async def _send_further(self, address: str, part: Part) -> str:
        """When what came before has arrived: a refusal is no word that nothing did."""
        await self.wait_turn()
        try:
            return await self._send_part(address, part)
        except ChannelError as error:
            raise UnknownOutcomeError(f"a part has arrived, another has not: {error.reason}") from None

    def _check(self) -> None:
        """While Zalo refuses loa as a whole, nothing is asked of it."""
        now = asyncio.get_running_loop().time()
        if self._closed and now < self._closed_until:
            raise ClosedError(self._closed.reason)
        wait = self._held_until - now
        if wait > 0:
            raise TemporaryError("429: Zalo took no more a moment ago", retry_in=wait)

    async def _send_part(self, address: str, part: Part) -> str:
        """As it is, or with less if Zalo does not take that. A picture that it cannot fetch is not tried again."""
        less = part.get_less()
        if part.photo in self._unseen and less:
            return await self._send_part(address, less)
        try:
            message_id = await self._send_text(address, part)
        except RejectedError:
            if less is None:
                raise
            if part.photo:
                self._unseen.append(part.photo)
            await self.wait_turn()
            return await self._send_part(address, less)
        await self._books.count()
        self.open()
        self._holds = 0
        self._forbidden.pop(address, None)
        return message_id

    async def _send_text(self, address: str, part: Part) -> str:
        try:
            if part.photo:
                return await self._client.send_photo(address, part.photo, part.text)
            return await self._client.send_message(address, part.text, part.styles)
        except UnknownOutcomeError:
            await self._books.count()
            raise
        except ChannelError as error:
            raise self._note(address, error) from None

    def _note(self, address: str, error: ChannelError) -> ChannelError:
        """What a refusal means for what is sent next."""
        match error:
            case QuotaError():
                return TemporaryError(error.reason, retry_in=self._hold())
            case ClosedError():
                self.close(error)
            case ForbiddenError():
                self._forbidden[address] = self._forbidden.get(address, 0) + 1
                if self._forbidden[address] >= MOST_FORBIDDEN:
                    del self._forbidden[address]
                    return PermanentError(error.reason)
        return error

    def _hold(self) -> float:
        """Longer each time; those that were on their way together count once."""
        now = asyncio.get_running_loop().time()
        if now >= self._held_until:
            self._held_until = now + min(FIRST_HOLD * 2.0 ** min(self._holds, 30), LONGEST_HOLD)
            self._holds += 1
        return self._held_until - now
