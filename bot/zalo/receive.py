"""Listens to Zalo and answers through the conversation: in order within a chat, side by side for several."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Protocol, Self
from weakref import WeakValueDictionary

from bot.asked import Answer, Asked
from bot.channel import ChannelError, ClosedError, TemporaryError, get_advice
from bot.inbox import Inbox
from bot.locales import N_
from bot.menus import Unclear
from bot.message import Message, Span, say
from bot.zalo.books import CHANNEL, DIGESTS, Books, Pressed
from bot.zalo.channel import ZaloChannel
from bot.zalo.client import ZaloClient
from bot.zalo.listen import PACE, REMEDY, Hook, Listener, Polling, Webhook
from bot.zalo.updates import Said, name_update, read_update
from db.models import ChatKind
from db.talk_models import Heard

log = logging.getLogger(__name__)

#: An answer waits no longer than this for Zalo; news is owed, an answer is not.
LONGEST_WAIT = 30.0
SHORT_WAIT = 1.0
#: Seconds after which what others stored is looked for.
LOOK = 2.0
#: Seconds that those who are being answered have when loa stops.
GRACE = 2.0
#: How many are answered at once, or wait for their chat's turn.
MOST_SERVED = 50
_UNCLEAR = {
    Unclear.GONE: N_("There is no choice with that number, or its menu is too old. Please open the menu anew: /help"),
    Unclear.SEVERAL: N_("Which one? Please answer with the number that stands before it."),
}
_NO_WORDS = N_("I can only read text. Write any words to search the articles; /help tells you what else I can do.")
_FAILED = N_("Sorry, something went wrong here. Please try again later, or tell the admin this code: {id}.")


class Conversation(Protocol):
    """What answers people (`bot.conversation`)."""

    async def answer(self, asked: Asked) -> Answer: ...


class ZaloFace:
    """Two steps: `hear` keeps what people say, `answer` answers it. `async with` it; it owns the client."""

    def __init__(
        self,
        client: ZaloClient,
        channel: ZaloChannel,
        books: Books,
        inbox: Inbox,
        conversation: Conversation,
        *,
        stop: asyncio.Event,
        hook: Hook | None = None,
        pace: float = PACE,
    ) -> None:
        """With a `hook` it hears by webhook, else by polling."""
        self._client = client
        self._channel = channel
        self._books = books
        self._inbox = inbox
        self._conversation = conversation
        self._stop = stop
        way = Webhook(client, hook) if hook else Polling(client, self.take, pace)
        self._listener = Listener(client, way, self._note_closed)
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._serving: dict[asyncio.Task[None], int] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """What is not answered by then is answered after the next start."""
        await self.drain(GRACE)
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._client.close()

    @property
    def trouble(self) -> str:
        """Why Zalo cannot be heard; empty if it can."""
        return self._listener.trouble

    async def check(self) -> None:
        """Make sure of the token. Raises ClosedError when it is refused; without a network it is believed."""
        try:
            await self._listener.open()
        except ClosedError:
            raise
        except ChannelError as error:
            log.warning("Zalo cannot be reached yet: %s%s", error.reason, get_advice(error, REMEDY))

    async def hear(self) -> bool:
        """Listen once and wait until the next time may come, or until loa stops."""
        wait = await self._until_stop(self._listener.listen())
        if wait:
            await self._until_stop(asyncio.sleep(wait))
        return True

    async def take(self, update: Mapping[str, Any]) -> bool:
        """Keep an update; false for what was told before or is none."""
        found = name_update(self._client.bot)(update)
        return found is not None and await self._inbox.store(*found)

    async def answer(self) -> bool:
        """Begin to answer what was heard; whether there was anything."""
        room = MOST_SERVED - len(self._serving)
        waiting = await self._inbox.take(room, self._serving.values())
        for heard in waiting:
            self._start(heard)
        if not waiting:
            await self._inbox.wait(LOOK)
        return True

    async def drain(self, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Until everything that is being answered is answered."""
        if self._serving:
            await asyncio.wait(self._serving, timeout=timeout)

    def _start(self, heard: Heard) -> None:
        said = read_update(heard.body, self._listener.name)
        lane = self._lanes.setdefault(said.chat if said else "", asyncio.Lock())
        task = asyncio.create_task(self._serve(heard.id, said, lane))
        self._serving[task] = heard.id
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        del self._serving[task]
        self._inbox.ring()

    async def _serve(self, heard_id: int, said: Said | None, lane: asyncio.Lock) -> None:
        async with lane:
            try:
                if said is not None:
                    await self._answer(said)
            except Exception:
                error_id = secrets.token_hex(3)
                log.exception("error %s while answering %s", error_id, heard_id)
                if said is not None:
                    await self._apologise(said, error_id)
            await self._inbox.record_handled(heard_id)

    async def _answer(self, said: Said) -> None:
        if said.text is None:
            if said.kind is ChatKind.PRIVATE:
                await self._say_plainly(said, _NO_WORDS)
            return
        chosen = await self._books.choose(said.chat, said.text)
        if isinstance(chosen, Unclear):
            await self._say_plainly(said, _UNCLEAR[chosen])
            return
        answer = await self._conversation.answer(_make_asked(said, chosen))
        for number, message in enumerate(_list_messages(answer)):
            is_edit = answer.edit and chosen is not None and number == 0
            await self._reply(said.chat, message, instead_of=chosen.number if is_edit and chosen else None)

    async def _say_plainly(self, said: Said, sentence: str) -> None:
        words = await self._books.get_words(said.chat)
        await self._reply(said.chat, say(words(sentence)))

    async def _apologise(self, said: Said, error_id: str) -> None:
        words = await self._books.get_words(said.chat)
        await self._reply(said.chat, say(words(_FAILED, id=error_id)))

    async def _reply(self, chat: str, message: Message, *, instead_of: int | None = None) -> None:
        """Once more after a short wait, where that can help."""
        try:
            try:
                await self._channel.answer(chat, message, instead_of=instead_of)
            except TemporaryError as error:
                wait = SHORT_WAIT if error.retry_in is None else error.retry_in
                if wait > LONGEST_WAIT:
                    raise
                await asyncio.sleep(wait)
                await self._channel.answer(chat, message, instead_of=instead_of)
        except ChannelError as error:
            log.warning("an answer to chat %s is dropped: %s", chat, error.reason)

    async def _note_closed(self, error: ClosedError | None) -> None:
        if error is None:
            self._channel.open()
            return
        self._channel.close(error)
        await self._books.tell_closed(error.reason)

    async def _until_stop(self, work: Awaitable[Any]) -> Any:
        """Its result; it is cut short when loa stops."""
        task, stop = asyncio.ensure_future(work), asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for each in (task, stop):
                each.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)


def _make_asked(said: Said, chosen: Pressed | None) -> Asked:
    """Zalo tells nobody's rights in a group: what changes it is done elsewhere."""
    asked = Asked(
        channel=CHANNEL,
        chat=said.chat,
        kind=said.kind,
        person=said.person,
        person_name=said.name,
        may_manage=said.kind is ChatKind.PRIVATE,
        is_menuless=True,
        digests=tuple(f"{one:%H:%M}" for one in DIGESTS),
    )
    return replace(asked, action=chosen.button.action) if chosen else replace(asked, text=said.text or "")


def _list_messages(answer: Answer) -> list[Message]:
    """The short line for a press stands above the first message, unless one says the same: each message counts."""
    if not answer.toast or any(answer.toast in message.text for message in answer.messages):
        return [*answer.messages]
    if not answer.messages:
        return [say(answer.toast)]
    first, *others = answer.messages
    return [replace(first, spans=(Span(f"{answer.toast}\n\n"), *first.spans)), *others]
