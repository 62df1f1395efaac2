"""Stand-ins at the wire, one for each thing outside of loa; no test makes its own."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx

from bot.channel import Budget, Ration, TemporaryError
from bot.message import Message
from db.models import ChatKind


class Clock:
    """The time, as steps ask for it: a Thursday morning in the office until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 8, 6, 1, 30, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        self.now += by
        return self.now


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answers. `gate` holds the answer back; `error` takes its place; `deaf` ignores validators."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Exception | None = None
    gate: asyncio.Event | None = None
    deaf: bool = False


class Web(httpx.MockTransport):
    """Web servers without a network: what `put` laid at an address is served, anything else is 404.

    `requests` are all that came, `busiest` the most that were open at once.
    """

    def __init__(self) -> None:
        super().__init__(self._serve)
        self.requests: list[httpx.Request] = []
        self.busiest = 0
        self._open = 0
        self._bell = asyncio.Event()
        self._pages: dict[str, Answer] = {}

    def put(
        self,
        url: str,
        body: str | bytes = b"",
        *,
        status: int = 200,
        error: Exception | None = None,
        gate: asyncio.Event | None = None,
        deaf: bool = False,
        **headers: str,
    ) -> None:
        """Lay a page at an address; `content_type="text/html"` is the header Content-Type."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body.encode() if isinstance(body, str) else body
        self._pages[url] = Answer(content, status, named, error, gate, deaf)

    def asked(self, url: str) -> list[httpx.Request]:
        return [request for request in self.requests if str(request.url) == url]

    async def wait_for_requests(self, number: int) -> None:
        """Until so many requests came since the beginning."""
        while len(self.requests) < number:
            self._bell.clear()
            await self._bell.wait()

    async def _serve(self, request: httpx.Request) -> httpx.Response:
        answer = self._pages.get(str(request.url), Answer(status=404))
        self.requests.append(request)
        self._bell.set()
        self._open += 1
        self.busiest = max(self.busiest, self._open)
        try:
            if answer.gate is not None:
                await answer.gate.wait()
        finally:
            self._open -= 1
        if answer.error is not None:
            raise answer.error
        if _is_fresh(request, answer):
            return httpx.Response(304, headers=answer.headers)
        return httpx.Response(answer.status, headers=answer.headers, content=_stream(answer.body))


def _is_fresh(request: httpx.Request, answer: Answer) -> bool:
    etag = httpx.Headers(answer.headers).get("ETag")
    return not answer.deaf and etag is not None and request.headers.get("If-None-Match") == etag


async def _stream(body: bytes) -> AsyncIterator[bytes]:
    yield body


class FakeChannel:
    """A channel that takes everything but what `will` foretold for an address: errors to raise, gates to wait at."""

    name = "telegram"
    ahead = 1000
    digest = 80
    edits = True
    turns: asyncio.Semaphore | None = None
    waiting = 0
    ration = Ration()

    def __init__(self, *, pause: float = 0.0) -> None:
        self.pause = pause
        self.is_deaf = False
        self.asked: list[tuple[str, str]] = []
        self.taken: list[tuple[str, str]] = []
        self.corrected: list[tuple[str, str, str]] = []
        self.threads: list[int | None] = []
        self.gone: set[str] = set()
        self._script: defaultdict[str, deque[Exception | asyncio.Event]] = defaultdict(deque)
        self._ids = count(1)

    def will(self, address: str, *outcomes: Exception | asyncio.Event) -> None:
        self._script[address].extend(outcomes)

    def get_budget(self, kind: ChatKind) -> Budget:
        return Budget(self.pause)

    async def get_ration(self) -> Ration:
        return self.ration

    async def wait_turn(self) -> None:
        """It bears any number of messages, unless `turns` are given out."""
        if self.turns is not None:
            self.waiting += 1
            await self.turns.acquire()
            self.waiting -= 1

    async def probe(self) -> None:
        if self.is_deaf:
            raise TemporaryError("nobody answers")

    async def correct(self, address: str, message_id: str, message: Message) -> bool:
        """Those that are `gone` cannot be changed; what `will` foretold for the message's id comes first."""
        if not self.edits or message_id in self.gone:
            return False
        outcome = self._script[message_id].popleft() if self._script[message_id] else None
        if isinstance(outcome, Exception):
            raise outcome
        self.corrected.append((address, message_id, message.text))
        return True

    async def send(self, address: str, message: Message, *, thread: int | None = None) -> str:
        self.asked.append((address, message.text))
        self.threads.append(thread)
        outcome = self._script[address].popleft() if self._script[address] else None
        if isinstance(outcome, asyncio.Event):
            await outcome.wait()
        elif outcome is not None:
            raise outcome
        self.taken.append((address, message.text))
        return str(next(self._ids))


class FakeModel(httpx.MockTransport):
    """A server with OpenAI's interface: gives what `will` foretold, one thing a request; then it is silent.

    A text is a summary, bytes a whole body, a number a status, an error a broken wire, an event a long silence.
    """

    def __init__(self) -> None:
        super().__init__(self._serve)
        self.requests: list[httpx.Request] = []
        self._script: deque[str | bytes | int | Exception | asyncio.Event] = deque()

    def will(self, *outcomes: str | bytes | int | Exception | asyncio.Event) -> None:
        self._script.extend(outcomes)

    async def _serve(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        outcome = self._script.popleft() if self._script else httpx.ConnectError("nobody is there")
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, asyncio.Event):
            await outcome.wait()
            return httpx.Response(200)
        if isinstance(outcome, int):
            return httpx.Response(outcome)
        if isinstance(outcome, bytes):
            return httpx.Response(200, content=_stream(outcome))
        choice = {"message": {"role": "assistant", "content": outcome}, "finish_reason": "stop"}
        return httpx.Response(200, json={"choices": [choice], "usage": {"total_tokens": 700}})
