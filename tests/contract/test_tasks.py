"""What the tables say waits for somebody, or is counted, is what the changes themselves say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from application.ports import UnitOfWork, VersionedChange, Worklist
from application.queries.worklist import worklist_of
from application.replanning import remeasure, replan
from changes.events import Drafted
from changes.model import OPEN, Change, Person, State, Window
from changes.planning.timeline import pending
from changes.policy import Away, Catalogue, Service
from changes.reporting.metrics import measure
from changes.reporting.periods import Period
from changes.reporting.search import Search
from changes.reporting.statistics import by_quarter, by_service, summarise
from changes.reporting.worklist import pending_task_for
from storage import Store
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.autocommit import autocommit
from tests.support.core import CLAIRE, LUC, NADIA, PIERRE, at, night
from tests.support.counted import counted
from tests.unit.changes.test_every_verb import MARC, SCENES, SERVICE, scene

CATALOGUE = Catalogue({"learn": SERVICE})
PEOPLE = (NADIA, PIERRE, CLAIRE, LUC, MARC)
MOMENTS = (
    *(at(2027, 3, 31), at(2027, 4, 2), at(2027, 4, 9), at(2027, 4, 14)),
    *(night(22, 1), night(22, 31), night(23, 1), night(23, 11), night(23, 31)),
    *(at(2027, 4, 17), at(2027, 4, 21), at(2027, 6, 13), at(2027, 6, 17)),
)
INVOLVED = ((NADIA, LUC), (PIERRE, LUC), (NADIA, PIERRE), (CLAIRE, MARC))


async def everything(unit: UnitOfWork, days_apart: int = 0) -> list[Change]:
    """One change of every scene and of every pair of people, as it is stored; their windows so many days apart."""
    saved: list[Change] = []
    for requester, implementer in INVOLVED:
        for name in SCENES:
            change, later = scene(name, NADIA, LUC)[0].now_it_is, timedelta(days=days_apart * len(saved))
            window = Window(change.plan.window.start + later, change.plan.window.end + later)
            plan = replace(change.plan, window=window, implementer=implementer)
            change = change.with_(id=f"CHG-2027-{len(saved) + 1:04}", requester=requester, plan=plan)
            await unit.changes.save(change, 0, (), (), (), s.NOW, SERVICE)
            saved.append(change)
    return saved


def expected(changes: Sequence[Change], person: Person, service: Service, now: datetime) -> Worklist:
    """The worklist, from every change."""
    tasks = [task for each in changes if (task := pending_task_for(person, each, service, now))]
    busy = {each.change.id for each in tasks}
    own = [
        each
        for each in sorted(changes, key=lambda each: (each.plan.window.start, each.id))
        if each.id not in busy and each.state in OPEN
        if each.requester == person or (each.plan.implementer == person and not each.is_private)
    ]
    return Worklist(tuple(sorted(tasks, key=lambda each: each.order)[:8]), len(tasks), tuple(own[:5]))


@pytest.mark.parametrize("absent", [(), (PIERRE,), (PIERRE, MARC), (PIERRE, CLAIRE, MARC)])
async def test_the_tasks_that_are_stored_are_those_of_the_changes(unit: UnitOfWork, absent: tuple[Person, ...]) -> None:
    changes = await everything(unit)
    first, last = at(2027, 3, 1).date(), at(2027, 7, 1).date()
    for each in absent:
        await unit.absences.add(each, first, last)
    service = replace(SERVICE, away=tuple(Away(each, first, last) for each in absent))
    for person in PEOPLE:
        for now in MOMENTS:
            found = await worklist_of(unit, CATALOGUE, person, now, 8, 5)
            assert found == expected(changes, person, service, now), (person, now)


async def test_what_waits_for_those_who_decided_waits_for_those_whom_the_settings_name_now(store: Store) -> None:
    changes = await everything(autocommit(store))
    await replan(store.units, CATALOGUE, s.NOW)
    for approver, deputies in ((CLAIRE, (PIERRE,)), (CLAIRE, (MARC,))):
        service = replace(SERVICE, approver=approver, deputies=deputies)
        catalogue = Catalogue({"learn": service})
        await replan(store.units, catalogue, s.NOW)
        for person in PEOPLE:
            for now in MOMENTS[::4]:
                async with store.units() as unit:
                    found = await worklist_of(unit, catalogue, person, now, 8, 5)
                assert found == expected(changes, person, service, now), (approver, deputies, person, now)


async def test_a_clock_that_was_ahead_for_an_hour_has_ended_nobodys_tasks(unit: UnitOfWork) -> None:
    changes = await everything(unit)
    assert await unit.retention.purge_expired(at(2027, 5, 20)) is False
    for person in PEOPLE:
        for now in MOMENTS[::3]:
            assert await worklist_of(unit, CATALOGUE, person, now, 8, 5) == expected(changes, person, SERVICE, now)


@pytest.mark.parametrize("anew", [replan, remeasure])
async def test_what_is_saved_while_a_start_writes_down_tasks_anew_is_not_undone(another: Open, anew: Any) -> None:
    store, other = await another(), await another()
    change = scene("GO asked", NADIA, LUC)[0].now_it_is
    [trail] = s.entries(Drafted(change.id, change.plan))
    async with store.units() as unit:
        await unit.changes.save(change, 0, [trail], pending(change, SERVICE), (), s.NOW, SERVICE)
    cancelled, is_saved = change.with_(state=State.CANCELLED), False

    async def saved() -> None:
        nonlocal is_saved
        is_saved = True
        async with other.units() as unit:
            entry = replace(trail, seq=2)
            await unit.changes.save(cancelled, 1, [entry], (), (), s.NOW, SERVICE)

    def units(patience: float | None = None) -> UnitOfWork:
        unit = store.units(patience)
        load = unit.changes.load

        async def loaded(change_id: str) -> VersionedChange | None:
            found = await load(change_id)
            if not is_saved and other.engine.dialect.name == "postgresql":  # on SQLite everybody else waits
                await saved()
            return found

        vars(unit.changes)["load"] = loaded
        return unit

    await (anew(units, CATALOGUE, s.NOW) if anew is replan else anew(units, CATALOGUE))
    if not is_saved:
        await saved()
    async with store.units() as unit:
        assert await unit.due_items.next_due() is None
        for person in PEOPLE:
            assert await worklist_of(unit, CATALOGUE, person, MOMENTS[2], 8, 5) == Worklist((), 0, ())


async def test_what_is_counted_is_what_happened(unit: UnitOfWork) -> None:
    changes = await everything(unit, days_apart=3)
    services = {"learn": SERVICE}
    known = [measure(each, SERVICE) for each in changes]
    for period in (Period(2027), Period(2027, 2), Period(2027, month=4), Period(2026)):
        since, until = period.bounds(SERVICE.zone)
        wanted = counted((each for each in known if since <= each.planned.start < until), services)
        counts = await unit.statistics.count(list(services), period)
        assert summarise(counts) == summarise(wanted)
        assert by_service(counts) == by_service(wanted)
        assert by_quarter(counts) == by_quarter(wanted)
    found = await unit.changes.measured(Search(service="learn"), limit=len(changes))
    assert list(found) == [replace(each, started_at=None, ended_at=None) for each in known]
