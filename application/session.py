"""A user's access to changes within one unit of work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time

from application import change_service
from application.access import load_visible
from application.change_context import ChangeContext
from application.ports import AccessDenial, UnitOfWork, VersionedChange
from application.queries.directory import Directory
from application.queries.durations import duration_estimates
from application.queries.neighbours import neighbours
from application.queries.text_search import Searched
from application.templates.following import as_handed_in
from changes import commands as c
from changes.errors import CommandRejected, Hidden, NotAllowed
from changes.lifecycle.guards import conflict_allowed
from changes.model import OPEN, Change, Person, Plan, StandingApproval, State, TemplateRef, Window
from changes.permissions import Permission, authorize, check_visible, is_allowed
from changes.planning.conflicts import next_free_windows
from changes.planning.validation import validate_plan
from changes.policy import Catalogue, Service
from changes.reporting.duration_estimates import DurationEstimates
from language import N_

UNBOUND = N_(
    "{service} has no channel yet, so nobody could be asked. An admin has to type `@Change bot bind {key}` in the "
    "channel of its team first; what you entered is kept as a draft."
)


@dataclass(slots=True)
class UserSession:
    """Executes commands for `person` at `now` within the turn's unit of work. `via` is `card` or `chat`.

    `refreshes`: the client asks for a fresh card by itself for those concerned, as Teams does and the Playground not.
    `on_private` is called when a private change was named that the person may see, before anything is done or said; it
    may raise CommandRejected. `searched` are the searches that were made before the turn began anew.
    """

    directory: Directory
    catalogue: Catalogue
    now: datetime
    person: Person
    via: str
    refreshes: bool = False
    on_private: Callable[[], Awaitable[None]] | None = None
    searched: Searched = field(default_factory=dict)
    _loaded: dict[str, VersionedChange] = field(init=False, default_factory=dict)
    _viewed: dict[str, tuple[Change, ChangeContext]] = field(init=False, default_factory=dict)

    @property
    def unit(self) -> UnitOfWork:
        """The turn's unit of work."""
        return self.directory.unit

    async def service(self, key: str) -> Service:
        """The service with the names of its people. Raises NotFound."""
        return await self.directory.service(self.catalogue.service(key))

    async def services(self) -> tuple[Service, ...]:
        """All services, by name."""
        found = await self.directory.services(self.catalogue.services.values())
        return tuple(sorted(found, key=lambda service: service.name))

    async def duration_estimates(self) -> dict[str, DurationEstimates]:
        """Durations learned from past changes, by the service's key."""
        found = self.catalogue.services.items()
        return {key: await duration_estimates(self.unit, service, self.now) for key, service in found}

    async def free_windows(self, service: Service, at: time, minutes: int, change_id: str = "") -> tuple[Window, ...]:
        """The next free windows of the service, for a new change or for the one with that id."""
        change = await self.change(change_id) if change_id else None
        taken = await neighbours(self.unit, self.catalogue, service, self.now, change)
        requested = change.requested_at if change else None
        return next_free_windows(service, taken, self.now, at=at, minutes=minutes, requested=requested)

    async def people(self) -> tuple[Person, ...]:
        """Everybody who can be named as implementer; the person who asks comes first."""
        met = await self.unit.people.everybody()
        return (self.person, *(each.person for each in met if each.person != self.person and each.person.name))

    async def change(self, change_id: str) -> Change:
        """The change as it stands, if it is for the person to see. Raises NotFound with a sentence."""
        return (await self.stored(change_id)).change

    async def stored(self, change_id: str) -> VersionedChange:
        """The same, with the number of its entries."""
        known = self._loaded.get(change_id)
        if known is None:
            known = await load_visible(self.unit, self.catalogue, change_id, self.person)
            self._loaded[change_id] = known
        else:
            check_visible(self.catalogue, known.change, self.person)
        if known.change.is_private:
            await self._private()
        return known

    async def numbered(self, number: int) -> tuple[Change, ...]:
        """The person's visible changes with that number: the open ones, or else the newest."""
        found = [each for each in await self.unit.changes.numbered(number) if self._may_read(each)]
        return tuple(each for each in found if each.state in OPEN) or tuple(found[:1])

    async def view(self, change: Change) -> ChangeContext:
        """The context from which a card of the change is drawn."""
        known, view = self._viewed.get(change.id, (None, None))
        if view is None or known is not change:
            view = await ChangeContext.of(self.directory, self.catalogue, change, self.now, refreshes=self.refreshes)
            self._viewed[change.id] = change, view
        return view

    async def plan_view(self, change: Change) -> ChangeContext:
        """The same for a card on which the plan is decided: with what past changes teach."""
        return await (await self.view(change)).with_estimates(self.unit)

    async def validate_new(self, plan: Plan, template: TemplateRef | None = None) -> None:
        """Raise ValidationFailed, field by field, when a new change with this plan could not be handed in now."""
        await self.validate_draft(Change("", self.person, plan, State.DRAFT, self.now, template=template))

    async def validate_draft(self, change: Change) -> None:
        """Raise ValidationFailed when the draft could not be handed in now as it stands."""
        service = await self.service(change.plan.service)
        taken = await neighbours(self.unit, self.catalogue, service, self.now, change)
        standing, _seen = await as_handed_in(self.unit, change, service, taken, self.now)
        is_standard = isinstance(standing, StandingApproval)
        validate_plan(change.plan, self.now, service, taken, allowed=conflict_allowed(change), is_standard=is_standard)

    async def draft(self, plan: Plan, template: TemplateRef | None = None) -> Change:
        """Save the plan as a draft under a new id, perhaps as one from a template."""
        await self._private()
        command = c.Draft(self.person, plan, template)
        return await change_service.draft(self.unit, self.catalogue, command, self.now, self.via, self.directory)

    async def execute(self, change_id: str, command: c.Command, seen: int | None = None) -> Change:
        """Execute the command. On CommandRejected nothing is written."""
        stored = await self.stored(change_id)
        if isinstance(command, c.Submit):
            await self.check_channel(stored.change)
        after = await change_service.execute_on(
            stored, self.directory, self.catalogue, command, self.now, self.via, seen
        )
        # Others may have made room for it.
        self._loaded, self._viewed = {change_id: after}, {}
        return after.change

    async def would_accept(self, change_id: str, command: c.Command) -> None:
        """Raise CommandRejected where `execute` would, for what the change and the person are; nothing is written."""
        stored = await self.stored(change_id)
        await change_service.check_on(stored, self.directory, self.catalogue, command, self.now)

    async def may_edit(self, change: Change) -> None:
        """Raise NotAllowed unless the person may edit the change's plan."""
        authorize(self.person, Permission.EDIT, change, await self.service(change.plan.service), self.catalogue.admins)

    def _may_read(self, change: Change) -> bool:
        service = self.catalogue.services.get(change.plan.service)
        return is_allowed(self.person, Permission.READ, change, service, self.catalogue.admins)

    def has_permission(self, act: Permission) -> bool:
        """Whether the person may do an admin's act."""
        return is_allowed(self.person, act, admins=self.catalogue.admins)

    def authorize(self, act: Permission) -> None:
        """Raise NotAllowed unless the person may do an admin's act."""
        authorize(self.person, act, admins=self.catalogue.admins)

    async def log_denial(self, refusal: CommandRejected, what: str) -> None:
        """Write down that the person wanted what they may not: `what` is a verb or a command's word, never their text.

        Any other refusal is no matter of rights, and is not kept.
        """
        if isinstance(refusal, NotAllowed | Hidden):
            change = str(refusal.sentence.facts.get("id", ""))
            # Admins read it, who may see every draft; whoever asked hears that there is no such change.
            sentence = refusal.why if isinstance(refusal, Hidden) else refusal.sentence
            await self.unit.access_denials.note(AccessDenial(self.now, self.person, change, what, self.via, sentence))

    async def _private(self) -> None:
        if self.on_private is not None:
            await self.on_private()

    async def check_channel(self, change: Change) -> None:
        """Raise CommandRejected where the change's service has no channel, in which people would be asked."""
        service = await self.service(change.plan.service)
        if await self.unit.bindings.get(service.key) is None:
            raise CommandRejected(UNBOUND, service=service.name, key=service.key)
