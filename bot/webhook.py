"""What platforms send in over HTTP: proves who sends it, keeps it, and answers at once. It handles none of it."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.inbox import Inbox

log = logging.getLogger(__name__)


#: Finds an update in what was sent, with the name that its platform has for it; None where there is none.
Read = Callable[[Any], tuple[str, Mapping[str, Any]] | None]


@dataclass(frozen=True, slots=True)
class Door:
    """Where one platform knocks: at `path`, with the secret in `header`, and no more than `longest` bytes."""

    path: str
    header: str
    secret: str
    longest: int
    read: Read


def make_secret(token: str) -> str:
    """What the platform shows at each knock: the same in every process, and no help to find the token."""
    return hmac.new(token.encode(), b"the webhook of loa", hashlib.sha256).hexdigest()


def make_webhook_route(door: Door, inbox: Inbox) -> web.RouteDef:
    """The answer says only that it was kept; 503 asks the platform to try again.

    A body that is empty is a trial of the address, with the secret or without, and is answered whoever sends it.
    """

    async def take(request: web.Request) -> web.Response:
        if not request.can_read_body:
            return web.Response()
        shown = request.headers.get(door.header, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(shown, door.secret.encode()):
            return web.Response(status=403)
        body = await _read_body(request, door.longest)
        if body is None:
            log.warning("what came to %s is too long", door.path)
            return web.Response(status=413)
        found = door.read(_parse(body))
        if found is None:
            return web.Response()
        try:
            await inbox.store(*found)
        except (SQLAlchemyError, OSError) as error:
            log.warning("what came to %s cannot be kept: %s", door.path, type(error).__name__)
            return web.Response(status=503)
        return web.Response()

    return web.post(door.path, take)


async def _read_body(request: web.Request, longest: int) -> bytes | None:
    """None for what is longer, which is not read to its end."""
    body = b""
    async for chunk in request.content.iter_chunked(longest):
        body += chunk
        if len(body) > longest:
            return None
    return body


def _parse(body: bytes) -> Any:
    """None for what is no JSON; it would come again for ever if it were refused."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
