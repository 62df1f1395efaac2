"""The settings: what an office may set, read once and handed down as values. Never opens a connection."""

import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config_layers import read_layers
from bot.config_problems import Problem, SettingsError, explain
from bot.config_section import Section, make_remedy
from bot.config_telegram import TelegramSettings
from bot.config_webhooks import find_webhook_problems
from bot.config_zalo import ZaloSettings
from bot.values import (
    ApiAddress,
    ApiKey,
    Between,
    DatabaseUrl,
    DigestTimes,
    Flag,
    Interval,
    Networks,
    QuietHours,
    Selector,
    Shape,
    Text,
    TimeZone,
    WebAddress,
    Weekdays,
    render_interval,
)
from db.hours import WEEKEND, Hours, Office

#: The rules by which a page is read, each with a CSS selector as an example.
EXAMPLE_RULES = {"item": ".news li", "title": "h3 a", "date": ".date", "teaser": "p"}
#: Those by which the articles of any source are read.
EXAMPLE_ARTICLE_RULES = {
    "article_title": "h1",
    "article_lead": ".sapo",
    "article_body": ".content",
    "article_date": ".date",
    "article_remove": ".related",
}

__all__ = [
    "AccessMode",
    "HttpSettings",
    "Problem",
    "Settings",
    "SettingsError",
    "TelegramSettings",
    "ZaloSettings",
    "load_settings",
    "require_telegram",
]


class AccessMode(StrEnum):
    APPROVAL = "approval"  #: whoever says /start waits until an admin approves
    INVITE = "invite"  #: only a link from an admin lets in
    OPEN = "open"  #: everyone is let in


class DatabaseSettings(Section):
    url: DatabaseUrl = Field(
        default="sqlite:///data/loa.db",
        repr=False,
        description="Where everything is kept. SQLite serves one machine; PostgreSQL several processes.",
    )


class AccessSettings(Section):
    mode: Annotated[AccessMode, Shape('"approval", "invite" or "open"')] = Field(
        default=AccessMode.APPROVAL,
        description=(
            "Who may read: those whom an admin approves (approval), those with a link from an admin (invite), "
            "or everyone (open)."
        ),
    )


class PollingSettings(Section):
    min_interval: Interval = Field(
        default=timedelta(minutes=5),
        description=(
            "The shortest time between two looks at a source; a busy source is polled this often, one that was silent "
            "for some time no sooner than a twentieth of it, up to max_interval."
        ),
    )
    max_interval: Interval = Field(
        default=timedelta(minutes=30),
        description="The longest time between two looks at a source that is well; a quiet one is polled this often.",
        validate_default=True,
    )
    concurrency: Annotated[int, Between(1, 256)] = Field(
        default=8, description="How many sources are fetched at once; never two from one web host."
    )
    allow_networks: Networks = Field(
        default=(),
        description=(
            "Private networks in which sources may lie, such as the office's intranet. Without this only public "
            "addresses are fetched; a link or a redirect to another host never leads into them."
        ),
    )
    first_poll_items: Annotated[int, Between(0, 100)] = Field(
        default=0,
        description="How many of the articles that a new source already has are sent out; all can be searched.",
    )

    @field_validator("max_interval")
    @classmethod
    def _check_order(cls, value: timedelta, info: ValidationInfo) -> timedelta:
        least: timedelta = info.data.get("min_interval", value)
        if value < least:
            words = f"Write at least the length of polling.min_interval, which is {render_interval(least)}."
            raise make_remedy(words)
        return value


class SummarySettings(Section):
    sentences: Annotated[int, Between(1, 10)] = Field(
        default=2, description="How many sentences a summary has at most; an article's own lead counts whole."
    )
    characters: Annotated[int, Between(100, 2000)] = Field(
        default=600, description="How many characters a summary has at most; a cut shows an ellipsis."
    )


