"""Tests what the settings name: database, token, model, each source; says what to mend. It changes nothing."""

from collections.abc import Awaitable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from bot import telegram, zalo
from bot.app import open_fetcher, open_language_model
from bot.channel import ChannelError, TemporaryError
from bot.clock import utcnow
from bot.config import AccessMode, HttpSettings, Settings, require_telegram
from bot.config_problems import SettingsError
from bot.outside import hide_user
from db import migrate, polling
from db.engine import Database, get_cause
from db.models import VerdictKind
from feeds.errors import (
    FeedsError,
    ForbiddenAddressError,
    LayoutError,
    ModelError,
    PageError,
    ParseError,
    RobotsError,
    RulesError,
)
from feeds.fetch import Fetcher
from feeds.listing import parse_listing
from feeds.parse import parse_feed
from feeds.rules import PageRules
from feeds.types import Feed, Size, Story

_REMEDY = "Open the address in a browser; if it works there, try again later."
_REMEDIES = {
    "the server's certificate is not trusted": (
        "Tell the site's office. If it is theirs all the same: loa sources add ADDRESS --allow-bad-certificate"
    )
}


#: What the language model is asked to try it: the fewest tokens.
_TRIAL = Story("Giao ban", paragraphs=("Cục Thống kê giao ban công tác tháng và yêu cầu các đơn vị báo cáo đúng hạn.",))
_MODEL_REMEDIES = {
    VerdictKind.SILENT: "Is the server running, and model.base_url its address? Is model.timeout long enough?",
    VerdictKind.REFUSED: "Is model.api_key right, and model.name a model that the server has?",
}
_NO_MODEL = "Is model.base_url the address of an interface such as OpenAI's? It often ends in /v1."


class _Watched(NamedTuple):
    """How a source is read."""

    is_lax: bool
    kind: str
    rules: Mapping[str, str]


class Finding(NamedTuple):
    """One thing that was tested, what was found, and what to do if it is not well."""

    what: str
    ok: bool
    found: str
    remedy: str = ""


async def check_all(settings: Settings) -> list[Finding]:
    """Everything, one after the other; nothing that fails keeps the rest from being tested."""
    database_finding, sources = await _check_database(settings)
    findings = [Finding("settings", True, "every value can be read"), database_finding]
    findings += await _check_bots(settings)
    findings += await _check_webhooks(settings)
    findings.append(_check_admins(settings))
    findings += await _check_model(settings)
    sources = _list_named(settings) | sources | _list_named(settings, kind="page")
    if not sources:
        findings.append(Finding("sources", True, "none yet", "Name one in [[sources]], or send /addsource to the bot."))
    async with open_fetcher(settings) as fetcher:
        return findings + [await _check_source(fetcher, url, source) for url, source in sources.items()]


def _list_named(settings: Settings, *, kind: str | None = None) -> dict[str, _Watched]:
    """The sources that the file names, or only those of one kind."""
    named = [source for source in settings.sources if kind in (None, source.kind)]
    return {one.url: _Watched(one.allow_bad_certificate, one.kind, one.rules) for one in named}


async def _check_database(settings: Settings) -> tuple[Finding, dict[str, _Watched]]:
    """The finding, and the sources in it by their addresses."""
    database = Database(settings.database.url)
    if obstacle := database.find_obstacle():
        return Finding(
            "database", False, obstacle, "Run loa as the user that owns the folder, or change [database]."
        ), {}
    if database.is_new:
        return Finding("database", True, f"{database.url.database} will be made by the first loa run"), {}
    try:
        if not await migrate.is_current(database):
            return Finding("database", False, "of another version", "Run: loa db upgrade"), {}
        async with database.read() as session:
            rows = await polling.list_sources(session)
    except migrate.NewerDatabaseError:
        return Finding("database", False, "of a newer version of loa", "Install that version again."), {}
    except SQLAlchemyError as error:
        remedy = "Is the server running, and the address in [database] right? May loa write to the folder?"
        return Finding("database", False, get_cause(error), remedy), {}
    finally:
        await database.close()
    sources = {source.url: _Watched(source.allow_bad_certificate, source.kind, source.rules) for source, _, _ in rows}
    return Finding("database", True, f"sources in it: {len(rows)}"), sources


def _check_admins(settings: Settings) -> Finding:
    named = len(settings.telegram.admins) + len(settings.zalo.admins)
    if named or settings.access.mode is AccessMode.OPEN:
        return Finding("admins", True, f"{named} named")
    remedy = "Write your own Telegram user number into telegram.admins, or nobody can let people in from a chat."
    return Finding("admins", False, "none named", remedy)


