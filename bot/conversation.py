"""The conversation on every platform: takes what was asked, answers it after one commit. It sends nothing itself."""

import difflib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Denial, Need, Visitor, get_denial
from bot.asked import Answer, Asked, Shares
from bot.commands import get_commands, places, reading
from bot.commands.ask import Ask, GetLink, RenderOpml, Rules, StaleError, reply
from bot.denials import offer_button, render_denial
from bot.flood import Flood, Verdict
from bot.locales import Translator, load_translators
from bot.message import say
from bot.outside import clean, shorten, show
from bot.tasks import LONGEST_TEXT, Task, aim_answer, find_opener, understand
from db import managers, members, outbox
from db.engine import Database
from db.index import SearchIndex
from db.models import Act, Chat, ChatKind, ChatState, Member, MemberState, Role
from db.search import Archive

__all__ = ["Conversation", "Rules"]

LONGEST_NAME = 255


class Conversation:
    """One for all channels and chats; it holds nothing between two answers."""

    def __init__(
        self,
        database: Database,
        rules: Rules,
        now: Callable[[], datetime],
        *,
        get_link: GetLink = lambda channel, code: "",
        index: SearchIndex | None = None,
        render_opml: RenderOpml = lambda sources: b"",
        fileless: Collection[str] = (),
        flood: Flood | None = None,
        guesses: Flood | None = None,
    ) -> None:
        """`fileless` are the channels that take no files; `flood` bounds what one asks, `guesses` tries at a code."""
        self._translators = load_translators()
        self._database = database
        self._rules = rules
        self._now = now
        self._get_link = get_link
        self._archive = Archive(database, index, rules.timezone)
        self._render_opml = render_opml
        self._fileless = fileless
        self._flood = flood
        self._guesses = guesses

    async def answer(self, asked: Asked) -> Answer:
        """What to say, once everything it says is stored. In groups only known commands and buttons are heard."""
        asked = await self._listen(asked)
        task = understand(asked)
        if asked.kind is not ChatKind.PRIVATE and not asked.action and task.target is None:
            return Answer()
        verdict = await self._judge(self._flood, asked)
        if verdict is not Verdict.HEARD:
            return await self._slow_down(asked, verdict)
        place = await self._find_place(asked, task.aim)
        async with self._database.write() as session:
            ask = await self._open(session, place or asked, task, asked)
            if isinstance(ask, Answer) or not task.reads_only:
                return ask if isinstance(ask, Answer) else await _handle(ask, task)
        async with self._database.read() as session:
            return await _handle(replace(ask, session=session, write=lambda: self._write_beside(session)), task)

    async def join(self, asked: Asked) -> Answer:
        """loa was brought into a group or channel: what to say there, or of a channel to whoever brought it."""
        if await self._judge(self._flood, asked) is not Verdict.HEARD:
            return Answer()
        async with self._database.write() as session:
            known = await members.get_chat(session, asked.channel, asked.chat)
            was = known.state if known else None
            chat = await self._get_chat(session, asked)
            member = await _get_member(session, asked, chat)
            is_known = await _note_manager(session, asked, chat, member)
            words = self._translators.get(chat.language, self._rules.timezone)
            message = places.render_arrival(chat, was, words, is_known=is_known)
        return reply(message) if message else Answer()

    async def _listen(self, asked: Asked) -> Asked:
        """Who replies to an answer of loa's asks; who replies to a push talks about it with the others."""
        if asked.is_addressed or not asked.replies_to or asked.text.startswith("/"):
            return asked
        async with self._database.read() as session:
            is_push = await outbox.was_pushed(session, asked.channel, asked.chat, asked.replies_to)
        return asked if is_push else replace(asked, is_addressed=True)

    async def _find_place(self, asked: Asked, aim: int | None) -> Asked | None:
        """What is asked in private for a group or channel, as if it were asked there."""
        if aim is None:
            return None
        async with self._database.read() as session:
            chat = await managers.find_place(session, aim, asked.channel)
        if chat is None:
            return None
        may_manage = await asked.manages(chat.address)
        return replace(asked, chat=chat.address, chat_title=chat.title, kind=chat.kind, may_manage=may_manage)

    async def _judge(self, flood: Flood | None, asked: Asked) -> Verdict:
        return await flood.judge(f"{asked.channel}:{asked.person or asked.chat}") if flood else Verdict.HEARD

    async def _slow_down(self, asked: Asked, verdict: Verdict) -> Answer:
        """Said once, and at each button, or it would seem to hang."""
        async with self._database.read() as session:
            chat = await members.get_chat(session, asked.channel, asked.chat)
        _ = self._translators.get(chat.language if chat else self._rules.language, self._rules.timezone)
        sentence = _("You are quicker than I am. Please wait a moment, then go on.")
        if asked.action:
            return Answer(toast=sentence)
        return reply(say(sentence)) if verdict is Verdict.TOLD else Answer()

    async def offer(self, asked: Asked, page: int) -> Shares:
        """Articles that have the words, for a member to share anywhere; without words the latest. Others get none."""
        async with self._database.read() as session:
            chat = await members.get_chat(session, asked.channel, asked.person)
            member = await members.get_member_of(session, chat) if chat else None
            if chat is None or get_denial(_get_visitor(asked, chat, member), Need()):
                return Shares()
            words = self._translators.get(chat.language, self._rules.timezone)
            text = clean(asked.text[:LONGEST_TEXT]).strip()
            ask = self._make_ask(session, asked, chat=chat, member=member, args=text, words=words)
            return await reading.share(replace(ask, write=lambda: self._write_beside(session)), page)

    @asynccontextmanager
    async def _write_beside(self, reader: AsyncSession) -> AsyncIterator[AsyncSession]:
        """Whoever waited for a second connection with one in hand might wait for ever: the first is given back."""
        await reader.commit()
        async with self._database.write() as session:
            yield session

    async def _open(self, session: AsyncSession, asked: Asked, task: Task, origin: Asked) -> Ask | Answer:
        """Know the chat and the person; the answer already where they may not ask this.

        `origin` is where it was asked, if it is for another chat.
        """
        own = await self._get_chat(session, origin)
        chat = own if asked is origin else await members.get_chat(session, asked.channel, asked.chat) or own
        member = await _get_member(session, asked, chat)
        words = self._translators.get(own.language, self._rules.timezone)
        if task.aim is not None and chat is own:
            return _say_stale(words)
        denial = get_denial(_get_visitor(asked, chat, member), task.target.need if task.target else Need())
        if denial and not _is_way_in(asked, task, denial):
            return self._refuse(asked, denial, words, chat=chat, task=task)
        await _note_manager(session, asked, chat, member)
        ask = self._make_ask(session, asked, chat=chat, member=member, args=task.args, words=words)
        return ask if asked is origin else replace(ask, aim=f"@{chat.id} ")

    def _make_ask(
        self, session: AsyncSession, asked: Asked, *, chat: Chat, member: Member | None, args: str, words: Translator
    ) -> Ask:
        return Ask(
            session=session,
            write=self._database.write,
            chat=chat,
            thread=asked.thread,
            aim="",
            member=member,
            person_name=shorten(asked.person_name, LONGEST_NAME),
            args=args,
            now=self._now(),
            rules=self._rules,
            translators=self._translators,
            get_link=self._get_link,
            render_opml=self._render_opml,
            may_guess=lambda: self._may_guess(asked),
            takes_files=asked.channel not in self._fileless,
            archive=self._archive,
            commands=get_commands(member.role if member else Role.READER),
            _=words,
        )

    async def _may_guess(self, asked: Asked) -> bool:
        return await self._judge(self._guesses, asked) is Verdict.HEARD

    async def _get_chat(self, session: AsyncSession, asked: Asked) -> Chat:
        """The chat's row, with its title of today. A chat that was given up as unreachable speaks: it is back."""
        is_private = asked.kind is ChatKind.PRIVATE
        title = shorten(asked.chat_title or (asked.person_name if is_private else ""), LONGEST_NAME)
        language = self._translators.match(asked.language if is_private else "") or self._rules.language
        chat = await members.get_or_add_chat(
            session,
            channel=asked.channel,
            address=asked.chat,
            kind=asked.kind,
            title=title,
            language=language,
            now=self._now(),
            hours={"digests": list(asked.digests)} if asked.digests and not self._rules.hours.hours.digests else {},
        )
        chat.title = title or chat.title
        if chat.state is ChatState.PARKED:
            chat.state, chat.reason = ChatState.ACTIVE, ""
        return chat

    def _refuse(self, asked: Asked, denial: Denial, words: Translator, *, chat: Chat, task: Task) -> Answer:
        text = render_denial(denial, self._rules.access, words, is_private=asked.kind is ChatKind.PRIVATE)
        if asked.action:
            return Answer(toast=text)
        opener = find_opener(task) if denial is Denial.ANONYMOUS else ""
        if not opener:
            return reply(say(text))
        return reply(offer_button(text, opener if chat.state is ChatState.ACTIVE else "begin", words))


