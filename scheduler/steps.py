"""Due steps: each is claimed, decided and closed in one transaction. One that fails holds up its own change only."""

import logging
from datetime import timedelta

from application.change_service import execute
from application.ports import Clock, DueStep, UnitOfWorkFactory
from application.retry import commit_with_retry
from changes import commands as c
from changes.errors import ConcurrencyConflict, DatabaseUnavailable, NotConfigured, StepObsolete
from changes.model import SYSTEM
from changes.policy import Catalogue
from scheduler.pulse import Pulse

log = logging.getLogger(__name__)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
MOST_DOUBLINGS = 10


class StepRunner:
    """Fires due steps in the order of their times."""

    def __init__(self, units: UnitOfWorkFactory, catalogue: Catalogue, clock: Clock, pulse: Pulse) -> None:
        self._units, self._catalogue, self._clock, self._pulse = units, catalogue, clock, pulse
        self.stopping = False

    async def run(self) -> bool:
        """Fire what is due; whether there was anything."""
        fired = False
        while not self.stopping and await self._one():
            fired = True
            self._pulse.beat()
        return fired

    async def _one(self) -> bool:
        now = self._clock.now()
        step: DueStep | None = None
        try:
            async with self._units() as unit:
                step = await unit.steps.claim(now)
                if step is None:
                    return False
                try:
                    await execute(unit, self._catalogue, step.change, c.FireStep(SYSTEM, step.key), now, "timeline")
                except StepObsolete as void:
                    log.info("%s", void.sentence)
                    await unit.steps.drop(step.change, step.key)
        except ConcurrencyConflict:
            return True
        except DatabaseUnavailable:
            raise
        except NotConfigured as gone:
            if step is None:
                raise
            log.warning("step %s of %s waits: %s", step.key, step.change, gone.sentence)
            await self._wait(step, LONGEST_WAIT)
        except Exception as error:
            if step is None:
                raise  # the database itself fails: whoever runs us tries again
            await self._hold(step, error)
        return True

    async def _hold(self, step: DueStep, error: Exception) -> None:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(step.failures, MOST_DOUBLINGS))
        log.error("step %s of %s failed and is tried again in %s", step.key, step.change, wait, exc_info=error)
        await self._wait(step, wait)

    async def _wait(self, step: DueStep, wait: timedelta) -> None:
        await commit_with_retry(self._units, lambda unit: unit.steps.hold(step.change, self._clock.now() + wait))
