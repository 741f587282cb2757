"""Caches people and services, with their absences, for one unit of work."""

from dataclasses import replace
from datetime import date

from application.ports import UnitOfWork, UserProfile
from changes.model import Change, Person
from changes.policy import Away, Service


class Directory:
    """Reads through `unit`, and remembers what it read for as long as that lives."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self._profiles: dict[str, UserProfile | None] = {}
        self._services: dict[str, Service] = {}

    async def profile(self, person: Person) -> UserProfile | None:
        """The person as the bot has met them."""
        if person.id not in self._profiles:
            self._profiles[person.id] = await self.unit.people.get(person.id)
        return self._profiles[person.id]

    async def service(self, service: Service) -> Service:
        """The service with the present names of its approver and deputies, and the absences that were read first."""
        if service.key not in self._services:
            deputies = tuple([await self._named(deputy) for deputy in service.deputies])
            absences = await self.unit.absences.of(service.deciding(), date.min)
            away = tuple(Away(each.person, each.first, each.last) for each in absences)
            approver = await self._named(service.approver)
            self._services[service.key] = replace(service, approver=approver, deputies=deputies, away=away)
        return self._services[service.key]

    async def with_present_names(self, change: Change) -> Change:
        """The change with its people as they are called now: it stores what they were called when they were named."""
        requester, implementer = await self._named(change.requester), await self._named(change.plan.implementer)
        return change.with_(requester=requester, plan=replace(change.plan, implementer=implementer))

    async def refresh_user_ids(self, change: Change, service: Service) -> tuple[str, ...]:
        """The ids by which Teams knows those concerned by the change: their cards refresh by themselves."""
        involved = dict.fromkeys((*service.deciding(), change.plan.implementer, change.requester))
        met = [await self.profile(person) for person in involved]
        return tuple(each.mri for each in met if each is not None and each.mri)

    async def language(self, person: Person) -> str:
        """The language that the person chose, or that of their Teams; empty when nothing is known."""
        chosen = await self.unit.settings.get(chosen_language(person))
        known = await self.profile(person)
        return chosen or (known.language if known else "")

    async def _named(self, person: Person) -> Person:
        met = await self.profile(person)
        return met.person if met and met.person.name else person


def chosen_language(person: Person) -> str:
    """The name under which the person's choice is kept."""
    return f"language:{person.id}"
