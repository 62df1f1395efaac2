"""What loa remembers of the words that chats watch, and of what had them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Watch(Base):
    """Words that a chat wants to hear of, as they were typed; `key` is what they come to, once for a chat."""

    __tablename__ = "watches"
    __table_args__ = (UniqueConstraint("chat_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    words: Mapped[str]
    key: Mapped[str]
    token: Mapped[str] = mapped_column(index=True)
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class WatchHit(Base):
    """An article has words that a chat watches; written with what the article makes owed."""

    __tablename__ = "watch_hits"
    __table_args__ = (Index(None, "found_at"), {"sqlite_with_rowid": False})

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True, index=True)
    words: Mapped[str]
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    found_at: Mapped[datetime]
