"""`loa sources preview` and `add`: what an address gives is shown first, and kept only on a yes."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import typer

from bot.app import FIRST_TOPIC, App, open_fetcher
from bot.check import get_remedy
from bot.cli.parts import with_app
from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load, out, print_json, print_table
from bot.clock import utcnow
from bot.outside import hide_user
from db import following, polling, previews
from db.models import Source
from db.rules import ARTICLE, join_rules, split_rules
from feeds.discover import Discovery, Kind
from feeds.errors import FeedsError, RulesError
from feeds.preview import look
from feeds.rules import PageRules, check_article_rules
from feeds.types import ArticleRules

Address = Annotated[str, typer.Argument(help="The address of a feed, of a site, or of a page that lists news.")]
RuleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        help=(
            "How to read a page, as name=selector: item, and if wanted title, date, teaser; how to read its articles: "
            "article_title, article_lead, article_body, article_date, article_remove."
        ),
    ),
]
LaxOption = Annotated[
    bool, typer.Option("--allow-bad-certificate", help="Read it although its certificate is not to be trusted.")
]

_KINDS = {Kind.FEED: "a feed", Kind.PAGE: "a page that lists news"}
_NOBODY_TO_ASK = "Nothing was kept: nobody can be asked here. To keep it without being asked, add --yes."


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for: an address and how to read and to name it."""

    url: str
    rules: Mapping[str, str]
    topic: str = FIRST_TOPIC
    name: str = ""
    is_lax: bool = False


def preview_source(
    url: Address,
    rule: RuleOption = None,
    allow_bad_certificate: LaxOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show what an address gives and how it would be read; keep nothing."""
    found = _look(config, _Wanted(_check_address(url), _parse_rules(rule), is_lax=allow_bad_certificate))
    if as_json:
        print_json(_describe(found))
    else:
        _show(found, load(config).office.timezone)


def add_source(
    url: Address,
    topic: Annotated[str, typer.Option(help="The topic its news belongs to.")] = FIRST_TOPIC,
    name: Annotated[str, typer.Option(help="What to call it; its own title if not named.")] = "",
    rule: RuleOption = None,
    allow_bad_certificate: LaxOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Keep it without being asked, for scripts.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Watch a feed, or a page that lists news, from now on; what it gives is shown first."""
    wanted = _Wanted(_check_address(url), _parse_rules(rule), topic, name, allow_bad_certificate)
    if with_app(config, lambda app: _is_settled(app, wanted)):
        out.print("It is watched already.")
    else:
        found = _look(config, wanted)
        _show(found, load(config).office.timezone)
        if not yes:
            _ask()
        out.print(with_app(config, lambda app: _keep(app, wanted, found)))
    if allow_bad_certificate:
        _print("The certificate of its server is not checked: others on the way could change what loa reads.")


def _check_address(text: str) -> str:
    """The address; one that is written without https:// gets it, as in chat."""
    url = text if "://" in text or "@" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_host = not any(map(str.isspace, host)) and ("." in host or ":" in host or host == "localhost")
        is_good = is_host and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        fail("An address begins with http:// or https:// and names a host.", 2)
    return url


def _parse_rules(texts: list[str] | None) -> dict[str, str]:
    names = [field.name for field in fields(PageRules)] + [f"{ARTICLE}{field.name}" for field in fields(ArticleRules)]
    pairs = [text.partition("=") for text in texts or []]
    given = {name.strip(): selector.strip() for name, _, selector in pairs}
    if not set(given) <= set(names):
        fail(f"A rule is one of {', '.join(names)}, such as: --rule 'item=.news li'", 2)
    listing, article = split_rules(given)
    if listing and not listing.get("item"):
        fail("A page needs the rule that selects each piece of news, such as: --rule 'item=.news li'", 2)
    try:
        if listing:
            PageRules(**listing).check()
        check_article_rules(article)
    except RulesError as error:
        fail(f"The rule {error}", 2)
    return given


def _look(config: Path, wanted: _Wanted) -> Discovery:
    async def work() -> Discovery:
        async with open_fetcher(load(config)) as fetcher:
            return await look(fetcher, wanted.url, wanted.rules, utcnow(), allow_bad_certificate=wanted.is_lax)

    try:
        return asyncio.run(work())
    except FeedsError as error:
        fail(f"{hide_user(wanted.url)}: {error}. {get_remedy(error)}", 1)


def _describe(found: Discovery) -> dict[str, Any]:
    items = [{"title": one.title, "url": one.url, "published_at": one.published_at} for one in found.entries]
    url, rules = hide_user(found.url), _list_rules(found)
    return {"url": url, "kind": found.kind.value, "name": found.name, "items": items, "rules": rules}


def _list_rules(found: Discovery) -> dict[str, str]:
    """The ones that are not empty."""
    return {name: selector for name, selector in asdict(found.rules).items() if selector} if found.rules else {}


def _show(found: Discovery, zone: ZoneInfo) -> None:
    _print(f"{found.name}: {_KINDS[found.kind]} at {hide_user(found.url)}")
    dates = [_show_date(one.published_at, zone) for one in found.entries]
    titles = [one.title for one in found.entries]
    if titles:
        print_table(("Date", "Newest articles"), zip(dates, titles, strict=True))
    else:
        _print("It holds no article yet.")
    for name, selector in _list_rules(found).items():
        _print(f"--rule '{name}={selector}'")


def _show_date(moment: datetime | None, zone: ZoneInfo) -> str:
    """The day alone where it is midnight, as it is when a page names no hour."""
    local = moment.astimezone(zone) if moment else None
    return f"{local:%d/%m/%Y %H:%M}".removesuffix(" 00:00") if local else ""


def _print(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def _ask() -> None:
    if not is_terminal():
        fail(_NOBODY_TO_ASK, 1)
    if not typer.confirm("Watch it from now on?"):
        fail("Nothing was kept.", 1)


def is_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty()


async def _is_settled(app: App, wanted: _Wanted) -> bool:
    """Whether the address is watched and nothing is to be mended; its certificate may be allowed now."""
    async with app.database.write() as session:
        source = await polling.find_watched(session, wanted.url)
        if source is None or wanted.rules or _may_be_mended(source):
            return False
        if wanted.is_lax:
            await polling.set_bad_certificate(session, wanted.url, allowed=True)
        return True


def _may_be_mended(source: Source) -> bool:
    return source.kind == "page" or source.failures > 0


async def _keep(app: App, wanted: _Wanted, found: Discovery) -> str:
    """Watch what was found; a source that has the address already is read in the new way."""
    now, listing = utcnow(), asdict(found.rules) if found.rules else {}
    rules = join_rules(listing, split_rules(wanted.rules).article)
    host = (urlsplit(found.url).hostname or "").lower()
    is_lax = wanted.is_lax and host == (urlsplit(wanted.url).hostname or "").lower()
    async with app.database.write() as session:
        source = await polling.find_watched(session, found.url)
        if source is not None:
            await previews.replace_rules(session, source, kind=found.kind.value, rules=rules, now=now)
            if is_lax:
                await polling.set_bad_certificate(session, found.url, allowed=True)
            return "It was watched already, and is read in this way from now on."
        topic = await following.get_or_add_topic(session, wanted.topic, now)
        await polling.add_source(
            session,
            url=found.url,
            host=host,
            name=wanted.name or found.name,
            topic_id=topic.id,
            now=now,
            allow_bad_certificate=is_lax,
            kind=found.kind.value,
            rules=rules,
        )
    return "It is watched from now on."
