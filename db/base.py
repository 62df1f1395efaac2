"""What every table is built on: times, enums, names of constraints."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase

#: Of an office that sets none, and of pages that name none: a day without its hour is stored as its midnight there.
OFFICE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time on every database; a naive one is refused.

    On SQLite it is text as SQLAlchemy would write it, made and read here in a fraction of the time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        return _write if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _write(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a stored time must be aware")
    return _write_text(value.astimezone(UTC))


@lru_cache(maxsize=256)
def _write_text(value: datetime) -> str:
    """The same few times are written again and again: now, and the ends of leases.

    In UTC: elsewhere the two hours of an autumn night are equal.
    """
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(maxsize=256)
def _read_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


#: Enums are stored by value, as text that both databases compare alike.
_ENUM = SqlEnum(Enum, native_enum=False, length=16, values_callable=lambda kind: [item.value for item in kind])


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        str: Text,
        Enum: _ENUM,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[dict[str, str]]: JSON,
    }