class ModelSettings(Section):
    base_url: Annotated[ApiAddress | None, Shape("a web address that begins with https:// or http://")] = Field(
        default=None,
        description=(
            "A server with OpenAI's interface, in the office or outside of it, whose language model writes the "
            "summaries. Without it loa takes them from the article; with it, whatever does not pass its checks."
        ),
    )
    api_key: ApiKey = Field(
        default=None, repr=False, description="The key that the server asks for; a local one may need none."
    )
    name: Text = Field(
        default="", validate_default=True, description="The model's name, as its server calls it; needed with base_url."
    )
    timeout: Interval = Field(
        default=timedelta(seconds=20),
        description="How long an article waits for the model; after a silence it is not asked for five minutes.",
    )
    tokens_per_day: Annotated[int, Between(0, 1_000_000_000)] = Field(
        default=200_000, description="How many tokens may be spent on one day; some two thousand go for an article."
    )

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("base_url") and not value:
            raise make_remedy("A server may have several models: write the name of the one to ask.")
        return value


class DeliverySettings(Section):
    fold_over: Annotated[int, Between(1, 100)] = Field(
        default=5,
        description="When more articles than this wait for one chat, they come in one message, a line and a link each.",
    )


class HttpSettings(Section):
    host: Text = Field(
        default="127.0.0.1",
        description="Where loa answers over HTTP: this machine alone by default, every address of it with `0.0.0.0`.",
    )
    port: Annotated[int, Between(0, 65535)] = Field(
        default=0,
        description=(
            "The port for `/healthz`, `/readyz`, `/metrics` (Prometheus) and webhooks; nothing is served with 0. It is "
            "plain HTTP, and whoever reaches it may read how much is sent and owed, though no news and no name."
        ),
    )


class OfficeSettings(Section):
    name: Text = Field(default="", description="The office's name, as the bot says it when it greets.")
    timezone: TimeZone = Field(
        default_factory=lambda: ZoneInfo("Asia/Ho_Chi_Minh"),
        description="The clock by which times are shown, and by which dates without a zone are read.",
    )
    language: Annotated[Literal["vi", "en"], Shape('"vi" or "en"')] = Field(
        default="vi", description="The language of a new chat, Vietnamese or English; each chat may change its own."
    )
    quiet_hours: QuietHours = Field(
        default=(),
        description=(
            "When no news comes; what waited then comes in one message. Each chat may choose its own with /quiet."
        ),
    )
    digest_times: DigestTimes = Field(
        default=(),
        description=(
            "When news comes, all in one message; without it, at once. Each chat may choose its own with /digest."
        ),
    )
    workdays: Weekdays = Field(
        default=(),
        description=(
            "The days on which news comes; on others, and on the public holidays of Vietnam, it waits. Without it, "
            "it comes every day."
        ),
    )

    @property
    def hours(self) -> Office:
        """The office's clock, and what a chat gets that chose nothing."""
        has_rest = bool(self.workdays)
        hours = Hours(self.quiet_hours, self.digest_times, has_rest, has_rest)
        return Office(self.timezone, hours, frozenset(range(7)) - set(self.workdays) if has_rest else WEEKEND)