async def _check_bots(settings: Settings) -> list[Finding]:
    """Telegram where it is named or nothing else is, Zalo where it is named."""
    on_zalo = [await _check_zalo(settings)] if settings.zalo.token else []
    return on_zalo if on_zalo and not settings.telegram.token else [await _check_telegram(settings), *on_zalo]


async def _check_zalo(settings: Settings) -> Finding:
    try:
        return Finding("zalo", True, await zalo.check_zalo(settings.zalo))
    except ChannelError as error:
        remedy = "Can this machine reach zalo.api_url?"
        return Finding("zalo", False, error.reason, _ask_for_token(error, "Zalo Bot Creator", remedy))


async def _check_telegram(settings: Settings) -> Finding:
    try:
        require_telegram(settings)
    except SettingsError as error:
        return Finding("telegram", False, "no token", error.problems[0].remedy)
    try:
        return Finding("telegram", True, f"@{await telegram.check_telegram(settings.telegram)}")
    except ChannelError as error:
        remedy = "Can this machine reach telegram.api_url, or is a proxy needed?"
        return Finding("telegram", False, error.reason, _ask_for_token(error, "@BotFather", remedy))


def _ask_for_token(error: ChannelError, giver: str, remedy: str) -> str:
    """What to do about a platform that did not answer well; its token is in doubt only where it answered."""
    return remedy if isinstance(error, TemporaryError) else f"Is the token whole, as {giver} gave it? {remedy}"


async def _check_webhooks(settings: Settings) -> list[Finding]:
    """One finding for each that the settings name."""
    asking: list[tuple[str, str, Awaitable[str]]] = []
    if settings.telegram.token and settings.telegram.webhook_url:
        asking.append(("telegram", settings.telegram.webhook_url, telegram.check_webhook(settings.telegram)))
    if settings.zalo.token and settings.zalo.webhook_url:
        asking.append(("zalo", settings.zalo.webhook_url, zalo.check_webhook(settings.zalo)))
    return [await _check_webhook(name, urlsplit(url).path, answer, settings.http) for name, url, answer in asking]


async def _check_webhook(name: str, path: str, answer: Awaitable[str], http: HttpSettings) -> Finding:
    try:
        return Finding(f"{name} webhook", True, await answer)
    except ChannelError as error:
        place = f"http://{http.host}:{http.port}{path}"
        remedy = f"Does the office's TLS server pass {path} on to {place}, and does the world trust its certificate?"
        return Finding(f"{name} webhook", False, error.reason, remedy)


async def _check_model(settings: Settings) -> list[Finding]:
    """One finding where a model is named."""
    async with open_language_model(settings) as model:
        if model is None:
            return []
        try:
            await model.ask(_TRIAL, Size(), utcnow())
        except ModelError as error:
            return [Finding("language model", False, error.detail, _MODEL_REMEDIES.get(error.kind, _NO_MODEL))]
        return [Finding("language model", True, f"{settings.model.name} answers")]


def get_remedy(error: FeedsError) -> str:
    """What to do about an address that gives nothing."""
    if isinstance(error, ForbiddenAddressError) and "allow_networks" in str(error):
        return 'If it is the office\'s own network, write it below [polling], such as: allow_networks = ["10.0.0.0/8"]'
    if isinstance(error, RobotsError):
        return "Ask the site's office for a feed, or for leave to read the page."
    if isinstance(error, RulesError | LayoutError):
        return "Find new rules with: loa sources add ADDRESS"
    if isinstance(error, ParseError | PageError):
        return "Look for the address of the site's RSS feed, or of a page that lists its news."
    return _REMEDIES.get(str(error), _REMEDY)


async def _check_source(fetcher: Fetcher, url: str, source: _Watched) -> Finding:
    name = f"source {hide_user(url)}"
    try:
        feed = await _read(fetcher, url, source)
    except FeedsError as error:
        return Finding(name, False, str(error), get_remedy(error))
    return Finding(name, True, f"{len(feed.entries)} articles, {feed.title or 'without a title'}")


async def _read(fetcher: Fetcher, url: str, source: _Watched) -> Feed:
    """What a poll would find there."""
    rules = PageRules(**source.rules) if source.kind == "page" else None
    if rules:
        rules.check()
        await fetcher.robots.check(url, utcnow(), allow_bad_certificate=source.is_lax)
    page = await fetcher.get(url, allow_bad_certificate=source.is_lax)
    return parse_listing(page, rules, utcnow()) if rules else parse_feed(page, utcnow())
