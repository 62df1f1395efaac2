"""/settings: the language of a chat."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.locales import Translator
from bot.message import Button, Message, bold, say


async def show_settings(ask: Ask) -> Answer:
    return reply(_render(ask, ask._))


async def set_language(ask: Ask) -> Answer:
    """`language:en`; the answer is in the new language already."""
    if ask.args not in ask.translators.languages:
        raise StaleError
    ask.chat.language = ask.args
    _ = ask.translators.get(ask.args, ask.rules.timezone)
    return replace(_render(ask, _), _("I speak English here now."))


def _render(ask: Ask, _: Translator) -> Message:
    message = say(bold(_("Settings")), "\n", _("Language: {language}", language=_.language_name))
    languages = (ask.translators.get(language, ask.rules.timezone) for language in ask.translators.languages)
    return message.with_buttons(*((_get_button(words, _.language),) for words in languages))


def _get_button(words: Translator, current: str) -> Button:
    mark = "✅ " if words.language == current else ""
    return Button(f"{mark}{words.language_name}", f"language:{words.language}")
