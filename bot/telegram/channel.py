"""Sends messages to Telegram at the bot's pace, and says in loa's words why one was refused. It never retries later."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, TypeVar

from aiolimiter import AsyncLimiter
from telegram import Bot, ReplyParameters
from telegram.constants import ParseMode

from bot.asked import Shares
from bot.channel import Budget, ChannelError, Ration, RejectedError, TemporaryError, UnknownOutcomeError
from bot.cut import cut_text
from bot.message import File, Message, Picture
from bot.telegram.album import Album, Load, Loan
from bot.telegram.errors import (
    MisplacedError,
    PhotolessError,
    UnchangedError,
    UneditableError,
    UnparsableError,
    channel_errors,
)
from bot.telegram.render import (
    MAX_CAPTION,
    MAX_UNITS,
    Rendered,
    fits_caption,
    render,
    render_plain,
    render_result,
)
from db.models import ChatKind

log = logging.getLogger(__name__)

#: One a second in a chat, 20 a minute in a group: a group's burst and what follows it stay within a minute's 20.
_GROUP = Budget(60 / 18 + 0.05, burst=3)
_BUDGETS = {ChatKind.PRIVATE: Budget(1.0, burst=3), ChatKind.GROUP: _GROUP, ChatKind.CHANNEL: _GROUP}
#: How late a message may leave, in seconds, without loss to those after it.
_SLACK = 0.015
_LONGEST_TOAST = 200
#: Seconds for which Telegram may show the same articles for the same words again.
_FRESH = 10

Result = TypeVar("Result")
#: One request with the words, how they are marked up if at all, and what stands around them.
_Call = Callable[[str, ParseMode | None, Rendered], Awaitable[Result]]

#: What goes to many chats is rendered once.
_render, _fits_caption = lru_cache(64)(render), lru_cache(64)(fits_caption)


def create_pace(messages_per_second: float) -> AsyncLimiter:
    """One after the other, evenly: so no second holds more than it may, wherever it begins.

    A loop that is busy wakes late; what it may make up for is taken off the rate.
    """
    slack = messages_per_second * _SLACK
    return AsyncLimiter(1 + slack, (1 + slack) / (messages_per_second - slack))


async def _load_nothing(article_id: int) -> None:
    """No picture goes along."""


class TelegramChannel:
    """`bot.channel.Channel` on Telegram. Pushes and answers share its pace. `load` gives the pictures of articles."""

    name = "telegram"
    digest = 80
    edits = True

    def __init__(
        self, bot: Bot, messages_per_second: float = 30, *, is_paid: bool = False, load: Load = _load_nothing
    ) -> None:
        self._bot = bot
        self._album = Album(load)
        self._pace = create_pace(messages_per_second)
        self._is_paid = is_paid or None
        self.ahead = max(2, round(messages_per_second / 5))

    def get_budget(self, kind: ChatKind) -> Budget:
        return _BUDGETS[kind]

    async def get_ration(self) -> Ration:
        return Ration()

    async def wait_turn(self) -> None:
        await self._pace.acquire()

    async def probe(self) -> None:
        """Whatever becomes of it, nothing was said to anyone."""
        try:
            with channel_errors():
                await self._bot.get_me()
        except UnknownOutcomeError as error:
            raise TemporaryError(error.reason) from None

    async def correct(self, address: str, message_id: str, message: Message) -> bool:
        try:
            await self._mend(address, int(message_id), message)
        except UneditableError:
            return False
        return True

    async def send(self, address: str, message: Message, *, thread: int | None = None) -> str:
        where: dict[str, Any] = {
            "message_thread_id": thread,
            "allow_paid_broadcast": self._is_paid,
            "disable_notification": message.is_silent or None,
        }
        if message.picture is None or not _fits_caption(message):
            return await self._send(address, message, **where)
        return await self._show(message.picture, address, message, **where)

    async def _show(self, picture: Picture, address: str, message: Message, **where: Any) -> str:
        """With its picture; where that is refused, the words go alone."""
        has_waited = self._album.is_busy(picture.article_id)
        async with self._album.lend(picture.article_id, address) as loan:
            if has_waited:
                await self.wait_turn()
            if loan.photo is None:
                return await self._send(address, message, **where)
            try:
                return await self._say(self._to_with_photo(loan.photo, loan, address, **where), message, MAX_CAPTION)
            except ChannelError as error:
                loan.is_blameless = not _is_of_picture(error)
                if not isinstance(error, RejectedError):
                    raise
                log.info("article %s goes without its picture: %s", picture.article_id, error.reason)
        await self.wait_turn()
        return await self._send(address, message, **where)

    async def send_to(
        self, address: str, message: Message, *, thread: int | None = None, answers: int | None = None
    ) -> str:
        """Say something in its turn, into a topic of a forum if one is named; it may show which message it `answers`.

        Raises ChannelError.
        """
        await self.wait_turn()
        quote = None if answers is None else ReplyParameters(answers, allow_sending_without_reply=True)
        return await self._send(address, message, message_thread_id=thread, reply_parameters=quote)

    async def _send(self, address: str, message: Message, **where: Any) -> str:
        if message.file is None:
            return await self._say(self._to(address, **where), message)
        words = replace(message, file=None)
        return await self._say(self._to_with_file(message.file, address, **where), words, MAX_CAPTION)

    def _to(self, address: str, **where: Any) -> _Call[str]:
        """Of Telegram's answer only the number is wanted: the library makes no objects of the rest."""

        async def send(text: str, mode: ParseMode | None, rendered: Rendered) -> str:
            content = {"chat_id": address, "text": text, "parse_mode": mode, **rendered.frame, **where}
            sent = await self._bot.do_api_request("sendMessage", content)
            return str(sent["message_id"])

        return send

    def _to_with_file(self, file: File, address: str, **where: Any) -> _Call[str]:
        async def send(text: str, mode: ParseMode | None, rendered: Rendered) -> str:
            call = (
                partial(self._bot.send_photo, address) if file.is_picture else partial(self._bot.send_document, address)
            )
            content = {"caption": text or None, "parse_mode": mode, "reply_markup": rendered.keyboard, **where}
            sent = await call(file.content, filename=file.name, **content)
            return str(sent.message_id)

        return send

    def _to_with_photo(self, photo: str | bytes, loan: Loan, address: str, **where: Any) -> _Call[str]:
        async def send(text: str, mode: ParseMode | None, rendered: Rendered) -> str:
            content = {"caption": text, "parse_mode": mode, "reply_markup": rendered.keyboard, **where}
            sent = await self._bot.send_photo(address, photo, **content)
            loan.file_id = sent.photo[-1].file_id if sent.photo else ""
            return str(sent.message_id)

        return send

    async def edit(self, address: str, message_id: int, message: Message) -> None:
        """Put the message in the place of one that was sent; the same again is no error. Raises ChannelError."""
        await self.wait_turn()
        await self._edit(address, message_id, message)

    async def _edit(self, address: str, message_id: int, message: Message) -> None:
        async def edit(text: str, mode: ParseMode | None, rendered: Rendered) -> None:
            await self._bot.edit_message_text(
                text,
                address,
                message_id,
                parse_mode=mode,
                reply_markup=rendered.keyboard,
                link_preview_options=rendered.preview,
            )

        with suppress(UnchangedError):
            await self._say(edit, message)

    async def _edit_caption(self, address: str, message_id: int, message: Message) -> None:
        async def edit(text: str, mode: ParseMode | None, rendered: Rendered) -> None:
            await self._bot.edit_message_caption(
                address, message_id, caption=text, parse_mode=mode, reply_markup=rendered.keyboard
            )

        with suppress(UnchangedError):
            await self._say(edit, message, MAX_CAPTION)

    async def _mend(self, address: str, message_id: int, message: Message) -> None:
        """Its words, wherever they stand: nobody noted whether the picture went along."""
        likely, other = self._edit, self._edit_caption
        if message.picture and _fits_caption(message):
            likely, other = other, likely
        try:
            await likely(address, message_id, message)
        except MisplacedError:
            await self.wait_turn()
            await other(address, message_id, message)

    async def answer_press(self, query_id: str, toast: str) -> None:
        """Stop the button's clock, with a short line or none. Raises ChannelError."""
        with channel_errors():
            await self._bot.answer_callback_query(query_id, text=cut_text(toast, _LONGEST_TOAST) or None)

    async def answer_search(self, query_id: str, shares: Shares) -> None:
        """Show articles to choose from, for this person alone. Raises ChannelError."""
        results = [render_result(shared) for shared in shares.articles]
        page = "" if shares.next_page is None else str(shares.next_page)
        with channel_errors():
            await self._bot.answer_inline_query(
                query_id, results, cache_time=_FRESH, is_personal=True, next_offset=page
            )

    async def _say(self, call: _Call[Result], message: Message, limit: int = MAX_UNITS) -> Result:
        """As HTML, or plain if Telegram cannot read that."""
        rendered = _render(message, limit)
        try:
            with channel_errors():
                return await call(rendered.html, ParseMode.HTML, rendered)
        except UnparsableError:
            await self.wait_turn()
            with channel_errors():
                return await call(render_plain(message, limit), None, rendered)


def _is_of_picture(error: ChannelError) -> bool:
    """Whether a push may have failed because of its picture: refused, or broken off on its way."""
    if isinstance(error, RejectedError):
        return not isinstance(error, PhotolessError)
    is_broken = isinstance(error, TemporaryError) and error.retry_in is None
    return is_broken or isinstance(error, UnknownOutcomeError)
