"""What loa remembers: one class a table. Stored times are aware UTC."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    TextClause,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from db import talk_models as talk_models
from db.base import Base as Base
from db.deeds import AuditEntry as AuditEntry
from db.deeds import Broadcast as Broadcast
from db.deeds import Invitation as Invitation
from db.deeds import Saved as Saved
from db.picture_models import ArticlePicture as ArticlePicture
from db.picture_models import PictureUse as PictureUse
from db.states import Act as Act
from db.states import ArticleState as ArticleState
from db.states import ChatKind as ChatKind
from db.states import ChatState as ChatState
from db.states import DeliveryState as DeliveryState
from db.states import MemberState as MemberState
from db.states import PreviewState as PreviewState
from db.states import Rank as Rank
from db.states import Role as Role
from db.states import SourceState as SourceState
from db.states import TextOrigin as TextOrigin
from db.states import VerdictKind as VerdictKind
from db.story_models import Carriage as Carriage
from db.story_models import Revision as Revision
from db.story_models import StoryKey as StoryKey
from db.talk_models import Question as Question
from db.watch_models import Watch as Watch
from db.watch_models import WatchHit as WatchHit


class Topic(Base):
    """What chats follow; every source belongs to one. `slug` is the folded name and unique."""

    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    is_default: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class Host(Base):
    """One web host. Whoever holds its lease is the only one to send it a request."""

    __tablename__ = "hosts"

    name: Mapped[str] = mapped_column(primary_key=True)
    leased_until: Mapped[datetime | None]
    next_request_at: Mapped[datetime | None]


class Source(Base):
    """One address that is watched. `interval` in seconds; the validators belong to the entries stored with them.

    A `quiet_start` came with many others: until it was read once it announces nothing, and nobody hears how that went.
    `news_days` are the last days on which it published. `layout_failures` of the failures found no news on its page.
    `rules` are the selectors that read the list of a source of kind `page`, by name, `article_rules` those that read
    its articles' pages, whatever its kind.
    `told_of` is the trouble that the admins heard of last and that is not over, `told_at` when they did.
    `backfill` is where the walk through its older pages goes on; None when none was begun or it came to the end.
    """

    __tablename__ = "sources"
    __table_args__ = (Index(None, "state", "next_poll_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    kind: Mapped[str] = mapped_column(default="auto", server_default="auto")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    article_rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    state: Mapped[SourceState] = mapped_column(default=SourceState.ACTIVE)
    reason: Mapped[str] = mapped_column(default="", server_default="")
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None]
    interval: Mapped[float | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    next_poll_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    first_polled_at: Mapped[datetime | None]
    last_polled_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    last_new_at: Mapped[datetime | None]
    news_days: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    layout_failures: Mapped[int] = mapped_column(default=0, server_default="0")
    gap_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]
    told_of: Mapped[str] = mapped_column(default="", server_default="")
    told_at: Mapped[datetime | None]
    backfill: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    quiet_start: Mapped[bool] = mapped_column(default=False, server_default=false())
    allow_bad_certificate: Mapped[bool] = mapped_column(default=False, server_default=false())
    added_by_chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]


class Preview(Base):
    """An address somebody wants to watch, and what it would give: nothing of it is kept before they say yes.

    `rules` are selectors by name, given with the address or found on its page, those for its articles among them.
    """

    __tablename__ = "previews"
    __table_args__ = (Index(None, "state", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    url: Mapped[str]
    host: Mapped[str]
    topic: Mapped[str]
    kind: Mapped[str] = mapped_column(default="auto", server_default="auto")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    name: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[PreviewState] = mapped_column(default=PreviewState.ASKED)
    reason: Mapped[str] = mapped_column(default="", server_default="")
    leased_until: Mapped[datetime | None]
    asked_at: Mapped[datetime]


def _where(condition: TextClause) -> dict[str, Any]:
    """The condition of an index that holds only some rows, for either database."""
    return {"sqlite_where": condition, "postgresql_where": condition}


#: The articles that are still to be read, those that lists show, and those that tell another one's story.
_FOUND = text("state = 'found'")
_LISTED = text("state = 'ready' AND same_as_id IS NULL")
#: What the condition reads: without these SQLite does not see that the index alone answers.
_LISTED_BY = ("state", "same_as_id")
_RETOLD = text("same_as_id IS NOT NULL")


class Article(Base):
    """One item of a source. `keys` of it are in `article_keys`; `folded` is what the database search reads.

    `same_as_id` names the article that told the story first; only that one is listed and announced. `fingerprint`
    recognises the story when another source tells it. `summary_reason` is why the model was overruled. `event_date` is
    the day it tells of. `pictures` have `url` and `caption`, `attachments` `url` and `name`.
    """

    __tablename__ = "articles"
    __table_args__ = (
        Index(None, "source_id", "published_at"),
        Index(None, "published_at", "id"),
        Index(None, "url"),
        Index("ix_articles_to_read", "announce", "due_at", "id", "host", "leased_until", **_where(_FOUND)),
        Index("ix_articles_listed", "published_at", "id", "source_id", *_LISTED_BY, **_where(_LISTED)),
        Index("ix_articles_listed_of", "source_id", "published_at", "id", *_LISTED_BY, **_where(_LISTED)),
        Index("ix_articles_retold_by", "source_id", "same_as_id", **_where(_RETOLD)),
        Index(None, "same_as_id", **_where(_RETOLD)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    url: Mapped[str]
    host: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    section: Mapped[str] = mapped_column(default="", server_default="")
    lead: Mapped[str] = mapped_column(default="", server_default="")
    text: Mapped[str] = mapped_column(default="", server_default="")
    signature: Mapped[str] = mapped_column(default="", server_default="")
    event_date: Mapped[date | None]
    pictures: Mapped[list[dict[str, str]]] = mapped_column(default=list, server_default="[]")
    attachments: Mapped[list[dict[str, str]]] = mapped_column(default=list, server_default="[]")
    document_numbers: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    folded: Mapped[str] = mapped_column(default="", server_default="")
    summary: Mapped[str] = mapped_column(default="", server_default="")
    summary_kind: Mapped[str] = mapped_column(default="", server_default="")
    summary_reason: Mapped[str] = mapped_column(default="", server_default="")
    origin: Mapped[TextOrigin | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    announce: Mapped[bool] = mapped_column(default=True, server_default=true())
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"))
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[ArticleState] = mapped_column(default=ArticleState.FOUND)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    published_at: Mapped[datetime]
    found_at: Mapped[datetime]


class ArticleKey(Base):
    """One way to recognise an article in a source again (its guid, its link, its title and date), as a digest.

    The article may have come in through another source: whoever carries it has keys of its own to it (`Carriage`).
    """

    __tablename__ = "article_keys"
    __table_args__ = (Index(None, "key"),)

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)


class Member(Base):
    """A person. Their accounts are the private chats whose `member_id` names them."""

    __tablename__ = "members"
    __table_args__ = (Index(None, "state", "role", "name", "id"), Index(None, "state", "requested_at", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(default=Role.READER)
    state: Mapped[MemberState] = mapped_column(default=MemberState.PENDING)
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))


class Chat(Base):
    """Where loa speaks: `address` is the platform's id of it.

    `hours` is what it chose of when it is told news (`db.hours`); what is not in it goes by the office. One that is
    `only_watched` gets what has the words it watches, whatever topics it follows. `pictures` is whether news comes with
    them, None while nobody chose (`db.pictures`); where it `is_silent` it comes without a sound.
    """

    __tablename__ = "chats"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str]
    kind: Mapped[ChatKind]
    title: Mapped[str] = mapped_column(default="", server_default="")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    language: Mapped[str] = mapped_column(String(16))
    state: Mapped[ChatState] = mapped_column(default=ChatState.NEW)
    reason: Mapped[str] = mapped_column(default="", server_default="")
    parked_at: Mapped[datetime | None]
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    only_watched: Mapped[bool] = mapped_column(default=False, server_default=false())
    pictures: Mapped[bool | None]
    is_silent: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class Lane(Base):
    """Where what a chat is owed stands in line. There is one while anything is owed, and until the chat has rested.

    `due_at` is when to look at it next: the chat bears a message then, or the claim on one has ended. `rank` is what
    goes first of what it is owed. `paced_until` is when the chat has rested from all that it was sent. What it is owed
    names the chat to the database already: a second check would take a fifth of the time that owing takes.
    """

    __tablename__ = "lanes"
    __table_args__ = (Index(None, "channel", "rank", "due_at", "chat_id"),)

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(String(16))
    rank: Mapped[int] = mapped_column(SmallInteger)
    due_at: Mapped[datetime]
    paced_until: Mapped[datetime | None]


class Follow(Base):
    """A chat follows a topic; its news goes to the topic `thread` of the chat's forum, or to the general one."""

    __tablename__ = "follows"

    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True)
    thread: Mapped[int | None]
    created_at: Mapped[datetime]


