"""The data snapshot: begun when it is due, held while another change occupies the server, waived by the approver."""

from datetime import datetime, timedelta

from changes import commands as c
from changes.errors import TooLate, ValidationFailed, WrongState
from changes.events import (
    Event,
    PreflightDone,
    SnapshotFailed,
    SnapshotFinished,
    SnapshotMilestone,
    SnapshotPlanned,
    SnapshotStarted,
    SnapshotWaived,
)
from changes.lifecycle.guards import in_state, required_text
from changes.lifecycle.steps import snapshot_request
from changes.model import AWAITING_APPROVAL, AWAITING_IMPLEMENTATION, SYSTEM, Change, SnapshotStatus, State
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking, ahead, broken
from changes.policy import Service
from changes.text.labels import duration_label, minutes_from, moment_label
from changes.text.messages import Said

TAKING = {SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING}
BY_HAND = TAKING | {SnapshotStatus.FAILED, SnapshotStatus.HELD}
"""What a person may still say of it: after a failure, or while the bot waits, it can be taken on the dashboard."""
MILESTONES = {
    "half": Said("half done"),
    "late": "late",
    "waiting": Said("not begun yet"),
    "busy": Said("waiting for another operation"),
    "blind": Said("out of sight"),
}
EARLY = 0.4
"""A snapshot that a person reports finished before this part of its usual time is asked back."""


def decide(
    change: Change, command: c.Command, now: datetime, service: Service, bookings: tuple[Booking, ...]
) -> tuple[Event, ...]:
    """Judge a command about the snapshot."""
    match command:
        case c.NotePreflight(problems=problems, good=good):
            authorize(command.by, Permission.TICK, change, service)
            in_state(
                change,
                AWAITING_APPROVAL | AWAITING_IMPLEMENTATION,
                Said("the look at the snapshot backend no longer matters"),
            )
            return (PreflightDone(problems, good),)
        case c.PlanSnapshot(at=at, other=other):
            authorize(command.by, Permission.TICK, change, service)
            in_state(change, {State.SCHEDULED}, Said("its snapshot is not planned any more"))
            if at == change.snapshot_at:
                raise WrongState("The snapshot of {id} is planned so already.", id=change.id)
            return (SnapshotPlanned(at, other),)
        case c.WaiveSnapshot():
            return _waive(change, command, service)
        case _:
            return _taking(change, command, now, service, bookings)


def _taking(
    change: Change, command: c.Command, now: datetime, service: Service, bookings: tuple[Booking, ...]
) -> tuple[Event, ...]:
    # The timeline reports what it sees; only a person asks for another try, unless the server came free.
    is_retry = isinstance(command, c.RetrySnapshot) and command.by != SYSTEM
    authorize(command.by, Permission.RUN if is_retry else Permission.REPORT_SNAPSHOT, change, service)
    in_state(change, {State.SNAPSHOTTING}, Said("no snapshot is being taken"))
    match command:
        case c.NoteSnapshotStarted() | c.RetrySnapshot():
            return _begin(change, command, now, service, bookings)
        case c.NoteSnapshotMilestone():
            return _milestone(change, command, service)
        case c.NoteSnapshotFinished():
            return _finished(change, command, now, service, bookings)
        case c.NoteSnapshotFailed(reason=reason, cause=cause) if change.snapshot.status in TAKING:
            return (SnapshotFailed(required_text(reason, "reason", Said("Say what went wrong.")), cause),)
        case _:
            raise _unfit(change)


def _waive(change: Change, command: c.WaiveSnapshot, service: Service) -> tuple[Event, ...]:
    """From GO until the start, whether it is due, running or failed (PROCESS.md, Roles)."""
    authorize(command.by, Permission.DECIDE, change, service)
    in_state(change, {State.SCHEDULED, State.SNAPSHOTTING}, Said("the snapshot is waived between GO and the start"))
    if change.snapshot.status is SnapshotStatus.WAIVED:
        raise WrongState("The snapshot of {id} is waived already.", id=change.id)
    reason = required_text(command.reason, "reason", Said("Say why it may start without a snapshot."))
    return (SnapshotWaived(reason, service.deputy_for(command.by)),)


def _begin(
    change: Change,
    command: c.NoteSnapshotStarted | c.RetrySnapshot,
    now: datetime,
    service: Service,
    bookings: tuple[Booking, ...],
) -> tuple[Event, ...]:
    """It has begun, or is to be tried again: within the window only, and not into another change's work unsaid."""
    status, by_hand = change.snapshot.status, command.by != SYSTEM
    if by_hand and now >= change.ends_at:
        raise TooLate(
            "The window of {id} ended at {end}: no snapshot is needed any more. Move it to a new date.",
            id=change.id,
            end=moment_label(change.ends_at, service.zone),
        )
    if isinstance(command, c.NoteSnapshotStarted):
        expected = BY_HAND if by_hand else TAKING
        if status not in expected - {SnapshotStatus.RUNNING}:
            raise _unfit(change)
        _not_beside(change, command, now, service, bookings)
        return (SnapshotStarted(by_hand),)
    # After a failure a person has to look first; what was only held begins by itself.
    again = (SnapshotStatus.FAILED, SnapshotStatus.HELD) if by_hand else (SnapshotStatus.HELD,)
    if status not in again:
        raise _unfit(change)
    other = ahead(change, service, bookings, now)
    _not_into(change, other, command.reason, command, service)
    return (snapshot_request(change, command.reason.strip() if other else ""),)


