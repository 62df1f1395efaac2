"""What travels inside feeds: frozen values between fetch, parse, decide, article and summarise."""

from dataclasses import dataclass, field
from datetime import date, datetime
from struct import Struct

from feeds.documents import find_numbers

#: How long what follows is, between loa and a worker.
LENGTH = Struct(">I")
#: Parts the cells of a table's row, which is one line of a text.
CELL_BREAK = " | "


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
class ArticleRules:
    """CSS selectors of one source for its articles' pages; an empty one leaves that part to generic reading.

    `remove` takes parts out of the page before anything is read.
    """

    title: str = ""
    lead: str = ""
    body: str = ""
    date: str = ""
    remove: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an article, by its absolute address; `caption` may be empty."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper that hangs on an article (PDF, DOC, XLS), by its absolute address and the name people see."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Story:
    """What was read from an article's page: NFC text; paragraphs without markup, in order; `lead` may be empty.

    `event_date` is the day the article tells of, which is seldom that of publication. `cover` is the picture that the
    page offers to whoever links to it, where its text has none.
    """

    title: str
    section: str = ""
    lead: str = ""
    paragraphs: tuple[str, ...] = field(default=())
    signature: str = ""
    published_at: datetime | None = None
    event_date: date | None = None
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    cover: str = ""

    @property
    def text(self) -> str:
        return "\n\n".join((self.lead, *self.paragraphs)) if self.lead else "\n\n".join(self.paragraphs)

    @property
    def document_numbers(self) -> tuple[str, ...]:
        """The numbers of official papers named in title, text and attachments, each once."""
        return find_numbers("\n".join((self.title, self.text, *(one.name for one in self.attachments))))


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences worth pushing, and where they came from: `lead`, `extractive` or `feed`; text may be empty."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Size:
    """How long a summary may become."""

    sentences: int = 2
    characters: int = 600
