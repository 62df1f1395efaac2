"""Shows the commands in Telegram's menu, in both languages. A menu that cannot be shown stops nothing."""

import logging
from collections.abc import Callable, Iterable, Sequence

from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault

from bot.channel import ChannelError
from bot.telegram.errors import channel_errors
from db.models import Role

log = logging.getLogger(__name__)

#: Names and summaries of the commands for a language and a role.
Menu = Callable[[str, Role], Sequence[tuple[str, str]]]
LANGUAGES = ("vi", "en")


async def show_menus(bot: Bot, menu: Menu, *, admins: Iterable[int], language: str) -> None:
    """The readers' menu for all, the admins' in their own chats; `language` serves those who use another."""
    try:
        await _show(bot, menu, BotCommandScopeDefault(), role=Role.READER, language=language)
    except ChannelError as error:
        log.warning("the menu of commands cannot be shown: %s", error.reason)
        return
    for admin in admins:
        try:
            await _show(bot, menu, BotCommandScopeChat(admin), role=Role.ADMIN, language=language)
        except ChannelError as error:
            log.info("admin %s has no menu until they write to the bot: %s", admin, error.reason)


async def _show(bot: Bot, menu: Menu, scope: BotCommandScope, *, role: Role, language: str) -> None:
    for code in (None, *LANGUAGES):
        commands = [BotCommand(name, summary) for name, summary in menu(code or language, role)]
        with channel_errors():
            await bot.set_my_commands(commands, scope=scope, language_code=code)
