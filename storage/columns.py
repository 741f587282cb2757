"""What means the same on both engines: instants in UTC, text that a person or a program wrote, one of many values."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, DateTime, Dialect, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Number = BigInteger().with_variant(Integer(), "sqlite")
"""A number that counts upwards for ever; SQLite numbers rows by itself only in a column called INTEGER."""


ByteText = Text().with_variant(Text(collation="C"), "postgresql")
"""A text of which ranges are read: compared byte by byte, whatever the language of the database (migration 0018)."""
_LAST_CHARACTER = "\U0010ffff"


def begins_with(column: ColumnElement[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether the column, a ByteText, begins with what `beginning` gives the parameters for: a range of its index."""
    return column >= bindparam("beginning"), column < bindparam("behind")


def beginning(prefix: str) -> dict[str, str]:
    """The parameters of `begins_with`."""
    return {"beginning": prefix, "behind": prefix + _LAST_CHARACTER}


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


class Several(TypeDecorator[Collection[Any]]):
    """Values of one type in one parameter: an array for PostgreSQL, JSON for SQLite."""

    impl = Text()
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """How the engine is given several values."""
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        """The values, in any order."""
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _Among(FunctionElement[bool]):
    inherit_cache = True
    name = "among"
    type = Boolean()

    def self_group(self, against: object = None) -> "_Among":
        """A condition as it is: `= 1` behind it would keep SQLite from its indexes."""
        return self


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column has one of the values of the parameter: the same statement, however many they are."""
    return _Among(column, bindparam(name, type_=Several(column.type)))


@compiles(_Among)
def _in_json(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = element.clauses
    listed = f"json_each({compiler.process(values, **how)})"
    return f"{compiler.process(column, **how)} IN (SELECT value FROM {listed})"  # noqa: S608  # nosec B608  # SQLAlchemy wrote both


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **how)} = ANY ({compiler.process(values, **how)})"
