"""Zalo over HTTP on loopback: reads requests, plays faults, keeps the ledger."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from aiohttp import web

from tests.bot_api.errors import ApiError, bad_request
from tests.bot_api.faults import Fault, Script
from tests.bot_api.ledger import Refusal
from tests.serving import serve_app
from tests.zalo_api.markup import check_text, read_styles, show_markdown
from tests.zalo_api.people import BOT_NAME, People, make_id
from tests.zalo_api.quirks import Quirks

TOKEN = "1234568901:the-fake-zalo-in-tests"
WEBHOOK_IS_SET = "You cannot use this API while a webhook is set. Please remove the webhook first"
#: Pictures from here are refused although any browser shows them.
REFUSED_HOST = "upload.example.org"
_PAGE = "<html><body><h1>401 Authorization Required</h1>{path}</body></html>"

Params = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as Zalo took it and a reader sees it; a picture's caption is its text."""

    chat_id: str
    message_id: str
    text: str
    styles: tuple[dict[str, Any], ...] = ()
    parse_mode: str = ""
    photo: str = ""
    time: float = 0.0


class FakeZalo(People):
    """`async with FakeZalo() as zalo`: people speak by its methods, the bot finds it at `zalo.url`.

    `per_month` is how many messages it takes at all; after that it answers 429 and no time. A public `https` address
    that is to be reached, as a webhook, is named in `roads` with where it lies here.
    """

    def __init__(self, *, token: str = TOKEN, quirks: Quirks = Quirks(), per_month: int | None = None) -> None:  # noqa: B008
        super().__init__(quirks.photo)
        self.token = token
        self.quirks = quirks
        self.per_month = per_month
        self.url = ""
        self.sent: list[Sent] = []
        self.actions: list[tuple[str, str]] = []
        self.requests: Counter[tuple[str, int]] = Counter()
        self.refusals: list[Refusal] = []
        self.polled_at: list[float] = []
        self.pollers = 0
        self.webhook: dict[str, str] = {}
        self.roads: dict[str, str] = {}
        self.webhook_answers: list[int] = []
        self._script = Script()
        self._is_closing = False
        self._methods: dict[str, Callable[[Params], Awaitable[Any]]] = {
            **{"getMe": self._get_me, "getUpdates": self._get_updates, "sendMessage": self._send_message},
            **{"sendPhoto": self._send_photo, "sendChatAction": self._send_action, "setWebhook": self._set_webhook},
            **{"deleteWebhook": self._delete_webhook, "getWebhookInfo": self._get_webhook_info},
        }

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner, self.url = await serve_app(app)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_closing = True
        self.bell.ring()
        await self._runner.cleanup()

    def sent_to(self, chat_id: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.chat_id == chat_id]

    async def wait_for(self, predicate: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Until the predicate holds; it is asked again at each change. Raises TimeoutError."""
        await self.bell.wait_for(predicate, timeout)

    def fail(
        self, *faults: Fault, method: str | None = "sendMessage", chat: str | None = None, times: float = 1
    ) -> None:
        """Put faults in the way of the next requests, `times` each; `method=None` means any."""
        for fault in faults:
            self._script.add(fault, method=method, chat_id=chat, times=times)  # type: ignore[arg-type]

    def mend(self) -> None:
        self._script.clear()

    def lose_next(self) -> dict[str, Any]:
        """What was said last never arrives."""
        return self.waiting.pop()

    async def push(self, update: dict[str, Any] | None = None, *, secret: str | None = None) -> int:
        """Deliver an update to the webhook (none is the empty probe) and return its status."""
        body = "" if update is None else json.dumps({"ok": True, "result": update} if self.quirks.enveloped else update)
        headers = {"User-Agent": "Java/17.0.9", "Content-Type": "application/json"}
        headers["X-Bot-Api-Secret-Token"] = self.webhook["secret"] if secret is None else secret
        headers = {name: value for name, value in headers.items() if value}
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.post(self.roads[self.webhook["url"]], content=body.encode(), headers=headers)
        self.webhook_answers.append(answer.status_code)
        return answer.status_code

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        params = await _read_params(request)
        fault = self._script.pop(method, params.get("chat_id", ""))
        if fault is None:
            return await self._answer(method, request, params)
        response = None
        if fault.taken:
            response = await self._answer(method, request, params)
        if fault.gate is not None:
            await fault.gate.wait()
        await asyncio.sleep(fault.seconds)
        if fault.is_delay:
            return response or await self._answer(method, request, params)
        return self._break(fault, method, request, params.get("chat_id", ""))

    async def _answer(self, method: str, request: web.Request, params: Params) -> web.Response:
        try:
            body: dict[str, Any] = {"ok": True} | await self._call(method, request.match_info["token"], params)
        except ApiError as error:
            if error.status == 401 and self.quirks.html_for_401:
                self._note(method, 401, "page", "")
                return self._respond(text=_PAGE.format(path=request.path), status=401, content_type="text/html")
            return self._refuse(method, error, params.get("chat_id", ""))
        self._note(method, 200, "", "")
        return self._respond(body | ({"error_code": 0} if self.quirks.success_code else {}))

    async def _call(self, method: str, token: str, params: Params) -> dict[str, Any]:
        if token != self.token:
            raise ApiError(401, "Unauthorized")
        if method not in self._methods:
            raise ApiError(404, "Not Found")
        result = await self._methods[method](params)
        return {} if result is None else {"result": result}

    def _refuse(self, method: str, error: ApiError, chat_id: str) -> web.Response:
        self._note(method, error.status, error.description, chat_id)
        code: int | str = str(error.status) if self.quirks.code_as_text else error.status
        on_200 = self.quirks.refusal_on_200 if error.status != 408 else self.quirks.quiet_status == 200
        body = {"ok": False, "description": error.description, "error_code": code}
        return self._respond(body, status=200 if on_200 else error.status)

    def _break(self, fault: Fault, method: str, request: web.Request, chat_id: str) -> web.Response:
        if fault.error:
            return self._refuse(method, fault.error, chat_id)
        self._note(method, 0 if fault.cut else fault.status, "cut" if fault.cut else fault.body[:40], chat_id)
        if fault.cut:
            assert request.transport is not None
            request.transport.abort()
        return self._respond(text=fault.body, status=fault.status or 200, content_type=fault.content_type)

    @staticmethod
    def _respond(body: dict[str, Any] | None = None, **parts: Any) -> web.Response:
        """With two `Server` headers, as Zalo's edge sends them; aiohttp's own client refuses that."""
        response = web.Response(**parts) if body is None else web.json_response(body, **parts)
        response.headers.add("Server", "zalo")
        response.headers.add("Server", "edge")
        return response

    def _note(self, method: str, status: int, reason: str, chat_id: str) -> None:
        self.requests[method, status] += 1
        if status != 200 and status != 408:
            self.refusals.append(Refusal(method, status, reason, chat_id))
        self.bell.ring()

    async def _get_me(self, params: Params) -> dict[str, Any]:
        about = {"account_name": "bot.VDKloa", "account_type": "BASIC", "can_join_groups": False}
        return {"id": make_id("bot"), **about, "display_name": BOT_NAME}

    async def _get_updates(self, params: Params) -> dict[str, Any]:
        """One update: the oldest, or with replays each in turn."""
        if self.webhook:
            raise ApiError(400, WEBHOOK_IS_SET)
        self.polled_at.append(time.monotonic())
        self.pollers += 1
        self.bell.ring()
        try:
            await self.bell.wait_for(lambda: self.waiting or self._is_closing, float(params.get("timeout") or 30))
        except TimeoutError:
            pass
        finally:
            self.pollers -= 1
        if not self.waiting:
            raise ApiError(408, "Request timeout")
        update = self.waiting[0]
        self.waiting.rotate(-1)
        if not self.quirks.replays:
            self.waiting.pop()
        return update

    async def _send_message(self, params: Params) -> dict[str, Any]:
        text, mode = check_text(params.get("text", "")), params.get("parse_mode", "")
        if mode not in ("", "markdown"):
            raise bad_request("parse_mode is invalid")
        if self.quirks.no_formats and (mode or params.get("text_styles")):
            raise bad_request("unknown parameter")
        styles = () if mode else read_styles(params.get("text_styles", ""), text)
        return self._take(params, show_markdown(text) if mode else text, styles=styles, parse_mode=mode)

    async def _send_photo(self, params: Params) -> dict[str, Any]:
        photo = params.get("photo", "")
        if not photo:
            raise bad_request("The photo must not be empty")
        if not photo.startswith(("http://", "https://")):
            raise bad_request("The photo must start with http:// or https://")
        if urlsplit(photo).hostname == REFUSED_HOST:
            raise bad_request("The photo URL is invalid")
        caption = params.get("caption", "")
        return self._take(params, check_text(caption, "caption") if caption else "", photo=photo)

    def _take(self, params: Params, text: str, **parts: Any) -> dict[str, Any]:
        chat_id = params.get("chat_id", "")
        if chat_id not in self.known:
            raise ApiError(404, "Not Found")
        if self.per_month is not None and len(self.sent) >= self.per_month:
            raise ApiError(429, "Quota exceeded")
        message_id = make_id("sent", len(self.sent))
        self.sent.append(Sent(chat_id, message_id, text, time=time.monotonic(), **parts))
        return {"message_id": message_id, "date": int(time.time() * 1000)}

    async def _send_action(self, params: Params) -> None:
        if params.get("action") != "typing":
            raise bad_request("action is invalid")
        self.actions.append((params.get("chat_id", ""), "typing"))

    async def _set_webhook(self, params: Params) -> dict[str, Any]:
        url, secret = params.get("url", ""), params.get("secret_token", "")
        host = urlsplit(url).hostname or ""
        if not url.startswith("https://") or "." not in host or host.startswith(("127.", "10.", "192.168.")):
            raise bad_request("url must be a public https address")
        if not 8 <= len(secret) <= 256:
            raise bad_request("secret_token must be between 8 and 256 characters")
        self.webhook = {"url": url, "secret": secret}
        outcome = "webhook.unreachable"
        with suppress(KeyError, httpx.HTTPError):
            status = await self.push(secret="")
            outcome = "webhook.ok" if status == 200 else f"webhook.http.{status}"
        verification = {"ok": outcome == "webhook.ok", "outcome": outcome}
        return {"url": url, "updated_at": int(time.time() * 1000), "verification": verification}

    async def _delete_webhook(self, params: Params) -> dict[str, Any]:
        self.webhook = {}
        return {"url": "", "updated_at": int(time.time() * 1000)}

    async def _get_webhook_info(self, params: Params) -> dict[str, Any]:
        if not self.webhook and self.quirks.bare_404:
            raise ApiError(404, "Not Found")
        return {"url": self.webhook.get("url", ""), "updated_at": int(time.time() * 1000)}


async def _read_params(request: web.Request) -> Params:
    """Every parameter as text, whether it came as JSON, a form or in the address."""
    params = dict(request.query)
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        return params | {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items() if v is not None}
    form = await request.post()
    return params | {key: value for key, value in form.items() if isinstance(value, str)}
