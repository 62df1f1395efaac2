"""/settings: one board for how a chat is spoken to: language, pictures, sound, news at once or together.

From a private chat it leads to the groups and channels that the person manages.
"""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.hours import DIGESTS, describe_digests, describe_quiet, get_hours, mark, set_digests
from bot.commands.places import offer_places
from bot.locales import Translator
from bot.message import Button, Message, bold, say
from db.clock import write_times
from db.pictures import shows_pictures

#: So many of a chat's times stand on a button.
_SHOWN = 3
_FLAGS = {"on": True, "off": False}


async def show_settings(ask: Ask) -> Answer:
    return reply(await _render(ask, ask._))


async def set_language(ask: Ask) -> Answer:
    """`language:en`; the answer is in the new language already."""
    if ask.args not in ask.translators.languages:
        raise StaleError
    ask.chat.language = ask.args
    _ = ask.translators.get(ask.args, ask.rules.timezone)
    return replace(await _render(ask, _), _("I speak English here now."))


async def set_pictures(ask: Ask) -> Answer:
    """`pictures:on` and `pictures:off`"""
    ask.chat.pictures = _read_flag(ask)
    return replace(await _render(ask, ask._), ask._("Noted."))


async def set_sound(ask: Ask) -> Answer:
    """`sound:on` and `sound:off`"""
    ask.chat.is_silent = not _read_flag(ask)
    return replace(await _render(ask, ask._), ask._("Noted."))


async def set_delivery(ask: Ask) -> Answer:
    """`delivery:off` tells news at once, `delivery:07:30` all together at these times."""
    if not await set_digests(ask, ask.args):
        raise StaleError
    return replace(await _render(ask, ask._), ask._("Noted."))


def _read_flag(ask: Ask) -> bool:
    if ask.args not in _FLAGS:
        raise StaleError
    return _FLAGS[ask.args]


async def _render(ask: Ask, _: Translator) -> Message:
    current = ask.translators.get(ask.chat.language, ask.rules.timezone)
    lines = [
        _("Language: {language}", language=current.language_name),
        describe_digests(ask, _),
        describe_quiet(ask, _),
    ]
    rows = [_offer_languages(ask, current.language), _offer_extras(ask, _), _offer_delivery(ask, _)]
    boards = [Button(_("Other times…"), "digest"), Button(_("Quiet hours…"), "quiet")]
    return say(bold(_("Settings")), "".join(f"\n{line}" for line in lines)).with_buttons(
        *rows, boards, *await offer_places(ask)
    )


def _offer_languages(ask: Ask, current: str) -> list[Button]:
    languages = [ask.translators.get(language, ask.rules.timezone) for language in ask.translators.languages]
    return [
        mark(words.language_name, f"language:{words.language}", is_on=words.language == current) for words in languages
    ]


def _offer_extras(ask: Ask, _: Translator) -> list[Button]:
    """A platform that takes no files knows no silent messages either."""
    pictures = _switch(_("Pictures"), "pictures", is_on=shows_pictures(ask.chat.pictures, ask.chat.kind))
    sound = _switch(_("Sound"), "sound", is_on=not ask.chat.is_silent)
    return [pictures, sound] if ask.takes_files else [pictures]


def _offer_delivery(ask: Ask, _: Translator) -> list[Button]:
    """At once, or at the office's times or the first that are offered; a chat's own are chosen on a board of theirs."""
    own = write_times(get_hours(ask).digests)
    times = own or write_times(ask.rules.hours.hours.digests) or DIGESTS[0].split()
    together = _("Together at {times}", times=_.join(times[:_SHOWN]))
    action = "digest" if own else f"delivery:{' '.join(times[:_SHOWN])}"
    return [mark(_("At once"), "delivery:off", is_on=not own), mark(together, action, is_on=bool(own))]


def _switch(label: str, verb: str, *, is_on: bool) -> Button:
    """What a press makes of it stands in the action: two presses in a hurry do what one does."""
    return mark(label, f"{verb}:{'off' if is_on else 'on'}", is_on=is_on)
