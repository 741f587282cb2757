"""Writes the changes and the entries that a unit of work saves: all of them together, a statement for each table."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storage.columns import among
from storage.tables import changes, events
from storage.transaction import SqlStore, Transaction

log = logging.getLogger(__name__)
SAVE = sa.update(changes).where(changes.c.id == sa.bindparam("its"), changes.c.version == sa.bindparam("expected"))
_APPEND = sa.insert(events)
_LOCKED = (
    sa.select(changes.c.id, changes.c.version)
    .where(among(changes.c.id, "ids"))
    .order_by(changes.c.id)
    .with_for_update()
)


class ChangeWriter(SqlStore):
    """Keeps what is saved until it is written."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction)
        self._changes: dict[str, dict[str, Any]] = {}
        self._entries: list[Mapping[str, Any]] = []
        self._written: list[Mapping[str, Any]] = []

    async def save(
        self, change_id: str, values: Mapping[str, Any], expected: int, entries: Sequence[Mapping[str, Any]]
    ) -> None:
        """Save the row of the change and those of its new entries; `expected` is the version that it has now.

        Raises ConcurrencyConflict where it has another one, or does so when it is written.
        """
        before = self._changes.get(change_id)
        if before is not None and before["version"] != expected:
            raise self._transaction.conflict()
        if expected == 0:
            await self._transaction.add(changes, ("id",), {"id": change_id, **values})
        else:
            known = before["expected"] if before else expected
            self._changes[change_id] = {**values, "its": change_id, "expected": known}
        self._entries += entries
        self._transaction.mark_dirty()

    async def flush(self) -> None:
        """Write what is pending. First the changes: the locks of their rows put whoever else writes them behind us."""
        rows, self._changes = list(self._changes.values()), {}
        if len(rows) > 1 and self._transaction.is_postgresql:  # it does not say how many rows several statements found
            found = await self._transaction.execute(_LOCKED, {"ids": [row["its"] for row in rows]})
            if {row.id: row.version for row in found} != {row["its"]: row["expected"] for row in rows}:
                raise self._transaction.conflict()
            await self._transaction.execute(SAVE, rows)
        elif rows and (await self._transaction.execute(SAVE, rows)).rowcount != len(rows):
            raise self._transaction.conflict()
        entries, self._entries = self._entries, []
        if entries:
            await self._transaction.execute(_APPEND, entries)
            self._written += entries

    def committed(self) -> None:
        """Tell the log what has happened to changes, by whom: by ids, as names and what people wrote stay out of it."""
        for row in self._written:
            facts = {"change": row["change"], "happened": row["type"], "by": row["by_id"], "via": row["via"]}
            log.info("%s: %s by %s (%s)", *facts.values(), extra=facts | {"seq": row["seq"]})
