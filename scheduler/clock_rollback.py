"""Repairs stored times after the system clock was set back."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from application.ports import Clock, Operation, UnitOfWork, UnitOfWorkFactory

log = logging.getLogger(__name__)
SLACK = timedelta(seconds=2)
"""Replicas that share the database's clock may differ by less."""
LOOK_EVERY_S = 1.0
"""Seconds of real time after which the database is asked whether another process lived by a later clock."""


class ClockRollbackHandler:
    """Notices that the clock was set back, also while no process ran, and brings back what waits for its old time."""

    def __init__(
        self, units: UnitOfWorkFactory, clock: Clock, lease_seconds: float, real: Callable[[], float] = time.monotonic
    ) -> None:
        """`lease_seconds`: as long as anything is leased; `real` counts seconds whatever the clock does."""
        self._units, self._clock, self._lease_seconds, self._real = units, clock, lease_seconds, real
        self._latest: datetime | None = None
        self._looked = float("-inf")

    async def run(self) -> None:
        """Look, and bring back what has to be. Raises DatabaseUnavailable."""
        now, before = self._clock.now(), self._latest
        if self._real() - self._looked >= LOOK_EVERY_S:
            async with self._units() as unit:
                written = await unit.clock_rollback.latest()
            before = max((moment for moment in (before, written) if moment is not None), default=None)
            self._looked = self._real()
        if before is not None and before - now > SLACK:
            by = before - now
            async with self._units() as unit:
                await unit.clock_rollback.bring_back(now, by, self._lease_seconds)
                await _brought_back(unit, now)
            log.warning("the clock was set back by %s: what waited for its old time waits so much less", by)
        self._latest = now


async def _brought_back(unit: UnitOfWork, now: datetime) -> None:
    for each in await unit.operations.running():
        moved = _by(each, now)
        if moved != each:
            await unit.operations.put(moved)


def _by(operation: Operation, now: datetime) -> Operation:
    """The operation, in which nothing has happened after `now`."""
    looked_at, unseen_since = operation.looked_at, operation.unseen_since
    return replace(
        operation,
        asked_at=min(operation.asked_at, now),
        looked_at=looked_at and min(looked_at, now),
        unseen_since=unseen_since and min(unseen_since, now),
    )
