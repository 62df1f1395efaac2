"""What the bot asked and what came of it, and a way to wait for it without sleeping."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as Telegram took it: `text` and `entities` after parsing, `html` as the bot wrote it.

    `time` is the monotonic clock's; an edit is a record of its own with the same `message_id`.
    Of a message with a file (its name and content) `text` is the caption, and `file_id` Telegram's name of a photo.
    `preview` is the link that is shown in advance, with its options; `replies_to` the message that is quoted.
    """

    chat_id: int
    message_id: int
    text: str
    entities: tuple[dict[str, Any], ...]
    html: str
    reply_markup: dict[str, Any] | None
    time: float
    method: str
    thread_id: int | None = None
    file: tuple[str, bytes] | None = None
    file_id: str = ""
    is_silent: bool = False
    preview: dict[str, Any] = field(default_factory=dict)
    replies_to: int | None = None

    @property
    def buttons(self) -> dict[str, str]:
        """Labels and what they do (callback data or address), row by row."""
        rows = (self.reply_markup or {}).get("inline_keyboard", [])
        return {b["text"]: b.get("callback_data") or b.get("url", "") for row in rows for b in row}

    @property
    def links(self) -> dict[str, str]:
        """Linked words and their addresses."""
        units = self.text.encode("utf-16-le")
        links = [entity for entity in self.entities if entity["type"] == "text_link"]
        return {units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"): e["url"] for e in links}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that did not succeed; status 0 is a broken connection."""

    method: str
    status: int
    reason: str
    chat_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What answered a press or an inline query."""

    query_id: str
    text: str = ""
    alert: bool = False
    results: tuple[dict[str, Any], ...] = ()


class Bell:
    """Rings at each change; `wait_for` looks again at each ring."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    def next(self) -> asyncio.Event:
        """Set when it rings next."""
        return self._rung

    async def wait_for(self, predicate: Callable[[], object], timeout: float | None = 5.0) -> None:  # noqa: ASYNC109
        """Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not predicate():
                await self._rung.wait()


class Ledger:
    """All that was sent, answered, asked and refused, in order."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.answers: list[Answer] = []
        self.requests: Counter[tuple[str, int]] = Counter()
        self.refusals: list[Refusal] = []
        self.bell = Bell()

    def sent_to(self, chat_id: int) -> list[Sent]:
        return [sent for sent in self.sent if sent.chat_id == chat_id]

    def add_sent(self, sent: Sent) -> None:
        self.sent.append(sent)
        self.bell.ring()

    def add_answer(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.bell.ring()

    def add_outcome(self, method: str, status: int, *, reason: str = "", chat_id: str = "") -> None:
        self.requests[method, status] += 1
        if not 200 <= status < 300:
            self.refusals.append(Refusal(method, status, reason, chat_id))
        self.bell.ring()
