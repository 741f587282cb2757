"""The one entrance for every command: total, pure, and either events or a refusal with a sentence."""

from collections.abc import Iterable
from datetime import datetime

from changes import commands as c
from changes.errors import NotFound
from changes.events import Drafted, Event
from changes.lifecycle import approving, day, incident, preparing, restoring, snapshot, steps, testing, trouble
from changes.model import Change, instant
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking
from changes.policy import Service


def decide(
    change: Change | None,
    command: c.Command,
    now: datetime,
    service: Service,
    bookings: Iterable[Booking] = (),
    new_id: str = "",
) -> tuple[Event, ...]:
    """The events that follow from `command` at `now`; at least one. Raises CommandRejected, and then nothing happens.

    `bookings` are the other changes of the same service and server; `new_id` is the id a draft gets.
    """
    now = instant(now)
    if change is None:
        if isinstance(command, c.Draft) and new_id:
            authorize(command.by, Permission.DRAFT)
            return (Drafted(new_id, command.plan),)
        raise NotFound("There is no such change. `/change list` shows those there are.")
    match command:
        case c.Draft() | c.Submit() | c.Edit() | c.Move() | c.Reassign() | c.Cancel() | c.Postpone():
            return preparing.decide(change, command, now, service, tuple(bookings))
        case c.ApprovePrecheck() | c.RequestCorrections() | c.GiveGo() | c.RefuseGo() | c.AllowConflict():
            return approving.decide(change, command, now, service, tuple(bookings))
        case c.FireStep():
            return steps.decide(change, command, now, service, tuple(bookings))
        case c.Extend() | c.ReportTrouble() | c.SolveTrouble():
            return trouble.decide(change, command, now, service, tuple(bookings))
        case c.DeclareIncident() | c.NoteTried() | c.UpdateIncident() | c.HandOver() | c.CloseIncident():
            return incident.decide(change, command, service, tuple(bookings))
        case c.RecordTest() | c.AcceptTest() | c.VoidTests() | c.Complete():
            return testing.decide(change, command, service, tuple(bookings))
        case (
            c.AskRestore()
            | c.ConfirmRestore()
            | c.WithdrawRestore()
            | c.NoteRestoreMilestone()
            | c.NoteRestoreDone()
            | c.NoteRestoreFailed()
        ):
            return restoring.decide(change, command, service, tuple(bookings))
        case c.Start() | c.SaveReview():
            return day.decide(change, command, now, service, tuple(bookings))
        case _:
            return snapshot.decide(change, command, now, service, tuple(bookings))
