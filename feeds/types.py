"""What travels inside feeds: frozen values between fetch, parse, decide, article and summarise."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Page:
    """What a fetch brought: the final address after redirects, and the body as bytes.

    `moved_to` is set only when every hop was permanent (301, 308). `not_modified` means 304 and an empty body.
    `max_age` is Cache-Control's, in seconds.
    """

    url: str
    status: int
    body: bytes = b""
    content_type: str = ""
    content_location: str = ""
    etag: str | None = None
    last_modified: str | None = None
    max_age: int | None = None
    moved_to: str | None = None

    @property
    def not_modified(self) -> bool:
        return self.status == 304


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, NFC text without markup; `guid` and `url` are empty strings when the feed gives none."""

    title: str
    url: str = ""
    guid: str = ""
    description: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed; `ttl` in seconds, `entries` in the feed's own order."""

    title: str = ""
    ttl: int | None = None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """What was read from an article's page: NFC text; paragraphs without markup, in order; `lead` may be empty."""

    title: str
    section: str = ""
    lead: str = ""
    paragraphs: tuple[str, ...] = field(default=())
    signature: str = ""
    published_at: datetime | None = None

    @property
    def text(self) -> str:
        return "\n\n".join((self.lead, *self.paragraphs)) if self.lead else "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences worth pushing, and where they came from: `lead`, `extractive` or `feed`; text may be empty."""

    text: str
    kind: str
