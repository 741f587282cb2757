"""What was planned or measured by an earlier version, or by other settings, is done anew at the start."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

from application.ports import UnitOfWork, UnitOfWorkFactory, of_change
from application.retry import commit_with_retry
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
MEASURES = 2
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
        ids = [each.id for each in found[first : first + AT_ONCE]]
        await commit_with_retry(units, partial(_bring_up_to_date, catalogue=catalogue, ids=ids, is_planned=True))
    return len(found)


async def _bring_up_to_date(unit: UnitOfWork, *, catalogue: Catalogue, ids: Sequence[str], is_planned: bool) -> None:
    for each in ids:
        stored = await unit.changes.load(each)
        service = catalogue.services.get(stored.change.plan.service) if stored else None
        if stored is not None and service is not None:
            # First: whoever else saves this change is behind us, or was faster and it is read again.
            await unit.changes.bring_up_to_date(stored, service)
            if is_planned:
                await unit.due_items.replace(of_change(each), pending(stored.change, service))


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
            if not ids:
                await unit.settings.put(MEASURED, wanted)
                return measured
        await commit_with_retry(units, partial(_bring_up_to_date, catalogue=catalogue, ids=ids, is_planned=False))
        measured, last = measured + len(ids), ids[-1]


def _mark(services: Iterable[Service]) -> str:
    numbers = sorted(
        (
            *(each.key, str(each.zone), repr(each.policy), repr(each.vps), sorted(each.closed)),
            # What waits for whom is stored by their ids.
            *(each.approver.id, sorted(person.id for person in each.deputies)),
            [(stage.level, stage.needed, [person.id for person in stage.people]) for stage in each.approvals],
        )
        for each in services
    )
    return hashlib.sha256(repr((RULES, [*StepKind], numbers)).encode()).hexdigest()[:16]
