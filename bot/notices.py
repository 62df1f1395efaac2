"""The words of notices owed through the outbox, made from their kind and data when they are sent. Pure.

The data is read leniently: a row may have been written by an older loa, and a notice that cannot be worded fully
is better than none.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.accounts import ROLES, name_channel
from bot.locales import Translator
from bot.message import Button, Message, bold, say
from bot.outside import clean, hide_user, show
from bot.reasons import PRIVATE, UNFIT, explain_reason, is_ruled_out
from bot.wording import count_days, join_names

log = logging.getLogger(__name__)


class _Data:
    """A notice's data, fit to be shown."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, key: str, limit: int = 60) -> str:
        return show(str(self._values.get(key) or ""), limit)

    def words(self) -> str:
        """Several lines, as they are."""
        return str(self._values.get("words") or "")[:2000]

    def url(self) -> str:
        return show(hide_user(str(self._values.get("url") or "")), 200)

    def reason(self, _: Translator) -> str:
        return explain_reason(self.text("reason", 300), _, 300)

    def number(self, key: str) -> int:
        """A count or an id; 0 for what is neither."""
        value = self._values.get(key)
        return value if isinstance(value, int) and 0 <= value < 2**31 else 0

    def days(self, key: str, _: Translator) -> str:
        """A number of seconds, said in days."""
        return count_days(timedelta(seconds=self.number(key)), _)

    def items(self, _: Translator) -> list[tuple[str, str]]:
        """Titles and dates, such as `(title, " · 08:30 06/08/2026")`; five at most."""
        values = self._values.get("items")
        pairs = [value for value in values if isinstance(value, list) and len(value) == 2] if values else []
        return [(show(str(title), 140), _show_published(str(date), _)) for title, date in pairs[:5]]

    def rules(self) -> list[tuple[str, str]]:
        values = self._values.get("rules")
        return [(show(str(name), 20), show(str(rule), 200)) for name, rule in values.items()] if values else []

    def texts(self, key: str) -> list[str]:
        values = self._values.get(key)
        return [str(value) for value in values] if isinstance(values, list) else []


def _show_date(date: str, _: Translator) -> str:
    moment = _read_date(date)
    return _.date(moment) if moment else ""


def _show_published(date: str, _: Translator) -> str:
    moment = _read_date(date)
    return f" · {_.published(moment)}" if moment else ""


def _read_date(date: str) -> datetime | None:
    try:
        return datetime.fromisoformat(date) if date else None
    except ValueError:
        return None


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
        _(
            "Account: {address} on {channel}",
            address=data.text("address", 40),
            channel=name_channel(data.text("channel"), _),
        ),
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


def _render_source_preview(data: _Data, _: Translator) -> Message:
    kinds = {"page": _("a page that lists news"), "feed": _("a feed")}
    items = [f"\n• {title}{date}" for title, date in data.items(_)]
    rules = [f"\n{name}: {selector}" for name, selector in data.rules()]
    nothing, reading = _("none yet"), _("How I would read it:")
    message = say(
        bold(data.text("name") or data.url()),
        f"\n{data.url()}\n",
        _("This is {kind}. Its newest articles:", kind=kinds.get(data.text("kind"), kinds["feed"])),
        *(items or [f"\n{nothing}"]),
        f"\n\n{reading}" if rules else "",
        *rules,
        "\n\n",
        _("Shall I watch it?"),
    )
    preview_id = data.number("preview_id")
    yes, no = Button(_("Watch it"), f"keep:{preview_id}"), Button(_("No"), f"discard:{preview_id}")
    return message.with_buttons([yes, no]) if preview_id else message


def _render_role_given(data: _Data, _: Translator) -> Message:
    role = next((_(called) for role, called in ROLES.items() if role.value == data.text("role")), "?")
    return say(_("You are {role} here from now on. /help shows what you can do.", role=role))


def _render_broadcast(data: _Data, _: Translator) -> Message:
    return render_broadcast(data.words(), _)


def render_broadcast(words: str, _: Translator) -> Message:
    """An admin's own words, as they were written."""
    return say(bold(_("📢 From those who run loa")), "\n\n", clean(words).strip() or "…")


def _render_thread_lost(data: _Data, _: Translator) -> Message:
    topics = join_names(data.texts("topics"), _)
    return say(
        _(
            "A topic of this forum is closed or gone. What went there comes here from now on: {topics}. To have it "
            "elsewhere, send /topics in the topic where it belongs.",
            topics=topics,
        )
    )


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


def _render_preview_failed(data: _Data, _: Translator) -> Message:
    return say(
        bold(_("The new source could not be read")),
        f"\n{data.url()}\n",
        _("Reason: {reason}", reason=data.reason(_)),
        "\n",
        _advise(data.text("reason"), _),
    )


