"""The index of what changes say: which of them have all three letters in a row that a word has.

A table of its own, by triggers always as true as the changes: FTS5 of SQLite, and an inverted index on PostgreSQL.
Migration 0016 makes it; it is no part of a backup, as it comes with the changes.
"""

import re
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

NAME = "change_words"
LETTERS = 3
"""So many in a row are indexed: a shorter word is in too many changes to be found by an index."""
MOST_ASKED = 60
"""So many of them are asked for: what has these has the others too, or is found out to have them not."""
_IN_ALL = re.compile(r"chg-\d{4}(?=-\d{2})")
"""An id begins as all others of its year do: that is not asked for."""
_NUMBERS = 1_000_000_000
"""More than there are changes in a year. FTS5 numbers what it finds: the year, so many times, and the number."""
_index = sa.table(NAME, sa.column("rowid"), sa.column("change"), sa.column("letters", ARRAY(sa.Text)), sa.column(NAME))
ASKED = "letters"
"""The parameter's name."""


def is_part(name: str) -> bool:
    """Whether the table is the index, or one of those that FTS5 keeps it in."""
    return name == NAME or name.startswith(f"{NAME}_")


def letters_of(words: Iterable[str]) -> list[str]:
    """What is in every text with these words in it; nothing where all of them are too short."""
    # Texts are stored without null characters. What stands before an id and behind its year is not in a row.
    written = [part for word in words for part in _IN_ALL.split(word.replace("\x00", ""))]
    found = {part[at : at + LETTERS] for part in written for at in range(len(part) - LETTERS + 1)}
    return sorted(found)[:MOST_ASKED]


def asked(letters: Iterable[str], *, is_postgresql: bool) -> Any:
    """The parameter's value."""
    if is_postgresql:
        return list(letters)
    return " ".join('"{}"'.format(each.replace('"', '""')) for each in letters)


def having(*, is_postgresql: bool) -> sa.Select[tuple[str]]:
    """The ids of the changes that have all of them."""
    if is_postgresql:
        return sa.select(_index.c.change).where(_index.c.letters.contains(sa.bindparam(ASKED, type_=ARRAY(sa.Text))))
    number = _index.c.rowid
    its_id = sa.func.printf("CHG-%d-%04d", number.op("/")(sa.literal_column(str(_NUMBERS))), number % _NUMBERS)
    return sa.select(its_id).where(_index.c[NAME].op("MATCH")(sa.bindparam(ASKED, type_=sa.Text)))


def drop(connection: sa.Connection) -> None:
    """Take the index away, where there is one; the changes go with it."""
    connection.execute(sa.text(f"DROP TABLE IF EXISTS {NAME}"))


def purge(connection: Any) -> None:
    """Take out of SQLite's what it still has of texts that read otherwise now, where it is there."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (NAME,)).fetchone():
        connection.execute(f"INSERT INTO {NAME} ({NAME}) VALUES ('optimize')")  # noqa: S608  # nosec B608
