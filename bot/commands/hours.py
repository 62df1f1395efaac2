"""/digest and /quiet: when a chat is told its news, by buttons and by typed times."""

from collections.abc import Callable
from typing import Any

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.locales import Translator
from bot.message import Button, Message, bold, say
from db import outbox
from db.clock import parse_spans, parse_times, write_spans, write_times
from db.hours import Hours, choose_hours, find_meant
from db.text import fold

#: What the boards offer; whoever wants other times types them.
DIGESTS = ("07:30", "07:30 16:30", "16:30")
SILENCES = ("20:00-07:00", "22:00-06:00")
_OFF = {"off", "no", "none", "at once", "ngay", "khong", "tat"}
_OFFICE = {"office", "co quan", "mac dinh"}


async def manage_digest(ask: Ask) -> Answer:
    """`/digest` shows the board, `/digest 7:30 16:30` chooses times, `/digest off` news at once."""
    if ask.args and not await set_digests(ask, ask.args):
        return reply(say(ask._("I did not understand these times."), "\n", _explain_digest(ask)))
    return reply(_render_digest(ask))


async def press_digest(ask: Ask) -> Answer:
    """`digest` opens the board; `digest:07:30 16:30`, `digest:off` and `digest:office` choose."""
    if not ask.args:
        return reply(_render_digest(ask))
    if not await set_digests(ask, ask.args):
        raise StaleError
    return replace(_render_digest(ask), ask._("Noted."))


async def manage_quiet(ask: Ask) -> Answer:
    """`/quiet` shows the board, `/quiet 20:00-07:00` chooses hours, `/quiet off` none."""
    if ask.args and not await _choose(ask, "quiet", ask.args, lambda text: write_spans(parse_spans(text))):
        return reply(say(ask._("I did not understand these times."), "\n", _explain_quiet(ask)))
    return reply(_render_quiet(ask))


async def press_quiet(ask: Ask) -> Answer:
    """`quiet` opens the board; `quiet:20:00-07:00`, `quiet:off`, `quiet:office`, `quiet:weekends`, `quiet:holidays`."""
    if not ask.args:
        return reply(_render_quiet(ask))
    hours = get_hours(ask)
    rests = {"weekends": hours.rests_on_weekends, "holidays": hours.rests_on_holidays}
    if ask.args in rests:
        await _store(ask, ask.chat.hours | {ask.args: not rests[ask.args]})
    elif not await _choose(ask, "quiet", ask.args, lambda text: write_spans(parse_spans(text))):
        raise StaleError
    return replace(_render_quiet(ask), ask._("Noted."))


async def set_digests(ask: Ask, text: str) -> bool:
    """Times as a person writes them, `off`, or `office`; false when nobody can tell what is meant."""
    return await _choose(ask, "digests", text, lambda text: write_times(parse_times(text)))


async def _choose(ask: Ask, name: str, text: str, write: Callable[[str], list[str]]) -> bool:
    """Note what the chat wants; false when nobody can tell what that is."""
    word = " ".join(fold(text).split())
    if word in _OFFICE:
        office = ("quiet", "weekends", "holidays") if name == "quiet" else (name,)
        await _store(ask, {key: value for key, value in ask.chat.hours.items() if key not in office})
        return True
    try:
        await _store(ask, ask.chat.hours | {name: [] if word in _OFF else write(text)})
    except ValueError:
        return False
    return True


async def _store(ask: Ask, hours: dict[str, Any]) -> None:
    """What waited by the old hours is looked at anew."""
    ask.chat.hours = hours
    await outbox.wake(ask.session, ask.now, ask.chat.id)


def get_hours(ask: Ask) -> Hours:
    return choose_hours(ask.rules.hours, ask.chat.hours)


def _render_digest(ask: Ask) -> Message:
    _, hours = ask._, get_hours(ask)
    chosen = " ".join(write_times(hours.digests))
    first = describe_digests(ask, _)
    if hours.digests:
        soon = _("The next time is {date}.", date=_.date(find_meant(ask.rules.hours, hours, ask.now)))
        first = f"{first} {soon}"
    message = say(bold(_("Digests")), "\n", first, *_tell_office(ask, "digests"), "\n\n", _explain_digest(ask))
    rows = [(mark(_("At once"), "digest:off", is_on=not hours.digests),)]
    rows += [(mark(_.join(one.split()), f"digest:{one}", is_on=one == chosen),) for one in DIGESTS]
    return message.with_buttons(*rows, *_offer_office(ask, "digest", "digests"))


def describe_digests(ask: Ask, _: Translator) -> str:
    if times := write_times(get_hours(ask).digests):
        return _("Your news comes all together, at {times}.", times=_.join(times))
    return _("Your news comes at once.")


def _explain_digest(ask: Ask) -> str:
    command = ask.write_command("diemtin", "digest")
    return ask._("For other times, write: /{command} 8:00 17:30", command=command)


def _render_quiet(ask: Ask) -> Message:
    _, hours = ask._, get_hours(ask)
    chosen = " ".join(write_spans(hours.quiet))
    first = describe_quiet(ask, _)
    meanwhile = _("What comes while it is quiet waits, and comes in one message. Urgent words come at any hour.")
    office = _tell_office(ask, "quiet", "weekends", "holidays")
    message = say(bold(_("Quiet hours")), "\n", first, *office, "\n", meanwhile, "\n\n", _explain_quiet(ask))
    rows = [(mark(_("No quiet hours"), "quiet:off", is_on=not hours.quiet),)]
    rows += [(mark(one.replace("-", "–"), f"quiet:{one}", is_on=one == chosen),) for one in SILENCES]
    rests = (
        mark(_("Quiet on weekends"), "quiet:weekends", is_on=hours.rests_on_weekends),
        mark(_("Quiet on holidays"), "quiet:holidays", is_on=hours.rests_on_holidays),
    )
    return message.with_buttons(*rows, rests, *_offer_office(ask, "quiet", "quiet", "weekends", "holidays"))


def describe_quiet(ask: Ask, _: Translator) -> str:
    spans = _.join([one.replace("-", "–") for one in write_spans(get_hours(ask).quiet)])
    return _("Quiet hours: {spans}.", spans=spans) if spans else _("There are no quiet hours.")


def _explain_quiet(ask: Ask) -> str:
    command = ask.write_command("yenlang", "quiet")
    return ask._("For other hours, write: /{command} 21:00-6:30", command=command)


def _tell_office(ask: Ask, *names: str) -> tuple[str, ...]:
    has_own = any(name in ask.chat.hours for name in names)
    return () if has_own else (" ", ask._("So the office has it."))


def _offer_office(ask: Ask, verb: str, *names: str) -> list[tuple[Button, ...]]:
    has_own = any(name in ask.chat.hours for name in names)
    return [(Button(ask._("As the office has it"), f"{verb}:office"),)] if has_own else []


def mark(label: str, action: str, *, is_on: bool) -> Button:
    return Button(f"{'✅' if is_on else '▫️'} {label}", action)
