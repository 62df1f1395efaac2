"""What goes wrong between a bot and Telegram, ready to be put in the way of a request."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from tests.bot_api.errors import ApiError, moved, too_many
from tests.bot_api.errors import bad_request as _bad_request
from tests.bot_api.errors import forbidden as _forbidden

_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_PORTAL = "<!DOCTYPE html><html><body><form action='/login'>Sign in to the network</form></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One misfortune. `taken`: the request does its work first, so the message is in the ledger."""

    status: int = 0
    body: str = ""
    content_type: str = "text/html"
    error: ApiError | None = None
    taken: bool = False
    cut: bool = False
    gate: asyncio.Event | None = None
    seconds: float = 0.0

    @property
    def is_delay(self) -> bool:
        return not (self.status or self.error or self.cut)


def flood(retry_after: int) -> Fault:
    return Fault(error=too_many(retry_after))


def server_error() -> Fault:
    return Fault(error=ApiError(500, "Internal Server Error"))


def bad_gateway() -> Fault:
    return Fault(status=502, body=_GATEWAY)


def invalid_json(*, taken: bool = False) -> Fault:
    return Fault(status=200, body='{"ok":true,"result":{"mess', content_type="application/json", taken=taken)


def captive_portal() -> Fault:
    return Fault(status=200, body=_PORTAL)


def blocked() -> Fault:
    return forbidden("bot was blocked by the user")


def kicked() -> Fault:
    return forbidden("bot was kicked from the group chat")


def deactivated() -> Fault:
    return forbidden("user is deactivated")


def forbidden(reason: str) -> Fault:
    return Fault(error=_forbidden(reason))


def migrated(chat_id: int) -> Fault:
    return Fault(error=moved(chat_id))


def bad_request(reason: str) -> Fault:
    return Fault(error=_bad_request(reason))


def reset_before() -> Fault:
    """The connection breaks before the message is taken."""
    return Fault(cut=True)


def reset_after() -> Fault:
    """The message is taken, then the connection breaks."""
    return Fault(cut=True, taken=True)


def held(gate: asyncio.Event, *, taken: bool = False) -> Fault:
    """No answer until the test opens the gate."""
    return Fault(gate=gate, taken=taken)


def slow(seconds: float, *, taken: bool = False) -> Fault:
    """For tests of processes, which cannot share a gate."""
    return Fault(seconds=seconds, taken=taken)


@dataclass(slots=True)
class _Planned:
    fault: Fault
    method: str | None
    chat_id: int | None
    left: float


class Script:
    """The faults that wait for their requests, in order."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def add(self, fault: Fault, *, method: str | None, chat_id: int | None, times: float) -> None:
        self._planned.append(_Planned(replace(fault), method, chat_id, times))

    def clear(self) -> None:
        self._planned.clear()

    def pop(self, method: str, chat_id: str) -> Fault | None:
        planned = next(self._matching(method, chat_id), None)
        if planned is None:
            return None
        planned.left -= 1
        if planned.left <= 0:
            with suppress(ValueError):
                self._planned.remove(planned)
        return planned.fault

    def _matching(self, method: str, chat_id: str) -> Iterator[_Planned]:
        for planned in self._planned:
            fits_method = planned.method in (None, method)
            if fits_method and (planned.chat_id is None or str(planned.chat_id) == chat_id):
                yield planned
