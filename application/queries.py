"""What is read beside the change itself: who is who, what waits for somebody, what past changes teach."""

from dataclasses import replace
from datetime import date, datetime

from application.ports import UnitOfWork
from changes.model import OPEN, Change, Person, State
from changes.planning.reminders import REVIEWED_WITHIN
from changes.policy import Away, Catalogue, Service
from changes.reporting.duration_estimates import LOOK_BACK, OVER, DurationEstimates, estimate_durations
from changes.reporting.metrics import measure
from changes.reporting.search import Search
from changes.reporting.worklist import DECIDERS_ASKED, PendingTask, pending_task_for

_ENOUGH = 60
"""So many past changes of each sort are learned from; the last of them count."""


async def with_resolved_people(unit: UnitOfWork, service: Service) -> Service:
    """The service with the names of its approver and deputies, as far as the bot has met them, and their absences."""

    async def known(person: Person) -> Person:
        met = await unit.people.get(person.id)
        return met.person if met and met.person.name else person

    deputies = tuple([await known(deputy) for deputy in service.deputies])
    absences = await unit.absences.of((service.approver, *service.deputies), date.min)
    away = tuple(Away(each.person, each.first, each.last) for each in absences)
    return replace(service, approver=await known(service.approver), deputies=deputies, away=away)


async def with_present_names(unit: UnitOfWork, change: Change) -> Change:
    """The change with its people as they are called now: it stores what they were called when they were named."""
    people = {person.id: person for person in (change.requester, change.plan.implementer)}
    for person in list(people.values()):
        met = await unit.people.get(person.id)
        if met is not None and met.person.name:
            people[person.id] = met.person
    requester, implementer = people[change.requester.id], people[change.plan.implementer.id]
    return change.with_(requester=requester, plan=replace(change.plan, implementer=implementer))


async def language_of(unit: UnitOfWork, person: Person) -> str:
    """The language that the person chose, or that of their Teams; empty when nothing is known."""
    chosen = await unit.settings.get(chosen_language(person))
    known = await unit.people.get(person.id)
    return chosen or (known.language if known else "")


def chosen_language(person: Person) -> str:
    """The name under which the person's choice is kept."""
    return f"language:{person.id}"


async def refresh_user_ids(unit: UnitOfWork, change: Change, service: Service) -> tuple[str, ...]:
    """The ids by which Teams knows those concerned by the change: their cards refresh by themselves."""
    involved = dict.fromkeys((service.approver, *service.deputies, change.plan.implementer, change.requester))
    met = [await unit.people.get(person.id) for person in involved]
    return tuple(each.mri for each in met if each is not None and each.mri)


async def experience(unit: UnitOfWork, service: Service, now: datetime) -> DurationEstimates:
    """What the service's past changes teach about the next one."""
    past: dict[str, Change] = {}
    # What is rare is asked for by itself: among the last changes of all sorts there may be none of it.
    for states, operation in ((State.COMPLETED,), ""), ((State.CANCELLED,), "snapshot"), (OVER, "restore"):
        found = await unit.changes.find(
            Search(
                service=service.key,
                states=states,
                operation=operation,
                since=now - LOOK_BACK,
                until=now,
                newest_first=True,
            ),
            limit=_ENOUGH,
        )
        past |= {change.id: change for change in found}
    return estimate_durations(measure(change, service) for change in past.values())


async def agenda(
    unit: UnitOfWork, catalogue: Catalogue, person: Person, now: datetime
) -> tuple[tuple[PendingTask, ...], tuple[Change, ...]]:
    """What is asked of the person, the most urgent first; and their other open changes, the next window first."""
    since = now - REVIEWED_WITHIN
    mine = await unit.changes.find(Search(states=OPEN, person=person.id))
    over = await unit.changes.find(Search(states=(State.COMPLETED,), person=person.id, since=since, until=now))
    found = {change.id: change for change in (*mine, *over)}
    for key in [each.key for each in catalogue.services.values() if each.decides(person)]:
        found |= {each.id: each for each in await unit.changes.find(Search(service=key, states=DECIDERS_ASKED))}
    services = {key: await with_resolved_people(unit, service) for key, service in catalogue.services.items()}
    items, own = [], []
    for change in sorted(found.values(), key=lambda each: (each.plan.window.start, each.id)):
        service = services.get(change.plan.service)
        item = pending_task_for(person, change, service, now) if service else None
        if item is not None:
            items.append(item)
        elif person in (change.requester, change.plan.implementer) and change.state in OPEN:
            own.append(change)
    return tuple(sorted(items, key=lambda item: item.order)), tuple(own)
