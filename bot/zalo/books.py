"""What the store keeps for Zalo: the numbers of choices, the month's messages. It sends nothing."""

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import Ration
from bot.locales import Translator, load_translators
from bot.menus import Menus, Unclear
from bot.message import Button, Message
from bot.outages import tell_closed
from db import members, menus, outbox, quota
from db.engine import Database

log = logging.getLogger(__name__)

CHANNEL = "zalo"
#: How many people a bot without a paid plan serves, and how many messages a month it sends, by those who asked.
FREE_PEOPLE, FREE_MESSAGES = 50, 3000
#: From this share of the month's messages on, or of the people, the admins are told; news is saved up from then on.
NEARLY = 0.8
#: When news is told together then, by the office's clock; a new chat begins with these times, too.
DIGESTS = (time(7, 30), time(16, 30))
#: How long what other processes count may go unnoticed.
_STALE = timedelta(seconds=30)


class Pressed(NamedTuple):
    """The button that somebody chose, and its number."""

    number: int
    button: Button


class Books:
    """Short transactions, one each. `per_month` is how many messages the bot's plan bears."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], *, timezone: ZoneInfo, language: str, per_month: int
    ) -> None:
        self._database = database
        self._now = now
        self._timezone = timezone
        self._language = language
        self._per_month = per_month
        self._sent = 0
        self._uncounted = 0
        self._month = ""
        self._warned_in = ""
        self._read_at: datetime | None = None

    async def get_words(self, address: str) -> Translator:
        """The chat's language."""
        async with self._database.read() as session:
            chat = await members.get_chat(session, CHANNEL, address)
        return load_translators().get(chat.language if chat else self._language, self._timezone)

    async def number(self, address: str, message: Message, *, instead_of: int | None = None) -> int:
        """Give the message's buttons their numbers in this chat; returns the first one."""
        async with self._database.write() as session:
            chat = await members.get_chat(session, CHANNEL, address)
            if chat is None:
                return 1
            row = await menus.hold(session, chat.id)
            book = Menus(row.choices, row.next)
            first = book.add(message, instead_of=instead_of, now=self._now())
            row.choices, row.next = book.dump(), book.next
        return first

    async def choose(self, address: str, typed: str) -> Pressed | Unclear | None:
        """The choice that was meant, by its number or its words; None for what is none."""
        async with self._database.read() as session:
            chat = await members.get_chat(session, CHANNEL, address)
            row = await menus.get(session, chat.id) if chat else None
        book = Menus(row.choices, row.next) if row else Menus()
        number = book.choose(typed, self._now())
        button = book.get(number) if isinstance(number, int) else None
        return Pressed(number, button) if isinstance(number, int) and button else _keep_unclear(number)

    async def count(self, messages: int = 1) -> None:
        """Count what Zalo took; what the store does not take is counted with the next: it was sent all the same."""
        self._uncounted, messages = 0, self._uncounted + messages
        try:
            await self._count(messages)
        except (SQLAlchemyError, OSError) as error:
            self._uncounted += messages
            log.warning("%s messages are not counted yet: %s", self._uncounted, type(error).__name__)

    async def _count(self, messages: int) -> None:
        """The admins hear once a month that little is left, and that nothing is."""
        now = self._now()
        async with self._database.write() as session:
            sent = await quota.add(session, CHANNEL, self._get_month(now), messages)
            await self._warn(session, sent - messages, sent, now)
            await self._warn_of_people(session, now)
        self._note(sent, now)

    async def get_left(self) -> int:
        """How many messages the month still bears."""
        now = self._now()
        if self._read_at is None or now - self._read_at > _STALE or self._get_month(now) != self._month:
            async with self._database.read() as session:
                self._note(await quota.get(session, CHANNEL, self._get_month(now)), now)
        return max(0, self._per_month - self._sent)

    async def get_ration(self) -> Ration:
        """How pushes are to be saved."""
        if not await self.get_left():
            return Ration(is_spent=True)
        return Ration(digests=DIGESTS) if self._sent >= NEARLY * self._per_month else Ration()

    async def tell_closed(self, reason: str) -> None:
        """Once a day the admins hear on the other channels that Zalo refuses loa."""
        async with self._database.write() as session:
            await tell_closed(session, CHANNEL, reason, self._now())

    def _note(self, sent: int, now: datetime) -> None:
        self._sent, self._month, self._read_at = sent, self._get_month(now), now

    def _get_month(self, now: datetime) -> str:
        return f"{now.astimezone(self._timezone):%Y-%m}"

    async def _warn(self, session: AsyncSession, before: int, sent: int, now: datetime) -> None:
        """Only when a border is crossed are the people counted."""
        month, borders = self._get_month(now), {"near": NEARLY * self._per_month, "spent": self._per_month}
        for name, border in borders.items():
            if before < border <= sent:
                people = await quota.count_people(session, CHANNEL)
                data = {"sent": sent, "limit": self._per_month, "people": people, "most_people": FREE_PEOPLE}
                admins = await members.list_admin_chat_ids(session)
                await outbox.owe_notice(
                    session, admins, notice=f"quota_{name}", key=f"{CHANNEL}:{month}", data=data, now=now
                )

    async def _warn_of_people(self, session: AsyncSession, now: datetime) -> None:
        """Once a month, while there are nearly as many as the free plan serves."""
        month = self._get_month(now)
        if self._per_month > FREE_MESSAGES or self._warned_in == month:
            return
        people = await quota.count_people(session, CHANNEL)
        if people >= NEARLY * FREE_PEOPLE:
            self._warned_in = month
            data = {"people": people, "most_people": FREE_PEOPLE}
            admins = await members.list_admin_chat_ids(session)
            await outbox.owe_notice(session, admins, notice="people_near", key=f"{CHANNEL}:{month}", data=data, now=now)


def _keep_unclear(found: int | Unclear | None) -> Unclear | None:
    return found if isinstance(found, Unclear) else None
