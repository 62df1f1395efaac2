"""The polite no: why somebody may not do a thing, and what they can do about it. Pure."""

from bot.access import Denial
from bot.config import AccessMode
from bot.locales import Translator
from bot.message import Button, Message, say


def render_denial(denial: Denial, mode: AccessMode, _: Translator, *, is_private: bool) -> str:
    """One or two short sentences, fit for a message and for the line that answers a button."""
    match denial:
        case Denial.STRANGER:
            return _render_stranger(mode, _, is_private=is_private)
        case Denial.ANONYMOUS:
            return _("Please write as yourself, not as the group or a channel, so that I know who is asking.")
        case Denial.WAITING:
            return _("Your request is with the admins. Please wait; you will be told as soon as one has answered.")
        case Denial.REFUSED:
            return _("Sorry, the admins did not let you in. If that is a mistake, please speak to one of them.")
        case Denial.ROLE:
            return _("Sorry, that is for the people who run loa. /help shows what you can do.")
        case Denial.PRIVATE:
            return _("That is not for a group. Please write to me in a private chat.")
        case Denial.MANAGER:
            return _("Only an admin of this group may change what it gets.")
        case Denial.NOT_STARTED:
            return _("This group gets no news yet. An admin of it who has been let in may send /start here.")


def offer_button(text: str, opener: str, _: Translator) -> Message:
    """Who presses a button is known, even one who writes as the group."""
    way = _("Or press the button: that tells me who you are.")
    return say(text, " ", way).with_buttons([Button(_("It is me"), opener)])


def _render_stranger(mode: AccessMode, _: Translator, *, is_private: bool) -> str:
    if not is_private:
        return _("loa is for the office's staff. Please write /start to me in a private chat first.")
    if mode is AccessMode.OPEN:
        return _("Welcome! Please send /start to begin.")
    if mode is AccessMode.INVITE:
        return _("loa is for the office's staff. Please ask an admin for an invitation and open its link.")
    return _("loa is for the office's staff. Send /start to ask the admins to let you in.")
