"""What was found in tables that are seldom written, for whoever asks the same again before one of them is written.

On SQLite it lies with the one connection (`LoopConnection`). On PostgreSQL all that write these tables begin a new
generation in one row, in the same transaction: whoever reads that first knows that what was found under it is still so.
"""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Connection, Executable, Text, cast, func, select
from sqlalchemy.dialects import postgresql

from storage.tables import settings

CACHED_TABLES = frozenset({"changes", "operations", "people", "absences", "bindings"})
"""The tables that it is found in; and `events`, which nobody writes without the change."""
DEAD = {"is_about_the_dead": True}
"""The execution options of whatever makes or ends a dead letter, which is seldom, in the outbox, which is not."""
MOST_CACHED = 256
GENERATION = "cache.generation"
"""The setting that says when, and by whom, one of them was last written."""
Cache = dict[Hashable, Any]
READ_GENERATION = select(settings.c.value).where(settings.c.name == GENERATION)
# When, and by whom: a number would come again after a restored backup, or after a crash that undid the last second.
_anew = cast(func.clock_timestamp(), Text) + "/" + cast(func.pg_backend_pid(), Text)
_first = postgresql.insert(settings).values(name=GENERATION, value=_anew)
NEW_GENERATION = _first.on_conflict_do_update(index_elements=["name"], set_={"value": _first.excluded.value})
"""The last that a transaction does which has written one of them: until it has ended, the next one waits here."""


class SharedCache:
    """What all connections to PostgreSQL have found under the latest generation that was read."""

    def __init__(self) -> None:
        self._generation: str | None = None
        self._found: Cache = {}

    def of(self, generation: str | None) -> Cache:
        """What was found under that generation, for a transaction that has read it before anything else is asked."""
        if generation != self._generation or len(self._found) >= MOST_CACHED:
            self._generation, self._found = generation, {}
        return self._found

    def forget(self) -> None:
        """Somebody was faster, perhaps one who begins no generation: the next one looks by itself."""
        self._found = {}


def begin_generation(connection: Connection) -> None:
    """What maintenance has written beside bots that run: they find it out as they do of each other."""
    if connection.dialect.name == "postgresql":
        connection.execute(NEW_GENERATION)


def writes_cached(statement: Executable) -> bool:
    """Whether the statement, which is no select, may write one of the tables, or a dead letter."""
    table = getattr(statement, "table", None)
    return table is None or table.name in CACHED_TABLES or DEAD.items() <= statement.get_execution_options().items()
