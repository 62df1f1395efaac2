"""Asks a language model over the interface that OpenAI's and most local servers share, in bounded time and size.

It takes what is said as it is: feeds/summarisers/verdict.py judges it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from db.models import VerdictKind
from feeds.errors import ModelError
from feeds.summarisers.prompt import make_messages
from feeds.types import Size, Story

log = logging.getLogger(__name__)

#: A server that was silent is left alone for so long: no article waits for a dead one.
PAUSE = timedelta(minutes=5)
_MOST_BYTES = 1024 * 1024
#: Vietnamese takes about one token for two characters, in the worst of common tokenisers.
_CHARACTERS_PER_TOKEN = 2
_AGAIN = frozenset((408, 409, 425, 500, 502, 503, 504))
_BUSY = frozenset((429, *_AGAIN))


@dataclass(frozen=True, slots=True)
class ModelRules:
    """Which model is asked, how long for in all, and the most tokens of a day."""

    name: str
    seconds: float
    tokens_per_day: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said, and how many tokens the server counted; None when it did not say."""

    text: str
    tokens: int | None


class Model:
    """A model behind a client whose base address is that of its server."""

    def __init__(self, client: httpx.AsyncClient, rules: ModelRules) -> None:
        self._client = client
        self.rules = rules
        self._paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        return self._paused_until is not None and now < self._paused_until

    def estimate(self, story: Story, size: Size) -> int:
        """So many tokens asking may take at most, as far as one can tell before."""
        asked = sum(len(message["content"]) for message in make_messages(story, size))
        return asked // _CHARACTERS_PER_TOKEN + size.characters

    async def ask(self, story: Story, size: Size, now: datetime) -> Said:
        """Raises ModelError; after silence the model is paused."""
        body = {
            "model": self.rules.name,
            "messages": make_messages(story, size),
            "temperature": 0.2,
            "max_tokens": size.characters,
        }
        try:
            async with asyncio.timeout(self.rules.seconds):
                return await self._ask(body)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            self._paused_until = now + PAUSE
            reason = _explain(error)
            log.warning("the model does not answer: %s; it is left alone for %s", reason, PAUSE)
            raise ModelError(VerdictKind.SILENT, reason) from error

    async def _ask(self, body: Mapping[str, Any]) -> Said:
        """What is no more than a hiccup is tried once again."""
        try:
            status, answer = await self._post(body)
        except httpx.TransportError:
            status, answer = await self._post(body)
        else:
            if status in _AGAIN:
                status, answer = await self._post(body)
        return _read(status, answer)

    async def _post(self, body: Mapping[str, Any]) -> tuple[int, bytes]:
        async with self._client.stream("POST", "chat/completions", json=body) as response:
            return response.status_code, await _read_bounded(response)


@asynccontextmanager
async def open_model(base_url: str, api_key: str, rules: ModelRules) -> AsyncIterator[Model]:
    """The key goes to this server alone: no redirect is followed and no proxy asked."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=rules.seconds, trust_env=False) as client:
        yield Model(client, rules)


async def _read_bounded(response: httpx.Response) -> bytes:
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ModelError(VerdictKind.LONG, f"more than {_MOST_BYTES} bytes")
    return body


def _explain(error: Exception) -> str:
    """Words that may be shown to anyone: the library's own may hold the address."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "no answer in time"
    return str(error) if type(error) is httpx.HTTPError else "the server cannot be reached"


def _read(status: int, body: bytes) -> Said:
    if status in _BUSY:
        raise httpx.HTTPError(f"the server answered {status}")
    if status != httpx.codes.OK:
        raise ModelError(VerdictKind.REFUSED, f"the server answered {status}")
    try:
        answer = httpx.Response(status, content=body).json()
        choice = answer["choices"][0]
        message, usage = choice["message"], answer.get("usage") or {}
        text, tokens = message.get("content") or "", usage.get("total_tokens")
        if message.get("refusal") or choice.get("finish_reason") == "content_filter":
            raise ModelError(VerdictKind.REFUSED, "the model declines")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(VerdictKind.MALFORMED, "no chat completion") from error
    is_count = isinstance(tokens, int) and 0 <= tokens < 10**8
    return Said(text if isinstance(text, str) else "", tokens if is_count else None)
