"""A conversation that says what a test tells it to, and ears for what Telegram says of chats."""

import asyncio
from collections.abc import Callable

from bot.asked import Answer, Asked, Shares
from bot.message import say


def echo(asked: Asked) -> Answer:
    return Answer((say(f"nghe: {asked.text or asked.action}"),))


class Talk:
    """Answers by `reply`; `gates` hold back the answers to some texts."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.joined: list[Asked] = []
        self.reply: Callable[[Asked], Answer] = echo
        self.shelf: Callable[[Asked, int], Shares] = lambda asked, page: Shares()
        self.gates: dict[str, asyncio.Event] = {}

    async def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.text in self.gates:
            await self.gates[asked.text].wait()
        return self.reply(asked)

    async def join(self, asked: Asked) -> Answer:
        self.joined.append(asked)
        return Answer((say("chào cả nhà"),))

    async def offer(self, asked: Asked, page: int) -> Shares:
        self.asked.append(asked)
        return self.shelf(asked, page)


class Heard:
    """What was said of chats."""

    def __init__(self) -> None:
        self.left: list[tuple[str, str]] = []
        self.moved: list[tuple[str, str]] = []
        self.changed = asyncio.Event()

    async def leave(self, address: str, reason: str) -> None:
        self.left.append((address, reason))
        self.changed.set()

    async def move(self, old: str, new: str) -> None:
        self.moved.append((old, new))
        self.changed.set()
