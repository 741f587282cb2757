"""What was planned or measured by an earlier version, or by other settings, is done anew at the start."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime

from application.ports import UnitOfWorkFactory, of_change
from changes.model import OPEN, State
from changes.planning.reminders import REVIEWED_WITHIN
from changes.planning.steps import StepKind
from changes.planning.timeline import pending
from changes.policy import Catalogue, Service
from changes.reporting.search import Search

PLANNED = "steps.planned"
"""The setting that says by which rules and numbers the stored steps were planned."""
AT_ONCE = 100
RULES = 2
"""Grows when the timeline plans other moments, or the worklist other tasks, for the same change."""
MEASURED = "changes.measured"
"""The setting that says by which rules and clocks the changes are counted; without it they are measured anew."""
MEASURES = 1
"""Grows when the same change is measured otherwise."""


async def replan(units: UnitOfWorkFactory, catalogue: Catalogue, now: datetime) -> int:
    """Plan the steps of every change that is not over, if rules or settings are others; how many changes that were."""
    wanted = _mark(catalogue.services.values())
    async with units() as unit:
        if await unit.settings.get(PLANNED) == wanted:
            return 0
    planned = await _replanned(units, catalogue, OPEN, None)
    planned += await _replanned(units, catalogue, (State.COMPLETED,), now - REVIEWED_WITHIN)
    async with units() as unit:
        await unit.settings.put(PLANNED, wanted)
    return planned


async def _replanned(
    units: UnitOfWorkFactory, catalogue: Catalogue, states: Collection[State], since: datetime | None
) -> int:
    async with units() as unit:
        found = await unit.changes.find(Search(states=states, since=since))
    for first in range(0, len(found), AT_ONCE):
        async with units() as unit:
            for each in found[first : first + AT_ONCE]:
                stored = await unit.changes.load(each.id)
                service = catalogue.services.get(stored.change.plan.service) if stored else None
                if stored is not None and service is not None:
                    await unit.due_items.replace(of_change(stored.change.id), pending(stored.change, service))
                    await unit.changes.bring_up_to_date(stored.change, service)
    return len(found)


async def remeasure(units: UnitOfWorkFactory, catalogue: Catalogue) -> int:
    """Measure every change, if rules or clocks are others; how many changes that were."""
    clocks = sorted((each.key, str(each.zone)) for each in catalogue.services.values())
    wanted = hashlib.sha256(repr((MEASURES, clocks)).encode()).hexdigest()[:16]
    async with units() as unit:
        if await unit.settings.get(MEASURED) == wanted:
            return 0
    measured, last = 0, ""
    while True:
        async with units() as unit:
            ids = await unit.changes.ids_after(last, AT_ONCE)
            for each in ids:
                stored = await unit.changes.load(each)
                service = catalogue.services.get(stored.change.plan.service) if stored else None
                if stored is not None and service is not None:
                    await unit.changes.bring_up_to_date(stored.change, service)
            if not ids:
                await unit.settings.put(MEASURED, wanted)
                return measured
        measured, last = measured + len(ids), ids[-1]


def _mark(services: Iterable[Service]) -> str:
    numbers = sorted(
        (
            *(each.key, str(each.zone), repr(each.policy), repr(each.vps), sorted(each.closed)),
            # What waits for whom is stored by their ids.
            *(each.approver.id, sorted(person.id for person in each.deputies)),
        )
        for each in services
    )
    return hashlib.sha256(repr((RULES, [*StepKind], numbers)).encode()).hexdigest()[:16]
