"""The one application service: load the change, decide, save change, events, steps and effects in one transaction."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from changes import commands as c
from changes.agenda import Item, asked_of
from changes.consequences import effects, status_effect
from changes.effects import Effect
from changes.errors import Stale, Unknown
from changes.events import Entry
from changes.learning import LOOK_BACK, OVER, Experience, learn
from changes.lifecycle import decide, evolve
from changes.measures import measure
from changes.model import OPEN, Change, Person, State
from changes.policy import Away, Catalogue, Service
from changes.ports import UnitOfWork
from changes.slots import Booking
from changes.timeline import pending

_NEEDS_BOOKINGS = (c.Submit, c.Edit, c.Move, c.AllowConflict)
_ENOUGH = 60
"""So many past changes are looked at: among them are the few restores from which one learns."""
_MOST_OPEN = 500
_REVIEWED_WITHIN = timedelta(days=60)
"""A review that nobody wrote for so long is not asked for any more."""


async def carry_out(
    unit: UnitOfWork,
    catalogue: Catalogue,
    change_id: str,
    command: c.Command,
    now: datetime,
    via: str,
    seen: int | None = None,
) -> Change:
    """Apply the command to the change within the caller's transaction; the change as it is afterwards.

    `seen` is the revision the person looked at when pressing; Stale is raised when it is not the present one. Raises
    any Refusal that `decide` raises, and Concurrent when somebody else was faster: then nothing may be committed.
    """
    stored = await unit.changes.load(change_id)
    if stored is None:
        raise Unknown("There is no change {id}. `/change list` shows those there are.", id=change_id)
    change = stored.change
    service = await introduced(unit, catalogue.service(change.plan.service))
    if seen is not None and seen != change.revision:
        raise Stale("{id} has changed since this card was drawn: here is how it stands now.", id=change_id)
    bookings: tuple[Booking, ...] = ()
    if isinstance(command, _NEEDS_BOOKINGS):
        bookings = await unit.changes.bookings(service.key, excluding=change_id)
    events = decide(change, command, now, service, bookings)
    entries = [Entry(stored.version + n, now, command.by, via, event) for n, event in enumerate(events, start=1)]
    return await _save(unit, service, change, stored.version, entries, now)


async def draft(unit: UnitOfWork, catalogue: Catalogue, command: c.Draft, now: datetime, via: str) -> Change:
    """Write a new change down as a draft, under a new id; the draft."""
    service = await introduced(unit, catalogue.service(command.plan.service))
    year = service.local(now).year
    events = decide(None, command, now, service, new_id=await unit.changes.new_id(year))
    entries = [Entry(n, now, command.by, via, event) for n, event in enumerate(events, start=1)]
    return await _save(unit, service, None, 0, entries, now)


async def introduced(unit: UnitOfWork, service: Service) -> Service:
    """The service with the names of its approver and deputies, as far as the bot has met them, and their absences."""

    async def known(person: Person) -> Person:
        met = await unit.people.get(person.id)
        return met.person if met and met.person.name else person

    deputies = tuple([await known(deputy) for deputy in service.deputies])
    absences = await unit.absences.of((service.approver, *service.deputies), date.min)
    away = tuple(Away(each.person, each.first, each.last) for each in absences)
    return replace(service, approver=await known(service.approver), deputies=deputies, away=away)


async def language_of(unit: UnitOfWork, person: Person) -> str:
    """The language that the person chose, or that of their Teams; empty when nothing is known."""
    chosen = await unit.settings.get(chosen_language(person))
    known = await unit.people.get(person.id)
    return chosen or (known.language if known else "")


def chosen_language(person: Person) -> str:
    """The name under which the person's choice is kept."""
    return f"language:{person.id}"


async def watchers(unit: UnitOfWork, change: Change, service: Service) -> tuple[str, ...]:
    """The ids by which Teams knows those concerned by the change: their cards refresh by themselves."""
    involved = dict.fromkeys((service.approver, *service.deputies, change.plan.implementer, change.requester))
    met = [await unit.people.get(person.id) for person in involved]
    return tuple(each.mri for each in met if each is not None and each.mri)


async def experience(unit: UnitOfWork, service: Service, now: datetime) -> Experience:
    """What the service's past changes teach about the next one."""
    past = await unit.changes.find(
        service=service.key, states=OVER, since=now - LOOK_BACK, until=now, newest_first=True, limit=_ENOUGH
    )
    return learn(measure(change, service) for change in past)


async def agenda(
    unit: UnitOfWork, catalogue: Catalogue, person: Person, now: datetime
) -> tuple[tuple[Item, ...], tuple[Change, ...]]:
    """What is asked of the person, the most urgent first; and their other open changes, the next window first."""
    open_ = await unit.changes.find(states=OPEN, limit=_MOST_OPEN)
    over = await unit.changes.find(states=(State.COMPLETED,), since=now - _REVIEWED_WITHIN, until=now, limit=_MOST_OPEN)
    services = {key: await introduced(unit, service) for key, service in catalogue.services.items()}
    items, own = [], []
    for change in (*open_, *over):
        service = services.get(change.plan.service)
        item = asked_of(person, change, service, now) if service else None
        if item is not None:
            items.append(item)
        elif person in (change.requester, change.plan.implementer) and change.state in OPEN:
            own.append(change)
    return tuple(sorted(items, key=lambda item: item.order)), tuple(own)


async def _save(
    unit: UnitOfWork, service: Service, before: Change | None, version: int, entries: list[Entry], now: datetime
) -> Change:
    wanted: list[Effect] = []
    change = before
    for entry in entries:
        after = evolve(change, entry)
        wanted += effects(entry, change, after, service)
        change = after
    if change is None:
        raise ValueError("a command gives at least one event")
    # A draft whose overlap was let stand has its live card in the channel too.
    seen = change.submitted_at is not None or change.conflict_allowed is not None
    if seen and (before is None or before.revision != change.revision):
        wanted.insert(0, status_effect(change, entries[0].seq))
    await unit.changes.save(change, version, entries, pending(change, service), wanted, now)
    return change
