"""Telegram's refusals in loa's words. A reason never holds the token, and no cause that might hold it is chained."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import aiohttp
import aiohttp_socks
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channel import (
    ChannelError,
    ClosedError,
    MovedError,
    PermanentError,
    RejectedError,
    TemporaryError,
    ThreadError,
    UnknownOutcomeError,
    UnreachedError,
)
from bot.logs import mask_secrets

#: What the log says to whoever has no way to Telegram.
REMEDY = "Where this machine may not reach telegram.api_url, set telegram.proxy; try it with: loa check"
#: The request was never handed over.
_UNSENT = (
    *(aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL),
    *(aiohttp_socks.ProxyError, aiohttp_socks.ProxyConnectionError, aiohttp_socks.ProxyTimeoutError),
)
_UNREACHABLE = (
    *("chat not found", "not enough rights", "have no rights", "need administrator rights", "bot is not a member"),
    *("chat_write_forbidden", "chat_restricted", "chat_send_plain_forbidden", "peer_id_invalid"),
    *("group chat was deactivated", "user is deactivated", "bot was blocked", "bot was kicked"),
    *("channel_private", "user_is_blocked", "input_user_deactivated", "chat_admin_required"),
    *("upgraded to a supergroup", "group chat was upgraded"),
)
#: A topic of a forum takes nothing more.
_SHUT = ("topic_closed", "topic_deleted", "topic closed", "topic deleted", "message thread not found")
_UNEDITABLE = (
    *("message can't be edited", "message to edit not found", "message_id_invalid", "message identifier is not"),
    *("message_edit_time_expired", "message_author_required"),
)
_MISPLACED = ("no text in the message to edit", "no caption in the message to edit")
_NO_PHOTOS = ("rights to send photos", "chat_send_photos_forbidden", "chat_send_media_forbidden")
_LONGEST_REASON = 200


class UnparsableError(RejectedError):
    """Telegram cannot read the markup; the words alone would pass."""


class UnchangedError(RejectedError):
    """The message says this already."""


class UneditableError(RejectedError):
    """The message cannot be changed any more, or is gone."""


class MisplacedError(UneditableError):
    """The message's words stand below a picture, and not alone; or the other way about."""


class PhotolessError(RejectedError):
    """The chat takes no pictures, whatever they show."""


@contextmanager
def channel_errors() -> Iterator[None]:
    """What the library raises inside leaves as a ChannelError."""
    try:
        yield
    except TelegramError as error:
        raise to_channel_error(error) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"the answer is not the Bot API's ({type(error).__name__})"
        raise TemporaryError(reason) from None


def to_channel_error(error: TelegramError) -> ChannelError:
    if isinstance(error, EndPointNotFound) and isinstance(error.__cause__, InvalidToken):
        error = error.__cause__
    reason = mask_secrets(error.message)[:_LONGEST_REASON]
    if isinstance(error.__cause__, TelegramError) and not isinstance(error, InvalidToken):
        return TemporaryError(f"the answer is not the Bot API's: {reason}")
    match error:
        case RetryAfter():
            return TemporaryError(reason, retry_in=_get_seconds(error.retry_after))
        case ChatMigrated():
            return MovedError(reason, address=str(error.new_chat_id))
        case InvalidToken():
            return _refused_token(error)
        case Conflict():
            return TemporaryError(f"another program listens with the same bot token, stop one of them ({reason})")
        case Forbidden():
            return PermanentError(reason)
        case BadRequest():
            return _bad_request(reason)
        case NetworkError() if error.__cause__ is not None:
            is_unsent = isinstance(error.__cause__, _UNSENT)
            return UnreachedError(reason) if is_unsent else UnknownOutcomeError(reason)
    return TemporaryError(reason)


def _bad_request(reason: str) -> ChannelError:
    words = reason.lower()
    if "can't parse entities" in words:
        return UnparsableError(reason)
    if "message is not modified" in words:
        return UnchangedError(reason)
    if any(sign in words for sign in _MISPLACED):
        return MisplacedError(reason)
    if any(sign in words for sign in _UNEDITABLE):
        return UneditableError(reason)
    if any(sign in words for sign in _NO_PHOTOS):
        return PhotolessError(reason)
    if any(sign in words for sign in _SHUT):
        return ThreadError(reason)
    return PermanentError(reason) if any(sign in words for sign in _UNREACHABLE) else RejectedError(reason)


def _refused_token(error: InvalidToken) -> ChannelError:
    """A gateway's 404 page is no word of Telegram's about the token."""
    causes = (error.__cause__, error.__cause__.__cause__ if error.__cause__ else None)
    if any(cause is not None and not isinstance(cause, InvalidToken) for cause in causes):
        return TemporaryError("the answer is not the Bot API's")
    return ClosedError("Telegram refuses the bot token; get the right one from @BotFather and set telegram.token")


def _get_seconds(time: int | timedelta) -> float:
    return time.total_seconds() if isinstance(time, timedelta) else float(time)
