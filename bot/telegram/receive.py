"""Listens to Telegram and answers through the conversation: in order within a chat, side by side for several."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Protocol, Self
from weakref import WeakValueDictionary

from telegram import Bot, Update

from bot.asked import Answer, Asked, Shares
from bot.channel import ChannelError, MovedError, RejectedError, TemporaryError, ThreadError
from bot.inbox import Inbox
from bot.message import Message, say
from bot.telegram.channel import TelegramChannel
from bot.telegram.listen import Listener, Polling
from bot.telegram.menu import Menu, show_menus
from bot.telegram.rights import Rights
from bot.telegram.updates import Heard, Joined, Left, Moved, Read, Sought, get_lane, read_update
from bot.telegram.webhook import Hook, Webhook
from db.models import ChatKind

log = logging.getLogger(__name__)

#: An answer waits no longer than this for Telegram; news is owed, an answer is not.
LONGEST_WAIT = 30.0
SHORT_WAIT = 1.0
#: Seconds that those who are being answered have when loa stops.
GRACE = 2.0
#: How many updates are served or wait for their chat's turn; more stay with Telegram.
MOST_SERVED = 500
#: How many of one chat; more are dropped, or one who writes without end would keep everybody else waiting.
MOST_OF_ONE = 8
_FAILED = (
    "Xin lỗi, tôi chưa làm được việc này. Nhờ bạn thử lại sau, hoặc báo quản trị viên mã lỗi {id}.\n"
    "Sorry, something went wrong here. Please try again later, or tell the admin this code: {id}."
)


_STALE = "Nút này không còn dùng được. · This button no longer works."


class Conversation(Protocol):
    """What answers people (`bot.conversation`)."""

    async def answer(self, asked: Asked) -> Answer: ...

    async def offer(self, asked: Asked, page: int) -> Shares: ...

    async def join(self, asked: Asked) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Notices:
    """Whom to tell what Telegram says of chats: `left(address, reason)`, `moved(old address, new address)`.

    `closed(reason)` hears that the token is refused while it listens.
    """

    left: Callable[[str, str], Awaitable[None]]
    moved: Callable[[str, str], Awaitable[None]]
    closed: Callable[[str], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class MenuSettings:
    """What the menu shows, to which admins more, and in which language for people of neither."""

    menu: Menu
    admins: Iterable[int] = ()
    language: str = "vi"


class TelegramFace:
    """`async with` it to listen. It owns the bot: what else sends with it must have ended when the face stops."""

    def __init__(
        self,
        bot: Bot,
        channel: TelegramChannel,
        conversation: Conversation,
        *,
        notices: Notices,
        menus: MenuSettings,
        hook: Hook | None = None,
        inbox: Inbox | None = None,
    ) -> None:
        """With a `hook` it hears by webhook, else by polling, and handles before what a webhook left in `inbox`."""
        self._bot = bot
        self._channel = channel
        self._conversation = conversation
        self._notices = notices
        self._menus = menus
        self._rights = Rights(bot)
        way = Webhook(bot, hook) if hook else Polling(bot, inbox)
        self._listener = Listener(bot, self._take, self._show_menus, way=way, closed=notices.closed)
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._serving: set[asyncio.Task[None]] = set()
        self._waiting: Counter[int] = Counter()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def trouble(self) -> str:
        """Why Telegram cannot be heard; empty if it can."""
        return self._listener.trouble

    async def start(self) -> None:
        """Raises ClosedError when the token is refused. Without a network it starts, and keeps trying."""
        await self._listener.start()

    async def stop(self) -> None:
        """Within seconds: no further updates are taken, those being served have `GRACE`."""
        stopping = asyncio.create_task(self._listener.stop())
        await asyncio.wait({stopping, *self._serving}, timeout=GRACE)
        for task in self._serving:
            task.cancel()
        await asyncio.gather(stopping, *self._serving, return_exceptions=True)
        await self._bot.shutdown()

    async def _show_menus(self) -> None:
        menus = self._menus
        await show_menus(self._bot, menus.menu, admins=menus.admins, language=menus.language)

    async def _take(self, update: Update) -> None:
        if len(self._serving) >= MOST_SERVED:
            await asyncio.wait(self._serving, return_when=asyncio.FIRST_COMPLETED)
        chat = get_lane(update)
        if self._waiting[chat] >= MOST_OF_ONE:
            log.info("chat %s writes faster than it is answered; update %s is dropped", chat, update.update_id)
            await self._listener.settle(update)
            return
        lane = self._lanes.setdefault(chat, asyncio.Lock())
        task = asyncio.create_task(self._serve_in_order(update, lane))
        self._serving.add(task)
        self._waiting[chat] += 1
        task.add_done_callback(partial(self._finish, chat))

    def _finish(self, chat: int, task: asyncio.Task[None]) -> None:
        self._serving.discard(task)
        self._waiting[chat] -= 1
        self._waiting += Counter()

    async def _serve_in_order(self, update: Update, lane: asyncio.Lock) -> None:
        async with lane:
            read: Read = None
            try:
                read = read_update(update, self._bot.username)
                await self._serve(read, update)
            except Exception:
                error_id = secrets.token_hex(3)
                log.exception("error %s while serving update %s", error_id, update.update_id)
                await self._apologise(read, error_id)
            await self._listener.settle(update)

    async def _serve(self, read: Read, update: Update) -> None:
        match read:
            case Left(address, reason):
                await self._notices.left(address, reason)
            case Moved(old, new):
                await self._notices.moved(old, new)
            case Heard() as heard:
                await self._answer(heard, update)
            case Joined(asked):
                await self._greet(asked)
            case Sought() as sought:
                await self._offer(sought)
            case None if update.callback_query:
                await self._close_press(update, _STALE)

    async def _answer(self, heard: Heard, update: Update) -> None:
        answer = Answer()
        try:
            answer = await self._conversation.answer(await self._add_rights(heard))
        finally:
            await self._close_press(update, answer.toast)
        messages = list(answer.messages)
        if answer.edit and messages and heard.message_id is not None:
            await self._replace(heard, heard.message_id, messages.pop(0))
        for number, message in enumerate(messages):
            await self._reply(heard if number == 0 else replace(heard, said=None), message)

    async def _greet(self, asked: Asked) -> None:
        """In a group before all; of a channel the one hears of it in private who brought the bot there."""
        answer = await self._conversation.join(await self._add_rights(Heard(asked, needs_rights=True)))
        chat = asked.person if asked.kind is ChatKind.CHANNEL else asked.chat
        for message in answer.messages:
            await self._reply(Heard(replace(asked, chat=chat)), message)

    async def _offer(self, sought: Sought) -> None:
        shares = await self._conversation.offer(sought.asked, sought.page)
        try:
            await self._channel.answer_search(sought.query_id, shares)
        except ChannelError as error:
            log.info("a search was not answered: %s", error.reason)

    async def _add_rights(self, heard: Heard) -> Asked:
        asked = heard.asked
        if asked.kind is ChatKind.PRIVATE:
            return replace(asked, manages=partial(self._rights.may_manage, person=asked.person))
        if not (heard.needs_rights and asked.person):
            return asked
        return replace(asked, may_manage=await self._rights.may_manage(asked.chat, asked.person))

    async def _close_press(self, update: Update, toast: str) -> None:
        """A press is always answered, or its button would seem to hang."""
        if update.callback_query is None:
            return
        try:
            await self._channel.answer_press(update.callback_query.id, toast)
        except ChannelError as error:
            log.info("a press was not answered: %s", error.reason)

    async def _replace(self, heard: Heard, message_id: int, message: Message) -> None:
        """Put in the place of the message that was pressed; where that cannot be, it is sent anew."""

        async def edit() -> None:
            await self._channel.edit(heard.asked.chat, message_id, message)

        try:
            await self._patiently(edit)
        except RejectedError:
            await self._reply(heard, message)
        except ChannelError as error:
            log.warning("an answer to chat %s is dropped: %s", heard.asked.chat, error.reason)

    async def _reply(self, heard: Heard, message: Message) -> None:
        """Where the topic of a forum takes nothing any more, the general one has the answer."""
        chat = heard.asked.chat

        async def send() -> None:
            await self._channel.send_to(chat, message, thread=heard.asked.thread, answers=heard.said)

        try:
            await self._patiently(send)
        except MovedError as error:
            await self._notices.moved(chat, error.address)
            await self._reply(replace(heard, asked=replace(heard.asked, chat=error.address)), message)
        except ThreadError as error:
            if heard.asked.thread is None:
                log.warning("an answer to chat %s is dropped: %s", chat, error.reason)
            else:
                await self._reply(replace(heard, asked=replace(heard.asked, thread=None), said=None), message)
        except ChannelError as error:
            log.warning("an answer to chat %s is dropped: %s", chat, error.reason)

    async def _patiently(self, call: Callable[[], Awaitable[None]]) -> None:
        """Once more after a short wait, where that can help."""
        try:
            await call()
        except TemporaryError as error:
            wait = SHORT_WAIT if error.retry_in is None else error.retry_in
            if wait > LONGEST_WAIT:
                raise
            await asyncio.sleep(wait)
            await call()

    async def _apologise(self, read: Read, error_id: str) -> None:
        """To the person who asked, with the code that stands in the log."""
        if isinstance(read, Heard) and _is_meant(read):
            await self._reply(read, say(_FAILED.format(id=error_id)))


def _is_meant(heard: Heard) -> bool:
    """Whether somebody waits for an answer: talk among people in a group is no question."""
    return heard.needs_rights or heard.asked.is_addressed or heard.asked.kind is ChatKind.PRIVATE
