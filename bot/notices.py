"""The words of notices owed through the outbox, made from their kind and data when they are sent. Pure.

The data is read leniently: a row may have been written by an older loa, and a notice that cannot be worded fully
is better than none.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from bot.commands.lists import join_names
from bot.locales import Translator
from bot.message import Button, Message, bold, say
from bot.outside import hide_user, show
from bot.reasons import explain_reason

log = logging.getLogger(__name__)


class _Data:
    """A notice's data, fit to be shown."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, key: str, limit: int = 60) -> str:
        return show(str(self._values.get(key) or ""), limit)

    def url(self) -> str:
        return show(hide_user(str(self._values.get("url") or "")), 200)

    def reason(self, _: Translator) -> str:
        return explain_reason(self.text("reason", 300), _, 300)

    def number(self, key: str) -> int:
        """A count or an id; 0 for what is neither."""
        value = self._values.get(key)
        return value if isinstance(value, int) and 0 <= value < 2**31 else 0

    def texts(self, key: str) -> list[str]:
        values = self._values.get(key)
        return [str(value) for value in values] if isinstance(values, list) else []


def render_notice(kind: str, data: Mapping[str, Any], _: Translator) -> Message:
    """The notice in the chat's language."""
    render = _NOTICES.get(kind)
    if render is None:
        log.warning("no words for a notice of kind %s", kind)
        return say(_("There was a notice for you that this version of loa cannot show."))
    return render(_Data(data), _)


def _render_access_request(data: _Data, _: Translator) -> Message:
    message = say(
        bold(_("{name} asks to be let in", name=data.text("name"))),
        "\n",
        _("Account: {address} on {channel}", address=data.text("address", 40), channel=data.text("channel")),
    )
    member_id = data.number("member_id")
    approve = Button(_("Approve"), f"approve:{member_id}")
    refuse = Button(_("Refuse"), f"refuse:{member_id}")
    return message.with_buttons([approve, refuse]) if member_id else message


def _render_access_granted(data: _Data, _: Translator) -> Message:
    topics = data.texts("topics")
    follows = _("You follow from now on: {topics}.", topics=join_names(topics, _)) if topics else ""
    message = say(
        bold(_("You have been let in. Welcome!")),
        f"\n\n{follows}" if follows else "",
        "\n\n",
        _("Write any words to search the articles. /help tells you what else I can do."),
    )
    return message.with_buttons([Button(_("Choose topics"), "topics")])


def _render_access_refused(_data: _Data, _: Translator) -> Message:
    return say(_("Sorry, the admins did not let you in. If that is a mistake, please speak to one of them."))


def _render_source_added(data: _Data, _: Translator) -> Message:
    name, count = data.text("name") or data.url(), data.number("articles")
    found = _.plural("{n} article was found.", "{n} articles were found.", count)
    titles = [f"\n• {show(title, 140)}" for title in data.texts("titles")[:3]]
    return say(bold(_("✅ {name} is watched from now on", name=name)), "\n", data.url(), "\n", found, *titles)


def _render_source_failed(data: _Data, _: Translator) -> Message:
    return say(
        bold(_("The new source could not be read")),
        f"\n{data.url()}\n",
        _("Reason: {reason}", reason=data.reason(_)),
        "\n",
        _("I go on trying. If the address is wrong, pause it with /pause and send /addsource with the right one."),
    )


def _render_source_failing(data: _Data, _: Translator) -> Message:
    message = say(
        bold(_("⚠ {name} has not been readable for some time", name=data.text("name"))),
        "\n",
        _("Reason: {reason}", reason=data.reason(_)),
        "\n",
        _("I go on trying, less often, and will tell you when it is back. You may also pause it."),
    )
    return _with_source_button(message, data, _("Pause"), "pause")


def _render_source_back(data: _Data, _: Translator) -> Message:
    return say(_("✅ {name} can be read again.", name=data.text("name")))


def _render_source_moved(data: _Data, _: Translator) -> Message:
    return say(_("{name} has moved to {url}; I read it there from now on.", name=data.text("name"), url=data.url()))


def _render_source_gone(data: _Data, _: Translator) -> Message:
    sentence = _("⛔ {name} no longer exists, its site says. I have stopped reading it.", name=data.text("name"))
    hint = _("If that is a mistake, resume it; if it has a new address, send /addsource with it.")
    return _with_source_button(say(sentence, "\n", hint), data, _("Resume"), "resume")


def _render_source_gap(data: _Data, _: Translator) -> Message:
    sentence = _(
        "{name} published more at once than its feed holds: some articles may be missing. Please look at its site.",
        name=data.text("name"),
    )
    return say(sentence)


def _with_source_button(message: Message, data: _Data, label: str, verb: str) -> Message:
    source_id = data.number("source_id")
    return message.with_buttons([Button(label, f"{verb}:{source_id}")]) if source_id else message


_NOTICES: dict[str, Callable[[_Data, Translator], Message]] = {
    "access_request": _render_access_request,
    "access_granted": _render_access_granted,
    "access_refused": _render_access_refused,
    "source_added": _render_source_added,
    "source_failed": _render_source_failed,
    "source_failing": _render_source_failing,
    "source_back": _render_source_back,
    "source_moved": _render_source_moved,
    "source_gone": _render_source_gone,
    "source_gap": _render_source_gap,
}