def _not_beside(
    change: Change, command: c.Command, now: datetime, service: Service, bookings: tuple[Booking, ...]
) -> None:
    """A person does not take it, or find it, past another change either; what was let begin is asked for already."""
    status = change.snapshot.status
    if status is SnapshotStatus.HELD:
        _not_into(change, ahead(change, service, bookings, now), "", command, service)
    elif status is SnapshotStatus.FAILED:
        _not_into(change, broken(bookings), "", command, service)


def _not_into(change: Change, other: Booking | None, reason: str, command: c.Command, service: Service) -> None:
    """Raise unless the server is free, or the approver lets the snapshot begin all the same, with a reason."""
    if other is None:
        return
    if command.by == SYSTEM or not reason.strip():
        raise WrongState(
            "{other} ({title}) needs {server} first: the snapshot of {id} begins by itself when that has ended. The "
            "approver or a deputy can let it begin now, with a reason: `/change retry {id} REASON`.",
            other=other.change,
            title=other.title,
            server=service.vps.name,
            id=change.id,
        )
    authorize(command.by, Permission.EXCEPTION, change, service)
    required_text(reason, "reason", Said("Say why it may begin now."))


def _milestone(change: Change, command: c.NoteSnapshotMilestone, service: Service) -> tuple[Event, ...]:
    milestone = command.milestone
    # Whoever began it meanwhile does not read that it waits to be begun.
    fits = {SnapshotStatus.REQUESTED} if milestone in ("waiting", "busy") else TAKING
    if change.snapshot.status not in fits or milestone not in MILESTONES:
        raise _unfit(change)
    authorize(command.by, Permission.TICK, change, service)
    if milestone in change.snapshot.milestones:
        raise WrongState(
            "It was said already that the snapshot of {id} is {milestone}.",
            id=change.id,
            milestone=MILESTONES[milestone],
        )
    return (SnapshotMilestone(milestone, command.detail),)


def _finished(
    change: Change,
    command: c.NoteSnapshotFinished,
    now: datetime,
    service: Service,
    bookings: tuple[Booking, ...],
) -> tuple[Event, ...]:
    by_hand, status = command.by != SYSTEM, change.snapshot.status
    if status not in (BY_HAND if by_hand else TAKING):
        raise _unfit(change)
    if by_hand:
        _not_beside(change, command, now, service, bookings)
    name = required_text(command.name, "snapshot_name", Said("Give the name of the snapshot."), 100)
    if by_hand and not command.of_data:
        raise ValidationFailed(
            {
                "result": Said(
                    "Only a snapshot of the data can be restored: the system's fails at Infomaniak. Take one of the "
                    "data."
                )
            }
        )
    if by_hand and not command.checked and implausible(change, now, service):
        raise ValidationFailed({"result": _ask_back(change, now, service)})
    return (SnapshotFinished(name),)


def implausible(change: Change, now: datetime, service: Service) -> bool:
    """Whether a person who says now that it is finished should look again.

    That was far less than it usually takes, or nobody saw it begin here.
    """
    begun = change.snapshot.started_at or (change.snapshot.since if service.vps.is_manual else None)
    return begun is None or now - begun < timedelta(minutes=service.vps.snapshot_minutes) * EARLY


def _ask_back(change: Change, now: datetime, service: Service) -> str:
    begun = change.snapshot.started_at or (change.snapshot.since if service.vps.is_manual else None)
    if begun is None:
        return Said(
            "It was not seen to begin here. Look at the dashboard: if the snapshot is of the data and complete, choose "
            "that you checked it."
        )
    return Said(
        "That was only {took}, and it usually takes {usual}. Look at the dashboard again: if the snapshot is really "
        "complete, choose that you checked it.",
        took=duration_label(max(0, minutes_from(begun, now))),
        usual=duration_label(service.vps.snapshot_minutes),
    )


def _unfit(change: Change) -> WrongState:
    status = change.snapshot.status
    return WrongState("The snapshot of {id} is {status}: that does not fit.", id=change.id, status=_STATUS[status])


_STATUS = {
    SnapshotStatus.NONE: Said("not due yet"),
    SnapshotStatus.HELD: Said("held back"),
    SnapshotStatus.REQUESTED: Said("requested"),
    SnapshotStatus.RUNNING: Said("running"),
    SnapshotStatus.FINISHED: Said("finished"),
    SnapshotStatus.FAILED: Said("not there, because it failed"),
    SnapshotStatus.WAIVED: Said("waived"),
}