#: The debts that are not settled. They are few; the settled ones stay out of the indexes that claims read.
_PENDING = text("state IN ('owed', 'sending')")
_FOLDED = text("folded_into_id IS NOT NULL")
_IN_FLIGHT = text("state = 'sending'")
_FAILED = text("state IN ('dropped', 'unknown')")


class Delivery(Base):
    """What a chat is owed (the outbox). An article's news, or a notice whose words are made from `data` when sent.

    `key` names the debt (`article:7`, `notice:source_added:3`), once for a chat. `repeats` counts the times the
    outcome was unknown and the message was sent again. `message_id` is the platform's. `folded_into_id` is the debt
    whose message tells this one, too.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("chat_id", "key"),
        Index(None, "article_id"),
        Index("ix_deliveries_pending", "chat_id", "rank", "id", **_where(_PENDING)),
        Index(None, "folded_into_id", **_where(_FOLDED)),
        Index("ix_deliveries_in_flight", "chat_id", "leased_until", **_where(_IN_FLIGHT)),
        Index("ix_deliveries_failed", "chat_id", **_where(_FAILED)),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(16))
    key: Mapped[str]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    notice: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    folded_into_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="SET NULL"))
    rank: Mapped[int] = mapped_column(SmallInteger, default=Rank.NEWS, server_default="1")
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.OWED)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    repeats: Mapped[int] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    message_id: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Alias(Base):
    """Two ways to write one thing, which an admin added for the search; the keys are their folded syllables."""

    __tablename__ = "aliases"
    __table_args__ = (UniqueConstraint("short_key", "long_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    short: Mapped[str]
    long: Mapped[str]
    short_key: Mapped[str]
    long_key: Mapped[str]


class ArticleChange(Base):
    """A ready article was added, changed or deleted; triggers write it, in the same commit.

    Numbers may be committed out of their order on PostgreSQL: `xid` is the transaction's number there.
    """

    __tablename__ = "article_changes"

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    article_id: Mapped[int]
    xid: Mapped[int | None] = mapped_column(BigInteger, index=True)


class ModelUse(Base):
    """How often the language model's answers of one day fared so, and how many tokens that took."""

    __tablename__ = "model_uses"

    day: Mapped[date] = mapped_column(primary_key=True)
    verdict: Mapped[VerdictKind] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0, server_default="0")
    tokens: Mapped[int] = mapped_column(default=0, server_default="0")
