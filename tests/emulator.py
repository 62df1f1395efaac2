"""The Bot API of `lo-bot-api-emulator`, by other hands, served on loopback. It enforces no rates.

Only what lags behind python-telegram-bot is bridged: a bot's username, newer parameters and kinds of update.
"""

import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator
from lo_bot_api_emulator.updates import ALLOWED_UPDATE_TYPES

from tests.bot_api.ledger import Bell
from tests.serving import serve_app

TOKEN = "7:token-of-the-emulator-in-tests"
SAYING = ("sendMessage", "sendPhoto", "editMessageText")
NEWER_PARAMETERS = dict.fromkeys(("sendMessage", "editMessageText"), ("link_preview_options",))


class _Bridged(LoBotApiEmulator):  # type: ignore[misc]  # the package has no types
    """Keeps what was sent, which the emulator's own journal leaves out for privacy."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.bell = Bell()

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        asked = dict(fields)
        for name in NEWER_PARAMETERS.get(method, ()):
            fields.pop(name, None)
        if "allowed_updates" in fields:
            kinds = json.loads(fields["allowed_updates"])
            fields["allowed_updates"] = json.dumps([kind for kind in kinds if kind in ALLOWED_UPDATE_TYPES])
        result = super().validate(method, fields, uploads)
        if method == "getMe":
            return result | {"username": "loa_emulated_bot"}
        if method in SAYING:
            words = {"text": asked.get("caption", "")}
            self.sent.append({**words, **asked, "method": method, "message_id": result["message_id"]})
        return result

    async def handle(self, request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await super().handle(request)
        self.bell.ring()
        return response


class Emulator:
    """`async with Emulator() as emulator`: the bot finds it at `url`, updates come by `enqueue`."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.url = ""
        self._inner = _Bridged()

    async def __aenter__(self) -> Self:
        self._runner, self.url = await serve_app(self._inner.app())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def sent(self) -> list[dict[str, Any]]:
        """The parameters of each message taken, with its method and id; a picture's caption is its text."""
        return self._inner.sent

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Each request's method, parameter names and status."""
        return list(self._inner.requests)

    async def enqueue(self, update: dict[str, Any]) -> int:
        """Bring the bot a message, callback_query or inline_query, exactly as given."""
        return int(await self._inner.enqueue_update(update, token=self.token))

    async def wait_for(self, predicate: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Until the predicate holds; it is asked again after each request. Raises TimeoutError."""
        await self._inner.bell.wait_for(predicate, timeout)
