"""Caches people and services, with their absences, for one unit of work."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from application.ports import Absence, UnitOfWork, UserProfile
from changes.approvals.quorum import approvers_of
from changes.model import Change, Person
from changes.policy import Away, Service

_LAST: dict[str, tuple[Service, object, Service]] = {}
"""Each service as it was last: from what it was made, and itself, which stays one object for as long as it is so."""


class Directory:
    """Reads through `unit`, and remembers what it read for as long as that lives."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self._profiles: dict[str, UserProfile | None] = {}
        self._chosen: dict[str, str] = {}
        self._services: dict[str, Service] = {}

    def remember(self, profile: UserProfile, chosen_language: str) -> None:
        """What is known of the person already needs not be read."""
        self._profiles[profile.person.id] = profile
        self._chosen[profile.person.id] = chosen_language

    async def prefetch(self, *people: Person) -> None:
        """Read all of them at once whom nobody has asked for yet."""
        new = dict.fromkeys(each.id for each in people if each.id not in self._profiles)
        if new:
            self._profiles |= new | {each.person.id: each for each in await self.unit.people.of(new)}

    async def profile(self, person: Person) -> UserProfile | None:
        """The person as the bot has met them."""
        await self.prefetch(person)
        return self._profiles[person.id]

    async def service(self, service: Service) -> Service:
        """The service with the present names of its approver and deputies, and the absences that were read first."""
        return (await self.services([service]))[0]

    async def service_of(self, change: Change, service: Service) -> Service:
        """The change's service as `service` gives it; the people of both are read at once."""
        await self.prefetch(*approvers_of(service), change.requester, change.plan.implementer)
        return await self.service(service)

    async def services(self, services: Collection[Service]) -> tuple[Service, ...]:
        """The services as `service` gives each."""
        new = [each for each in services if each.key not in self._services]
        if new:
            deciding = tuple(dict.fromkeys(person for each in new for person in approvers_of(each)))
            await self.prefetch(*deciding)
            absences = await self.unit.absences.of(deciding, date.min)
            for each in new:
                self._services[each.key] = self._as_they_are_now(each, absences)
        return tuple(self._services[each.key] for each in services)

    def _as_they_are_now(self, service: Service, absences: Sequence[Absence]) -> Service:
        deciding = approvers_of(service)
        away = tuple(Away(each.person, each.first, each.last) for each in absences if each.person in deciding)
        approver, *deputies = people = tuple(map(self._named, (service.approver, *service.deputies)))
        stages = tuple(replace(each, people=tuple(map(self._named, each.people))) for each in service.approvals)
        said = away, tuple(each.name for each in (*people, *(one for each in stages for one in each.people)))
        known = _LAST.get(service.key)
        if known is None or known[0] is not service or known[1] != said:
            present = replace(service, approver=approver, deputies=tuple(deputies), approvals=stages, away=away)
            known = _LAST[service.key] = service, said, present
        return known[2]

    async def with_present_names(self, change: Change) -> Change:
        """The change with its people as they are called now: it stores what they were called when they were named."""
        named = [each.assignee for each in change.plan.tasks]
        people = (change.requester, change.plan.implementer, *(each for each in named if each is not None))
        await self.prefetch(*people)
        requester, implementer, *_assignees = present = tuple(map(self._named, people))
        if [each.name for each in present] == [each.name for each in people]:
            return change
        tasks = (replace(each, assignee=each.assignee and self._named(each.assignee)) for each in change.plan.tasks)
        return change.with_(requester=requester, plan=replace(change.plan, implementer=implementer, tasks=tuple(tasks)))

    async def refresh_user_ids(self, change: Change, service: Service) -> tuple[str, ...]:
        """The ids by which Teams knows those concerned by the change: their cards refresh by themselves."""
        involved = dict.fromkeys((*approvers_of(service), change.plan.implementer, change.requester))
        await self.prefetch(*involved)
        met = [self._profiles[person.id] for person in involved]
        return tuple(each.mri for each in met if each is not None and each.mri)

    async def language(self, person: Person) -> str:
        """The language that the person chose, or that of their Teams; empty when nothing is known."""
        if person.id not in self._chosen:
            self._chosen[person.id] = await self.unit.settings.get(chosen_language(person)) or ""
        known = await self.profile(person)
        return self._chosen[person.id] or (known.language if known else "")

    async def choose_language(self, person: Person, language: str) -> None:
        """Remember what the person chose; empty for the language of their Teams."""
        await self.unit.settings.put(chosen_language(person), language)
        self._chosen[person.id] = language

    def _named(self, person: Person) -> Person:
        """As they are called now; they were read before."""
        met = self._profiles[person.id]
        return met.person if met and met.person.name else person


def chosen_language(person: Person) -> str:
    """The name under which the person's choice is kept."""
    return f"language:{person.id}"
