"""The demo's articles, read from the data files beside this module; it never publishes one."""

import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

OFFICE_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
EVENT_DAY = "{event_day}"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Picture:
    file: str
    caption: str


@dataclass(frozen=True, slots=True)
class Attachment:
    file: str
    label: str


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of news as written; `lead` may be empty, and `{event_day}` in the text waits for its date."""

    slug: str
    section: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    signature: str
    days_ago: int
    time: time
    gallery: str = ""
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """An article that has appeared on the site."""

    id: int
    article: Article
    published_at: datetime

    @property
    def path(self) -> str:
        return f"/bai-viet/{self.article.slug}-{self.id}.html"


def load_articles() -> tuple[Article, ...]:
    """All articles in the order in which the newsroom publishes them."""
    folder = resources.files("bot.demo").joinpath("articles")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(parse_article(file.name, file.read_text(encoding="utf-8")) for file in files)


def parse_article(file_name: str, text: str) -> Article:
    """An article from its file; the name `07-gia-xang.toml` gives the slug `gia-xang`."""
    data: dict[str, Any] = tomllib.loads(text)
    data["slug"] = file_name.removesuffix(".toml").split("-", maxsplit=1)[1]
    data["paragraphs"] = tuple(data["paragraphs"])
    data["pictures"] = tuple(Picture(**picture) for picture in data.get("pictures", ()))
    data["attachments"] = tuple(Attachment(**attachment) for attachment in data.get("attachments", ()))
    return Article(**data)


def date_of_archive(article: Article, now: datetime) -> datetime:
    """When an article that was there before the demo began had been published."""
    day = now.astimezone(OFFICE_TIME).date() - timedelta(days=article.days_ago)
    return datetime.combine(day, article.time, tzinfo=OFFICE_TIME)


def fill_dates(article: Article, published_at: datetime) -> Article:
    """The article with the day it reports on: the last workday before it was published."""
    day = workday_before(published_at.astimezone(OFFICE_TIME).date())
    written = f"{day.day}/{day.month}/{day.year}"
    paragraphs = tuple(paragraph.replace(EVENT_DAY, written) for paragraph in article.paragraphs)
    return replace(article, lead=article.lead.replace(EVENT_DAY, written), paragraphs=paragraphs)


def workday_before(day: date) -> date:
    earlier = day - timedelta(days=1)
    return earlier if earlier.weekday() < SATURDAY else workday_before(earlier)
