"""The one application service: load the change, decide, save change, events, steps and effects in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from application.access import load_visible
from application.ports import UnitOfWork, VersionedChange
from application.queries.directory import Directory
from application.queries.neighbours import MAKES_ROOM, bookings_of, changes_beside, spans_near
from application.queries.past import last_runs
from application.templates.following import template_of, with_template
from changes import commands as c
from changes.errors import StaleRevision, ValidationFailed
from changes.events import Event, RestoreFailed, RestoreFinished
from changes.lifecycle import Decision, handle
from changes.lifecycle.implementation.testing import TESTING
from changes.lifecycle.snapshot.making_room import make_room, may_make_room
from changes.model import SYSTEM, Change, Window
from changes.planning.occupancy import Booking
from changes.planning.steps import StepKind
from changes.policy import Catalogue

_BESIDE_OTHERS = (
    *(c.Submit, c.Edit, c.Move, c.AllowConflict, c.GiveGo, c.WaiveSnapshot),
    *(c.Cancel, c.Postpone, c.NoteSnapshotStarted, c.NoteSnapshotFinished, c.NoteSnapshotFailed, c.RetrySnapshot),
    *(c.Start, c.RecordTest, c.PassTests, c.AcceptTest, c.Complete, c.Extend, c.CloseIncident),
    *(c.AskRestore, c.ConfirmRestore, c.WithdrawRestore, c.NoteRestoreDone, c.NoteRestoreFailed),
)
"""Commands that are decided with the other changes of the service and server loaded, or that may let one go on."""
_STEPS_BESIDE_OTHERS = frozenset[str](
    {StepKind.SNAPSHOT, StepKind.START, StepKind.RESTORE_NUDGE, StepKind.SILENCE, StepKind.ABANDONED, StepKind.GIVE_UP}
)


async def read_together(directory: Directory, catalogue: Catalogue, change_ids: Collection[str]) -> None:
    """Read at once what carrying out something on each of these changes needs."""
    changes = await directory.unit.changes.load_together(change_ids)
    keys = dict.fromkeys(each.plan.service for each in changes)
    await directory.services([catalogue.services[key] for key in keys if key in catalogue.services])


async def execute(
    unit: UnitOfWork,
    catalogue: Catalogue,
    change_id: str,
    command: c.Command,
    now: datetime,
    via: str,
    directory: Directory | None = None,
) -> Change:
    """Apply the command to the change within the caller's transaction; the change as it is afterwards.

    Raises any CommandRejected that `decide` raises, and ConcurrencyConflict when somebody else was faster: then nothing
    may be committed.
    """
    stored = await load_visible(unit, catalogue, change_id, command.by)
    return (await execute_on(stored, directory or Directory(unit), catalogue, command, now, via)).change


async def execute_on(
    stored: VersionedChange,
    directory: Directory,
    catalogue: Catalogue,
    command: c.Command,
    now: datetime,
    via: str,
    seen: int | None = None,
) -> VersionedChange:
    """Apply the command to a change that was loaded in this transaction, as `execute` does.

    `seen` is the revision the person looked at when pressing; StaleRevision is raised when it is not the present one.
    """
    if seen is not None and seen != stored.change.revision:
        raise StaleRevision(
            "{id} has changed since this card was shown: here is its current state.", id=stored.change.id
        )
    if _is_beside_others(command):
        return await _made_room_for(stored, directory, catalogue, command, now, via)
    after, _ = await _decided(stored, directory, catalogue, command, now, via)
    return after


async def check_on(
    stored: VersionedChange, directory: Directory, catalogue: Catalogue, command: c.Command, now: datetime
) -> None:
    """Raise what `execute_on` would raise of `decide`; nothing is written."""
    await _handled(stored, directory, catalogue, command, now, "")


async def _decided(
    stored: VersionedChange, directory: Directory, catalogue: Catalogue, command: c.Command, now: datetime, via: str
) -> tuple[VersionedChange, tuple[Change, ...]]:
    """The change after the command, and the others in sight of which it was decided."""
    made, others = await _handled(stored, directory, catalogue, command, now, via)
    made = await with_template(directory.unit, await template_of(directory.unit, stored.change), made)
    service = await directory.service(catalogue.of(made.change))
    await directory.unit.changes.save(made.change, stored.version, made.entries, made.steps, made.effects, now, service)
    if any(_overwrote(entry.event) for entry in made.entries):
        await _void_tests(directory.unit, catalogue, others, made.change, now)
    return VersionedChange(made.change, stored.version + len(made.entries)), others


async def _handled(
    stored: VersionedChange, directory: Directory, catalogue: Catalogue, command: c.Command, now: datetime, via: str
) -> tuple[Decision, tuple[Change, ...]]:
    """What would come of the command, and the others in sight of which that is decided; nothing is written."""
    unit, change = directory.unit, stored.change
    template = await template_of(unit, change)
    service = replace(await directory.service(catalogue.of(change)), admins=catalogue.admins)

    runs = await last_runs(unit, service, now) if isinstance(command, c.Submit | c.Edit | c.Move) else ()

    async def decided(near: Sequence[Window] = ()) -> tuple[Decision, tuple[Change, ...]]:
        others: tuple[Change, ...] = ()
        if _is_beside_others(command):
            since = change.snapshot.oldest or now
            others = await changes_beside(unit, catalogue, service, since, change.id, booking=True, near=near)
        bookings = bookings_of(others, catalogue, service, now)
        made = handle(change, stored.version, command, now, via, service, bookings, template=template, runs=runs)
        return made, others

    if not _is_beside_others(command):
        return await decided()
    wanted = command.plan.window if isinstance(command, c.Edit) else None
    wanted = command.window if isinstance(command, c.Move) else wanted
    try:
        return await decided(spans_near(change, service, now, wanted))
    except ValidationFailed:
        # What is free instead is found among all others.
        return await decided()


async def _made_room_for(
    stored: VersionedChange, directory: Directory, catalogue: Catalogue, command: c.Command, now: datetime, via: str
) -> VersionedChange:
    """The change after the command; the snapshots of all changes on its server are then planned anew or begun.

    One that would begin inside another's time is begun earlier, where that fits; one that was held is begun once the
    server is free. Whose window comes first is served first, and the others see what became of that.
    """
    asked, others = await _decided(stored, directory, catalogue, command, now, via)
    changes = {each.id: each for each in (*others, asked.change)}
    its_service, is_now = catalogue.of(asked.change), asked.change.plan.window
    around = spans_near(stored.change, its_service, now, is_now, MAKES_ROOM)
    looks: dict[str, dict[str, Booking]] = {}
    for change in sorted(changes.values(), key=lambda each: (each.plan.window.start, each.id)):
        if not may_make_room(change) or not any(change.window.overlaps(each) for each in around):
            continue
        service = catalogue.of(change)
        if service.key not in looks:
            booked = bookings_of(tuple(changes.values()), catalogue, service, now)
            looks[service.key] = {each.change: each for each in booked}
        beside = [booking for each, booking in looks[service.key].items() if each != change.id]
        wanted = make_room(change, service, beside, now)
        if wanted is None:
            continue
        is_asked = change.id == asked.change.id
        known = asked if is_asked else await load_visible(directory.unit, catalogue, change.id, wanted.by)
        after, _ = await _decided(known, directory, catalogue, wanted, now, "timeline")
        changes[change.id] = after.change
        looks.clear()
        asked = after if is_asked else asked
    return asked


async def draft(
    unit: UnitOfWork,
    catalogue: Catalogue,
    command: c.Draft,
    now: datetime,
    via: str,
    directory: Directory | None = None,
) -> Change:
    """Write a new change down as a draft, under a new id; the draft."""
    service = await (directory or Directory(unit)).service(catalogue.service(command.plan.service))
    year = service.local(now).year
    made = handle(None, 0, command, now, via, service, new_id=await unit.changes.new_id(year))
    await unit.changes.save(made.change, 0, made.entries, made.steps, made.effects, now, service)
    return made.change


def _is_beside_others(command: c.Command) -> bool:
    if isinstance(command, c.FireStep):
        return not _STEPS_BESIDE_OTHERS.isdisjoint(command.key.split("/")[1:2])
    return isinstance(command, _BESIDE_OTHERS)


def _overwrote(event: Event) -> bool:
    """Whether the event ends a restore that changed, or may have changed, the server's data."""
    return isinstance(event, RestoreFinished) or (isinstance(event, RestoreFailed) and not event.cause.left_alone)


async def _void_tests(
    unit: UnitOfWork, catalogue: Catalogue, others: tuple[Change, ...], restored: Change, now: datetime
) -> None:
    """What the restore overwrote is another system: results of other changes at work on it mean nothing any more.

    Whoever has no result yet hears it too: from now on they can work again.
    """
    for change in others:
        same = catalogue.of(change).vps.server == catalogue.of(restored).vps.server
        if same and change.state in TESTING:
            await execute(unit, catalogue, change.id, c.VoidTests(SYSTEM, restored.id), now, "timeline")