async def _note_manager(session: AsyncSession, asked: Asked, chat: Chat, member: Member | None) -> bool:
    """Remember who manages a group or channel; true if they were let in and do."""
    if chat.kind is ChatKind.PRIVATE or member is None or member.state is not MemberState.ACCEPTED:
        return False
    if asked.may_manage:
        await managers.note(session, chat.id, member.id)
    return asked.may_manage


async def _get_member(session: AsyncSession, asked: Asked, chat: Chat) -> Member | None:
    """The person who asks: a private chat is their account, in a group it is found by the person's address."""
    if not asked.person:
        return None
    if asked.kind is ChatKind.PRIVATE:
        return await members.get_member_of(session, chat)
    account = await members.get_chat(session, asked.channel, asked.person)
    is_account = account is not None and account.kind is ChatKind.PRIVATE
    return await members.get_member_of(session, account) if account and is_account else None


def _get_visitor(asked: Asked, chat: Chat, member: Member | None) -> Visitor:
    return Visitor(
        state=member.state if member else None,
        role=member.role if member else Role.READER,
        is_anonymous=not asked.person,
        is_private=asked.kind is ChatKind.PRIVATE,
        may_manage=asked.may_manage,
        gets_news=chat.state is ChatState.ACTIVE,
    )


def _is_way_in(asked: Asked, task: Task, denial: Denial) -> bool:
    """`/start` in a private chat is for those outside, and `/link` with a code."""
    is_way_in = task.name == "start" or (task.name == "link" and bool(task.args))
    return is_way_in and asked.kind is ChatKind.PRIVATE and denial is not Denial.ANONYMOUS


async def _handle(ask: Ask, task: Task) -> Answer:
    try:
        answer = await (task.target.handler(ask) if task.target else _suggest(ask, task.name))
    except StaleError:
        return _say_stale(ask._)
    if ask.chat.kind is not ChatKind.PRIVATE and task.is_deed:
        await ask.note(Act.CHAT_SET, what=show(ask.chat.title, 60), detail=task.name)
    return aim_answer(answer, ask) if ask.aim else answer


def _say_stale(_: Translator) -> Answer:
    return Answer(toast=_("This button no longer works. Please open the menu anew."))


async def _suggest(ask: Ask, name: str) -> Answer:
    """The command that was probably meant, among those the person may use."""
    names = [name for command in ask.commands for name in (command.name, command.vi)]
    nearest = difflib.get_close_matches(name[:32], names, n=1, cutoff=0.5)
    typed = show(f"/{name}", 33)
    if nearest:
        return reply(say(ask._("There is no {typed}. Did you mean /{nearest}?", typed=typed, nearest=nearest[0])))
    return reply(say(ask._("There is no {typed}. /help shows what there is.", typed=typed)))
