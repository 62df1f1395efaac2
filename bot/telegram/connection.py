"""The way to the Bot API: one bot with its connections. Nothing is asked of it before it is used."""

import logging
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.warnings import PTBUserWarning

from bot.channel import ChannelError, ClosedError, TemporaryError, get_advice
from bot.config import TelegramSettings
from bot.logs import mask_secrets
from bot.telegram.errors import REMEDY, channel_errors
from bot.telegram.request import AiohttpRequest

log = logging.getLogger(__name__)

#: What only names a method of the library's own, which makes objects of the whole answer (`TelegramChannel`).
warnings.filterwarnings("ignore", r"Please use 'Bot\.sendMessage'", PTBUserWarning)

#: Requests in flight at once; more wait for a free connection. There are more than pushes on their way: an answer
#: waits for none of these.
CONNECTIONS = 320


def connect(settings: TelegramSettings) -> Bot:
    """Raises ClosedError when there is no token."""
    if settings.token is None:
        raise ClosedError("there is no bot token; get one from @BotFather and set telegram.token")
    return Bot(
        settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=AiohttpRequest(CONNECTIONS, settings.proxy),
        get_updates_request=AiohttpRequest(2, settings.proxy),
    )


async def check_telegram(settings: TelegramSettings) -> str:
    """The bot's username. Raises ChannelError with the reason why it cannot be had."""
    bot = connect(settings)
    try:
        with channel_errors():
            await bot.initialize()
        if not bot.username:
            raise TemporaryError("the answer is not the Bot API's (no username)")
        return bot.username
    finally:
        await bot.shutdown()


async def check_webhook(settings: TelegramSettings) -> str:
    """What Telegram says of `webhook_url`; nothing is set. Raises ChannelError when it does not get through."""
    bot = connect(settings)
    try:
        with channel_errors():
            await bot.initialize()
            info = await bot.get_webhook_info()
    finally:
        await bot.shutdown()
    if info.url != settings.webhook_url:
        return "loa run will set it"
    if info.pending_update_count and info.last_error_message:
        raise TemporaryError(f"Telegram does not get through: {mask_secrets(info.last_error_message)}")
    return "Telegram sends updates there"


@asynccontextmanager
async def open_bot(bot: Bot) -> AsyncIterator[None]:
    """For sending only. Raises ClosedError when the token is refused; a network that is away may come back."""
    try:
        try:
            with channel_errors():
                await bot.initialize()
        except ClosedError:
            raise
        except ChannelError as error:
            log.warning("Telegram cannot be reached: %s%s", error.reason, get_advice(error, REMEDY))
        yield
    finally:
        await bot.shutdown()
