"""What means the same on both engines: instants in UTC, text that a person or a program wrote, one of many values."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, DateTime, Dialect, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
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


class _Among(FunctionElement[bool]):
    inherit_cache = True
    name = "among"
    type = Boolean()

    def self_group(self, against: object = None) -> "_Among":
        """A condition as it is: `= 1` behind it would keep SQLite from its indexes."""
        return self


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column has one of the values of the parameter.

    To PostgreSQL they are one array: its statement is the same, however many they are.
    """
    return _Among(column, bindparam(name, type_=ARRAY(column.type)))


@compiles(_Among)
def _in_list(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = element.clauses
    return compiler.process(column.in_(bindparam(values.key, type_=column.type, expanding=True)), **how)


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **how)} = ANY ({compiler.process(values, **how)})"
