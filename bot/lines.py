"""The bots that the settings name, and how each is opened. It does not decide who speaks for one, nor when."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.app import App
from bot.commands import get_menu
from bot.config import Settings
from bot.speak import Line, Opened
from bot.telegram import MenuSettings, Notices, TelegramChannel, TelegramFace, connect, open_bot
from db import following, members


def list_lines(settings: Settings) -> Sequence[Line]:
    """One for each token that there is."""
    telegram = settings.telegram.token
    if telegram is None:
        return []
    return [Line(f"telegram:{telegram.get_secret_value().partition(':')[0]}", open_telegram)]


@asynccontextmanager
async def open_telegram(app: App, listens: bool) -> AsyncIterator[Opened]:
    """Send through Telegram while it is open, and listen to people if told so. Raises ChannelError when refused."""
    settings = app.settings.telegram
    bot = connect(settings)
    channel = TelegramChannel(bot, settings.messages_per_second, is_paid=settings.paid_broadcast)
    if not listens:
        async with open_bot(bot):
            yield Opened(channel, lambda: "")
        return
    menus = MenuSettings(get_menu, settings.admins, app.settings.office.language)
    face = TelegramFace(bot, channel, app.conversation, notices=_make_notices(app, channel.name), menus=menus)
    async with face:
        app.links[channel.name] = lambda code: f"{bot.link}?start={code}"
        yield Opened(channel, lambda: face.trouble)


def _make_notices(app: App, channel: str) -> Notices:
    async def record_left(address: str, reason: str) -> None:
        async with app.database.write() as session:
            await members.park_chat(session, channel, address, reason, app.now())

    async def record_moved(old: str, new: str) -> None:
        async with app.database.write() as session:
            if chat := await members.get_chat(session, channel, old):
                await following.move_chat(session, chat.id, new)

    return Notices(left=record_left, moved=record_moved)