class SourceSettings(Section):
    """A source named in the file; it is added at start."""

    url: WebAddress = Field(repr=False, description="The address of the feed, or of the page that lists news.")
    name: Text = Field(default="", description="What the source is called; without it, by its feed's own title.")
    topic: Text = Field(default="", description="The topic that its news belongs to, which chats follow.")
    kind: Annotated[Literal["auto", "feed", "page"], Shape('"auto", "feed" or "page"')] = Field(
        default="auto",
        description=(
            "Whether it is a feed, or a page that lists news and is read by the rules below; `loa sources preview` "
            "finds them."
        ),
    )
    item: Selector = Field(
        default="", validate_default=True, description="For a page: each piece of news on it. It must be given."
    )
    title: Selector = Field(
        default="", description="For a page: the title within an item; without it, the link that looks like one."
    )
    date: Selector = Field(
        default="", description="For a page: the date within an item; without it, what looks like one."
    )
    teaser: Selector = Field(
        default="", description="For a page: the text that introduces an item; without it, what looks like one."
    )
    article_title: Selector = Field(
        default="", description="On the page of an article: its title; without it, what looks like one."
    )
    article_lead: Selector = Field(
        default="", description="The paragraph that introduces the article; without it, what looks like one."
    )
    article_body: Selector = Field(
        default="", description="What holds the article's text; without it, what looks like it."
    )
    article_date: Selector = Field(default="", description="The article's date; without it, what looks like one.")
    article_remove: Selector = Field(
        default="", description="What is taken out of the page before anything is read, such as a list of other news."
    )
    allow_bad_certificate: Flag = Field(
        default=False,
        description=(
            "Read it although its server's certificate is expired, self-signed, incomplete or of another name. Others "
            "on the way could then change what loa reads; it holds for this source's own server only."
        ),
    )

    @field_validator(*EXAMPLE_RULES)
    @classmethod
    def _check_kind(cls, value: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        if value and kind in ("auto", "feed"):
            raise make_remedy('Only a page is read by rules: write kind = "page" too, or take this out.')
        if not value and info.field_name == "item" and kind == "page":
            raise make_remedy("A page needs it. To find it, run: loa sources preview ADDRESS")
        return value

    @property
    def rules(self) -> dict[str, str]:
        """The selectors of its list by name; all of them are empty for what is no page."""
        return {name: getattr(self, name) for name in EXAMPLE_RULES}

    @property
    def article_rules(self) -> dict[str, str]:
        """The selectors that were given for its articles, by their names here."""
        return {name: selector for name in EXAMPLE_ARTICLE_RULES if (selector := getattr(self, name))}

    @property
    def is_read_by_file(self) -> bool:
        """Whether the file says how to read it, whatever was found out before."""
        return "kind" in self.model_fields_set and self.kind != "auto"


class Settings(BaseSettings):
    """All of it. Made directly it takes only what it is given; `load_settings` reads file and environment."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)
    zalo: ZaloSettings = Field(default_factory=ZaloSettings)
    access: AccessSettings = Field(default_factory=AccessSettings)
    polling: PollingSettings = Field(default_factory=PollingSettings)
    summaries: SummarySettings = Field(default_factory=SummarySettings)
    model: ModelSettings = Field(default_factory=ModelSettings)
    delivery: DeliverySettings = Field(default_factory=DeliverySettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    office: OfficeSettings = Field(default_factory=OfficeSettings)
    sources: tuple[SourceSettings, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def load_settings(
    path: Path | None, environ: Mapping[str, str] | None = None, *, needs_token: bool = False
) -> Settings:
    """Read the file, then the environment, which beats it. Raises SettingsError naming every problem.

    `needs_token` makes it one of them that there is no token at all.
    """
    layers = read_layers(Settings, path, os.environ if environ is None else environ)
    problems = list(layers.problems)
    if needs_token and layers.is_whole and layers.lacks("telegram", "token") and layers.lacks("zalo", "token"):
        problems.append(_NO_TOKEN)
    try:
        settings = Settings(**layers.values)
    except ValidationError as error:
        raise SettingsError([*problems, *explain(Settings, error, layers.locate)]) from None
    problems += [
        Problem(name, words, **layers.locate(tuple(name.split(".")))) for name, words in _list_obstacles(settings)
    ]
    if problems:
        raise SettingsError(problems)
    return settings


def _list_obstacles(settings: Settings) -> Iterator[tuple[str, str]]:
    hooks = {"telegram": settings.telegram.webhook_url, "zalo": settings.zalo.webhook_url}
    return find_webhook_problems({name: url for name, url in hooks.items() if url}, settings.http.port)


def require_telegram(settings: Settings) -> SecretStr:
    """The token, for those who cannot work without. Raises SettingsError."""
    if settings.telegram.token is None:
        raise SettingsError([_NO_TOKEN])
    return settings.telegram.token


_NO_TOKEN = Problem(
    "telegram.token",
    "Send /newbot to @BotFather on Telegram, and write the token that it answers into config.toml, "
    'as token = "…" below [telegram].',
)
