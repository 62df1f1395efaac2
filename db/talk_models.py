"""What loa remembers of talking with people: what was heard and asked, menus, the month's messages, codes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base

_WAITING = text("handled_at IS NULL")


class Heard(Base):
    """Something that a platform told, stored before it is handled; told again it changes nothing.

    `key` is the platform's name of it. `attempts` counts how often its handling was begun.
    """

    __tablename__ = "heard"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_heard_waiting", "channel", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(None, "received_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    key: Mapped[str]
    body: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class Menu(Base):
    """The numbered choices that stand in a chat without buttons, by their numbers; `next` is the next free number."""

    __tablename__ = "menus"

    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    next: Mapped[int] = mapped_column(default=1, server_default="1")


class MonthUse(Base):
    """How many messages one channel's platform took in a month of the office's clock, such as `2026-11`."""

    __tablename__ = "month_uses"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    sent: Mapped[int] = mapped_column(default=0, server_default="0")


class LinkCode(Base):
    """Joins another chat to a member's own, once, for a short time. Only the digest of the code is stored."""

    __tablename__ = "link_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Manager(Base):
    """A member who was seen to manage a group or channel."""

    __tablename__ = "managers"

    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True)


class Sharing(Base):
    """A member whose private chats follow the same topics."""

    __tablename__ = "sharings"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)


class Question(Base):
    """A search that was asked, kept so that its page buttons stay short and go on working after new articles came."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    words: Mapped[str]
    newest_article_id: Mapped[int]
    asked_at: Mapped[datetime]
