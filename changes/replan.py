"""Stored steps were planned by an earlier version, or by other settings: they are planned anew at the start."""

import hashlib
from collections.abc import Iterable

from changes.model import OPEN, State
from changes.policy import Catalogue, Service
from changes.ports import Units
from changes.step import StepKind
from changes.timeline import pending

PLANNED = "steps.planned"
"""The setting that says by which rules and numbers the stored steps were planned."""
AT_ONCE = 100
RULES = 1
"""Grows when the timeline plans other moments for the same change."""


async def replan(units: Units, catalogue: Catalogue) -> int:
    """Plan the steps of every change that is not over, if rules or settings are others; how many changes that were."""
    wanted, planned = _mark(catalogue.services.values()), 0
    async with units() as unit:
        if await unit.settings.get(PLANNED) == wanted:
            return 0
    states = (*OPEN, State.COMPLETED)
    while True:
        async with units() as unit:
            found = await unit.changes.find(states=states, offset=planned, limit=AT_ONCE)
            for change in found:
                service = catalogue.services.get(change.plan.service)
                if service is not None:
                    await unit.steps.replace(change.id, pending(change, service))
            planned += len(found)
            if len(found) < AT_ONCE:
                await unit.settings.put(PLANNED, wanted)
                return planned


def _mark(services: Iterable[Service]) -> str:
    """Stands for everything that the timeline is made of beside the change itself."""
    numbers = sorted((each.key, str(each.zone), repr(each.policy), repr(each.vps)) for each in services)
    return hashlib.sha256(repr((RULES, [*StepKind], numbers)).encode()).hexdigest()[:16]
