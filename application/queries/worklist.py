"""What waits for one person."""

from datetime import datetime

from application.ports import UnitOfWork
from application.queries.directory import Directory
from changes.model import OPEN, Change, Person, State
from changes.planning.reminders import REVIEWED_WITHIN
from changes.policy import Catalogue
from changes.reporting.search import Search
from changes.reporting.worklist import DECIDERS_ASKED, PendingTask, pending_task_for


async def worklist_of(
    unit: UnitOfWork, catalogue: Catalogue, person: Person, now: datetime
) -> tuple[tuple[PendingTask, ...], tuple[Change, ...]]:
    """The person's tasks, the most urgent first; and their other open changes, the next window first."""
    since = now - REVIEWED_WITHIN
    mine = await unit.changes.find(Search(states=OPEN, person=person.id))
    over = await unit.changes.find(Search(states=(State.COMPLETED,), person=person.id, since=since, until=now))
    found = {change.id: change for change in (*mine, *over)}
    for key in [each.key for each in catalogue.services.values() if each.decides(person)]:
        found |= {each.id: each for each in await unit.changes.find(Search(service=key, states=DECIDERS_ASKED))}
    directory = Directory(unit)
    services = {key: await directory.service(service) for key, service in catalogue.services.items()}
    items, own = [], []
    for change in sorted(found.values(), key=lambda each: (each.plan.window.start, each.id)):
        service = services.get(change.plan.service)
        item = pending_task_for(person, change, service, now) if service else None
        if item is not None:
            items.append(item)
        elif person in (change.requester, change.plan.implementer) and change.state in OPEN:
            own.append(change)
    return tuple(sorted(items, key=lambda item: item.order)), tuple(own)
