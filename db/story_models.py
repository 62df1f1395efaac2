"""What loa remembers of one story: how it is recognised, who else carries it, and what was changed in it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class StoryKey(Base):
    """One of the few numbers that an article shares with most retellings of its story; what they are, feeds decides."""

    __tablename__ = "story_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    value: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True)


class Carriage(Base):
    """A source carries an article that another one brought: it has its link, or tells its story again.

    Of a story told twice it is the first article. `published_at` is the article's.
    """

    __tablename__ = "carriages"
    __table_args__ = (Index(None, "source_id", "published_at", "article_id"), {"sqlite_with_rowid": False})

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    published_at: Mapped[datetime]


class Revision(Base):
    """What an article's feed said before it was changed."""

    __tablename__ = "revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    description: Mapped[str]
    new_title: Mapped[str]
    new_description: Mapped[str]
    found_at: Mapped[datetime]
