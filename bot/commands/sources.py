"""/sources, /pause and /resume: what is watched. It only writes rows; feeds does the work and reports."""

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import get_page, get_page_buttons
from bot.locales import N_
from bot.message import Button, Message, Span, bold, link, say
from bot.outside import hide_user, parse_number, show
from bot.reasons import explain_reason
from bot.wording import count_days
from db import polling
from db.health import Health, HealthState, get_health
from db.models import Act, Source, SourceState
from db.polling import SourceRow

_STATES = {
    HealthState.PAUSED: N_("⏸ paused"),
    HealthState.GONE: N_("⛔ gone: its site says it no longer exists"),
    HealthState.BROKEN: N_(
        "⚠ no news can be found on its page since {since}: it was redesigned. Send /addsource with its address."
    ),
    HealthState.NEW: N_("not read yet"),
    HealthState.SILENT: N_("🔕 nothing new since {since}, as a rule every {gap}: has it moved?"),
    HealthState.GAP: N_("⚠ some articles may be missing since {since}: please look at its site"),
    HealthState.MOVED: N_("✅ read at its new address since {since}"),
}


async def list_sources(ask: Ask) -> Answer:
    return reply(await _render_board(ask, 0))


async def turn_sources(ask: Ask) -> Answer:
    """`sources` opens the board in a message of its own, `sources:PAGE` turns its page."""
    if not ask.args:
        return await list_sources(ask)
    return replace(await _render_board(ask, ask.get_numbers(1)[0]))


async def _render_board(ask: Ask, number: int) -> Message:
    sources = await polling.list_sources(ask.session)
    if not sources:
        return say(ask._("No source is watched yet. Send /addsource with the address of a feed."))
    page = get_page(sources, number)
    title = ask._.plural("{n} source", "{n} sources", len(sources))
    lines = [part for row in page.rows for part in ("\n\n", *describe_source(ask, row))]
    hint = ask._("/addsource with an address adds one; a button opens one to pause, move, rename or remove it.")
    turns = get_page_buttons("sources", page.number, page.last, ask._)
    numbers = [Button(f"{row.source.id}", f"source:{row.source.id}:{page.number}") for row in page.rows]
    return say(bold(title), *lines, "\n\n", hint).with_buttons(numbers[:4], numbers[4:], *turns)


def describe_source(ask: Ask, row: SourceRow) -> list[str | Span]:
    """Its number and name, its topic, how much it brought and how it fares, in two lines."""
    source = row.source
    name = link(show(source.name or source.host), hide_user(source.url))
    articles = ask._.plural("{n} article", "{n} articles", row.articles)
    return [f"{source.id}. ", name, f" · {show(row.topic, 40)} · {articles}\n", _describe_health(ask, source)]


def _describe_health(ask: Ask, source: Source) -> str:
    health = get_health(source, ask.now)
    line = _describe_state(ask, source, health)
    if source.allow_bad_certificate:
        line += "\n" + ask._("🔓 the certificate of its server is not checked")
    return line


def _describe_state(ask: Ask, source: Source, health: Health) -> str:
    if health.state is HealthState.FAILING:
        times, reason = source.failures, explain_reason(source.reason, ask._)
        return ask._.plural("⚠ failed {n} time: {reason}", "⚠ failed {n} times: {reason}", times, reason=reason)
    gap = count_days(health.rhythm.gap, ask._) if health.rhythm else ""
    if health.state is HealthState.WELL:
        read_at = ask._.date(source.last_ok_at or ask.now)
        if gap:
            return ask._("✅ read {date}, with news about every {gap}", date=read_at, gap=gap)
        return ask._("✅ read {date}", date=read_at)
    since = ask._.date(health.since) if health.since else ask._("never")
    return ask._(_STATES[health.state], since=since, gap=gap)


async def pause(ask: Ask) -> Answer:
    """`/pause 3`, or the button `pause:3`."""
    return await _set_state(ask, pausing=True)


async def resume(ask: Ask) -> Answer:
    """`/resume 3`, or the button `resume:3`."""
    return await _set_state(ask, pausing=False)


async def press_pause(ask: Ask) -> Answer:
    return await _press(ask, pausing=True)


async def press_resume(ask: Ask) -> Answer:
    return await _press(ask, pausing=False)


async def _press(ask: Ask, *, pausing: bool) -> Answer:
    source = await polling.get_source(ask.session, ask.get_numbers(1)[0])
    if source is None or source.state is SourceState.REMOVED:
        raise StaleError
    return await _set_state(ask, pausing=pausing)


async def _set_state(ask: Ask, *, pausing: bool) -> Answer:
    number = parse_number(ask.args.strip())
    source = await polling.get_source(ask.session, number) if number is not None else None
    if source is not None and source.state is SourceState.REMOVED:
        source = None
    if number is None:
        return reply(say(ask._("Please add the number of a source, as /sources shows it.")))
    if source is None:
        return reply(say(ask._("No source has the number {number}. /sources shows them all.", number=number)))
    if pausing:
        changed = await polling.pause_source(ask.session, source.id)
    else:
        changed = await polling.resume_source(ask.session, source.id, ask.now)
    if changed:
        await ask.note(Act.SOURCE_PAUSED if pausing else Act.SOURCE_RESUMED, what=source.name or source.host)
    confirm = _confirm_pause if pausing else _confirm_resume
    return confirm(ask, source, changed=changed)


def _confirm_pause(ask: Ask, source: Source, *, changed: bool) -> Answer:
    name = show(source.name or source.host)
    if not changed:
        return reply(say(ask._("{name} was not being read.", name=name)))
    resume_button = Button(ask._("Resume"), f"resume:{source.id}")
    return reply(say(ask._("⏸ {name} is paused.", name=name)).with_buttons([resume_button]))


def _confirm_resume(ask: Ask, source: Source, *, changed: bool) -> Answer:
    name = show(source.name or source.host)
    if not changed:
        return reply(say(ask._("{name} is being read already.", name=name)))
    return reply(say(ask._("▶ {name} will be read again now.", name=name)))
