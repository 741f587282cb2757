"""Whole tables, as the database has them, read some rows at a time while rows are written."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, MetaData, RowMapping, Table, select, tuple_

from storage import word_index
from storage.tables import change_count_deltas, change_counts

AT_ONCE = 200
_COUNTS = frozenset({change_counts.name, change_count_deltas.name})
_NOBODY = (int, float, date, type(None))  # a moment is a date, a truth a number
Values = RowMapping
"""One row: its values by the names of their columns."""


def reflect_tables(connection: Connection) -> list[Table]:
    """Every table that the database has, each after those it points to; without the index of words and the counts,
    which come with the changes: triggers write them."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not word_index.is_part(name) and name not in _COUNTS)
    return found.sorted_tables


def rows(connection: Connection, table: Table) -> Iterator[Values]:
    """Every row. One that gets a later key meanwhile comes again."""
    key = key_of(table)
    query = select(table).order_by(*key).limit(AT_ONCE)
    found = connection.execute(query).mappings().all()
    while found:
        yield from found
        last = [found[-1][column.name] for column in key]
        found = connection.execute(query.where(tuple_(*key) > tuple_(*last))).mappings().all()


def key_of(table: Table) -> list[Any]:
    """The columns by which one row is told from another."""
    return list(table.primary_key) or list(table.columns)


def texts(row: Values) -> dict[str, str]:
    """What a person can stand in, by column. Raises TypeError for a value of which that is not known."""
    found = {}
    for name, value in row.items():
        if isinstance(value, str):
            found[str(name)] = value
        elif not isinstance(value, _NOBODY):
            raise TypeError(f"the column {name} holds a {type(value).__name__}, which is not read for people")
    return found
