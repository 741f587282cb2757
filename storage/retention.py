"""Deletes expired rows, some at a time; changes, their audit trail and the delivery log are kept."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, Select, Table, bindparam, delete, select, true

from changes.reporting.worklist import TaskKind
from storage.columns import Instant
from storage.count_deltas import add_deltas
from storage.rows import key_of
from storage.tables import deliveries, outbox, refusals, sendings, tasks
from storage.transaction import SqlStore

KEPT = {
    sendings: (sendings.c.at, timedelta(hours=2)),
    deliveries: (deliveries.c.at, timedelta(days=7)),
    outbox: (outbox.c.done_at, timedelta(days=30)),
    refusals: (refusals.c.at, timedelta(days=365)),
    tasks: (tasks.c.ends, timedelta(days=1)),
}
"""What says how old a row is, and how old it may become. Whoever repeats a delivery does so within minutes."""
AT_ONCE = 500
"""Maximum number of rows of a table that are deleted in one transaction: nobody waits long behind it."""


_ONLY = {tasks: tasks.c.kind == TaskKind.REVIEW}
"""The tasks of a change that goes on are replaced when it is saved: a clock that was wrong for an hour ends none."""


def _oldest(table: Table) -> Select[Any]:
    age, _kept = KEPT[table]
    before = bindparam("before", type_=Instant())
    return select(*key_of(table)).where(age < before, _ONLY.get(table, true())).order_by(age).limit(bindparam("most"))


def _one(table: Table) -> Delete:
    return delete(table).where(*(each == bindparam(f"its_{each.name}") for each in key_of(table)))


_OLDEST = {table: _oldest(table) for table in KEPT}
_ONE = {table: _one(table) for table in KEPT}


class SqlRetention(SqlStore):
    """Retention in the database."""

    async def purge_expired(self, now: datetime) -> bool:
        is_left = await add_deltas(self._transaction)
        for table, (_age, kept) in KEPT.items():
            # By their keys: the engines have no first few of a deletion, and may go through all to find some.
            found = await self._transaction.execute(_OLDEST[table], {"before": now - kept, "most": AT_ONCE})
            keys = [{f"its_{name}": value for name, value in row.items()} for row in found.mappings()]
            if keys:
                await self._transaction.execute(_ONE[table], keys)
            is_left = is_left or len(keys) == AT_ONCE
        return is_left
