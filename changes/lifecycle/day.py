"""The work: when it may start, and its review afterwards."""

from datetime import datetime

from changes import commands as c
from changes.errors import TooLate, ValidationFailed, WrongState
from changes.events import Event, Reviewed, Started
from changes.lifecycle.guards import in_state, optional_text, required_text
from changes.model import Change, Person, State
from changes.permissions import Permission, authorize, is_allowed
from changes.planning.occupancy import Booking, broken
from changes.policy import Service
from changes.text.labels import moment_label
from changes.text.messages import Said


def decide(
    change: Change, command: c.Command, now: datetime, service: Service, bookings: tuple[Booking, ...]
) -> tuple[Event, ...]:
    """Judge the start, or a review."""
    match command:
        case c.Start(reason=reason):
            return _start(change, command.by, reason, now, service, bookings)
        case c.SaveReview(text=text):
            authorize(command.by, Permission.REVIEW, change, service)
            in_state(change, {State.COMPLETED}, Said("only a completed change is reviewed"))
            return (Reviewed(required_text(text, "comment", Said("Say what went well and what to do better."), 1500)),)
        case _:
            raise WrongState("{id}: that does not fit here.", id=change.id)


def _start(
    change: Change, by: Person, reason: str, now: datetime, service: Service, bookings: tuple[Booking, ...]
) -> tuple[Event, ...]:
    """From S on, with a finished snapshot or a waiver; anything else takes the approver's or a deputy's reason."""
    authorize(by, Permission.RUN, change, service)
    if change.state is State.SNAPSHOTTING:
        raise WrongState(
            "{id} is locked until its snapshot is finished, or {approver} waives it.",
            id=change.id,
            approver=service.approver.name or Said("the approver"),
        )
    if not (change.state is State.SCHEDULED and change.snapshot.unlocks_start):
        in_state(change, {State.READY}, Said("it cannot be started"))
    if now >= change.ends_at:
        raise TooLate(
            "The window of {id} ended at {end}: move it to a new date.",
            id=change.id,
            end=moment_label(change.ends_at, service.zone),
        )
    early = now < change.plan.window.start
    other = broken(bookings)
    if not early and other is None:
        return (Started(),)
    if early or other is None:
        why = Said(
            "The window of {id} begins at {start}. Before that only the approver or a deputy can start it, with a "
            "reason that affected people read: `/change start {id} REASON`.",
            id=change.id,
            start=moment_label(change.plan.window.start, service.zone),
        )
    else:
        why = Said(
            "{other} ({title}) is an incident on {server}: nothing else starts there. Only the approver or a deputy "
            "can let {id} start all the same, with a reason: `/change start {id} REASON`.",
            other=other.change,
            title=other.title,
            server=service.vps.name,
            id=change.id,
        )
    if not is_allowed(by, Permission.EXCEPTION, change, service):
        raise WrongState("{why}", why=why, id=change.id)
    reason = optional_text(reason, "reason", 300)
    if not reason:
        raise ValidationFailed({"reason": why})
    return (Started(reason, early),)
