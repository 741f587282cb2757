"""Redraws status cards every minute while work is in progress."""

from datetime import datetime, timedelta

from application.ports import Clock, UnitOfWorkFactory
from changes.effects import UpsertStatusCard
from changes.model import IMPLEMENTING, State
from changes.reporting.search import Search

TICKING = (*sorted(IMPLEMENTING), State.INCIDENT, State.RESTORING)
TICKS_ON = timedelta(hours=12)
"""How long after its end a card is still refreshed every minute."""


class StatusRefresher:
    """Has the live cards drawn anew once a minute, and no card on which somebody may be writing."""

    def __init__(self, units: UnitOfWorkFactory, clock: Clock) -> None:
        self._units, self._clock = units, clock
        self._minute: datetime | None = None

    async def run(self) -> None:
        """Queue the redraws, once for each minute."""
        now = self._clock.now()
        minute = now.replace(second=0, microsecond=0)
        if minute == self._minute:
            return
        async with self._units() as unit:
            for change in await unit.changes.find(Search(states=TICKING, since=now - TICKS_ON)):
                key = f"{change.id}:clock:{minute:%Y%m%dT%H%M}"
                await unit.outbox.add([UpsertStatusCard(key, change.id, passing=True)], now)
        self._minute = minute
