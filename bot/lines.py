"""The bots that the settings name, and how each is opened. It does not decide who speaks for one, nor when."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot import telegram, zalo
from bot.app import App
from bot.commands import get_menu
from bot.config import Settings
from bot.loop import run_until
from bot.outages import tell_closed
from bot.speak import Line, Opened
from bot.telegram import MenuSettings, Notices, TelegramChannel, TelegramFace, connect, open_bot
from bot.webhook import make_webhook_route
from bot.zalo import Books, ZaloChannel, ZaloFace
from bot.zalo import connect as open_zalo_client
from db import following, members, pictures

log = logging.getLogger(__name__)


def list_lines(settings: Settings) -> Sequence[Line]:
    """One for each token that there is."""
    bots = [("telegram", settings.telegram.token, open_telegram), ("zalo", settings.zalo.token, open_zalo)]
    return [Line(f"{name}:{token.get_secret_value().partition(':')[0]}", open_) for name, token, open_ in bots if token]


@asynccontextmanager
async def open_telegram(app: App, listens: bool) -> AsyncIterator[Opened]:
    """Send through Telegram while it is open, and listen to people if told so. Raises ChannelError when refused."""
    settings = app.settings.telegram
    bot = connect(settings)
    channel = TelegramChannel(
        bot, settings.messages_per_second, is_paid=settings.paid_broadcast, load=partial(_load_picture, app)
    )
    if not listens:
        async with open_bot(bot):
            yield Opened(channel, lambda: "")
        return
    menus = MenuSettings(get_menu, settings.admins, app.settings.office.language)
    face = TelegramFace(
        bot,
        channel,
        app.conversation,
        notices=_make_notices(app, channel.name),
        menus=menus,
        hook=_make_telegram_hook(app),
        inbox=app.inboxes[channel.name],
    )
    async with face:
        app.links[channel.name] = lambda code: f"{bot.link}?start={code}"
        yield Opened(channel, lambda: face.trouble)


@asynccontextmanager
async def open_zalo(app: App, listens: bool) -> AsyncIterator[Opened]:
    """Send through Zalo while it is open, and listen to people if told so.

    Raises ClosedError when the token is refused.
    """
    settings = app.settings
    client, books = open_zalo_client(settings.zalo), make_books(app)
    channel = ZaloChannel(client, books)
    over = asyncio.Event()
    inbox, hook = app.inboxes[channel.name], _make_zalo_hook(app)
    async with ZaloFace(client, channel, books, inbox, app.conversation, stop=over, hook=hook) as face:
        await face.check()
        listening = asyncio.create_task(run_until(over, [face.hear, face.answer] if listens else []))
        try:
            yield Opened(channel, lambda: face.trouble)
        finally:
            over.set()
            await listening


async def _load_picture(app: App, article_id: int) -> bytes | None:
    """News goes without it while the store cannot be read."""
    try:
        async with app.database.read() as session:
            return await pictures.get_content(session, article_id)
    except SQLAlchemyError as error:
        log.warning("the picture of article %s cannot be had: %s", article_id, type(error).__name__)
        return None


def make_webhook_routes(app: App) -> Sequence[web.RouteDef]:
    """Where the platforms send what people say, if the settings name an address. Any process may take it in."""
    doors = {"telegram": telegram.make_door(app.settings.telegram), "zalo": zalo.make_door(app.settings.zalo)}
    return [make_webhook_route(door, app.inboxes[name]) for name, door in doors.items() if door]


def _make_telegram_hook(app: App) -> telegram.Hook | None:
    door, url = telegram.make_door(app.settings.telegram), app.settings.telegram.webhook_url
    return telegram.Hook(url, door.secret, app.inboxes["telegram"]) if door and url else None


def _make_zalo_hook(app: App) -> zalo.Hook | None:
    door, url = zalo.make_door(app.settings.zalo), app.settings.zalo.webhook_url
    return zalo.Hook(url, door.secret) if door and url else None


def make_books(app: App) -> Books:
    office = app.settings.office
    return Books(
        app.database,
        app.now,
        timezone=office.timezone,
        language=office.language,
        per_month=app.settings.zalo.messages_per_month,
    )


def _make_notices(app: App, channel: str) -> Notices:
    async def record_left(address: str, reason: str) -> None:
        async with app.database.write() as session:
            await members.park_chat(session, channel, address, reason, app.now())

    async def record_moved(old: str, new: str) -> None:
        async with app.database.write() as session:
            if chat := await members.get_chat(session, channel, old):
                await following.move_chat(session, chat.id, new)

    async def record_closed(reason: str) -> None:
        try:
            async with app.database.write() as session:
                await tell_closed(session, channel, reason, app.now())
        except (SQLAlchemyError, OSError) as error:
            log.warning("the admins are not told yet that a token is refused: %s", type(error).__name__)

    return Notices(left=record_left, moved=record_moved, closed=record_closed)