def _advise(reason: str, _: Translator) -> str:
    """What to do about an address that gives nothing."""
    if reason in UNFIT:
        return _(
            "Nothing was kept. Please look for the address of the site's RSS feed, or of a page that lists its news, "
            "and send /addsource with it."
        )
    if is_ruled_out(reason):
        return _(
            "Nothing was kept. Please send /addsource with better rules, or with the address alone: I will look for "
            "the news myself."
        )
    if reason == PRIVATE:
        return _("Nothing was kept. If that network is the office's own, whoever keeps my settings can open it to me.")
    return _(
        "Nothing was kept. Please open the address in a browser: if it is right, send /addsource with it again later."
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


def _render_source_silent(data: _Data, _: Translator) -> Message:
    name, quiet, gap = data.text("name"), data.days("quiet", _), data.days("gap", _)
    message = say(
        bold(_("🔕 {name} has had nothing new for {quiet}", name=name, quiet=quiet)),
        "\n",
        _("As a rule it has news every {gap}. I can read it, so it may publish elsewhere now.", gap=gap),
        f"\n{data.url()}\n",
        _("Please look at its site. If it has a new address, send /addsource with it and pause this one."),
    )
    return _with_source_button(message, data, _("Pause"), "pause")


def _render_source_broken(data: _Data, _: Translator) -> Message:
    message = say(
        bold(_("⚠ No news can be found on the page of {name} any more", name=data.text("name"))),
        f"\n{data.url()}\n",
        _("It was redesigned, it seems. Send /addsource with its address: I look for the news anew and show them."),
        "\n",
        _("What it has by then is not sent out as news."),
    )
    return _with_source_button(message, data, _("Pause"), "pause")


def _render_sources_failing(_data: _Data, _: Translator) -> Message:
    return say(
        bold(_("⚠ Many sources cannot be read at once")),
        "\n",
        _("Is the office's connection well? I go on trying. /sources shows how each is doing."),
    )


def _render_sources_back(_data: _Data, _: Translator) -> Message:
    return say(_("✅ The sources that could not be read are coming back. /sources shows how each is doing."))


def _render_long_wait(data: _Data, _: Translator) -> Message:
    channel, until = name_channel(data.text("channel"), _), _show_date(data.text("until"), _)
    return say(
        bold(_("⏳ {channel} asks me to wait for a long time", channel=channel)),
        "\n",
        _("I may write to {chat} again at {until}; nothing is lost.", chat=data.text("chat"), until=until or "?"),
        "\n",
        _("If others have to wait too, I do not tell you again today."),
    )


def _render_quota_near(data: _Data, _: Translator) -> Message:
    return say(
        bold(_("⚠ The month's messages on Zalo are nearly used: {sent} of {limit}", **_count_quota(data, _))),
        "\n",
        _("Until the month ends news is saved up there and told together, twice a day; what is urgent goes at once."),
        "\n",
        _("{people} people read there; a bot without a paid plan serves {most_people}.", **_count_quota(data, _)),
    )


def _render_quota_spent(data: _Data, _: Translator) -> Message:
    return say(
        bold(_("⛔ The month's messages on Zalo are used: {sent} of {limit}", **_count_quota(data, _))),
        "\n",
        _("What is owed there waits for the next month; nothing is lost. A larger plan: zalo.messages_per_month"),
    )


def _render_people_near(data: _Data, _: Translator) -> Message:
    return say(
        bold(_("⚠ {people} people read on Zalo", **_count_quota(data, _))),
        "\n",
        _(
            "A bot without a paid plan serves {most_people}: whoever comes then may hear nothing.",
            **_count_quota(data, _),
        ),
    )


def _count_quota(data: _Data, _: Translator) -> dict[str, str]:
    return {name: _.number(data.number(name)) for name in ("sent", "limit", "people", "most_people")}


def _render_chat_linked(data: _Data, _: Translator) -> Message:
    channel, name = name_channel(data.text("channel"), _), data.text("name")
    message = say(
        bold(_("A chat on {channel} belongs to you from now on: {name}", channel=channel, name=name or "?")),
        "\n",
        _("If that was not you, press the button: then it reads nothing any more."),
    )
    chat_id = data.number("chat_id")
    return message.with_buttons([Button(_("That was not me"), f"unlink:{chat_id}")]) if chat_id else message


def _render_channel_closed(data: _Data, _: Translator) -> Message:
    return say(
        bold(
            _(
                "⛔ {channel} refuses me; I can say and hear nothing there",
                channel=name_channel(data.text("channel"), _),
            )
        ),
        "\n",
        _("Reason: {reason}", reason=data.reason(_)),
        "\n",
        _("Nothing is lost: what is owed there waits. Please mend the settings and start loa again."),
    )


def _with_source_button(message: Message, data: _Data, label: str, verb: str) -> Message:
    source_id = data.number("source_id")
    return message.with_buttons([Button(label, f"{verb}:{source_id}")]) if source_id else message


_NOTICES: dict[str, Callable[[_Data, Translator], Message]] = {
    "access_request": _render_access_request,
    "access_granted": _render_access_granted,
    "access_refused": _render_access_refused,
    "role_given": _render_role_given,
    "broadcast": _render_broadcast,
    "thread_lost": _render_thread_lost,
    "source_added": _render_source_added,
    "source_preview": _render_source_preview,
    "source_failed": _render_source_failed,
    "preview_failed": _render_preview_failed,
    "source_failing": _render_source_failing,
    "source_back": _render_source_back,
    "source_moved": _render_source_moved,
    "source_gone": _render_source_gone,
    "source_gap": _render_source_gap,
    "source_silent": _render_source_silent,
    "source_broken": _render_source_broken,
    "sources_failing": _render_sources_failing,
    "sources_back": _render_sources_back,
    "long_wait": _render_long_wait,
    "people_near": _render_people_near,
    "quota_near": _render_quota_near,
    "quota_spent": _render_quota_spent,
    "chat_linked": _render_chat_linked,
    "channel_closed": _render_channel_closed,
}
