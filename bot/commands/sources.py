"""/sources, /addsource, /pause and /resume: what is watched. It only writes rows; feeds does the work and reports."""

from datetime import timedelta
from urllib.parse import urlsplit

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import get_page, get_page_buttons
from bot.message import Button, Message, Span, bold, link, say
from bot.outside import hide_user, parse_number, show
from bot.reasons import explain_reason
from db import following, polling
from db.models import Source, SourceState
from db.polling import SourceRow

LONGEST_ADDRESS = 2000
LONGEST_TOPIC = 80


async def list_sources(ask: Ask) -> Answer:
    return reply(await _render_board(ask, 0))


async def turn_sources(ask: Ask) -> Answer:
    return replace(await _render_board(ask, ask.get_numbers(1)[0]))


async def _render_board(ask: Ask, number: int) -> Message:
    sources = await polling.list_sources(ask.session)
    if not sources:
        return say(ask._("No source is watched yet. Send /addsource with the address of a feed."))
    page = get_page(sources, number)
    title = ask._.plural("{n} source", "{n} sources", len(sources))
    lines = [part for row in page.rows for part in _describe(ask, row)]
    hint = ask._("/addsource with an address adds one; /pause and /resume take a number from this list.")
    buttons = get_page_buttons("sources", page.number, page.last, ask._)
    return say(bold(title), *lines, "\n\n", hint).with_buttons(*buttons)


def _describe(ask: Ask, row: SourceRow) -> list[str | Span]:
    source = row.source
    name = link(show(source.name or source.host), hide_user(source.url))
    articles = ask._.plural("{n} article", "{n} articles", row.articles)
    return [f"\n\n{source.id}. ", name, f" · {show(row.topic, 40)} · {articles}\n", _describe_health(ask, source)]


def _describe_health(ask: Ask, source: Source) -> str:
    if source.state is SourceState.PAUSED:
        return ask._("⏸ paused")
    if source.state is SourceState.GONE:
        return ask._("⛔ gone: its site says it no longer exists")
    if source.failures:
        times, reason = source.failures, explain_reason(source.reason, ask._)
        return ask._.plural("⚠ failed {n} time: {reason}", "⚠ failed {n} times: {reason}", times, reason=reason)
    if source.last_ok_at is None:
        return ask._("not read yet")
    rhythm = ask._.duration(timedelta(seconds=source.interval or 0))
    read_at = ask._.date(source.last_ok_at)
    return ask._("✅ read {date}, about every {rhythm}", date=read_at, rhythm=rhythm)


async def add_source(ask: Ask) -> Answer:
    """`/addsource URL [topic]`; what it gives is told through the outbox once it was tried."""
    address, topic = (*ask.args.split(maxsplit=1), "", "")[:2]
    url, host = _parse_address(address)
    if not host:
        return reply(
            say(ask._("Please send the whole web address of a feed, such as: /addsource https://example.vn/rss"))
        )
    if len(topic) > LONGEST_TOPIC:
        return reply(say(ask._("That name for a topic is too long; please choose a shorter one.")))
    return reply(say(await _add(ask, url, host, topic)))


def _parse_address(text: str) -> tuple[str, str]:
    """The address and its host in lower case; an empty host for what loa cannot fetch."""
    url = text if "://" in text or "@" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    is_good = parts.scheme in ("http", "https") and ("." in host or ":" in host or host == "localhost")
    return (url, host.lower()) if is_good and len(url) <= LONGEST_ADDRESS else ("", "")


async def _add(ask: Ask, url: str, host: str, topic_name: str) -> str:
    topic = await following.get_or_add_topic(ask.session, topic_name or ask.rules.first_topic, ask.now)
    source = await polling.add_source(
        ask.session, url=url, host=host, name="", topic_id=topic.id, now=ask.now, chat_id=ask.chat.id
    )
    shown = show(hide_user(url), 200)
    if source is None:
        return ask._("{url} is watched already. /sources shows all.", url=shown)
    return ask._(
        "Thank you. {url} will be read now, for the topic {topic}; I will tell you what it gives.",
        url=shown,
        topic=show(topic.name),
    )


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
    if await polling.get_source(ask.session, ask.get_numbers(1)[0]) is None:
        raise StaleError
    return await _set_state(ask, pausing=pausing)


async def _set_state(ask: Ask, *, pausing: bool) -> Answer:
    number = parse_number(ask.args.strip())
    source = await polling.get_source(ask.session, number) if number is not None else None
    if source is None:
        return reply(say(ask._("Please add the number of a source, as /sources shows it.")))
    if pausing:
        return _confirm_pause(ask, source, changed=await polling.pause_source(ask.session, source.id))
    return _confirm_resume(ask, source, changed=await polling.resume_source(ask.session, source.id, ask.now))


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
