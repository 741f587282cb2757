"""Due steps: each is claimed, decided and closed in one transaction."""

import logging

from changes import commands as c
from changes.errors import Concurrent, Unknown
from changes.model import CLOCK
from changes.policy import Catalogue
from changes.ports import Clock, Units
from changes.service import carry_out

log = logging.getLogger(__name__)


class StepRunner:
    """Fires due steps in the order of their times."""

    def __init__(self, units: Units, catalogue: Catalogue, clock: Clock) -> None:
        self._units, self._catalogue, self._clock = units, catalogue, clock
        self._broken: set[tuple[str, str]] = set()

    async def run(self) -> bool:
        """Fire what is due; whether there was anything."""
        fired = False
        while await self._one():
            fired = True
        return fired

    async def _one(self) -> bool:
        now = self._clock.now()
        try:
            async with self._units() as unit:
                step = await unit.steps.claim(now)
                if step is None or (step.change, step.key) in self._broken:
                    return False
                try:
                    await carry_out(unit, self._catalogue, step.change, c.FireStep(CLOCK, step.key), now, "timeline")
                except Unknown:
                    await unit.steps.drop(step.change, step.key)
        except Concurrent:
            return True
        return True
