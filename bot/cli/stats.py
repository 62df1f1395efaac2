"""`loa stats`: how much there is, and how much came, was sent and was asked today and lately."""

from datetime import datetime, time, timedelta

from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, JsonOption, load, print_json, print_table
from bot.cli.stored import with_database
from bot.clock import utcnow
from db.engine import Database
from db.tallies import Tally, count_all

DAYS = 30
TODAY, LATELY = "today", f"last {DAYS} days"


def show_stats(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Count sources, articles, chats, messages and searches: all, today's, and those of the last 30 days."""
    settings = load(config)
    zone = settings.office.timezone

    async def work(database: Database) -> list[Tally]:
        today = datetime.combine(utcnow().astimezone(zone), time(), zone)
        async with database.read() as session:
            return await count_all(session, {TODAY: today, LATELY: today - timedelta(days=DAYS - 1)})

    tallies = with_database(settings, work)
    if as_json:
        print_json([{"what": one.what, "all": one.all, **one.since} for one in tallies])
        return
    rows = [(one.what, one.all, one.since.get(TODAY, ""), one.since.get(LATELY, "")) for one in tallies]
    print_table(("", "All", "Today", f"Last {DAYS} days"), rows)
