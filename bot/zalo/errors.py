"""Zalo's refusals in loa's words. `ok: false` and its code decide, whatever the HTTP status says. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.channel import ChannelError, ClosedError, PermanentError, RejectedError, TemporaryError

_LONGEST_REASON = 200


class QuietError(TemporaryError):
    """Nobody said anything while the poll waited."""


class QuotaError(TemporaryError):
    """Too many messages, or the month's are spent; Zalo names no time."""


class ForbiddenError(TemporaryError):
    """403: Zalo's documents call it an error of the server, and say nowhere how a person's refusal looks."""


def to_channel_error(body: Mapping[str, Any], status: int) -> ChannelError:
    """`body` is an answer without `ok`; its words must hold no token any more."""
    code = get_code(body, status)
    reason = f"{code}: {body.get('description') or 'no reason given'}"[:_LONGEST_REASON]
    match code:
        case 400:
            return RejectedError(reason)
        case 401:
            return ClosedError(
                "Zalo refuses the bot token; take the one that Zalo Bot Creator shows and set zalo.token"
            )
        case 403:
            return ForbiddenError(reason)
        case 404:
            return PermanentError(reason)
        case 408:
            return QuietError(reason)
        case 429:
            return QuotaError(reason)
    return TemporaryError(reason)


def get_code(body: Mapping[str, Any], status: int) -> int:
    """A number or text, under either of its names; else the HTTP status."""
    for name in ("error_code", "errorCode"):
        code = str(body.get(name, ""))
        if code.isascii() and code.isdigit() and int(code):
            return int(code)
    return status
