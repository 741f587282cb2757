"""Column types that mean the same on both engines: instants in UTC, and text that a person or a program wrote."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

Number = BigInteger().with_variant(Integer(), "sqlite")
"""A number that counts upwards for ever; SQLite numbers rows by itself only in a column called INTEGER."""


class Instant(TypeDecorator[datetime]):
    """A moment, in UTC both ways. Raises ValueError for a datetime without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite keeps no zone, so the moment is stored as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone and cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What SQLite gives back without a zone is in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text. PostgreSQL has no character U+0000 in a text; nobody misses it, so it is left out."""

    impl = Text()
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text without U+0000."""
        return value.replace("\x00", "") if value else value
