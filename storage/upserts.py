"""Inserts that say what happens when the row is there already, each built once."""

from functools import cache

from sqlalchemy import Table, or_
from sqlalchemy.dialects import postgresql, sqlite

Upsert = sqlite.Insert | postgresql.Insert
"""An insert that can say what happens when the row is there already: both engines write it the same way."""


def insert_in(table: Table, is_postgresql: bool) -> Upsert:
    """An insert into the table in the dialect of the one engine or of the other."""
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)


@cache
def addition(table: Table, is_postgresql: bool, keys: tuple[str, ...]) -> Upsert:
    """Inserts a row, unless one with these keys is there already."""
    return insert_in(table, is_postgresql).on_conflict_do_nothing(index_elements=list(keys))


@cache
def upserting(table: Table, is_postgresql: bool, keys: tuple[str, ...], names: tuple[str, ...]) -> Upsert:
    """Inserts a row, or changes the one with these keys where it has other values."""
    new = insert_in(table, is_postgresql)
    is_news = or_(*(table.c[name].is_distinct_from(new.excluded[name]) for name in names))
    said = {name: new.excluded[name] for name in names}
    return new.on_conflict_do_update(index_elements=list(keys), set_=said, where=is_news)
