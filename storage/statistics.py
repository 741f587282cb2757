"""Counts changes in one index, which holds everything that is counted."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from application.ports import Quarters
from changes.model import Outcome, State
from changes.reporting.statistics import Counts, GroupCount
from storage.columns import Instant, among
from storage.tables import changes, handed_in
from storage.transaction import SqlStore

MOST_QUARTERS = 4
_c = changes.c


def _moment(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=Instant())


_quarter = sa.case(
    *((_c.starts_at < _moment(f"until_{number}"), number) for number in range(MOST_QUARTERS - 1)),
    else_=MOST_QUARTERS - 1,
)
_IN_THEM = (
    among(_c.service, "services"),
    _c.starts_at >= _moment("since"),
    _c.starts_at < _moment("until"),
    handed_in,
    _c.state != State.DRAFT.value,
)
_late = sa.and_(_c.state == State.COMPLETED.value, sa.func.coalesce(_c.overrun, 0) > 0)
_kinds = (_c.service, _quarter.label("quarter"), _c.state, _c.outcome, _c.short_notice, _late.label("late"))
_GROUPS = sa.select(*_kinds, sa.func.count().label("number")).where(*_IN_THEM).group_by(*_kinds)
_LEADS = sa.select(_c.lead_days.label("value"), sa.func.count().label("number")).where(*_IN_THEM).group_by("value")
_OVERRUNS = (
    sa.select(_c.overrun.label("value"), sa.func.count().label("number")).where(*_IN_THEM, _late).group_by("value")
)


class SqlStatistics(SqlStore):
    """Statistics in the database."""

    async def count(self, services: Sequence[str], quarters: Quarters) -> Counts:
        if not 0 < len(quarters) <= MOST_QUARTERS:
            raise ValueError(f"{len(quarters)} quarters cannot be counted at once")
        asked = ("count", tuple(services), tuple(quarters.items()))
        return await self._transaction.cached(asked, lambda: self._count(services, quarters))

    async def _count(self, services: Sequence[str], quarters: Quarters) -> Counts:
        names, bounds = list(quarters), list(quarters.values())
        asked: dict[str, object] = {"services": list(services), "since": bounds[0][0], "until": bounds[-1][1]}
        # Of a quarter that is not asked for nothing is left.
        ends = [until for _since, until in bounds] + [bounds[-1][1]] * MOST_QUARTERS
        asked |= {f"until_{number}": ends[number] for number in range(MOST_QUARTERS - 1)}
        groups = [
            GroupCount(
                row.service,
                names[row.quarter],
                State(row.state),
                Outcome(row.outcome) if row.outcome else None,
                bool(row.short_notice),
                bool(row.late),
                row.number,
            )
            for row in await self._transaction.execute(_GROUPS, asked)
        ]
        return Counts(tuple(groups), await self._histogram(_LEADS, asked), await self._histogram(_OVERRUNS, asked))

    async def _histogram(self, query: sa.Select[tuple[int, int]], asked: dict[str, object]) -> dict[int, int]:
        return {row.value: row.number for row in await self._transaction.execute(query, asked)}
