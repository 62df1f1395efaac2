"""What loa keeps of articles' pictures, for the few days in which they are sent."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class ArticlePicture(Base):
    """The first picture of an article that is announced, as a JPEG that every platform takes, and its address."""

    __tablename__ = "pictures"
    __table_args__ = (Index(None, "created_at"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class PictureUse(Base):
    """A picture's address, as a number made of it, and how many articles that were read had it first."""

    __tablename__ = "picture_uses"
    __table_args__ = (Index(None, "seen_at"),)

    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    articles: Mapped[int]
    seen_at: Mapped[datetime]
