"""The restore of the data snapshot: asked for by one person, confirmed by another (PROCESS.md, Roles)."""

from changes import commands as c
from changes.errors import ValidationFailed, WrongState
from changes.events import (
    Event,
    HandedOver,
    RestoreAsked,
    RestoreConfirmed,
    RestoreFailed,
    RestoreFinished,
    RestoreMilestone,
    RestoreWithdrawn,
)
from changes.lifecycle.guards import in_state, required_text
from changes.model import SYSTEM, Change, Restore, SnapshotStatus, State
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking, touched_by_restore
from changes.policy import Service
from changes.text.messages import Said
from changes.text.pasted import stripped

MILESTONES = {
    "half": Said("half done"),
    "late": "late",
    "busy": Said("waiting for another operation"),
    "blind": Said("out of sight"),
}


def decide(change: Change, command: c.Command, service: Service, bookings: tuple[Booking, ...]) -> tuple[Event, ...]:
    """Judge a command about a restore."""
    match command:
        case c.AskRestore():
            return _ask(change, command, service, bookings)
        case c.ConfirmRestore(vps_name=typed):
            return _confirm(change, command, typed, service, bookings)
        case c.WithdrawRestore():
            authorize(command.by, Permission.RUN, change, service)
            if change.restore is None or not change.restore.waits:
                raise WrongState("No restore of {id} waits for its confirmation.", id=change.id)
            return (RestoreWithdrawn(),)
        case _:
            authorize(command.by, Permission.REPORT_SNAPSHOT, change, service)
            return _report(change, command, service)


def _ask(change: Change, command: c.AskRestore, service: Service, bookings: tuple[Booking, ...]) -> tuple[Event, ...]:
    authorize(command.by, Permission.RUN, change, service)
    in_state(change, {State.INCIDENT}, Said("declare an incident first, so that everyone is told before a restore"))
    if change.snapshot.status is not SnapshotStatus.FINISHED:
        raise WrongState("{id} has no snapshot to restore: use the NAS backups.", id=change.id)
    if change.restore is not None and change.restore.open:
        raise WrongState("The restore of {id} was asked for already and waits for its confirmation.", id=change.id)
    if all(each == command.by for each in (service.approver, *service.deputies)):
        raise WrongState(
            "Somebody else has to confirm the restore of {id}, and {service} has nobody but you who may. Let the "
            "implementer ask for it, and confirm it yourself; or an admin names a deputy in services.toml.",
            id=change.id,
            service=service.name,
        )
    return (RestoreAsked(_touched(change, bookings)),)


def _touched(change: Change, bookings: tuple[Booking, ...]) -> tuple[str, ...]:
    return tuple(each.change for each in touched_by_restore(change, bookings))


def _confirm(
    change: Change, command: c.Command, typed: str, service: Service, bookings: tuple[Booking, ...]
) -> tuple[Event, ...]:
    authorize(command.by, Permission.CONFIRM_RESTORE, change, service)
    in_state(change, {State.INCIDENT}, Said("there is no restore to confirm"))
    if change.restore is None or not change.restore.open:
        raise WrongState("Nobody asked for a restore of {id}.", id=change.id)
    if stripped(typed) != stripped(service.vps.name):
        raise ValidationFailed(
            {
                "vps_name": Said(
                    "Type the name of the server, {name}, exactly: its data will be overwritten.", name=service.vps.name
                )
            }
        )
    other = next((each for each in bookings if each.occupied and each.state is State.RESTORING), None)
    if other is not None:
        raise WrongState(
            "{other} ({title}) is being restored on {server} right now: confirm this one when that has ended.",
            other=other.change,
            title=other.title,
            server=service.vps.name,
        )
    return (RestoreConfirmed(change.snapshot.name, _touched(change, bookings)),)


def _report(change: Change, command: c.Command, service: Service) -> tuple[Event, ...]:
    restore = change.restore
    if isinstance(command, c.NoteRestoreDone) and _found_done(change, restore, command):
        return (RestoreFinished(),)
    in_state(change, {State.RESTORING}, Said("no restore is running"))
    match command:
        case c.NoteRestoreDone():
            return (RestoreFinished(),)
        case c.NoteRestoreMilestone(milestone=milestone, detail=detail) if milestone in MILESTONES:
            authorize(command.by, Permission.TICK, change, service)
            if restore is not None and milestone in restore.milestones:
                raise WrongState(
                    "It was said already that the restore of {id} is {milestone}.",
                    id=change.id,
                    milestone=MILESTONES[milestone],
                )
            return (RestoreMilestone(milestone, detail),)
        case c.NoteRestoreFailed(reason=reason, cause=cause):
            reason = required_text(reason, "reason", Said("Say what went wrong."))
            failed = RestoreFailed(reason, cause)
            # The disk may be anything now: the incident process takes over. After other causes nothing was
            # overwritten, or somebody has to look first.
            return (failed, HandedOver(reason)) if cause.overwrote else (failed,)
        case _:
            raise WrongState("{id}: that is not about a restore.", id=change.id)


def _found_done(change: Change, restore: Restore | None, command: c.Command) -> bool:
    """The bot lost sight of it or was refused, and a person sees on the dashboard that the data is back."""
    return change.state is State.INCIDENT and command.by != SYSTEM and restore is not None and bool(restore.failed)
