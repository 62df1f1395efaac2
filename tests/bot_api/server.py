"""The Bot API over HTTP on loopback: reads requests, plays faults, keeps the ledger."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.bot_api.errors import ApiError
from tests.bot_api.faults import Fault, Script
from tests.bot_api.ledger import Answer, Refusal, Sent
from tests.bot_api.limits import Limiter, Limits
from tests.bot_api.markup import parse_json
from tests.bot_api.methods import Methods, Params
from tests.bot_api.people import People
from tests.serving import serve_app

BOT = {
    **{"id": 7000000001, "is_bot": True, "first_name": "Loa", "username": "loa_test_bot"},
    **{"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True},
    **{"can_connect_to_business": False, "has_main_web_app": False},
}
TOKEN = f"{BOT['id']}:token-of-the-fake-telegram-in-tests"


class FakeTelegram(People):
    """`async with FakeTelegram() as fake`: people speak by its methods, the bot finds it at `fake.url`.

    `limits=None` takes any number of messages; `monotonic` is the clock the limits go by.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        limits: Limits | None = Limits(),  # noqa: B008 - a frozen value
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(dict(BOT))
        self.token = token
        self.url = ""
        self._script = Script()
        self._methods = Methods(self, Limiter(limits, monotonic), monotonic)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner, self.url = await serve_app(app)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.updates.closed = True
        self.ledger.bell.ring()
        await self.pusher.stop()
        await self._runner.cleanup()

    @property
    def sent(self) -> list[Sent]:
        """All messages taken, edits among them, in order."""
        return self.ledger.sent

    @property
    def answers(self) -> list[Answer]:
        return self.ledger.answers

    @property
    def requests(self) -> Counter[tuple[str, int]]:
        """How often each (method, status) happened; status 0 is a broken connection."""
        return self.ledger.requests

    @property
    def refusals(self) -> list[Refusal]:
        return self.ledger.refusals

    @property
    def menus(self) -> dict[tuple[str, str], list[dict[str, str]]]:
        """The commands of each (scope as JSON, language)."""
        return self._methods.menus

    def sent_to(self, chat_id: int) -> list[Sent]:
        return self.ledger.sent_to(chat_id)

    async def wait_for(self, predicate: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Until the predicate holds; it is asked again at each change. Raises TimeoutError."""
        await self.ledger.bell.wait_for(predicate, timeout)

    def fail(
        self, *faults: Fault, method: str | None = "sendMessage", chat: int | None = None, times: float = 1
    ) -> None:
        """Put faults in the way of the next requests, `times` each; `method=None` means any."""
        for fault in faults:
            self._script.add(fault, method=method, chat_id=chat, times=times)

    def mend(self) -> None:
        """Forget the faults that have not struck."""
        self._script.clear()

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            params = await _read_params(request)
        except ApiError as error:
            self.ledger.add_outcome(method, error.status, reason=error.description)
            return web.json_response(error.body(), status=error.status)
        chat_id = params.get("chat_id", "")
        fault = self._script.pop(method, chat_id)
        if fault is None:
            return await self._answer(method, request, params)
        if not fault.taken:
            await self._delay(fault)
        if fault.taken or fault.is_delay:
            response = await self._answer(method, request, params)
        if fault.taken:
            await self._delay(fault)
        if fault.is_delay:
            return response
        return self._break(fault, method, request, chat_id=chat_id)

    async def _answer(self, method: str, request: web.Request, params: Params) -> web.Response:
        status, reason = 200, ""
        try:
            body = {"ok": True, "result": await self._call(method, request.match_info["token"], params)}
        except ApiError as error:
            status, reason, body = error.status, error.description, error.body()
        if not (method == "getUpdates" and _is_gone(request)):
            self.ledger.add_outcome(method, status, reason=reason, chat_id=params.get("chat_id", ""))
        return web.json_response(body, status=status)

    async def _call(self, method: str, token: str, params: Params) -> Any:
        if token != self.token:
            raise ApiError(401, "Unauthorized")
        call = self._methods.get(method)
        if call is None:
            raise ApiError(404, "Not Found")
        return await call(params)

    def _break(self, fault: Fault, method: str, request: web.Request, *, chat_id: str) -> web.Response:
        status = fault.error.status if fault.error else fault.status
        reason = fault.error.description if fault.error else "cut" if fault.cut else fault.body[:40]
        self.ledger.add_outcome(method, status, reason=reason, chat_id=chat_id)
        if fault.cut:
            assert request.transport is not None
            request.transport.abort()
        if fault.error:
            return web.json_response(fault.error.body(), status=fault.error.status)
        return web.Response(status=fault.status or 200, text=fault.body, content_type=fault.content_type)

    @staticmethod
    async def _delay(fault: Fault) -> None:
        if fault.gate is not None:
            await fault.gate.wait()
        await asyncio.sleep(fault.seconds)


def _is_gone(request: web.Request) -> bool:
    """Whether the client hung up; a poll it gave up is nobody's refusal."""
    return request.transport is None or request.transport.is_closing()


async def _read_params(request: web.Request) -> Params:
    """Every parameter as text, whether it came as JSON, a form or in the address."""
    params = dict(request.query)
    if request.content_type == "application/json":
        body = parse_json(await request.text(), dict, "can't parse request: expected a JSON object")
        return params | {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items() if v is not None}
    form = await request.post()
    return params | {key: value for key, value in form.items() if isinstance(value, str)} | _read_uploads(form)


def _read_uploads(form: Mapping[str, Any]) -> Params:
    """The content of each file as text, a letter a byte, and its name beside it."""
    files = {key: value for key, value in form.items() if isinstance(value, web.FileField)}
    contents = {key: file.file.read().decode("latin-1") for key, file in files.items()}
    return contents | {f"{key} name": file.filename for key, file in files.items()}
