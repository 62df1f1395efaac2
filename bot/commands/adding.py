"""/addsource: an address is looked at first, and watched only on a yes. It only writes rows; feeds reports."""

import re
from urllib.parse import urlsplit

from bot.asked import Answer
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.message import say
from bot.outside import hide_user, show
from db import following, polling, previews
from db.models import Act, Preview, PreviewState, Source
from db.rules import split_rules

LONGEST_ADDRESS = 2000
LONGEST_TOPIC = 80
LONGEST_RULE = 300
#: What a rule can be given for, one a line: the parts of a page's list (`item: .news li`), and those of its articles.
RULES = (
    *("item", "title", "date", "teaser"),
    *("article_title", "article_lead", "article_body", "article_date", "article_remove"),
)

_RULE = re.compile(rf"({'|'.join(RULES)})\s*[:=]\s*(.+)", re.IGNORECASE)


async def add_source(ask: Ask) -> Answer:
    """`/addsource URL [topic]`, with rules for a page on lines of their own; what it gives is told by the outbox."""
    first, *lines = ask.args.splitlines() or [""]
    address, topic = (*first.split(maxsplit=1), "", "")[:2]
    url, host = _parse_address(address)
    if not host:
        return reply(
            say(
                ask._("Please send the whole web address of a site or feed, such as: /addsource https://example.vn/rss")
            )
        )
    if len(topic) > LONGEST_TOPIC:
        return reply(say(ask._("That name for a topic is too long; please choose a shorter one.")))
    rules = _parse_rules(lines)
    if rules is None:
        return reply(say(ask._("Each further line is a rule, such as: item: .news li. An item must be among them.")))
    return reply(say(await _look(ask, url, host, topic=topic, rules=rules)))


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


def _parse_rules(lines: list[str]) -> dict[str, str] | None:
    """The selectors by name; None when a line is no rule, or a list has no item."""
    found = [_RULE.fullmatch(line.strip()) for line in lines if line.strip()]
    rules = {match[1].lower(): match[2].strip() for match in found if match}
    is_good = len(rules) == len(found) and all(len(rule) <= LONGEST_RULE for rule in rules.values())
    listing = split_rules(rules).listing
    return rules if is_good and ("item" in listing or not listing) else None


async def _look(ask: Ask, url: str, host: str, *, topic: str, rules: dict[str, str]) -> str:
    shown = show(hide_user(url), 200)
    source = await polling.find_watched(ask.session, url)
    if source is not None and not rules and not _may_be_mended(source):
        return ask._("{url} is watched already. /sources shows all.", url=shown)
    await previews.add_preview(
        ask.session, chat_id=ask.chat.id, url=url, host=host, topic=topic, rules=dict(rules), now=ask.now
    )
    return ask._("Thank you. I will have a look at {url} now and show you what it gives.", url=shown)


def _may_be_mended(source: Source) -> bool:
    return source.kind == "page" or source.failures > 0


async def keep(ask: Ask) -> Answer:
    """`keep:PREVIEW`: watch it from now on; a source of that address is read by the new rules."""
    preview = await _get_preview(ask)
    preview.state = PreviewState.DONE
    source = await polling.find_watched(ask.session, preview.url)
    if source is not None:
        await previews.replace_rules(ask.session, source, kind=preview.kind, rules=preview.rules, now=ask.now)
        await ask.note(Act.SOURCE_MENDED, what=source.name or source.host)
        sentence = ask._("✅ {name} is read in the new way from now on.", name=show(source.name or source.host))
        return replace(say(sentence), sentence)
    topic = await _watch(ask, preview)
    name = show(preview.name or preview.host)
    sentence = ask._("✅ {name} is watched from now on, for the topic {topic}.", name=name, topic=show(topic))
    return replace(say(sentence), sentence)


async def _watch(ask: Ask, preview: Preview) -> str:
    topic = await following.get_or_add_topic(ask.session, preview.topic or ask.rules.first_topic, ask.now)
    host = urlsplit(preview.url).hostname or preview.host
    await polling.add_source(
        ask.session,
        url=preview.url,
        host=host,
        name=preview.name,
        topic_id=topic.id,
        now=ask.now,
        chat_id=ask.chat.id,
        kind=preview.kind,
        rules=preview.rules,
    )
    await ask.note(Act.SOURCE_ADDED, what=preview.name or preview.host, detail=topic.name)
    return topic.name


async def discard(ask: Ask) -> Answer:
    """`discard:PREVIEW`"""
    preview = await _get_preview(ask)
    preview.state = PreviewState.DONE
    sentence = ask._("Nothing was kept of {url}.", url=show(hide_user(preview.url), 200))
    return replace(say(sentence), sentence)


async def _get_preview(ask: Ask) -> Preview:
    preview = await previews.get_preview(ask.session, ask.get_numbers(1)[0], ask.chat.id)
    if preview is None:
        raise StaleError
    return preview
