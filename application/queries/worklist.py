"""What waits for one person."""

from collections.abc import Collection
from datetime import datetime

from application.ports import UnitOfWork, Worklist
from application.queries.directory import Directory
from changes.approvals.quorum import approvers_of
from changes.model import OPEN, Change, Person, State
from changes.planning.reminders import REVIEWED_WITHIN
from changes.policy import Catalogue, Service
from changes.reporting.search import Search
from changes.reporting.worklist import DECIDERS_ASKED, TaskKind, pending_task_for


async def worklist_of(
    unit: UnitOfWork,
    catalogue: Catalogue,
    person: Person,
    now: datetime,
    most: int,
    most_others: int = 0,
    only: str = "",
    directory: Directory | None = None,
) -> Worklist:
    """The person's first tasks, and the first of their other open changes; those of one service where `only` says so.

    `directory` is the turn's, which may know the services already.
    """
    known = directory or Directory(unit)
    services = {key: each for key, each in catalogue.services.items() if only in ("", key)}
    # Who is away matters to those alone who may decide: of the other services nothing is read.
    decided = await known.services([each for each in services.values() if person in approvers_of(each)])
    if any(each.away_until(person, each.local(now).date()) for each in decided):
        everything = await known.services(services.values())
        return await _read_through(unit, everything, person, now, most, most_others)
    services |= {each.key: each for each in decided}
    return await unit.tasks.of(person, services.values(), now, most, most_others)


async def _read_through(
    unit: UnitOfWork, services: Collection[Service], person: Person, now: datetime, most: int, most_others: int
) -> Worklist:
    """The same from the changes themselves. What is asked of somebody who is away depends on who else is involved."""
    since = now - REVIEWED_WITHIN
    mine = await unit.changes.find(Search(states=OPEN, person=person.id))
    over = await unit.changes.find(Search(states=(State.COMPLETED,), person=person.id, since=since, until=now))
    found = {change.id: change for change in (*mine, *over)}
    for service in [each for each in services if person in approvers_of(each)]:
        asked = await unit.changes.find(Search(service=service.key, states=DECIDERS_ASKED))
        found |= {each.id: each for each in asked}
    listed = await unit.tasks.of(person, services, now, most, 0)  # others' changes may have a task for them
    found |= {each.change.id: each.change for each in listed.tasks if each.asked is TaskKind.ASSIGNED}
    of = {each.key: each for each in services}
    items, own = [], list[Change]()
    for change in sorted(found.values(), key=lambda each: (each.plan.window.start, each.id)):
        its_service = of.get(change.plan.service)
        item = pending_task_for(person, change, its_service, now) if its_service else None
        if item is not None:
            items.append(item)
        elif person in (change.requester, change.plan.implementer) and change.state in OPEN:
            own.append(change)
    first = sorted(items, key=lambda item: item.order)[:most]
    return Worklist(tuple(first), len(items), tuple(own[:most_others]))
