"""What the tour's steps are made of: typing, pressing, waiting, checking; everything is printed as it happens."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from sqlalchemy import Select, func, select

from bot.asked import Answer
from bot.demo.archive import Post
from bot.demo.stage import Stage
from bot.message import Button, Message
from bot.terminal.face import Face
from db.models import Article, ArticleState, Chat, Delivery

#: Seconds that anything may take which the tour waits for.
PATIENCE = 20.0


class TourError(Exception):
    """Something did not come about; the sentence says what."""


def check(is_true: object, reason: str) -> None:
    """Raises TourError."""
    if not is_true:
        raise TourError(reason)


@dataclass(frozen=True, slots=True)
class Guide:
    """Plays on the stage for the steps. What does not come about raises TourError."""

    stage: Stage
    patience: float = PATIENCE

    def note(self, text: str) -> None:
        self.stage.channel.print(Text(text, style="italic yellow"))

    async def type(self, face: Face, typed: str, meaning: str = "") -> str:
        """Type a line and return the words of the answer."""
        return get_words(await self._enter(face, typed, meaning))

    async def ask(self, face: Face, typed: str) -> Message:
        """Type a line and return the answer's first message, whose buttons can be pressed."""
        answer = await self._enter(face, typed, "")
        check(answer.messages, f"{typed} got no answer.")
        return answer.messages[0]

    async def ask_all(self, face: Face, typed: str) -> Answer:
        """Type a line and return the whole answer."""
        return await self._enter(face, typed, "")

    async def press(self, face: Face, menu: Message, verb: str, argument: str = "") -> Answer:
        """Type the number of the button below `menu` whose action is of that verb."""
        button = find_button(menu, verb, argument)
        check(button, f"There is no button to {verb} below “{menu.text[:60]}”.")
        number = self.stage.channel.menus[face.name].find(button) if button else None
        check(button and number, f"The button to {verb} has no number.")
        return await self._enter(face, str(number), f"({button.label})" if button else "")

    async def _enter(self, face: Face, typed: str, meaning: str) -> Answer:
        line = Text.assemble((f"{face.name} ▸ ", "bold green"), (typed, "bold"), (f"   {meaning}".rstrip(), "dim"))
        self.stage.console.print(line)
        answer = await face.enter(typed)
        check(answer.messages or answer.toast, f"{face.name} typed {typed} and got no answer.")
        return answer

    async def publish(self) -> Post:
        """Let the next article appear and wait until it was read and summarised; what it owes is stored by then."""
        posts = self.stage.newsroom.publish()
        check(posts, "The newsroom published nothing.")
        self.note(f"Tòa soạn đăng · The newsroom publishes: {posts[0].article.title}")
        await self.wait_until_read(posts)
        return posts[0]

    async def wait_until_read(self, posts: Sequence[Post]) -> None:
        urls = [self.get_url(post) for post in posts]
        ready = select(func.count()).where(Article.url.in_(urls), Article.state == ArticleState.READY)

        async def is_ready() -> bool:
            return await self.count(ready) == len(urls)

        await self.wait_until(is_ready, f"{len(urls)} published on the site, but they were not read and stored.")
        await self.wait_until(self._is_searchable, "What was read cannot be searched.")

    async def _is_searchable(self) -> bool:
        stored = await self.count(select(func.count(Article.id)).where(Article.state == ArticleState.READY))
        reader = await asyncio.to_thread(self.stage.app.writer.index.get_reader)
        return reader is not None and reader.articles >= stored

    async def wait_for_push(self, name: str, words: str, *, after: int = 0) -> Message:
        """What was sent to this person and holds the words; pushes before number `after` do not count."""

        async def has_come() -> bool:
            return bool(self.find_pushes(name, words, after=after))

        await self.wait_until(has_come, f"Nothing that says “{words}” was sent to {name}.")
        return self.find_pushes(name, words, after=after)[0]

    def find_pushes(self, name: str, words: str, *, after: int = 0) -> list[Message]:
        pushes = self.stage.channel.pushes[after:]
        return [push.message for push in pushes if push.address == name and words in push.message.text]

    async def get_readers(self, post: Post) -> set[str]:
        """To whom the outbox owes this article, or has sent it."""
        debts = select(Chat.address).join(Delivery, Delivery.chat_id == Chat.id)
        debts = debts.join(Article, Article.id == Delivery.article_id).where(Article.url == self.get_url(post))
        async with self.stage.app.database.read() as session:
            return set(await session.scalars(debts))

    async def count(self, statement: Select[Any]) -> int:
        async with self.stage.app.database.read() as session:
            return await session.scalar(statement) or 0

    def get_url(self, post: Post) -> str:
        return f"{self.stage.newsroom.url}{post.path}"

    async def wait_until(self, is_met: Callable[[], Awaitable[bool]], reason: str) -> None:
        try:
            await self.stage.pulse.wait_for(is_met, within=self.patience)
        except TimeoutError as error:
            raise TourError(f"{reason} (It was waited for {self.patience:.0f} s.)") from error


def get_words(answer: Answer) -> str:
    return "\n".join((answer.toast, *(message.text for message in answer.messages)))


def find_button(menu: Message, verb: str, argument: str = "") -> Button | None:
    """The first button whose action is `verb` or `verb:argument…`."""
    for button in (button for row in menu.buttons for button in row):
        found, _, rest = button.action.partition(":")
        if found == verb and rest.startswith(argument):
            return button
    return None
