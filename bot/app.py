"""The composition root: makes the parts and hands them to each other. `bot.run` sets them to work."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import Channel
from bot.clock import utcnow
from bot.config import EXAMPLE_ARTICLE_RULES, EXAMPLE_RULES, Problem, Settings, SettingsError, SourceSettings
from bot.conversation import Conversation, Rules
from bot.deliver import Courier
from bot.flood import Flood
from bot.inbox import Inbox
from bot.loop import Step
from bot.message import Message
from bot.metrics import Measured, Metrics
from bot.outside import hide_user
from bot.push import render_for
from bot.standin import StandIn
from db import following, gauges, managing, members, migrate, outbox, polling, previews
from db.engine import Database
from db.index import SearchIndex
from db.index_writer import Writer
from db.indexing import index_some
from db.outbox import Due
from db.polling import SourceRow
from db.rules import split_rules
from db.statements import wait_in_line
from feeds.errors import RulesError
from feeds.fetch import Fetcher, create_client
from feeds.model import Model, ModelRules, open_model
from feeds.opml import Outline, render_opml
from feeds.poll import Poller, PollRules
from feeds.preview import preview_one
from feeds.rules import PageRules, check_article_rules
from feeds.summarise import summarise_one
from feeds.types import Size
from feeds.workers import Workers, open_workers

#: Makes the address that carries an invitation's code on one channel.
InviteLink = Callable[[str], str]

#: How many messages are on their way at once on a channel: one that hangs holds one of them for 15 s, and no chat.
LANES = 256
#: How many articles are read at once.
READERS = 4
#: How many questions of one person are answered at once, and how many seconds it takes until as many are again.
FLOOD = (40, 60)
#: The same of tries to come in with an invitation.
GUESSES = (5, 3600)
#: The channels that take no files, and those that show an article's picture with its news.
FILELESS, PICTURED = frozenset({"zalo"}), frozenset({"telegram", "zalo"})
#: The topic of sources for which none was named.
FIRST_TOPIC = "Tin chung"


@dataclass(frozen=True, slots=True)
class App:
    """The parts of a running loa that channels and the command line need."""

    settings: Settings
    database: Database
    fetcher: Fetcher
    model: Model | None
    poller: Poller
    writer: Writer
    conversation: Conversation
    links: dict[str, InviteLink]
    inboxes: Mapping[str, Inbox]
    now: Callable[[], datetime]
    metrics: Metrics = field(default_factory=Metrics)
    workers: Workers | None = None

    def make_poll_steps(self) -> Sequence[Step]:
        return [self.poll] * self.settings.polling.concurrency

    def make_read_steps(self) -> Sequence[Step]:
        return [*[self.read] * READERS, self.preview]

    def make_index_steps(self) -> Sequence[Step]:
        return [self.index]

    def make_feed_steps(self) -> Sequence[Step]:
        """Polling and reading, as many loops of each as run side by side; previews, and the search index."""
        return [*self.make_poll_steps(), *self.make_read_steps(), *self.make_index_steps()]

    def make_delivery_steps(self, channel: Channel, stop: asyncio.Event) -> Sequence[Step]:
        """One sender for each channel, which stands in for the others; on `stop` it claims nothing more."""
        courier = Courier(
            self.database,
            channel,
            self._render,
            lanes=LANES,
            now=self.now,
            stop=stop,
            fold_over=self.settings.delivery.fold_over,
            count=self.metrics.count,
            office=self.settings.office.hours,
        )
        others = self.inboxes.keys() - {channel.name}
        return [courier.deliver, StandIn(self.database, channel, others, self.now).stand_in]

    async def poll(self) -> bool:
        has_polled = await self.poller.poll_one()
        self.metrics.polls.inc(has_polled)
        return has_polled

    async def read(self) -> bool:
        rules = self.settings.summaries
        size = Size(sentences=rules.sentences, characters=rules.characters)
        has_read = await summarise_one(
            self.database,
            self.fetcher,
            self.now,
            size=size,
            model=self.model,
            pictured=PICTURED,
            workers=self.workers,
        )
        self.metrics.articles_read.inc(has_read)
        return has_read

    async def preview(self) -> bool:
        return await preview_one(self.database, self.fetcher, self.now)

    async def index(self) -> bool:
        return await index_some(self.database, self.writer)

    async def measure(self) -> Measured:
        """What waits; raises SQLAlchemyError."""
        async with self.database.read() as session:
            found = await gauges.measure(session, self.now())
        reader = await asyncio.to_thread(self.writer.index.get_reader)
        taken_in = reader.state.cursor.number if reader else 0
        return Measured(found, max(0, found.changes - taken_in), self.now())

    def _render(self, due: Due) -> Message:
        return render_for(due, self.settings.office.timezone)


@asynccontextmanager
async def open_app(settings: Settings, *, now: Callable[[], datetime] = utcnow, workers: int = 0) -> AsyncIterator[App]:
    """Make the parts, and close them in the end. Nothing is read or written yet.

    So many processes read what sources send; without them it is done in threads.
    """
    database = Database(settings.database.url)
    writer = Writer(SearchIndex(database.index_folder))
    links: dict[str, InviteLink] = {}
    conversation = _make_conversation(settings, database, writer, links, now)
    try:
        async with (
            open_fetcher(settings) as fetcher,
            open_language_model(settings) as model,
            open_workers(workers) as works,
        ):
            inboxes = {channel: Inbox(database, channel, now) for channel in ("telegram", "zalo")}
            async with aclosing(Poller(database, fetcher, _get_poll_rules(settings), now, works)) as poller:
                yield App(
                    settings, database, fetcher, model, poller, writer, conversation, links, inboxes, now, workers=works
                )
    finally:
        await asyncio.to_thread(writer.close)
        await database.close()


def _make_conversation(
    settings: Settings, database: Database, writer: Writer, links: Mapping[str, InviteLink], now: Callable[[], datetime]
) -> Conversation:
    rules = Rules(
        access=settings.access.mode,
        language=settings.office.language,
        timezone=settings.office.timezone,
        office=settings.office.name,
        first_topic=FIRST_TOPIC,
        hours=settings.office.hours,
    )
    return Conversation(
        database,
        rules,
        now,
        get_link=lambda channel, code: links[channel](code) if channel in links else "",
        index=writer.index,
        render_opml=_render_opml,
        fileless=FILELESS,
        flood=Flood(*FLOOD),
        guesses=Flood(*GUESSES),
    )


def _render_opml(sources: Iterable[SourceRow]) -> bytes:
    """The feeds among them, without passwords."""
    feeds = [row for row in sources if row.source.kind != "page"]
    return render_opml(
        [Outline(row.source.name or row.source.host, hide_user(row.source.url), row.topic) for row in feeds]
    )


def _get_poll_rules(settings: Settings) -> PollRules:
    rules = settings.polling
    return PollRules(
        min_interval=rules.min_interval.total_seconds(),
        max_interval=rules.max_interval.total_seconds(),
        first_poll_items=rules.first_poll_items,
        size=Size(sentences=settings.summaries.sentences, characters=settings.summaries.characters),
    )


@asynccontextmanager
async def open_fetcher(settings: Settings) -> AsyncIterator[Fetcher]:
    """The one way to the sources; beside it, a client for their own hosts, and one for those with a bad certificate."""
    networks = settings.polling.allow_networks
    async with (
        create_client(()) as client,
        create_client(networks) as home,
        create_client(networks, verify=False) as lax,
    ):
        yield Fetcher(client, home=home, lax=lax)


@asynccontextmanager
async def open_language_model(settings: Settings) -> AsyncIterator[Model | None]:
    """The model that the office has named; none as a rule."""
    chosen = settings.model
    if chosen.base_url is None:
        yield None
        return
    key = chosen.api_key.get_secret_value() if chosen.api_key else ""
    rules = ModelRules(chosen.name, chosen.timeout.total_seconds(), chosen.tokens_per_day)
    async with open_model(chosen.base_url, key, rules) as model:
        yield model


async def prepare(app: App) -> None:
    """Bring the store to its present form, and put in it what the settings name. Raises OldDatabaseError."""
    if app.database.is_sqlite:
        await migrate.upgrade(app.database)
    else:
        await migrate.check_current(app.database)
    async with app.database.write() as session:
        await wait_in_line(session, "prepare")
        await _add_sources(session, app.settings, app.now())
        await outbox.wake(session, app.now())
        for user_id in app.settings.telegram.admins:
            await members.ensure_admin(session, "telegram", str(user_id), app.settings.office.language, app.now())
        for zalo_id in app.settings.zalo.admins:
            await members.ensure_admin(session, "zalo", zalo_id, app.settings.office.language, app.now())


async def _add_sources(session: AsyncSession, settings: Settings, now: datetime) -> None:
    if not await managing.count_topics(session):
        await following.get_or_add_topic(session, FIRST_TOPIC, now)
    for number, source in enumerate(settings.sources, start=1):
        host = urlsplit(source.url).hostname or ""
        rules, article_rules = _get_rules(source, number), source.article_rules
        known = await polling.find_source(session, source.url)
        if known is None:
            topic = await following.get_or_add_topic(session, source.topic or FIRST_TOPIC, now)
            await polling.add_source(
                session,
                url=source.url,
                host=host,
                name=source.name,
                topic_id=topic.id,
                now=now,
                kind=source.kind,
                rules=rules | article_rules,
            )
        elif source.is_read_by_file and (known.kind, known.rules) != (source.kind, rules):
            await previews.replace_rules(session, known, kind=source.kind, rules=rules, now=now)
        if article_rules:
            await polling.set_article_rules(session, source.url, article_rules)
        if "allow_bad_certificate" in source.model_fields_set:
            await polling.set_bad_certificate(session, source.url, allowed=source.allow_bad_certificate)


def _get_rules(source: SourceSettings, number: int) -> dict[str, str]:
    """Those of its list, as they are stored. Raises SettingsError when one of all is no CSS selector."""
    rules = PageRules(**source.rules) if source.kind == "page" else None
    try:
        check_article_rules(split_rules(source.article_rules).article)
        if rules:
            rules.check()
    except RulesError as error:
        remedy = f'Write a CSS selector, such as "{(EXAMPLE_RULES | EXAMPLE_ARTICLE_RULES)[error.rule]}".'
        raise SettingsError([Problem(f"sources[{number}].{error.rule}", remedy)]) from error
    return asdict(rules) if rules else {}
