"""Tests what the settings name: the database, the token, each source; says what to mend. It changes nothing."""

from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from bot.app import open_fetcher, utcnow
from bot.channel import ChannelError
from bot.config import AccessMode, Settings, require_telegram
from bot.config_problems import SettingsError
from bot.outside import hide_user
from bot.telegram import check_telegram
from db import migrate, polling
from db.engine import Database, get_cause
from feeds.errors import FeedsError, ForbiddenAddressError, ParseError
from feeds.fetch import Fetcher
from feeds.parse import parse_feed

_REMEDY = "Open the address in a browser; if it works there, try again later."
_REMEDIES = {
    "the server's certificate is not trusted": (
        "Tell the site's office. If it is theirs all the same: loa sources add ADDRESS --allow-bad-certificate"
    )
}


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
    findings.append(await _check_telegram(settings))
    findings.append(_check_admins(settings))
    sources = {source.url: source.allow_bad_certificate for source in settings.sources} | sources
    if not sources:
        findings.append(Finding("sources", True, "none yet", "Name one in [[sources]], or send /addsource to the bot."))
    async with open_fetcher(settings) as fetcher:
        return findings + [await _check_source(fetcher, url, is_lax) for url, is_lax in sources.items()]


async def _check_database(settings: Settings) -> tuple[Finding, dict[str, bool]]:
    """The finding, and the addresses of the sources in it, with whether each may show a bad certificate."""
    database = Database(settings.database.url)
    if database.is_new:
        return Finding("database", True, f"{database.url.database} will be made by the first loa run"), {}
    try:
        if not await migrate.is_current(database):
            return Finding("database", False, "of another version", "Run: loa db upgrade"), {}
        async with database.read() as session:
            rows = await polling.list_sources(session)
    except SQLAlchemyError as error:
        remedy = "Is the server running, and the address in [database] right? May loa write to the folder?"
        return Finding("database", False, get_cause(error), remedy), {}
    finally:
        await database.close()
    sources = {row.source.url: row.source.allow_bad_certificate for row in rows}
    return Finding("database", True, f"{len(rows)} sources in it"), sources


def _check_admins(settings: Settings) -> Finding:
    if settings.telegram.admins or settings.access.mode is AccessMode.OPEN:
        return Finding("admins", True, f"{len(settings.telegram.admins)} named")
    remedy = "Write your own Telegram user number into telegram.admins, or nobody can let people in from a chat."
    return Finding("admins", False, "none named", remedy)


async def _check_telegram(settings: Settings) -> Finding:
    try:
        require_telegram(settings)
    except SettingsError as error:
        return Finding("telegram", False, "no token", error.problems[0].remedy)
    try:
        return Finding("telegram", True, f"@{await check_telegram(settings.telegram)}")
    except ChannelError as error:
        remedy = (
            "Is the token whole, as @BotFather gave it? Can this machine reach telegram.api_url, or is a proxy needed?"
        )
        return Finding("telegram", False, error.reason, remedy)


async def _check_source(fetcher: Fetcher, url: str, is_lax: bool) -> Finding:
    name = f"source {hide_user(url)}"
    try:
        feed = parse_feed(await fetcher.get(url, allow_bad_certificate=is_lax), utcnow())
    except ForbiddenAddressError as error:
        return Finding(name, False, str(error), "If it is the office's own network, name it in polling.allow_networks.")
    except ParseError as error:
        return Finding(name, False, str(error), "Look for the address of the site's RSS feed.")
    except FeedsError as error:
        return Finding(name, False, str(error), _REMEDIES.get(str(error), _REMEDY))
    return Finding(name, True, f"{len(feed.entries)} articles, {feed.title or 'without a title'}")
