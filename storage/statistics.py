"""Reads how many changes count as what: triggers keep that in a table while changes are written (migration 0017)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from changes.model import Outcome, State
from changes.reporting.periods import Period
from changes.reporting.statistics import Counts, GroupCount
from storage.columns import among
from storage.count_deltas import KEY
from storage.tables import change_count_deltas, change_counts
from storage.transaction import SqlStore

CHANGES = "changes"
"""Counted by their state, outcome, and `short` and `late` where they are so, between slashes."""
LEAD_DAYS, OVERRUN = "lead_days", "overrun"
"""Counted by days, and those that were late by minutes: as there are many of them, those of a year are counted
together, too."""
OF_YEAR = "/year"
"""Behind the name of what is counted in the first month of a year for all of it."""


def _kept() -> sa.Subquery:
    """What is asked for of the counts, and of what is still to be added to them: one statement sees no row twice."""
    parts = [
        sa.select(*(table.c[name] for name in (*KEY, "number"))).where(
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
