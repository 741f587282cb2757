"""Reads how many changes count as what: triggers keep that in a table while changes are written (migration 0017)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from changes.model import Outcome, State
from changes.reporting.periods import Period
from changes.reporting.statistics import Counts, GroupCount
from storage.columns import among
from storage.tables import change_count_deltas, change_counts
from storage.transaction import SqlStore, Transaction

CHANGES = "changes"
"""Counted by their state, outcome, and `short` and `late` where they are so, between slashes."""
LEAD_DAYS, OVERRUN = "lead_days", "overrun"
"""Counted by days, and those that were late by minutes: as there are many of them, those of a year are counted
together, too."""
OF_YEAR = "/year"
"""Behind the name of what is counted in the first month of a year for all of it."""
_ALL_OF_THEM = 2**62
MOST_ADDED = 50_000
"""Maximum number of rows that are added to the counts in one transaction: it ends long before anybody gives up."""
_KEY = ("counted", "service", "month", "value")


def _kept() -> sa.Subquery:
    """What is asked for of the counts, and of what is still to be added to them: one statement sees no row twice."""
    parts = [
        sa.select(*(table.c[name] for name in (*_KEY, "number"))).where(
            among(table.c.counted, "counted"),
            among(table.c.service, "services"),
            table.c.month >= sa.bindparam("since"),
            table.c.month < sa.bindparam("until"),
        )
        for table in (change_counts, change_count_deltas)
    ]
    return sa.union_all(*parts).subquery()


def _summed(*kind: sa.ColumnElement[Any]) -> sa.Select[Any]:
    number = sa.func.sum(_found.c.number)
    return sa.select(*kind, number.label("number")).group_by(*kind).having(number != 0)


_found = _kept()
_GROUPS = _summed(_found.c.service, (_found.c.month // 3).label("quarter"), _found.c.value)
_VALUES = _summed(_found.c.counted, _found.c.value)


class SqlStatistics(SqlStore):
    """Statistics in the database."""

    async def count(self, services: Sequence[str], period: Period) -> Counts:
        asked = ("count", tuple(services), period)
        return await self._transaction.cached(asked, lambda: self._count(services, period))

    async def _count(self, services: Sequence[str], period: Period) -> Counts:
        months = period.months
        of_them = {"services": list(services), "since": months.start, "until": months.stop}
        groups = await self._transaction.execute(_GROUPS, of_them | {"counted": [CHANGES]})
        together = "" if period.quarter or period.month else OF_YEAR
        values: dict[str, dict[int, int]] = {LEAD_DAYS + together: {}, OVERRUN + together: {}}
        for row in await self._transaction.execute(_VALUES, of_them | {"counted": list(values)}):
            values[row.counted][int(row.value)] = row.number
        return Counts(tuple(map(_group, groups)), *values.values())


def _group(row: sa.Row[Any]) -> GroupCount:
    state, outcome, short, late = row.value.split("/")
    quarter = Period(row.quarter // 4, row.quarter % 4 + 1)
    ended = Outcome(outcome) if outcome else None
    return GroupCount(row.service, quarter, State(state), ended, bool(short), bool(late), row.number)


_d = change_count_deltas.c
_WAITING = sa.select(sa.func.min(_d.id).label("first"), sa.func.max(_d.id).label("last"))
_taken = sa.delete(change_count_deltas).where(_d.id < sa.bindparam("until"))
_gone = _taken.returning(*(_d[name] for name in _KEY), _d.number).cte("gone")
_key = [_gone.c[name] for name in _KEY]
_sum = sa.func.sum(_gone.c.number)
_added = postgresql.insert(change_counts).from_select(
    [*_KEY, "number"],
    # In one order, so that two who do so never wait for each other.
    sa.select(*_key, _sum).group_by(*_key).having(_sum != 0).order_by(*_key),
)
_ADD = _added.on_conflict_do_update(
    index_elements=list(_KEY), set_={"number": change_counts.c.number + _added.excluded.number}
)
"""What others write meanwhile is no part of it, and stays: all together is the same before and after."""


async def add_deltas(transaction: Transaction) -> bool:
    """Add to the counts what PostgreSQL's writers have left; whether there is more, for other transactions."""
    if not transaction.is_postgresql:
        return False
    waiting = (await transaction.execute(_WAITING)).one()
    if waiting.first is None:
        return False
    until = waiting.first + MOST_ADDED
    await transaction.execute(_ADD, {"until": until})
    return bool(waiting.last >= until)


def leave_no_trace(connection: sa.Connection) -> None:
    """Keep only what counts: as what a change counted before it was rewritten is nowhere any more."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ADD, {"until": _ALL_OF_THEM})
    connection.execute(sa.delete(change_counts).where(change_counts.c.number == 0))
