"""Runs due items: each is claimed, done and closed in one transaction; one that fails delays its own owner only."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from application.change_service import execute
from application.ports import Clock, DueItem, OwnerType, UnitOfWork, UnitOfWorkFactory
from application.retry import commit_with_retry
from changes import commands as c
from changes.errors import ConcurrencyConflict, DatabaseUnavailable, NotConfigured, StepObsolete
from changes.model import SYSTEM
from changes.policy import Catalogue
from scheduler.heartbeat import Heartbeat

log = logging.getLogger(__name__)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
MOST_DOUBLINGS = 10
Handler = Callable[[UnitOfWork, DueItem, datetime], Awaitable[None]]
"""Carries an item out; raises StepObsolete where it is void."""


class DueRunner:
    """Carries out what is due in the order of its times: `handlers` do it, one for each type of owner."""

    def __init__(self, units: UnitOfWorkFactory, catalogue: Catalogue, clock: Clock, heartbeat: Heartbeat) -> None:
        self._units, self._catalogue, self._clock, self._heartbeat = units, catalogue, clock, heartbeat
        self.handlers: Mapping[OwnerType, Handler] = {OwnerType.CHANGE: self._step}
        self.stopping = False

    async def run(self) -> bool:
        """Fire what is due; whether there was anything."""
        fired = False
        while not self.stopping and await self._one():
            fired = True
            self._heartbeat.beat()
        return fired

    async def _one(self) -> bool:
        now = self._clock.now()
        item: DueItem | None = None
        try:
            async with self._units() as unit:
                item = await unit.due_items.claim(now)
                if item is None:
                    return False
                try:
                    await self.handlers[item.owner.type](unit, item, now)
                except StepObsolete as void:
                    log.info("%s", void.sentence)
                    await unit.due_items.drop(item.owner, item.key)
        except ConcurrencyConflict:
            return True
        except DatabaseUnavailable:
            raise
        except NotConfigured as gone:
            if item is None:
                raise
            log.warning("step %s of %s waits: %s", item.key, item.owner.id, gone.sentence)
            await self._wait(item, LONGEST_WAIT)
        except Exception as error:
            if item is None:
                raise  # the database itself fails: whoever runs us tries again
            await self._hold(item, error)
        return True

    async def _step(self, unit: UnitOfWork, item: DueItem, now: datetime) -> None:
        await execute(unit, self._catalogue, item.owner.id, c.FireStep(SYSTEM, item.key), now, "timeline")

    async def _hold(self, item: DueItem, error: Exception) -> None:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(item.failures, MOST_DOUBLINGS))
        log.error("step %s of %s failed and is tried again in %s", item.key, item.owner.id, wait, exc_info=error)
        await self._wait(item, wait)

    async def _wait(self, item: DueItem, wait: timedelta) -> None:
        await commit_with_retry(self._units, lambda unit: unit.due_items.hold(item.owner, self._clock.now() + wait))
